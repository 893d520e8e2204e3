"""A place with keys, as a run meets it: `Storage` is the whole, `Staging` travels to workers.

They are two, since a storage has what does not travel: connections, and the digests in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.regular_file import read_regular
from mediakit.storage.settings import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor

    from mediakit.base.artifacts import MadeRecord
    from mediakit.base.files import Absent, DiskFile
    from mediakit.base.regular_file import FileStat
    from mediakit.storage.settings import HeaderRule, S3Settings


ANY: Final = "*"
"""A condition that any version meets, and no object at all."""

NOTHING: Final[Mapping[str, Artifact]] = MappingProxyType({})
"""No objects."""

CROSSED = "nothing is deleted; let the other run end, then run the job of the newest deploy again"
"""Advice after two runs at one target: the newest deploy must be the last."""


class Fetched(msgspec.Struct, frozen=True):
    """An object's bytes, and the version (an ETag) that they are."""

    data: bytes
    version: str


class Upload(msgspec.Struct, frozen=True, gc=False):
    """A file to put at a target, where it is on the disk, and the headers that it is served with.

    `folder` is a text that the files in it share, since a site has very many. `read` returns the
    bytes of the object, which are those of the file unless it is changed.
    """

    artifact: Artifact
    folder: str
    name: str
    headers: Headers
    read: Callable[[Path | str], bytes] = read_regular


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
    """A place with keys: a flat store of objects, whose keys are public paths of the site.

    A fault of one object is a Failure in the answer; a fault of the whole place raises
    TargetError.
    """

    url: str
    """The address, as users see it and the cache keeps it."""
    endpoint: str
    """The URL of the server, without a password; empty for a folder."""
    connections: int
    """How many threads are worth asking at once."""
    is_remote: bool
    """Whether requests are mostly waiting, and can be made on any thread."""
    has_headers: bool
    """Whether objects have headers of their own."""

    def list(self, known: Mapping[str, Artifact] = NOTHING) -> Mapping[str, Artifact]:
        """Return all objects by key; `known` ones that are probably there make it faster.

        Where such an object has the same version, it may come as it is known.
        """

    def describe(self, key: str) -> Artifact | None:
        """Ask for one object; returns None if there is none.

        Its digest is the one that was noted when it was put. Its ETag is empty if the storage
        does not make ETags of MD5 digests.
        """

    def get(self, key: str) -> Fetched | None:
        """Return an object, None if there is none."""

    def put(
        self, key: str, data: bytes, headers: Headers, *, only_if: str | None = ANY
    ) -> Artifact | Failure:
        """Store an object whole: readers see the old one or the new one.

        If the storage can, only over the version `only_if`, or only if there is none (None):
        objects of other runs stay. The same content is no conflict: it may be our own, of a put
        whose answer was lost.
        """

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Store a file, which may be too large for memory; one that has changed is a Failure."""

    def put_files(
        self, uploads: Iterable[tuple[Upload, str | None]], threads: Executor
    ) -> Iterator[tuple[Upload, Artifact | Failure]]:
        """Store files side by side, each on a condition, and yield them as that ends.

        Each is asked for when there is room for it. What blocks may be done by `threads`. If the
        caller stops early, those that have begun are stored all the same.
        """

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        """Store an object only if it still has this version (None: if there is none)."""

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete objects, and return those that could not be; one that is gone is deleted."""

    def clear_leftovers(self) -> None:
        """Remove parts of uploads that were cut off, but not those that may be another run's."""

    def close(self) -> None:
        """Close connections, and remove temporary files."""


class ObjectFile(msgspec.Struct, frozen=True):
    """A picture that is an object in a bucket: its site path, key, ETag and size in bytes."""

    path: str
    key: str
    etag: str
    bytes: int


Note = tuple[str, str]
"""What is noted with a product: the digest of its inputs, and its recipe's fingerprint."""


class PictureTree(Protocol):
    """The pictures of a place, by site path."""

    def find(self, path: str) -> DiskFile | ObjectFile | Absent:
        """Return the picture at a site path."""

    def has(self, path: str) -> bool:
        """Return whether there is one."""


class Staging(Protocol):
    """The place of the pictures, as a value that travels to workers.

    With it workers read sources and write products themselves: only names and digests go
    between machines, and pixels between a worker and the place.
    """

    @property
    def url(self) -> str:
        """The address; empty for the site's own folder."""

    @property
    def has_etags(self) -> bool:
        """Whether files are known by ETags, which the catalog then keeps."""

    def open_tree(self) -> PictureTree:
        """List the pictures; raises UsageError."""

    def read(self, file: DiskFile | ObjectFile) -> bytes | None:
        """Return a picture, None if it has changed since it was listed.

        Raises:
            OSError, TargetError: it cannot be read.
        """

    def note(self, file: DiskFile | ObjectFile) -> Note | None:
        """Return the note of a product, None if the place has no notes."""

    def stage(self, record: MadeRecord, data: bytes) -> str | Failure:
        """Write a product on a worker; returns where it waits, or its ETag. Raises OSError."""

    def land(self, path: str, place: str, tree: PictureTree) -> None:
        """Put a staged product in its place; raises OSError."""

    def clear(self) -> None:
        """Remove staged products that did not land."""

    def mark(self) -> str:
        """Leave a file that workers look for, until `clear`; returns its name."""

    def probe(self, mark: str) -> str:
        """Return why this machine cannot read and write here, empty if it can."""


def crossed(url: str) -> Failure:
    """Return the failure of a put that found what another run has put meanwhile."""
    return Failure("target-changed", f"{url}: another run has written it meanwhile", CROSSED)
