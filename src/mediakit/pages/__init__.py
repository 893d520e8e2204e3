"""`add`, `new`, `gallery fill` and `gallery page`: write pages from pictures."""
