"""`mediakit check`: the facts of a site, the rules that judge them, and safe fixes."""
