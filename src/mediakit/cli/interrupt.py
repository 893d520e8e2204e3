"""What ends a run from outside: Ctrl-C, a pipeline, a terminal that was closed."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

CODE = 130
"""The exit code of a run that was interrupted."""

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_WORDS = (
    b"mediakit: waiting for pictures and requests that are under way; "
    b"press Ctrl-C again to end at once\n"
)
_SAID_AFTER, _SAME = 1.0, 0.5  # seconds


def prepare(grace: float = 10.0) -> None:
    """Let signals raise KeyboardInterrupt once; a second one ends the process at once.

    What waits then is said after a second. One that nobody sits in front of ends after `grace`
    seconds, whatever it waits for: what is not finished by then is as after a power cut, which
    the next run mends.
    """
    first: list[float] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if first:
            if now - first[0] > _SAME:  # shells and runners may send one twice
                os._exit(CODE)
            return
        first.append(now)
        _later(_SAID_AFTER, lambda: os.write(2, _WORDS))
        if number != signal.SIGINT:
            _later(grace, lambda: os._exit(CODE))
        raise KeyboardInterrupt

    for name in _SIGNALS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants
            signal.signal(number, interrupt)


def end_quietly(code: int) -> None:
    """Let Ctrl-C end the process with this code: all is done and said."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: os._exit(code))


def _later(seconds: float, step: Callable[[], object]) -> None:
    timer = threading.Timer(seconds, step)
    timer.daemon = True
    with contextlib.suppress(RuntimeError):  # no more threads
        timer.start()
