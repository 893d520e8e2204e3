"""Libraries that would tell their settings on the terminal are told not to."""

from __future__ import annotations

import os


def keep_quiet(variable: str, level: str) -> None:
    """Set the variable by which a library asks how much to tell, unless the user has set it."""
    os.environ.setdefault(variable, level)
