"""A folder as storage: what a web server serves, or where the pictures are."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError, UsageError
from mediakit.base.files import DiskFile, FileTree, read_unchanged, sha256_bytes
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.regular_file import (
    file_stat,
    is_inside,
    open_regular,
    read_parts,
    read_regular,
    sha256_file,
)
from mediakit.base.tables import ARTIFACTS, Rows
from mediakit.base.writer import Writer, hint_of, new_owner, remove_empty_folders
from mediakit.storage.open import local_folder
from mediakit.storage.protocol import ANY, NOTHING, Fetched, Upload, crossed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.artifacts import MadeRecord
    from mediakit.storage.protocol import KnownDigests, Note, ObjectFile, PictureTree, Settings
    from mediakit.storage.settings import Headers

_TEMPORARY = ".mediakit-tmp"
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]|[ .]$')


def open_storage(address: str, settings: Settings, digests: KnownDigests) -> FolderStorage:
    """Open a folder as a target; raises TargetError if it holds the site itself."""
    folder = local_folder(address, settings.root) or settings.root
    real_root = settings.root.resolve()
    if folder == real_root or folder in real_root.parents:
        raise TargetError(
            f"{address}: the target holds the site itself", "give a folder of its own"
        )
    return FolderStorage(folder, digests)


def open_staging(address: str, settings: Settings) -> FolderStaging:
    """Open the folder of the pictures, the site's own without an address; raises UsageError."""
    if not address:
        return FolderStaging("", str(settings.root))
    folder = local_folder(address, settings.root)
    if folder is None or not folder.is_dir():
        raise UsageError(f"{address}: no such folder", "give the folder or bucket of the pictures")
    return FolderStaging(f"file:{folder.as_posix()}", str(folder))


class FolderStorage:
    """Objects as plain files; digests come from the bytes, by way of the cache."""

    def __init__(self, folder: Path, digests: KnownDigests) -> None:
        self._folder = folder
        self._digests = digests
        self._writer = Writer(folder / _TEMPORARY, folder)
        self.url = f"file:{folder.as_posix()}"

    endpoint = ""
    is_remote = False
    has_headers = False  # they are the web server's
    connections = 4  # more do not make a disk faster

    def list(self, known: Mapping[str, Artifact] = NOTHING) -> Mapping[str, Artifact]:  # noqa: ARG002
        """Return all files by their path in the folder; hashes those that changed."""
        if not self._folder.exists():
            return {}
        if not self._folder.is_dir():
            raise TargetError(f"{self._folder}: not a folder")
        entries, fresh = Rows(ARTIFACTS), []
        for key, path in self._walk():
            stat = file_stat(path.stat())
            name = f"{self.url}/{key}"
            sha256 = self._digests.digest(name, stat)
            if sha256 is None:
                sha256 = sha256_file(path)
                fresh.append((name, stat, sha256))
            entries.add(key, Artifact(key, sha256, stat.size))
        self._digests.remember_digests(fresh)
        return entries.table()

    def describe(self, key: str) -> Artifact | None:
        """Return a file without headers: they are the web server's."""
        sha256 = self._version(key)
        return None if sha256 is None else Artifact(key, sha256)

    def get(self, key: str) -> Fetched | None:
        """Return a file, None where there is none."""
        try:
            data = read_regular(self._path(key))
            return Fetched(data, sha256_bytes(data))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TargetError(f"{self.url}/{key}: {error.strerror}") from error

    def put(
        self,
        key: str,
        data: bytes,
        headers: Headers,  # noqa: ARG002 - the web server's
        *,
        only_if: str | None = ANY,
    ) -> Artifact | Failure:
        """Write a file whole."""
        return self._put(key, (data,), sha256_bytes(data), only_if)

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Copy a file in parts: a film may be too large for memory."""
        parts = _parts(upload)
        try:
            return self._put(upload.artifact.path, parts, upload.artifact.sha256, only_if)
        except _UnreadableSourceError as error:
            return Failure("unreadable-file", f"cannot be read: {error}")

    def put_files(
        self, uploads: Iterable[tuple[Upload, str | None]], threads: Executor
    ) -> Iterator[tuple[Upload, Artifact | Failure]]:
        """Copy files, a few at a time."""
        from concurrent.futures import FIRST_COMPLETED, as_completed, wait  # noqa: PLC0415

        puts: dict[Future[Artifact | Failure], Upload] = {}
        for upload, only_if in uploads:
            puts[threads.submit(self.put_file, upload, only_if=only_if)] = upload
            if len(puts) > self.connections:
                for put in wait(puts, return_when=FIRST_COMPLETED).done:
                    yield puts.pop(put), put.result()
        yield from ((puts[put], put.result()) for put in as_completed(puts))

    def _put(
        self, key: str, parts: Iterable[bytes], sha256: str, only_if: str | None
    ) -> Artifact | Failure:
        """Write a file that is to have this digest, whole or not at all."""
        if os.name == "nt" and not fits_windows(key):
            message = f"{self.url}: Windows can have no file of that name"
            return Failure("put-failed", message, "rename the picture")
        if only_if != ANY and self._version(key) not in {only_if, sha256}:
            return crossed(self.url)
        try:
            temporary, found = self._writer.stage_parts(parts)
            if found != sha256:
                temporary.unlink()
                return Failure("changed-meanwhile", "changed while mediakit ran", "run again")
            size = temporary.stat().st_size
            self._writer.land(temporary, self._path(key))
        except OSError as error:
            return Failure("put-failed", f"{self.url}: {error.strerror}", hint_of(error))
        return Artifact(key, sha256, size)

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        """Write a file whole if nobody else has written it since it was read."""
        return self.put(key, data, headers, only_if=version)

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete files, and the folders that they leave empty."""
        failures = {}
        for key in keys:
            path = self._path(key)
            try:
                if not is_inside(path.parent, os.path.realpath(self._folder)):
                    raise OSError(errno.EXDEV, "it is behind a link that leads outside")  # noqa: TRY301
                path.unlink(missing_ok=True)
            except OSError as error:
                message = f"{self.url}: {error.strerror}"
                failures[key] = Failure("delete-failed", message, hint_of(error))
                continue
            remove_empty_folders(path.parent, self._folder)
        return failures

    def clear_leftovers(self) -> None:
        """Do nothing: the folder for temporary files goes at the end."""

    def close(self) -> None:
        """Take away the temporary files, but not those of others who write there now."""
        self._writer.clear()

    def _version(self, key: str) -> str | None:
        path = self._path(key)
        return sha256_file(path) if path.is_file() else None

    def _path(self, key: str) -> Path:
        return self._folder.joinpath(*key.split("/"))

    def _walk(self) -> Iterator[tuple[str, Path]]:
        def fail(error: OSError) -> None:
            # an unreadable part taken for an empty one would be put, or deleted, anew
            raise TargetError(f"{error.filename}: {error.strerror}") from error

        for folder, names, files in os.walk(self._folder, onerror=fail):
            if _TEMPORARY in names:
                names.remove(_TEMPORARY)
            for name in files:
                path = Path(folder, name)
                if path.is_file():
                    yield path.relative_to(self._folder).as_posix(), path


