"""Plans and outcomes to text and JSON. Does no I/O."""
