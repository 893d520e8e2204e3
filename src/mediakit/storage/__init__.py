"""Places with keys: a folder or a bucket, behind one protocol."""
