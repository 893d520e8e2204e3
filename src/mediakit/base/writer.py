"""Write files whole: a reader, or the next run after a kill, sees the old file or the new one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import stat
import time
import uuid
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from mediakit.base.errors import UsageError
from mediakit.base.regular_file import has_bytes, is_inside, leads_out, read_parts, read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from io import BufferedWriter

_Result = TypeVar("_Result")

_ABANDONED = 24 * 3600
"""Seconds after which a temporary file counts as abandoned, where others may write too."""

_KIND_BYTES = 5
"""Bytes at the beginning of a PDF or an HTML page that tell it from a page of the site."""

_LISTS = frozenset({".csv", ".json"})
"""What other programs save in their own way, so that its beginning tells nothing."""

_NOTE = ".neighbour"
_LONGEST_NOTE = 8192
_ATTEMPTS = 20
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def hint_of(error: OSError) -> str:
    """Return the hint for a file that cannot be written."""
    if error.errno in _NO_SPACE:
        return "free some space there, then run again"
    if error.errno == errno.EXDEV:
        return "take the link away: nothing is written through it"
    if error.errno in _NO_RIGHT:
        return "may this user write there? see to the rights, then run again"
    return "see to it, then run again"


@contextlib.contextmanager
def writing(what: object) -> Iterator[None]:
    """Turn an OSError into a UsageError: what is written inside cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{what}: cannot be written: {error.strerror}", hint_of(error)) from error


