"""Files written whole: a reader, or the next run after a kill, sees the old one or the new one."""

from __future__ import annotations

import errno
import os
import platform
import stat
import time
import uuid
import zlib
from typing import TYPE_CHECKING, Self

from mediakit.base.regular_file import is_inside, leads_out, read_regular

if TYPE_CHECKING:
    from pathlib import Path


_ABANDONED = 24 * 3600
"""Seconds after which a temporary file is nobody's any more, where others may write too."""

_NOTE = ".neighbour"
_LONGEST_NOTE = 8192
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def hint_of(error: OSError) -> str:
    """Return what to do about a file that cannot be written."""
    if error.errno in _NO_SPACE:
        return "free some space there, then run again"
    if error.errno == errno.EXDEV:
        return "take the link away: nothing is written through it"
    if error.errno in _NO_RIGHT:
        return "may this user write there? see to the rights, then run again"
    return "see to it, then run again"


class Writer:
    """Writes whole files: into a folder for temporary ones first, then `os.replace`.

    That folder is on the same file system in all but odd set-ups, and left-overs of a
    killed run are never beside the pictures. Where it is not, a hidden neighbour serves, and
    its path is noted in that folder: the next writer takes away what a killed one left.
    Nothing is written outside of `root`, wherever links lead by then.

    Others may write by way of that folder at the same time: the names of temporary files begin
    with their `owner`. Where nobody else may, `is_alone`, all that is found there is left over.
    """

    def __init__(
        self, temporary: Path, root: Path, *, owner: str = "", is_alone: bool = False
    ) -> None:
        self._temporary = temporary
        self._root = os.path.realpath(root)
        self._owner = owner or new_owner()
        self._is_alone = is_alone

    def __enter__(self) -> Self:
        self.clear()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.clear()

    def write(self, path: Path, data: bytes, *, durable: bool = False) -> None:
        """Put `data` at `path`; `durable` waits until the disk has it. Raises OSError with `path`.

        A file that is there keeps its mode, a new one has the usual one.
        """
        try:
            self._refuse_outside(path)
            self.land(self.stage(data, durable=durable), path, durable=durable)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error

    def stage(self, data: bytes, *, durable: bool = False) -> Path:
        """Write a temporary file, for `land`; raises OSError.

        Its name is like no other, also where machines share the folder.
        """
        # a group may share the site, and workers the folder; the world is kept out
        self._temporary.parent.mkdir(mode=0o775, parents=True, exist_ok=True)
        self._temporary.mkdir(mode=0o770, exist_ok=True)
        if not self._is_real():
            raise OSError(errno.EXDEV, f"{self._temporary.parent.name} is a link")
        temporary = self._temporary / f"{self._owner}-{uuid.uuid4().hex}"
        _write(temporary, data, durable=durable)
        return temporary

    def land(self, temporary: Path, path: Path, *, durable: bool = False) -> None:
        """Rename a temporary file to `path`; it is gone also if that fails. Raises OSError."""
        try:
            self._refuse_outside(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            _keep_mode(temporary, path)
            try:
                temporary.replace(path)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                self._carry_over(temporary, path, durable=durable)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    @staticmethod
    def _carry_over(temporary: Path, path: Path, *, durable: bool) -> None:
        """Copy to a hidden neighbour first, where a rename cannot cross over."""
        neighbour = path.with_name(f".{path.name[:40]}.{temporary.name}.tmp")
        note = temporary.with_name(temporary.name + _NOTE)
        note.write_bytes(os.fsencode(os.path.relpath(neighbour, temporary.parent)))
        try:
            _write(neighbour, temporary.read_bytes(), durable=durable)
            _keep_mode(neighbour, path)
            neighbour.replace(path)
        finally:
            for left in (neighbour, temporary, note):
                left.unlink(missing_ok=True)

    def _refuse_outside(self, path: Path) -> None:
        if not self._is_inside(path):
            raise OSError(errno.EXDEV, "it is behind a link that leads outside")

    def _is_inside(self, path: Path) -> bool:
        return is_inside(path.parent, self._root)

    def _is_real(self) -> bool:
        """Return whether the folder is no link: what one leads to is not ours to clear."""
        return not (self._temporary.is_symlink() or self._temporary.parent.is_symlink())

    def clear(self) -> None:
        """Take away what is left of ours and of killed runs, and the folder if it is empty then."""
        if not self._is_real():
            return
        try:
            for entry in list(self._temporary.iterdir()):
                if not self._is_left_over(entry):
                    continue
                if entry.name.endswith(_NOTE):
                    self._remove_neighbour(read_regular(entry, _LONGEST_NOTE))
                entry.unlink(missing_ok=True)
            self._temporary.rmdir()
        except OSError:
            return  # not there, or in use: it is only a left-over

    def _is_left_over(self, entry: Path) -> bool:
        if self._is_alone or entry.name.startswith(self._owner) or _has_ended(entry.name):
            return True
        return time.time() - entry.lstat().st_mtime > _ABANDONED

    def _remove_neighbour(self, noted: bytes) -> None:
        neighbour = self._temporary / os.fsdecode(noted)
        is_ours = neighbour.name.startswith(".") and neighbour.name.endswith(".tmp")
        if is_ours and self._is_inside(neighbour):
            neighbour.unlink(missing_ok=True)


def new_owner() -> str:
    """Return a name for what a run leaves in a folder: its machine, its process, and a number."""
    return f"{_this_machine()}-{os.getpid()}-{uuid.uuid4().hex}"


def _this_machine() -> str:
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _has_ended(name: str) -> bool:
    """Return whether a temporary file is of a process of this machine that has ended."""
    machine, _, rest = name.partition("-")
    process = rest.partition("-")[0]
    if os.name == "nt" or machine != _this_machine() or not process.isdecimal():
        return False  # Windows cannot ask without ending the process
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def write_output(path: Path, data: bytes, root: Path) -> None:
    """Put `data` at a place that the user has named, links followed; raises OSError.

    Nothing is needed but the right to write there: the temporary file is beside it. Only a link
    inside of `root` that leads out of it is not followed.
    """
    if leads_out(path, root):
        raise OSError(errno.EXDEV, "it is behind a link that leads outside")
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    _write(temporary, data, durable=False)
    try:
        _keep_mode(temporary, path)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes, *, durable: bool) -> None:
    try:
        with path.open("xb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _keep_mode(temporary: Path, path: Path) -> None:
    """Give a file that is to take the place of another the mode of that."""
    try:
        old = os.lstat(path).st_mode
    except OSError:
        return
    if stat.S_ISREG(old):
        temporary.chmod(stat.S_IMODE(old) & 0o777)
