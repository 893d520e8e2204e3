"""A target that is a bucket: AWS S3, and all that speak its language."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError
from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.files import sha256_bytes
from mediakit.base.redaction import redacted
from mediakit.base.regular_file import read_regular, sha256_file
from mediakit.storage.headers import Headers
from mediakit.storage.protocol import ANY, Fetched, Upload, crossed
from mediakit.storage.s3.client import BucketAddress, open_client
from mediakit.storage.s3.errors import (
    AWS_ERRORS,
    CommonFault,
    OtherServerError,
    bare_etag,
    code_of,
    etag_of,
    explained,
    is_missing,
)
from mediakit.storage.s3.listing import list_objects
from mediakit.storage.s3.patience import Patience, make_patient
from mediakit.storage.s3.put import FirstPut
from mediakit.storage.s3.transfer import (
    ChangedError,
    abort_left_behind,
    delete_objects,
    upload_parts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from mediakit.storage.protocol import KnownDigests, Settings, Staging
    from mediakit.storage.settings import S3Settings

_DIGEST = "sha256"
"""The metadata key under which each object's own digest is noted."""

_PLAIN = 16 * 1024 * 1024
"""Bytes up to which a file is sent in one request."""

_CHANGED = frozenset({"PreconditionFailed", "412", "NoSuchKey", "404", "304"})
_UNCONDITIONAL = frozenset({"NotImplemented", "501"})
_BUSY, _TRIES = frozenset({"ConditionalRequestConflict", "409"}), 5


_CHANGED_FILE = Failure("changed-meanwhile", "changed while mediakit ran", "run again")


def open_storage(address: str, settings: Settings, _digests: KnownDigests) -> BucketStorage:
    """Open the target at `s3://BUCKET/PREFIX`; raises TargetError where that cannot work."""
    return open_bucket(address, settings.s3)


def open_staging(address: str, settings: Settings) -> Staging:
    """Open the bucket of the pictures; raises TargetError."""
    from mediakit.storage.s3.pictures import BucketStaging  # noqa: PLC0415 - it builds on this

    return BucketStaging.open(address, settings.s3, settings.headers)


def open_bucket(address: str, settings: S3Settings) -> BucketStorage:
    """Open the bucket at `s3://BUCKET/PREFIX`; raises TargetError where that cannot work."""
    bucket = BucketAddress.parse(address)
    client, credentials = open_client(settings)
    patience = Patience(settings.patience, bucket.url)
    make_patient(client, patience)
    first = FirstPut(client, credentials, bucket.bucket)
    return BucketStorage(bucket, client, settings, first, patience)


