"""Functions that workers in other processes import: tasks travel by their names."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def square(number: int) -> int:
    return number * number


def refuse(number: int) -> int:
    raise ValueError(f"not {number}")


def slow(folder: str, number: int) -> int:
    """Leave a file, then take a while."""
    Path(folder, str(number)).touch()
    time.sleep(0.3)
    return number


def die(number: int) -> int:
    """End the process as a crash in a decoder does."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return number


def pid() -> int:
    return os.getpid()


def pid_soon() -> int:
    """Return which process worked, after a moment in which others may take work too."""
    time.sleep(0.05)
    return os.getpid()


def as_told() -> str:
    """Return what is wrong with this machine: what its environment says."""
    if os.environ.get("WRONG") == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get("WRONG") == "hangs":
        time.sleep(600)
    return os.environ.get("WRONG", "")