class _UnreadableSourceError(Exception):
    """The file to copy cannot be read; the message says why."""


def _parts(upload: Upload) -> Iterator[bytes]:
    """Yield the bytes of an object, part by part where they are those of a file."""
    path = Path(upload.folder, upload.name)
    try:
        if upload.read is not read_regular:
            yield upload.read(path)
            return
        with open_regular(path) as stream:
            yield from read_parts(stream)
    except OSError as error:
        raise _UnreadableSourceError(error.strerror) from error


@dataclass(frozen=True, slots=True)
class FolderStaging:
    """The pictures below `root`; workers stage variants in a folder for temporary files there.

    The names of what they stage begin with `owner`, which is another for each run.
    """

    url: str
    root: str
    owner: str = field(default_factory=new_owner, compare=False)

    has_etags: ClassVar = False  # files are known by their times, which the cache keeps

    def open_tree(self) -> FileTree:
        """Return the folder's tree, which reads on demand."""
        return FileTree(Path(self.root))

    def read(self, file: DiskFile | ObjectFile) -> bytes | None:
        """Read a file; raises OSError."""
        assert isinstance(file, DiskFile)  # noqa: S101 - what our tree gives
        return read_unchanged(file)

    def note(self, file: DiskFile | ObjectFile) -> Note | None:  # noqa: ARG002 - the protocol's
        """Return None: the cache's journal has it, since variants land one by one."""
        return None

    def stage(self, record: MadeRecord, data: bytes) -> str | Failure:  # noqa: ARG002 - the protocol's
        """Write a temporary file, and return where it is."""
        return str(self._writer.stage(data))

    def land(self, path: str, place: str, tree: PictureTree) -> None:
        """Rename the temporary file."""
        assert isinstance(tree, FileTree)  # noqa: S101 - what `open_tree` gave
        self._writer.land(Path(place), tree.disk_path(path))

    def clear(self) -> None:
        """Take the folder for temporary files away, and the one around it if that is ours alone."""
        self._writer.clear()
        with contextlib.suppress(OSError):
            self.temporary.parent.rmdir()

    def mark(self) -> str:
        """Leave an empty temporary file; raises OSError."""
        return self._writer.stage(b"").name

    def probe(self, mark: str) -> str:
        """Look for the mark, and leave a file beside it for a moment."""
        try:
            if not (self.temporary / mark).exists():
                return f"does not see the folder {self.root} as it is here"
            self._writer.stage(b"").unlink()
        except OSError as error:
            return f"cannot write into the folder {self.root}: {error.strerror}"
        return ""

    @property
    def temporary(self) -> Path:
        """The folder for temporary files, on the file system of the pictures."""
        return Path(self.root, WORK_FOLDER, "tmp")

    @property
    def _writer(self) -> Writer:
        return Writer(self.temporary, Path(self.root), owner=self.owner)


def fits_windows(key: str) -> bool:
    """Return whether Windows would keep this very name, and not open a device or another file."""
    return not any(_DEVICE.fullmatch(part) or _UNSAFE.search(part) for part in key.split("/"))
