"""A target that is a local folder: what a web server serves, or a stand-in for a bucket."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.files import file_stat
from mediakit.base.regular_file import is_inside, read_regular, sha256_file
from mediakit.base.writer import Writer, hint_of
from mediakit.storage.protocol import ANY, Fetched, Upload, crossed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from mediakit.state.cache import Cache
    from mediakit.storage.headers import Headers

_TEMPORARY = ".mediakit-tmp"
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]|[ .]$')


class DirectoryTarget:
    """Objects as plain files; digests come from the bytes, by way of the cache."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self._folder = folder
        self._cache = cache
        self._writer = Writer(folder / _TEMPORARY, folder)

    endpoint = ""
    is_remote = False
    has_headers = False

    @property
    def connections(self) -> int:
        """A few: a disk is not made faster by more."""
        return 4

    @property
    def url(self) -> str:
        """`file:` and the folder."""
        return f"file:{self._folder.as_posix()}"

    def list(self, known: Collection[str] = ()) -> Mapping[str, Artifact]:  # noqa: ARG002
        """Return all files by their path in the folder; hashes those that changed."""
        if not self._folder.exists():
            return {}
        if not self._folder.is_dir():
            raise TargetError(f"{self._folder}: not a folder")
        entries, fresh = {}, []
        for key, path in self._walk():
            stat = file_stat(path.stat())
            name = f"{self.url}/{key}"
            sha256 = self._cache.digest(name, stat)
            if sha256 is None:
                sha256 = sha256_file(path)
                fresh.append((name, stat, sha256))
            entries[key] = Artifact(key, sha256, stat.size)
        self._cache.remember_digests(fresh)
        return entries

    def describe(self, key: str) -> Artifact | None:
        """Return a file without headers: they are the web server's."""
        sha256 = self._version(key)
        return None if sha256 is None else Artifact(key, sha256)

    def get(self, key: str) -> Fetched | None:
        """Return a file, None where there is none."""
        try:
            data = read_regular(self._path(key))
            return Fetched(data, hashlib.sha256(data).hexdigest())
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
        if os.name == "nt" and not fits_windows(key):
            return Failure(
                "put-failed", f"{self.url}: Windows can have no file of that name",
                "rename the picture",
            )  # fmt: skip
        sha256 = hashlib.sha256(data).hexdigest()
        if only_if != ANY and self._version(key) not in {only_if, sha256}:
            return crossed(self.url)
        try:
            self._writer.write(self._path(key), data)
        except OSError as error:
            return Failure("put-failed", f"{self.url}: {error.strerror}", hint_of(error))
        return Artifact(key, sha256, len(data))

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Copy a file whole."""
        try:
            data = read_regular(upload.disk_path)
        except OSError as error:
            return Failure("unreadable-file", f"cannot be read: {error.strerror}")
        if hashlib.sha256(data).hexdigest() != upload.artifact.sha256:
            return Failure("changed-meanwhile", "changed while mediakit ran", "run again")
        return self.put(upload.artifact.path, data, upload.headers, only_if=only_if)

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
            self._prune(path.parent)
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

    def _prune(self, folder: Path) -> None:
        while folder != self._folder:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

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


def fits_windows(key: str) -> bool:
    """Return whether Windows would keep this very name, and not open a device or another file."""
    return not any(_DEVICE.fullmatch(part) or _UNSAFE.search(part) for part in key.split("/"))
