"""`init` and `watch`: set up a site, and generate whenever it changes."""
