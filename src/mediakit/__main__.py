"""`python -m mediakit`."""

import os
import sys

if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - as Python has it
    del sys.path[0]  # the folder may be a stranger's site, with a `signal.py` in it

from mediakit.cli.main import run

run()
