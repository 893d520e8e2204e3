"""Pictures: bytes in, bytes out. The only importer of Pillow; does no I/O of its own."""
