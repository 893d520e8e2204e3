"""Disks that are full or read-only: real ones where root can mount, else the next best.

Without the right to mount, a full disk is a limit on the size of files (`RLIMIT_FSIZE`: the same
errors, but for each file on its own), and a read-only folder has its modes taken, which stops
everybody but root.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 4096


@functools.cache
def can_mount() -> bool:
    """Return whether this user may mount file systems here."""
    with tempfile.TemporaryDirectory() as folder:
        if _quiet("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder):
            return _quiet("umount", folder)
    return False


@contextlib.contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Make `folder` a disk of its own, where that can be; yields whether it is one."""
    folder.mkdir(parents=True, exist_ok=True)
    if not can_mount():
        yield False
        return
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True
    )
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def full(folder: Path, free: int) -> Iterator[None]:
    """Leave `free` bytes of the disk that `folder` is, rounded to pages."""
    ballast = folder / ".ballast"
    found = os.statvfs(folder)
    size = max(0, found.f_bavail * found.f_frsize - free) // PAGE * PAGE
    with ballast.open("wb") as stream:
        if size:
            os.posix_fallocate(stream.fileno(), 0, size)
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[bool]:
    """Make a folder, and all in it, read-only; yields whether that could be done."""
    if can_mount():
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
            yield True
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
    elif os.geteuid() == 0:
        yield False  # root minds no modes
    else:
        with _without_modes(folder):
            yield True


@contextlib.contextmanager
def _without_modes(folder: Path) -> Iterator[None]:
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    modes = {path: path.stat().st_mode for path in folders}
    for path in folders:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def _quiet(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
