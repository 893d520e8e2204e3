"""`python -m mediakit`, and what the installed `mediakit` calls."""

import os
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run the program; an interrupt while it is being loaded ends it in words too."""
    try:
        from mediakit.cli.main import run as run_loaded  # noqa: PLC0415 - most of its first moments
    except KeyboardInterrupt:
        sys.stderr.write("mediakit: interrupted before it began\n")
        raise SystemExit(130) from None
    run_loaded()


if __name__ == "__main__":
    if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - as Python has it
        del sys.path[0]  # the folder may be a stranger's site, with a `signal.py` in it
    run()
