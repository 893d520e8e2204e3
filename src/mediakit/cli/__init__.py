"""The command line: one module a command; `main` is the error boundary."""

import gc

# imports and a site are many small values that live to the end: looking for cycles in them costs
# a tenth
gc.set_threshold(100_000, 50, 50)
