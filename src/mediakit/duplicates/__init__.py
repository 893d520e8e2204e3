"""`mediakit dupes`: find duplicate pictures, fix them, undo the fix."""
