"""`add`, `new` and `gallery fill`: write pages from pictures."""
