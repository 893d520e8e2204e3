"""The process that the program runs in: its streams and its encoding."""

from __future__ import annotations

import contextlib
import os
import sys

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def prepare() -> None:
    """Make the process fit for a run; where names of files are not UTF-8, it begins anew."""
    _open_missing_streams()
    _use_utf8()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def silence(name: str) -> None:
    """Let a standard stream write to nowhere from now on: who should read it is gone."""
    number = [each for each, _ in _STREAMS].index(name)
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _open_missing_streams() -> None:
    """Open the null device in place of a closed stream.

    Otherwise the next file that is opened takes the number of the stream, and what is printed
    goes into a picture or into the cache.
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

    In such a locale the names on the disk are read as other names: `knæbøj-0.jpg` would not be
    there, and the catalog would lose it.
    """
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - itself
