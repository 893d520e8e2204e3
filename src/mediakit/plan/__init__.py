"""What to do and why: values in, plans out. Does no I/O, reads no clock."""
