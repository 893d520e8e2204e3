"""How files are made of other files."""
