"""Puts into a bucket: with all headers, on condition, until a fault is certain to meet them all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.files import sha256_bytes
from mediakit.base.regular_file import read_regular, sha256_file
from mediakit.storage.protocol import ANY, Fetched, Upload, crossed
from mediakit.storage.s3.answers import (
    CommonFault,
    OtherServerError,
    S3Error,
    etag_of,
    is_missing,
)
from mediakit.storage.s3.transfer import UploadChangedError, upload_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.storage.s3.answers import BucketAnswer
    from mediakit.storage.s3.client import BucketClient
    from mediakit.storage.s3.storage import BucketAddress
    from mediakit.storage.settings import Headers, S3Settings

DIGEST = "sha256"
"""The metadata key under which each object's own digest is noted."""

_METADATA = "x-amz-meta-"

_PLAIN = 16 * 1024 * 1024
"""Bytes up to which a file is sent in one request."""

_CHANGED = frozenset({"PreconditionFailed", "412", "NoSuchKey", "404", "304"})
_UNCONDITIONAL = frozenset({"NotImplemented", "501"})
_BUSY, _TRIES = frozenset({"ConditionalRequestConflict", "409"}), 5

_CHANGED_FILE = Failure("changed-meanwhile", "changed while mediakit ran", "run again")


class BucketPuts:
    """Puts objects below a prefix, each with all its headers; reads them too."""

    def __init__(self, address: BucketAddress, client: BucketClient, settings: S3Settings) -> None:
        self._address = address
        self._client = client
        self._settings = settings
        self._common = CommonFault()
        self._knows_conditions = True
        self.url = address.url
        self.endpoint = client.endpoint
        self.connections = settings.connections

    def get(self, key: str) -> Fetched | None:
        """Return an object."""
        try:
            answer = self._client.ask("GET", self._address.name(key))
            return Fetched(answer.body, etag_of(answer))
        except S3Error as error:
            if is_missing(error):
                return None
            raise self._fatal(f"{key} cannot be read", error) from error

    def put(
        self, key: str, data: bytes, headers: Headers, *, only_if: str | None = ANY
    ) -> Artifact | Failure:
        """Store an object in one request."""
        sha256 = sha256_bytes(data)
        name, sent = self._address.name(key), self._headers(headers, sha256)

        def send(given: dict[str, str]) -> str:
            return etag_of(self._client.ask("PUT", name, sent | given, data, sha256=sha256))

        return self._put(Artifact(key, sha256, len(data)), only_if, send)

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Store a file; a large one in parts, of which one is in memory at a time."""
        key, sha256 = upload.artifact.path, upload.artifact.sha256
        path = Path(upload.folder, upload.name)
        try:
            if upload.read is not read_regular or path.stat().st_size <= _PLAIN:
                data = upload.read(path)
                if sha256_bytes(data) != sha256:
                    return _CHANGED_FILE
                return self.put(key, data, upload.headers, only_if=only_if)
            if sha256_file(path) != sha256:
                return _CHANGED_FILE
        except OSError as error:
            return Failure("unreadable-file", f"cannot be read: {error.strerror}")
        name, sent = self._address.name(key), self._headers(upload.headers, sha256)

        def send(given: dict[str, str]) -> str:
            return upload_parts(self._client, name, path, sha256, sent, given)

        try:
            return self._put(upload.artifact, only_if, send)
        except UploadChangedError:
            return _CHANGED_FILE

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        """Store an object on condition.

        Some servers know no conditions, so ask just before; a short time is left in which two
        runs can cross. If a condition fails because of our own write, whose answer was lost, the
        object is as it should be.
        """
        try:
            if self._version(key) != version:
                return self._own_write(key, sha256_bytes(data)) or crossed(self.url)
        except S3Error as error:
            return self._failure("put-failed", key, error)
        return self.put(key, data, headers, only_if=version)

    def _headers(self, headers: Headers, sha256: str) -> dict[str, str]:
        """Return all headers of a put: those that it does not send are lost."""
        settings = self._settings
        given = {
            "Content-Type": headers.content_type,
            "Cache-Control": headers.cache_control,
            "Content-Disposition": headers.content_disposition,
            "x-amz-acl": settings.acl,
            "x-amz-storage-class": settings.storage_class,
            "x-amz-server-side-encryption": settings.encryption and settings.encryption.value,
            "x-amz-server-side-encryption-aws-kms-key-id": settings.kms_key,
        }
        noted = {f"{_METADATA}{name}": text for name, text in headers.metadata}
        sent = {name: text for name, text in given.items() if text}
        return {**sent, **noted, f"{_METADATA}{DIGEST}": sha256}

    def _put(
        self,
        artifact: Artifact,
        only_if: str | None,
        send: Callable[[dict[str, str]], str],
    ) -> Artifact | Failure:
        if self._common.failure is not None:
            return self._common.failure
        try:
            sent = self._sent(artifact, only_if, send)
        except OtherServerError as error:
            raise self._fatal(f"{artifact.path} cannot be put", error) from error
        except S3Error as error:
            failure = self._failure("put-failed", artifact.path, error)
            self._common.note_refusal(error, failure)
            return failure
        if isinstance(sent, Artifact):
            self._common.note_success()
        return sent

    def _sent(
        self,
        artifact: Artifact,
        only_if: str | None,
        send: Callable[[dict[str, str]], str],
    ) -> Artifact | Failure:
        for attempt in range(_TRIES):
            given = _given(only_if) if self._knows_conditions else {}
            try:
                return replace(artifact, etag=send(given))
            except S3Error as error:
                if not given:
                    raise
                if error.code in _CHANGED:
                    there = self._own_write(artifact.path, artifact.sha256)
                    if there is not None or "If-Match" in given:
                        return there or crossed(self.url)
                elif error.code in _UNCONDITIONAL:
                    self._knows_conditions = False
                    continue
                elif error.code not in _BUSY:
                    raise
                time.sleep(0.2 * 2**attempt)
        return Failure("put-failed", f"{self.url}: the target is busy", "run again")

    def _version(self, key: str) -> str | None:
        head = self._head(key)
        return None if head is None else etag_of(head)

    def _head(self, key: str) -> BucketAnswer | None:
        """Ask for an object's headers; returns None if there is none."""
        try:
            return self._client.ask("HEAD", self._address.name(key))
        except S3Error as error:
            if is_missing(error):
                return None
            raise

    def _own_write(self, key: str, sha256: str) -> Artifact | Failure | None:
        """Return the object if it has our content, None if there is none."""
        try:
            head = self._head(key)
            if head is None:
                return None
            stored = Artifact(key, sha256, size_of(head), etag=etag_of(head))
            if metadata_of(head).get(DIGEST) == sha256:
                return stored
            found = self.get(key) if stored.bytes <= _PLAIN else None
        except S3Error as error:
            return self._failure("put-failed", key, error)
        is_ours = found is not None and sha256_bytes(found.data) == sha256
        return stored if is_ours else crossed(self.url)

    def _failure(self, code: str, key: str, error: S3Error) -> Failure:
        """Return a message that is the same for all objects with this fault."""
        message = error.message.replace(self._address.name(key), "…")
        return Failure(code, f"{self.url}: {message}", error.hint)

    def _fatal(self, what: str, error: S3Error) -> TargetError:
        return TargetError(f"{self.url} {what}: {error.message}", error.hint)


def _given(only_if: str | None) -> dict[str, str]:
    if only_if == ANY:
        return {}
    return {"If-None-Match": "*"} if only_if is None else {"If-Match": f'"{only_if}"'}


def size_of(answer: BucketAnswer) -> int:
    """Return the bytes of an object, 0 where an answer does not say."""
    length = answer.header("Content-Length")
    return int(length) if length.isdecimal() else 0


def metadata_of(answer: BucketAnswer) -> dict[str, str]:
    """Return the metadata of an answer; some servers give names capital letters."""
    names = ((name.lower(), text) for name, text in answer.headers.items())
    return {n.removeprefix(_METADATA): text for n, text in names if n.startswith(_METADATA)}