class BucketStorage:
    """Objects below a prefix; what to send with each is decided here, once."""

    is_remote = True
    has_headers = True

    def __init__(
        self,
        address: BucketAddress,
        client: Any,  # noqa: ANN401 - made by boto3
        settings: S3Settings,
        first: FirstPut,
        patience: Patience,
    ) -> None:
        self._address = address
        self._client = client
        self._settings = settings
        self._first = first
        self._patience = patience
        self._common = CommonFault()
        self._knows_conditions = True

    @property
    def url(self) -> str:
        """`s3://`, the bucket and the prefix."""
        return self._address.url

    @property
    def endpoint(self) -> str:
        """Where the client sends its requests."""
        return redacted(str(self._client.meta.endpoint_url))

    @property
    def connections(self) -> int:
        """As many as the pool has."""
        return self._settings.connections

    def list(self, known: Collection[str] = ()) -> Mapping[str, Artifact]:
        """Return all objects below the prefix; markers of folders are none."""
        folder = self._address.folder
        names = [folder + key for key in known]
        try:
            found = list_objects(self._client, self._address.bucket, folder, names)
        except AWS_ERRORS as error:
            raise self._fatal("cannot be listed", error) from error
        entries = {}
        for each in found:
            key = each.path[len(folder) :]
            if key and not (key.endswith("/") and not each.bytes):
                entries[key] = Artifact(key, bytes=each.bytes, etag=each.etag) if folder else each
        return entries

    def describe(self, key: str) -> Artifact | None:
        """Ask for one object's headers."""
        told = self._head(key)
        return None if told is None else _described(key, told)

    def metadata(self, key: str) -> Mapping[str, str]:
        """Ask for the metadata of an object, of which one that is not there has none."""
        return _metadata(self._head(key) or {})

    def _head(self, key: str) -> Mapping[str, Any] | None:
        try:
            return cast("Mapping[str, Any]", self._client.head_object(**self._at(key)))
        except AWS_ERRORS as error:
            if is_missing(error):
                return None
            raise self._fatal(f"{key} cannot be looked at", error) from error

    def get(self, key: str) -> Fetched | None:
        """Return an object."""
        try:
            told = self._client.get_object(**self._at(key))
            return Fetched(told["Body"].read(), etag_of(told))
        except AWS_ERRORS as error:
            if is_missing(error):
                return None
            raise self._fatal(f"{key} cannot be read", error) from error

    def put(
        self, key: str, data: bytes, headers: Headers, *, only_if: str | None = ANY
    ) -> Artifact | Failure:
        """Store an object in one request."""
        sha256 = sha256_bytes(data)
        extra = self._extra(headers, sha256)

        def send(given: dict[str, str]) -> str:
            name, whole = self._address.name(key), {**extra, **given}
            return self._first.put(name, data, sha256, whole) or etag_of(
                self._client.put_object(**self._at(key), Body=data, **whole)
            )

        return self._put(Artifact(key, sha256, len(data)), only_if, send)

    def put_file(self, upload: Upload, *, only_if: str | None = ANY) -> Artifact | Failure:
        """Store a file in parts: at no time is more than one of them in memory."""
        key, path, sha256 = upload.artifact.path, upload.disk_path, upload.artifact.sha256
        try:
            if path.stat().st_size <= _PLAIN:
                data = read_regular(path)
                is_same = sha256_bytes(data) == sha256
                if not is_same:
                    return _CHANGED_FILE
                return self.put(key, data, upload.headers, only_if=only_if)
            if sha256_file(path) != sha256:
                return _CHANGED_FILE
        except OSError as error:
            return Failure("unreadable-file", f"cannot be read: {error.strerror}")
        extra = self._extra(upload.headers, sha256)

        def send(given: dict[str, str]) -> str:
            whole = {**extra, **given}
            return upload_parts(self._client, self._at(key), path, sha256, whole)

        try:
            return self._put(upload.artifact, only_if, send)
        except ChangedError:
            return _CHANGED_FILE

    def replace(
        self, key: str, data: bytes, headers: Headers, version: str | None
    ) -> Artifact | Failure:
        """Store an object on condition.

        Servers that know no conditions are asked just before, which leaves a short time in
        which two runs can cross. A condition that fails may be our own write, whose answer
        was lost: then the object is as it should be.
        """
        try:
            if self._version(key) != version:
                return self._own_write(key, sha256_bytes(data)) or crossed(self.url)
        except AWS_ERRORS as error:
            return self._failure("put-failed", key, error)
        return self.put(key, data, headers, only_if=version)

    def delete(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete objects, up to 1,000 a request."""
        names = {self._address.name(key): key for key in keys}
        failed = delete_objects(self._client, self._address.bucket, list(names))
        return {
            names[name]: Failure("delete-failed", f"{self.url}: {message}", hint)
            for name, (message, hint) in failed.items()
        }

    def clear_leftovers(self) -> None:
        """Abort old uploads in parts."""
        abort_left_behind(self._client, self._address.bucket, self._address.folder)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._address.bucket, "Key": self._address.name(key)}

    def _extra(self, headers: Headers, sha256: str) -> dict[str, Any]:
        """Return the whole set of headers, as each put has to send it."""
        settings = self._settings
        given = {
            "ContentType": headers.content_type,
            "CacheControl": headers.cache_control,
            "ContentDisposition": headers.content_disposition,
            "ACL": settings.acl,
            "StorageClass": settings.storage_class,
            "ServerSideEncryption": settings.encryption and settings.encryption.value,
            "SSEKMSKeyId": settings.kms_key,
        }
        extra: dict[str, Any] = {name: value for name, value in given.items() if value}
        extra["Metadata"] = {**dict(headers.metadata), _DIGEST: sha256}
        return extra

    def _put(
        self,
        artifact: Artifact,
        only_if: str | None,
        send: Callable[[dict[str, str]], str],
    ) -> Artifact | Failure:
        if self._common.told is not None:
            message, hint = self._common.told
            return Failure("put-failed", message, hint)
        self._patience.begin()
        try:
            self._patience.check()
            sent = self._sent(artifact, only_if, send)
        except OtherServerError as error:
            raise self._fatal(f"{artifact.path} cannot be put", error) from error
        except AWS_ERRORS as error:
            failure = self._failure("put-failed", artifact.path, error)
            self._common.note_refusal(error, (failure.message, failure.hint))
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
            except ClientError as error:
                code = code_of(error)
                if not given:
                    raise
                if code in _CHANGED:
                    there = self._own_write(artifact.path, artifact.sha256)
                    if there is not None or "IfMatch" in given:
                        return there or crossed(self.url)
                elif code in _UNCONDITIONAL:
                    self._knows_conditions = False
                    continue
                elif code not in _BUSY:
                    raise
                time.sleep(0.2 * 2**attempt)
        return _busy(self.url)

    def _version(self, key: str) -> str | None:
        try:
            return etag_of(self._client.head_object(**self._at(key)))
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def _own_write(self, key: str, sha256: str) -> Artifact | Failure | None:
        """Return what is there as stored if it has our content, None if nothing is there.

        The answer to our own put may have been lost.
        """
        try:
            told = self._client.head_object(**self._at(key))
            stored = Artifact(key, sha256, int(told.get("ContentLength", 0)), etag=etag_of(told))
            if _metadata(told).get(_DIGEST) == sha256:
                return stored
            found = self.get(key) if told["ContentLength"] <= _PLAIN else None
        except AWS_ERRORS as error:
            return None if is_missing(error) else self._failure("put-failed", key, error)
        is_ours = found is not None and sha256_bytes(found.data) == sha256
        return stored if is_ours else crossed(self.url)

    def _failure(self, code: str, key: str, error: Exception) -> Failure:
        """Say what went wrong in words that are the same for all objects with this fault."""
        message, hint = explained(error)
        return Failure(code, f"{self.url}: {message.replace(self._address.name(key), '…')}", hint)

    def _fatal(self, what: str, error: Exception) -> TargetError:
        message, hint = explained(error)
        return TargetError(f"{self.url} {what}: {message}", hint)


def _busy(url: str) -> Failure:
    return Failure("put-failed", f"{url}: the target is busy", "run again")


def _given(only_if: str | None) -> dict[str, str]:
    if only_if == ANY:
        return {}
    return {"IfNoneMatch": "*"} if only_if is None else {"IfMatch": f'"{only_if}"'}


def _metadata(told: Mapping[str, Any]) -> dict[str, str]:
    # some servers give names capital letters
    return {name.lower(): value for name, value in told.get("Metadata", {}).items()}


def _described(key: str, told: Mapping[str, Any]) -> Artifact:
    """Return what the answer to a HEAD says of an object."""
    metadata = _metadata(told)
    digest = metadata.pop(_DIGEST, "")
    headers = Headers(
        told.get("ContentType", ""),
        told.get("CacheControl", ""),
        told.get("ContentDisposition", ""),
        tuple(sorted(metadata.items())),
    )
    is_md5 = "kms" not in told.get("ServerSideEncryption", "") and not told.get(
        "SSECustomerAlgorithm"
    )
    etag = bare_etag(str(told.get("ETag") or "")) if is_md5 else ""
    size = int(told.get("ContentLength", 0))
    return Artifact(key, digest, size, etag=etag, headers=headers.digest)
