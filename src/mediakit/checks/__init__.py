"""`mediakit check`: the rules, the facts they look at, and what mends a page."""
