"""Where sources are, and their variants beside them: the protocol, and how an address is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mediakit.base.errors import UsageError
from mediakit.base.redaction import redacted
from mediakit.storage.settings import S3Settings
from mediakit.storage.target_folder import local_folder

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from mediakit.base.actions import Failure
    from mediakit.base.files import Absent, DiskFile
    from mediakit.storage.headers import HeaderRule


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """An object that is there in place of a file: its site path, key, ETag and size in bytes."""

    path: str
    key: str
    etag: str
    bytes: int


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a variant was made of: the SHA-256 of its source, and its preset's fingerprint."""

    source_sha256: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A variant that a worker has written; `place` is where it waits, or its ETag if it is there.

    Size in bytes, and in pixels (0 x 0: no raster).
    """

    path: str
    sha256: str
    bytes: int
    width: int
    height: int
    place: str


class PictureTree(Protocol):
    """What is in a store, by site path."""

    def find(self, path: str) -> DiskFile | ObjectFile | Absent:
        """Return the picture at a site path."""

    def has(self, path: str) -> bool:
        """Return whether there is one."""


class Store(Protocol):
    """A value that travels to workers: with it they read sources and write variants themselves.

    So what goes between machines is names and digests, and pixels only between a worker and
    the store.
    """

    @property
    def url(self) -> str:
        """The store's address; empty for the site's own folder."""

    @property
    def has_etags(self) -> bool:
        """Whether what is there is known by ETags, which the catalog then keeps."""

    def open_tree(self) -> PictureTree:
        """List what is there; raises UsageError."""

    def read(self, file: DiskFile | ObjectFile) -> bytes | None:
        """Return a picture, None if it is not the one that was listed any more.

        Raises:
            OSError, TargetError: it cannot be read.
        """

    def made_of(self, file: DiskFile | ObjectFile) -> MadeOf | None:
        """Return what is noted with a variant, None where the store has no place for notes."""

    def stage(self, path: str, data: bytes, made_of: MadeOf) -> str | Failure:
        """Write a variant on a worker; returns the `place` of `Staged`. Raises OSError."""

    def land(self, staged: Staged, tree: PictureTree) -> None:
        """Put in place what a worker has staged; `tree` is what was listed. Raises OSError."""

    def clear(self) -> None:
        """Take away what workers have staged, and nobody has landed."""

    def mark(self) -> str:
        """Leave something that workers can look for, until `clear`; returns its name."""

    def probe(self, mark: str) -> str:
        """Return why a worker cannot read and write the store, empty if it can."""


def open_store(
    address: str | None,
    root: Path,
    s3: S3Settings | None = None,
    rules: Collection[HeaderRule] = (),
) -> Store:
    """Return the store at `address`: a folder, `s3://BUCKET/PREFIX`, or None for the site itself.

    Raises:
        UsageError: there is no such folder, or kind of store.
    """
    from mediakit.storage.folder_store import FolderStore  # noqa: PLC0415 - one kind of several

    if address is None:
        return FolderStore("", str(root))
    if address.lower().startswith("s3:"):
        from mediakit.storage.s3.pictures import BucketStore  # noqa: PLC0415 - boto3 for buckets

        return BucketStore.open(address, s3 or S3Settings(), rules)
    folder = local_folder(address, root)
    if folder is None:
        raise UsageError(
            f"{redacted(address)}: no such kind of source",
            "known are folders and s3://BUCKET/PREFIX",
        )
    if not folder.is_dir():
        raise UsageError(f"{address}: no such folder", "give the folder or bucket of the pictures")
    return FolderStore(f"file:{folder.as_posix()}", str(folder))
