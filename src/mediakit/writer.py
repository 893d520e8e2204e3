"""Files written whole: a reader, or the next run after a kill, sees the old one or the new one."""

from __future__ import annotations

import errno
import itertools
import os
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path


_NOTE = ".neighbour"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def hint_of(error: OSError) -> str:
    """Return what to do about a file that cannot be written."""
    if error.errno in _NO_SPACE:
        return "free some space there, then run again"
    return "may this user write there? see to the rights, then run again"


class Writer:
    """Writes whole files: into a folder for temporary ones first, then `os.replace`.

    That folder is on the same file system in all but odd set-ups, and left-overs of a
    killed run are never beside the pictures. Where it is not, a hidden neighbour serves, and
    its path is noted in that folder: the next writer takes away what a killed one left.
    """

    def __init__(self, temporary: Path) -> None:
        self._temporary = temporary
        self._numbers = itertools.count()  # threads share a writer: next() is atomic

    def __enter__(self) -> Self:
        self._clear()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._clear()

    def write(self, path: Path, data: bytes, *, durable: bool = False) -> None:
        """Put `data` at `path`; `durable` waits until the disk has it. Raises OSError."""
        name = f"{os.getpid()}-{next(self._numbers)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._temporary.mkdir(parents=True, exist_ok=True)
        try:
            self._through(self._temporary / name, path, data, durable=durable)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._beside(name, path, data, durable=durable)

    def _beside(self, name: str, path: Path, data: bytes, *, durable: bool) -> None:
        neighbour = path.with_name(f".{path.name[:40]}.{name}.tmp")
        note = self._temporary / (name + _NOTE)
        note.write_bytes(os.fsencode(os.path.relpath(neighbour, self._temporary)))
        self._through(neighbour, path, data, durable=durable)
        note.unlink(missing_ok=True)

    @staticmethod
    def _through(temporary: Path, path: Path, data: bytes, *, durable: bool) -> None:
        try:
            with temporary.open("wb") as stream:
                stream.write(data)
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _clear(self) -> None:
        try:
            for entry in list(self._temporary.iterdir()):
                if entry.name.endswith(_NOTE):
                    self._remove_neighbour(entry.read_bytes())
                entry.unlink(missing_ok=True)
            self._temporary.rmdir()
        except OSError:
            return  # not there, or in use: it is only a left-over

    def _remove_neighbour(self, noted: bytes) -> None:
        neighbour = self._temporary / os.fsdecode(noted)
        if neighbour.name.startswith(".") and neighbour.name.endswith(".tmp"):
            neighbour.unlink(missing_ok=True)
