"""What content files say: bytes and settings in, manifests and problems out. Does no I/O."""

READER = 16
"""Raised by hand when the reader gets other results from the same file."""
