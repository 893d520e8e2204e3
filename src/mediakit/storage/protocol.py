"""A place with keys, as a run meets it: `Storage` is the whole, `Staging` travels to workers.

They are two, since a storage has what does not travel: connections, and the digests in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.storage.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mediakit.base.files import Absent, DiskFile, FileStat
    from mediakit.base.products import MadeRecord
    from mediakit.storage.headers import HeaderRule
    from mediakit.storage.settings import S3Settings


ANY: Final = "*"
"""A condition that any version meets, and no object at all."""

CROSSED = "nothing is deleted; let the other run end, then run the job of the newest deploy again"
"""What to do where two runs were at one target: the one that was started last is to be the last."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's bytes, and the version (an ETag) that they are."""

    data: bytes
    version: str


class Upload(msgspec.Struct, frozen=True, gc=False):
    """A file to put at a target, and the headers that it is to be served with."""

    artifact: Artifact
    disk_path: Path
    headers: Headers


class KnownDigests(Protocol):
    """Digests of files by name, as long as their size and times stay the same."""

    def digest(self, path: str, stat: FileStat) -> str | None:
        """Return the SHA-256 of a file, None where it has to be read."""

    def remember_digests(self, found: Iterable[tuple[str, FileStat, str]]) -> None:
        """Keep what was read: name, stat and SHA-256."""


class Settings(Protocol):
    """What a place is opened with."""

    @property
    def root(self) -> Path:
        """The root of the site, from which relative folders count."""

    @property
    def s3(self) -> S3Settings:
        """How buckets are reached."""

    @property
    def headers(self) -> tuple[HeaderRule, ...]:
        """The site's rules for headers."""


class Storage(Protocol):
    """A place with keys: a flat store of objects, whose keys are site paths.

    What goes wrong with one object is a Failure in the answer; what goes wrong with the
    target as a whole raises TargetError.
    """

    @property
    def url(self) -> str:
        """The target's address, as shown to the user and remembered."""

    @property
    def endpoint(self) -> str:
        """The URL of the server that is asked, without a password; empty for a folder."""

    @property
    def connections(self) -> int:
        """How many objects are worth putting at once."""

    @property
    def is_remote(self) -> bool:
        """Whether asking it is mostly waiting, and can be done on any thread."""

    @property
    def has_headers(self) -> bool:
        """Whether objects have headers of their own."""

    def list(self, known: Collection[str] = ()) -> Mapping[str, Artifact]:
        """Return all objects by key; keys that are likely there may be `known`, for speed."""

    def describe(self, key: str) -> Artifact | None:
        """Ask for one object; returns None where there is none.

        Its digest is the one that whoever put it has noted, and its ETag is empty where a plain
        one is not the MD5 of the content.
        """

    def get(self, key: str) -> Fetched | None:
        """Return an object, None where there is none."""

    def put(
        self, key: str, data: bytes, headers: Headers, *, only_if: str | None = ANY
    ) -> Artifact | Failure:
        """Store an object whole: a reader sees the old one or the new one.

        Where the target can, only over the version `only_if`, or over nothing (None): what
        another run has put stays. The same content is no conflict, since it may be our own, of
        a put whose answer was lost.
        """

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Do what `put` does with a file that may be too large for memory.

        One that has changed is a Failure.
        """

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        """Store an object only if it has this version still (None: if there is none)."""

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete objects, and return those that could not be; one that is gone is deleted."""

    def clear_leftovers(self) -> None:
        """Take away what puts that were cut off have left; what may be another run's stays."""

    def close(self) -> None:
        """End what the target holds open."""


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """An object that is there in place of a file: its site path, key, ETag and size in bytes."""

    path: str
    key: str
    etag: str
    bytes: int


Note = tuple[str, str]
"""What is noted with a product: the digest of its inputs, and its recipe's fingerprint."""


class PictureTree(Protocol):
    """What is in a store, by site path."""

    def find(self, path: str) -> DiskFile | ObjectFile | Absent:
        """Return the picture at a site path."""

    def has(self, path: str) -> bool:
        """Return whether there is one."""


class Staging(Protocol):
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

    def note(self, file: DiskFile | ObjectFile) -> Note | None:
        """Return what is noted with a product, None where the store has no place for notes."""

    def stage(self, record: MadeRecord, data: bytes) -> str | Failure:
        """Write a product on a worker; returns where it waits, or its ETag. Raises OSError."""

    def land(self, path: str, place: str, tree: PictureTree) -> None:
        """Put in place what a worker has staged; `tree` is what was listed. Raises OSError."""

    def clear(self) -> None:
        """Take away what workers have staged, and nobody has landed."""

    def mark(self) -> str:
        """Leave something that workers can look for, until `clear`; returns its name."""

    def probe(self, mark: str) -> str:
        """Return why a worker cannot read and write the store, empty if it can."""


def crossed(url: str) -> Failure:
    """Return the failure of a put that found what another run has put meanwhile."""
    return Failure("target-changed", f"{url}: another run has written it meanwhile", CROSSED)
