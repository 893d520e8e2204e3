"""Change front matter in place, and leave everything else byte for byte."""
