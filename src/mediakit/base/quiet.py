"""Libraries that would tell their settings on the terminal, or go first, are held back."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def keep_quiet(variable: str, level: str) -> None:
    """Set the variable by which a library asks how much to tell, unless the user has set it."""
    os.environ.setdefault(variable, level)


@contextlib.contextmanager
def keep_place() -> Iterator[None]:
    """Give all threads the priority that this one has now, once the block has ended.

    As root, SVT-AV1 puts its threads and the one that opens it before all others of the machine
    (SCHED_FIFO, 99), and what these start later has that too.
    """
    if sys.platform != "linux":
        yield
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    yield
    for each in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            if os.sched_getscheduler(int(each.name)) != policy:
                os.sched_setscheduler(int(each.name), policy, priority)
