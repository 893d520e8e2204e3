"""`init` and `watch`: begin with a site, and keep up with it."""
