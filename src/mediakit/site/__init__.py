"""What content files say: bytes and settings in, manifests and problems out. Does no I/O."""
