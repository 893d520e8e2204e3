"""The process that the program runs in: its streams, its encoding, and the signals that end it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

INTERRUPTED = 130
"""Exit code of a run that was interrupted."""

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_WORDS = (
    b"mediakit: waiting for pictures and requests that are in progress; "
    b"press Ctrl-C again to end at once\n"
)
_SAID_AFTER, _SAME = 1.0, 0.5  # seconds
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def prepare() -> None:
    """Prepare streams and encoding; restarts the process if file names are not UTF-8."""
    _open_missing_streams()
    _use_utf8()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def silence(name: str) -> None:
    """Let a standard stream write to nowhere, since its reader is gone."""
    number = [each for each, _ in _STREAMS].index(name)
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _open_missing_streams() -> None:
    """Open the null device in place of a closed stream.

    Otherwise the next file that opens takes the number of the stream, and output goes into a
    picture or the cache.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            descriptor = os.open(os.devnull, os.O_RDWR)
            os.dup2(descriptor, number)
            if descriptor != number:
                os.close(descriptor)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - a descriptor, and for the life of the process


def _use_utf8() -> None:
    """Start the interpreter again in UTF-8 mode if the locale has another encoding.

    In such a locale Python reads other names from the disk: `knæbøj-0.jpg` would be missing, and
    the catalog would lose it.
    """
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - itself


def catch_signals(grace: float = 10.0) -> None:
    """Let signals raise KeyboardInterrupt once; a second one ends the process at once.

    After a second a message says what the process waits for. Without a terminal it ends after
    `grace` seconds, as after a power cut, which the next run repairs.
    """
    first: list[float] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if first:
            if now - first[0] > _SAME:  # shells and runners may send one twice
                os._exit(INTERRUPTED)
            return
        first.append(now)
        _later(_SAID_AFTER, lambda: os.write(2, _WORDS))
        if number != signal.SIGINT:
            _later(grace, lambda: os._exit(INTERRUPTED))
        raise KeyboardInterrupt

    for name in _SIGNALS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants
            signal.signal(number, interrupt)
    _wake_main_thread()


def _wake_main_thread() -> None:
    """Let a signal interrupt a wait of the main thread, whichever thread the system gives it to.

    Any thread may get the signals that come while the process is stopped (Ctrl-Z), and handlers run
    in the main thread: without this, only after its wait.
    """
    if not hasattr(signal, "pthread_kill"):  # Windows
        return
    main, wake = threading.get_ident(), signal.SIGURG  # a signal that nothing else here uses
    signal.signal(wake, lambda *_: None)
    with contextlib.suppress(OSError, RuntimeError):  # no more descriptors, or threads
        reader, writer = os.pipe()
        os.set_blocking(writer, False)

        def forward() -> None:
            while number := os.read(reader, 1):
                if number[0] != wake:
                    signal.pthread_kill(main, wake)

        threading.Thread(target=forward, daemon=True).start()
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)


def end(code: int) -> NoReturn:
    """End the process with this code, once everything is done; Ctrl-C no longer matters.

    Python does not take apart what it has loaded: that takes as long as a small run.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _later(seconds: float, step: Callable[[], object]) -> None:
    timer = threading.Timer(seconds, step)
    timer.daemon = True
    with contextlib.suppress(RuntimeError):  # no more threads
        timer.start()
