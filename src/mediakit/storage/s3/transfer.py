"""Large files in parts, one in memory at a time; deletes of many objects in few requests."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mediakit.base.artifacts import is_archived
from mediakit.base.formats import is_pdf, is_published
from mediakit.base.redaction import redacted
from mediakit.base.regular_file import open_regular
from mediakit.storage.s3.answers import OtherServerError, S3Error, XmlDocument, etag_of, is_missing
from mediakit.storage.s3.steps import Blocking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.storage.s3.client import BucketClient
    from mediakit.storage.s3.steps import Steps

PART = 8 * 1024 * 1024
"""Bytes of a part, or more if there would be over 10,000 parts, the most that S3 takes."""

_BATCH = 1000  # the most that DeleteObjects takes
_AGAIN = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "503"})
_NOT_THERE = frozenset({"NoSuchKey", "404"})
_NO_BATCHES = frozenset(
    {"NotImplemented", "MethodNotAllowed", "MissingContentMD5", "InvalidArgument", "501", "405"}
)
_TRIES = 5

_MOST_PARTS = 10_000
_STALE = timedelta(days=1)
_MOST_PAGES = 10  # of uploads, in a sync
_XML = {"Content-Type": "application/xml"}
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


class UploadChangedError(Exception):
    """The file has changed since it was hashed."""


def part_size(bytes_: int) -> int:
    """Return the bytes of each part but the last, for a file of this size."""
    return max(PART, math.ceil(bytes_ / _MOST_PARTS))


def upload_parts(  # noqa: PLR0913, PLR0917 - a file, its name, and what goes with it
    client: BucketClient, name: str, path: str, sha256: str, headers: Mapping[str, str],
    condition: Mapping[str, str],
) -> Steps[str]:  # fmt: skip
    """Send a file in parts, and return its ETag.

    Raises:
        UploadChangedError: the file has another digest; nothing is stored.
        S3Error: it could not be sent; nothing is stored.
    """
    begun = yield from client.asking("POST", name, headers, query={"uploads": ""})
    upload = {"uploadId": _read(begun.body).text("UploadId")}
    if not upload["uploadId"]:
        raise OtherServerError("an upload that it begins has no id")
    try:
        etags = yield from _send_parts(client, name, path, sha256, upload)
        told = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>&quot;{_text(etag)}&quot;</ETag></Part>"
            for number, etag in enumerate(etags, 1)
        )
        body = f"<CompleteMultipartUpload>{told}</CompleteMultipartUpload>".encode()
        yield from client.asking("POST", name, {**_XML, **condition}, body, query=upload)
    except (Exception, KeyboardInterrupt):
        with contextlib.suppress(S3Error):
            yield from client.asking("DELETE", name, query=upload)
        raise
    # some servers list another ETag than they answer
    return etag_of((yield from client.asking("HEAD", name)))


def _send_parts(
    client: BucketClient, name: str, path: str, sha256: str, upload: Mapping[str, str]
) -> Steps[list[str]]:
    digest = hashlib.sha256()
    etags: list[str] = []
    with open_regular(path) as file:
        size = part_size(os.fstat(file.fileno()).st_size)

        def read() -> bytes:
            part = file.read(size)
            digest.update(part)
            return part

        while part := (yield Blocking(read)):
            at = {**upload, "partNumber": str(len(etags) + 1)}
            etags.append(etag_of((yield from client.asking("PUT", name, body=part, query=at))))
    if digest.hexdigest() != sha256:
        raise UploadChangedError
    return etags


def _read(body: bytes) -> XmlDocument:
    try:
        return XmlDocument(body)
    except ValueError as error:
        raise OtherServerError(str(error)) from error


def abort_left_behind(client: BucketClient, folder: str) -> None:
    """Abort uploads below `folder` that cut off runs have left: parts cost money.

    Only those of pictures, and of archived videos.

    An upload that began less than a day ago, by the server's clock, may be another run's. A
    server that lists no uploads is left alone.
    """
    query = {"uploads": "", "prefix": folder}
    with contextlib.suppress(S3Error, ValueError):
        for _ in range(_MOST_PAGES):
            answer = client.ask("GET", query=query)
            page = XmlDocument(answer.body)
            _abort_stale(client, folder, page, answer.header("Date"))
            if page.text("IsTruncated") != "true":
                break
            query["key-marker"] = page.text("NextKeyMarker")
            query["upload-id-marker"] = page.text("NextUploadIdMarker")


def _abort_stale(client: BucketClient, folder: str, page: XmlDocument, date: str) -> None:
    uploads = page.rows("Upload", "Key", "UploadId", "Initiated")
    if not uploads:
        return
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few runs meet any

    now = parsedate_to_datetime(date)
    for name, upload, begun in uploads:
        age = now.astimezone(UTC) - datetime.fromisoformat(begun).astimezone(UTC)
        is_known = is_published(name) or is_pdf(name)
        is_ours = is_known or is_archived(name.removeprefix(folder))
        if name.startswith(folder) and is_ours and age > _STALE:
            client.ask("DELETE", name, query={"uploadId": upload})


Failures = dict[str, tuple[str, str]]
"""By name, a message and a hint."""


def delete_objects(client: BucketClient, names: list[str]) -> Failures:
    """Delete objects, and return those that could not be deleted."""
    failures: Failures = {}
    for start in range(0, len(names), _BATCH):
        failures |= _delete_batch(client, names[start : start + _BATCH])
    return failures


def _delete_batch(client: BucketClient, names: list[str]) -> Failures:
    """Delete up to 1,000 objects; an answer 200 may have errors of single ones: try these again."""
    failures: Failures = {}
    for attempt in range(_TRIES):
        objects = "".join(f"<Object><Key>{_text(name)}</Key></Object>" for name in names)
        body = f"<Delete>{objects}<Quiet>true</Quiet></Delete>".encode()
        try:
            answer = client.ask("POST", "", _XML, body, query={"delete": ""})
            rows = _failed_deletes(answer.body)
        except S3Error as error:
            if error.code in _NO_BATCHES:
                return failures | _delete_singly(client, names)
            return failures | dict.fromkeys(names, (error.message, error.hint))
        names = []
        for name, code, message in rows:
            if code in _AGAIN and attempt + 1 < _TRIES:
                names.append(name)
            elif code not in _NOT_THERE:
                failures[name] = redacted(f"{message} [{code}]"), ""
        if not names:
            break
        time.sleep(0.2 * 2**attempt)
    return failures


def _failed_deletes(body: bytes) -> list[tuple[str, ...]]:
    """Return key, code and message of what was not deleted; raises OtherServerError."""
    if not body:
        return []
    document = _read(body)
    if document.name != "DeleteResult":
        raise OtherServerError(f"it is another document, <{document.name[:40]}>")
    return document.rows("Error", "Key", "Code", "Message")


def _text(name: str) -> str:
    """Return a name as a text of XML; a line end would be read as another one."""
    return name.translate(_SIGNS)


def _delete_singly(client: BucketClient, names: list[str]) -> Failures:
    failures: Failures = {}
    for name in names:
        try:
            client.ask("DELETE", name)
        except S3Error as error:
            if not is_missing(error):
                failures[name] = error.message, error.hint
    return failures
