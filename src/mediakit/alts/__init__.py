"""`mediakit alt`: which pictures lack an alt text, and answers written into their pages."""
