"""Where results go: one protocol, one module a kind of target."""
