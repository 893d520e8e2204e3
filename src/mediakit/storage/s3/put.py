"""Puts into a bucket: with all headers, on condition, until a fault is certain to meet them all."""

from __future__ import annotations

import os
from functools import partial
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
from mediakit.storage.s3.steps import Blocking, Wait, finish, side_by_side
from mediakit.storage.s3.transfer import PART, UploadChangedError, upload_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

    from mediakit.storage.s3.answers import BucketAnswer
    from mediakit.storage.s3.client import BucketClient
    from mediakit.storage.s3.steps import Steps
    from mediakit.storage.s3.storage import BucketAddress
    from mediakit.storage.settings import Headers, S3Settings

DIGEST = "sha256"
"""The metadata key under which each object's own digest is noted."""

_METADATA = "x-amz-meta-"

_PLAIN = 16 * 1024 * 1024
"""Bytes up to which a file is sent in one request."""

_MOST_THREADS = 32
"""Threads that ask at once: more of them are in each other's way."""

_QUICK = 64 * 1024
"""Bytes up to which a file is read by who sends it."""

_MOST_HELD = 32 * 1024 * 1024
"""Bytes of files under way from which on no further one is begun.

They are in memory, and over a slow line each would take longer than it may.
"""

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
        self._held = 0
        self.url = address.url
        self.endpoint = client.endpoint
        self.connections = min(settings.connections, _MOST_THREADS)

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
        return finish(self._put_bytes(key, data, sha256_bytes(data), headers, only_if))

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Store a file; a large one in parts, of which one is in memory at a time."""
        return finish(self._put_file(upload, only_if))

    def put_files(
        self, uploads: Iterable[tuple[Upload, str | None]], threads: Executor
    ) -> Iterator[tuple[Upload, Artifact | Failure]]:
        """Store files side by side, as many as the server keeps up with."""
        tasks = ((upload, self._put_file(upload, only_if)) for upload, only_if in uploads)
        return side_by_side(tasks, self._has_room, threads)

    def _has_room(self, running: int) -> bool:
        return running < self._client.traffic.window and self._held < _MOST_HELD

    def _put_file(self, upload: Upload, only_if: str | None) -> Steps[Artifact | Failure]:
        held, is_file = 0, upload.read is read_regular
        try:
            size = os.stat(_place(upload)).st_size if is_file else upload.artifact.bytes  # noqa: PTH116
            held = min(size, PART) if is_file and size > _PLAIN else size
            self._held += held
            if held != size:
                return (yield from self._put_parts(upload, only_if))
            read = partial(_read, upload)
            # to hand a small one over to a thread takes longer than to read it
            data = read() if is_file and size <= _QUICK else (yield Blocking(read))
        except OSError as error:
            return Failure("unreadable-file", f"cannot be read: {error.strerror}")
        except UploadChangedError:
            return _CHANGED_FILE
        else:
            artifact = upload.artifact
            put = self._put_bytes(artifact.path, data, artifact.sha256, upload.headers, only_if)
            return (yield from put)
        finally:
            self._held -= held

    def _put_bytes(
        self, key: str, data: bytes, sha256: str, headers: Headers, only_if: str | None
    ) -> Steps[Artifact | Failure]:
        name, sent = self._address.name(key), self._headers(headers, sha256)

        def send(given: dict[str, str]) -> Steps[str]:
            answer = self._client.asking("PUT", name, sent | given, data, sha256=sha256)
            return etag_of((yield from answer))

        return (yield from self._put(Artifact(key, sha256, len(data)), only_if, send))

    def _put_parts(self, upload: Upload, only_if: str | None) -> Steps[Artifact | Failure]:
        path, key, sha256 = _place(upload), upload.artifact.path, upload.artifact.sha256
        if (yield Blocking(partial(sha256_file, path))) != sha256:
            raise UploadChangedError
        name, sent = self._address.name(key), self._headers(upload.headers, sha256)

        def send(given: dict[str, str]) -> Steps[str]:
            return upload_parts(self._client, name, path, sha256, sent, given)

        return (yield from self._put(upload.artifact, only_if, send))

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
                return finish(self._own_write(key, sha256_bytes(data))) or crossed(self.url)
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
        send: Callable[[dict[str, str]], Steps[str]],
    ) -> Steps[Artifact | Failure]:
        if self._common.failure is not None:
            return self._common.failure
        try:
            sent = yield from self._sent(artifact, only_if, send)
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
        send: Callable[[dict[str, str]], Steps[str]],
    ) -> Steps[Artifact | Failure]:
        for attempt in range(_TRIES):
            given = _given(only_if) if self._knows_conditions else {}
            try:
                return replace(artifact, etag=(yield from send(given)))
            except S3Error as error:
                if not given:
                    raise
                if error.code in _CHANGED:
                    there = yield from self._own_write(artifact.path, artifact.sha256)
                    if there is not None or "If-Match" in given:
                        return there or crossed(self.url)
                elif error.code in _UNCONDITIONAL:
                    self._knows_conditions = False
                    continue
                elif error.code not in _BUSY:
                    raise
                yield Wait(0.2 * 2**attempt)
        return Failure("put-failed", f"{self.url}: the target is busy", "run again")

    def _version(self, key: str) -> str | None:
        head = finish(self._head(key))
        return None if head is None else etag_of(head)

    def _head(self, key: str) -> Steps[BucketAnswer | None]:
        """Ask for an object's headers; returns None if there is none."""
        try:
            return (yield from self._client.asking("HEAD", self._address.name(key)))
        except S3Error as error:
            if is_missing(error):
                return None
            raise

    def _own_write(self, key: str, sha256: str) -> Steps[Artifact | Failure | None]:
        """Return the object if it has our content, None if there is none."""
        try:
            head = yield from self._head(key)
            if head is None:
                return None
            stored = Artifact(key, sha256, size_of(head), etag=etag_of(head))
            if metadata_of(head).get(DIGEST) == sha256:
                return stored
            if stored.bytes > _PLAIN:
                return crossed(self.url)
            found = yield from self._client.asking("GET", self._address.name(key))
        except S3Error as error:
            return self._failure("put-failed", key, error)
        return stored if sha256_bytes(found.body) == sha256 else crossed(self.url)

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


def _place(upload: Upload) -> str:
    return os.path.join(upload.folder, upload.name)  # noqa: PTH118 - for very many


def _read(upload: Upload) -> bytes:
    """Return the bytes of an object; raises OSError, or UploadChangedError if they are others."""
    data = upload.read(_place(upload))
    if sha256_bytes(data) != upload.artifact.sha256:
        raise UploadChangedError
    return data


def size_of(answer: BucketAnswer) -> int:
    """Return the bytes of an object, 0 where an answer does not say."""
    length = answer.header("Content-Length")
    return int(length) if length.isdecimal() else 0


def metadata_of(answer: BucketAnswer) -> dict[str, str]:
    """Return the metadata of an answer."""
    return {
        name.removeprefix(_METADATA): text
        for name, text in answer.headers.items()
        if name.startswith(_METADATA)
    }
