"""A store that is a bucket: keys below its prefix are site paths."""

from __future__ import annotations

import errno
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.errors import TargetError
from mediakit.base.files import Absent
from mediakit.base.products import digest_of
from mediakit.base.regular_file import MOST_BYTES
from mediakit.storage.headers import HeaderRule, Headers, headers_of
from mediakit.storage.protocol import ObjectFile
from mediakit.storage.s3.storage import BucketStorage, open_bucket

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mediakit.base.artifacts import Artifact
    from mediakit.base.files import DiskFile
    from mediakit.base.products import MadeRecord
    from mediakit.storage.protocol import Note, PictureTree
    from mediakit.storage.settings import S3Settings

_SOURCE, _FINGERPRINT = "mediakit-source", "mediakit-fingerprint"
"""Keys of the metadata that say what a variant was made of."""


class ObjectTree:
    """A listing, by site path: keys as NFC, an exact one first, and exactly as to case."""

    def __init__(self, entries: Mapping[str, Artifact]) -> None:
        self._files: dict[str, ObjectFile] = {}
        for key, entry in sorted(entries.items()):
            path = unicodedata.normalize("NFC", key)
            if path not in self._files or key == path:
                self._files[path] = ObjectFile(path, key, entry.etag, entry.bytes)
        self._folded: dict[str, str] = {}

    def find(self, path: str) -> ObjectFile | Absent:
        """Return the object at a site path."""
        found = self._files.get(path)
        return found if found is not None else Absent(self._near(path))

    def has(self, path: str) -> bool:
        """Return whether there is one."""
        return path in self._files

    def _near(self, path: str) -> str | None:
        if not self._folded:
            self._folded = {each.casefold(): each for each in sorted(self._files, reverse=True)}
        return self._folded.get(path.casefold())


@dataclass(frozen=True, slots=True)
class BucketStaging:
    """The objects at `url`; credentials are not in it: each machine has its own."""

    url: str
    settings: S3Settings
    rules: tuple[HeaderRule, ...]

    @classmethod
    def open(
        cls, address: str, settings: S3Settings, rules: Collection[HeaderRule]
    ) -> BucketStaging:
        """Return the store at `s3://BUCKET/PREFIX`; raises TargetError."""
        return cls(_bucket(address, settings).url, settings, tuple(rules))

    @property
    def has_etags(self) -> bool:
        """Yes."""
        return True

    def open_tree(self) -> ObjectTree:
        """List the bucket; raises TargetError."""
        return ObjectTree(self._target.list())

    def read(self, file: DiskFile | ObjectFile) -> bytes | None:
        """Get an object; raises TargetError."""
        assert isinstance(file, ObjectFile)  # noqa: S101 - what our tree gives
        if file.bytes > MOST_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 1024**2:,} MB")
        found = self._target.get(file.key)
        return found.data if found is not None and found.version == file.etag else None

    def note(self, file: DiskFile | ObjectFile) -> Note | None:
        """Ask for a variant's metadata; raises TargetError."""
        assert isinstance(file, ObjectFile)  # noqa: S101 - what our tree gives
        noted = self._target.metadata(file.key)
        if _SOURCE in noted and _FINGERPRINT in noted:
            return noted[_SOURCE], noted[_FINGERPRINT]
        return None

    def stage(self, record: MadeRecord, data: bytes) -> str | Failure:
        """Put the product where it belongs, with what it was made of, and return its ETag."""
        headers = headers_of(record.path, self.rules)
        noted = ((_FINGERPRINT, record.fingerprint), (_SOURCE, digest_of(record.inputs)))
        stored = self._target.put(
            record.path, data, replace(headers, metadata=(*headers.metadata, *noted))
        )
        return stored if isinstance(stored, Failure) else stored.version

    def land(self, path: str, place: str, tree: PictureTree) -> None:
        """Do nothing: a put is whole, or it is not there."""

    def clear(self) -> None:
        """Do nothing: nothing waits."""

    def mark(self) -> str:
        """Leave nothing: that there is no such object is an answer too."""
        return "mediakit-mark"

    def probe(self, mark: str) -> str:
        """Ask for the mark, put it, and take it away."""
        try:
            self._target.describe(mark)
            stored = self._target.put(mark, b"", Headers("text/plain"))
        except TargetError as error:
            return f"cannot reach the bucket: {error}"
        if isinstance(stored, Failure):
            return f"cannot write into the bucket: {stored.message}"
        self._target.delete([mark])  # where that is not allowed, an empty object stays
        return ""

    @property
    def _target(self) -> BucketStorage:
        return _bucket(self.url, self.settings)


@lru_cache(maxsize=4)
def _bucket(url: str, settings: S3Settings) -> BucketStorage:
    """Return the client of a bucket: it takes a tenth of a second, and serves all threads."""
    return open_bucket(url, settings)