class Writer:
    """Writes whole files: first into the folder `temporary`, then `os.replace`.

    So a killed run leaves nothing beside the pictures. Where that folder is on another file
    system, the last step goes through a hidden file beside the target, whose path is noted in the
    folder: the next writer removes what a killed one left. Nothing is written outside of `root`,
    wherever links lead.

    Several runs may share the folder: names of temporary files begin with their `owner`. Where
    none may (`is_alone`), every file in it is a left-over.
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
        """Write `data` to `path`; `durable` waits for the disk. Raises OSError with `path`.

        An existing file keeps its mode.
        """
        try:
            self._refuse_outside(path)
            self.land(self.stage(data, durable=durable), path, durable=durable)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error

    def stage(self, data: bytes, *, durable: bool = False) -> Path:
        """Write a temporary file for `land`; raises OSError.

        Its name is unique, even where machines share the folder.
        """
        return self._stage((data,), durable=durable)

    def stage_parts(self, parts: Iterable[bytes]) -> tuple[Path, str]:
        """Write a temporary file part by part, and return it with its SHA-256; raises OSError."""
        digest = hashlib.sha256()

        def passed() -> Iterator[bytes]:
            for part in parts:
                digest.update(part)
                yield part

        return self._stage(passed(), durable=False), digest.hexdigest()

    def _stage(self, parts: Iterable[bytes], *, durable: bool) -> Path:
        stream = _again(self._begun)  # no more than this: parts can be read once
        _write(stream, parts, durable=durable)
        return Path(stream.name)

    def _begun(self) -> BufferedWriter:
        # a group may share the site, and workers the folder; nobody else may read it
        self._temporary.parent.mkdir(mode=0o775, parents=True, exist_ok=True)
        self._temporary.mkdir(mode=0o770, exist_ok=True)
        if not self._is_real():
            raise OSError(errno.EXDEV, f"{self._temporary.parent.name} is a link")
        return (self._temporary / f"{self._owner}-{uuid.uuid4().hex}").open("xb")

    def land(self, temporary: Path, path: Path, *, durable: bool = False) -> None:
        """Rename a temporary file to `path`; it is removed if that fails. Raises OSError."""
        try:
            self._refuse_outside(path)
            try:
                _again(lambda: _move(temporary, path))
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                self._carry_over(temporary, path, durable=durable)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    @staticmethod
    def _carry_over(temporary: Path, path: Path, *, durable: bool) -> None:
        """Copy to a hidden file beside `path`: a rename cannot cross file systems."""
        neighbour = path.with_name(f".{path.name[:40]}.{temporary.name}.tmp")
        note = temporary.with_name(temporary.name + _NOTE)
        note.write_bytes(os.fsencode(os.path.relpath(neighbour, temporary.parent)))
        try:
            with temporary.open("rb") as stream:
                _write(neighbour.open("xb"), read_parts(stream), durable=durable)
            _keep_mode(neighbour, path)
            neighbour.replace(path)
        finally:
            for left in (neighbour, temporary, note):
                left.unlink(missing_ok=True)

    def _refuse_outside(self, path: Path) -> None:
        if not is_inside(path.parent, self._root):
            raise OSError(errno.EXDEV, "it is behind a link that leads outside")

    def _is_real(self) -> bool:
        """Return whether the folder is no link: the target of a link is not ours to clear."""
        return not (self._temporary.is_symlink() or self._temporary.parent.is_symlink())

    def clear(self) -> None:
        """Remove our left-overs and those of killed runs, and the folder if it is then empty."""
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
            return  # missing, or in use: left-overs do no harm

    def _is_left_over(self, entry: Path) -> bool:
        if self._is_alone or entry.name.startswith(self._owner) or _has_ended(entry.name):
            return True
        return time.time() - entry.lstat().st_mtime > _ABANDONED

    def _remove_neighbour(self, noted: bytes) -> None:
        neighbour = self._temporary / os.fsdecode(noted)
        is_ours = neighbour.name.startswith(".") and neighbour.name.endswith(".tmp")
        if is_ours and is_inside(neighbour.parent, self._root):
            neighbour.unlink(missing_ok=True)


def write_file(root: Path, path: str, data: bytes, writer: Writer) -> None:
    """Write the file at a site path so that a crash leaves it old or new; raises UsageError."""
    with writing(path):
        writer.write(root / path, data, durable=True)


def write_changed(root: Path, path: str, data: bytes, writer: Writer) -> None:
    """Write the file at a site path, unless it has these bytes already; raises UsageError."""
    if not has_bytes(root, path, data):
        write_file(root, path, data, writer)


def _again(step: Callable[[], _Result]) -> _Result:
    """Return what `step` returns; repeat it where a run that shares its folder removed that."""
    for _ in range(_ATTEMPTS):
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            return step()
    return step()


def _move(temporary: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _keep_mode(temporary, path)
    temporary.replace(path)


def remove_empty_folders(folder: Path, top: Path) -> None:
    """Remove a folder that is empty now, and those around it that this empties, below `top`."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def new_owner() -> str:
    """Return a prefix for the temporary files of a run: machine, process and a random number."""
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
    """Write `data` to a path that the user named, links followed; raises OSError.

    The temporary file is beside it. A link inside of `root` that leads out is refused, and so is
    a file that does not begin as `data` does: a page or a picture, named by mistake.
    """
    if leads_out(path, root):
        raise OSError(errno.EXDEV, "it is behind a link that leads outside")
    path = path.resolve()
    if path.is_file() and path.suffix.lower() not in _LISTS:
        with path.open("rb") as stream:
            if not data.startswith(stream.read(_KIND_BYTES)):
                raise OSError(errno.EEXIST, "there is a file of another kind; give another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    _write(temporary.open("xb"), (data,), durable=False)
    try:
        _keep_mode(temporary, path)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write(stream: BufferedWriter, parts: Iterable[bytes], *, durable: bool) -> None:
    try:
        with stream:
            stream.writelines(parts)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
    except BaseException:
        Path(stream.name).unlink(missing_ok=True)
        raise


def _keep_mode(temporary: Path, path: Path) -> None:
    """Give a temporary file the mode of the file that it will replace."""
    try:
        old = os.lstat(path).st_mode
    except OSError:
        return
    if stat.S_ISREG(old):
        temporary.chmod(stat.S_IMODE(old) & 0o777)
