"""Which pictures are the same: hashes propose, pixels decide."""
