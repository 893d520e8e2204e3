"""A bucket as storage: AWS S3, or a server that speaks its protocol."""

from __future__ import annotations

import errno
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact, digest_of
from mediakit.base.errors import TargetError
from mediakit.base.files import Absent
from mediakit.base.redaction import redacted
from mediakit.base.regular_file import MOST_BYTES
from mediakit.base.tables import changed
from mediakit.storage.protocol import NOTHING, ObjectFile
from mediakit.storage.s3.answers import S3Error, bare_etag
from mediakit.storage.s3.client import BucketClient
from mediakit.storage.s3.listing import ListedPage, list_objects, read_page
from mediakit.storage.s3.patience import Patience
from mediakit.storage.s3.put import DIGEST, BucketPuts, metadata_of, size_of
from mediakit.storage.s3.server import find_server
from mediakit.storage.s3.steps import finish
from mediakit.storage.s3.traffic import most_connections
from mediakit.storage.s3.transfer import abort_left_behind, delete_objects
from mediakit.storage.settings import HeaderRule, Headers, headers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.artifacts import MadeRecord
    from mediakit.base.files import DiskFile
    from mediakit.storage.protocol import KnownDigests, Note, PictureTree, Settings
    from mediakit.storage.s3.answers import BucketAnswer
    from mediakit.storage.settings import S3Settings

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket and a prefix, which has no slash around it, or is empty."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> BucketAddress:
        """Read an address; raises TargetError."""
        rest, shown = text.partition(":")[2], redacted(text)
        if not rest.startswith("//"):
            raise TargetError(f"{shown}: not a bucket's address", "write s3://BUCKET/PREFIX")
        bucket, _, path = rest[2:].partition("/")
        parts = [part for part in path.split("/") if part]
        if not _BUCKET.fullmatch(bucket):
            what = redacted(f"//{bucket}")[2:]
            raise TargetError(
                f"{shown}: {what!r} is not the name of a bucket", "write s3://BUCKET/PREFIX"
            )
        if {".", ".."} & {*parts}:
            raise TargetError(f"{shown}: a prefix has no . or .. in it", "write the whole prefix")
        return cls(bucket, "/".join(parts))

    @property
    def url(self) -> str:
        """The address in its one spelling."""
        return f"s3://{self.bucket}/{self.prefix}" if self.prefix else f"s3://{self.bucket}"

    @property
    def folder(self) -> str:
        """The beginning of every key, which siblings such as `img2/` do not have."""
        return f"{self.prefix}/" if self.prefix else ""

    def name(self, key: str) -> str:
        """Return the whole name of an object in the bucket."""
        return self.folder + key


_SOURCE, _FINGERPRINT = "mediakit-source", "mediakit-fingerprint"
"""Keys of the metadata that say what a product was made of."""


def open_storage(address: str, settings: Settings, _digests: KnownDigests) -> BucketStorage:
    """Open the target at `s3://BUCKET/PREFIX`; raises TargetError where that cannot work."""
    return open_bucket(address, settings.s3)


def open_staging(address: str, settings: Settings) -> BucketStaging:
    """Open the bucket of the pictures; raises TargetError."""
    url = _bucket(address, settings.s3).url
    return BucketStaging(url, settings.s3, tuple(settings.headers))


def open_bucket(address: str, settings: S3Settings) -> BucketStorage:
    """Open the bucket at `s3://BUCKET/PREFIX`; raises TargetError where that cannot work."""
    bucket = BucketAddress.parse(address)
    patience = Patience(settings.patience, bucket.url)
    server, most = find_server(settings), most_connections(settings.connections)
    client = BucketClient(server, bucket.bucket, patience, most)
    return BucketStorage(bucket, client, settings)


class BucketStorage(BucketPuts):
    """The objects below a prefix of a bucket."""

    is_remote = True
    has_headers = True

    def list(self, known: Mapping[str, Artifact] = NOTHING) -> Mapping[str, Artifact]:
        """Return all objects below the prefix but the markers of folders."""
        try:
            found = list_objects(self._page, self._address.folder, known)
        except S3Error as error:
            raise self._fatal("cannot be listed", error) from error
        folders = (key for key in found if not key or key[-1] == "/")
        return changed(found, {}, [key for key in folders if not key or not found[key].bytes])

    def _page(self, query: Mapping[str, str]) -> ListedPage:
        return read_page(self._client.ask("GET", query=query).body)

    def describe(self, key: str) -> Artifact | None:
        """Ask for one object's headers."""
        head = self._looked_at(key)
        return None if head is None else _described(key, head)

    def metadata(self, key: str) -> Mapping[str, str]:
        """Ask for the metadata of an object, none if there is no object."""
        head = self._looked_at(key)
        return {} if head is None else metadata_of(head)

    def _looked_at(self, key: str) -> BucketAnswer | None:
        try:
            return finish(self._head(key))
        except S3Error as error:
            raise self._fatal(f"{key} cannot be looked at", error) from error

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete objects, up to 1,000 a request."""
        names = {self._address.name(key): key for key in keys}
        failed = delete_objects(self._client, list(names))
        return {
            names[name]: Failure("delete-failed", f"{self.url}: {message}", hint)
            for name, (message, hint) in failed.items()
        }

    def clear_leftovers(self) -> None:
        """Abort old uploads in parts."""
        abort_left_behind(self._client, self._address.folder)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


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

    has_etags: ClassVar = True

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


def _described(key: str, head: BucketAnswer) -> Artifact:
    """Return an object as the answer to a HEAD describes it."""
    metadata = metadata_of(head)
    digest = metadata.pop(DIGEST, "")
    headers = Headers(
        head.header("Content-Type"),
        head.header("Cache-Control"),
        head.header("Content-Disposition"),
        tuple(sorted(metadata.items())),
    )
    encryption = head.header("x-amz-server-side-encryption")
    has_key = head.header("x-amz-server-side-encryption-customer-algorithm")
    etag = "" if "kms" in encryption or has_key else bare_etag(head.header("ETag"))
    return Artifact(key, digest, size_of(head), etag=etag, headers=headers.digest)
