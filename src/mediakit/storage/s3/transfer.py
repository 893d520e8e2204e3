"""Large files in parts, one in memory at a time; deletes of many objects in few requests."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from mediakit.base.formats import format_of
from mediakit.base.redaction import redacted
from mediakit.base.regular_file import open_regular
from mediakit.storage.s3.errors import (
    AWS_ERRORS,
    OtherServerError,
    code_of,
    etag_of,
    explained,
    is_missing,
)

if TYPE_CHECKING:
    from pathlib import Path

PART = 8 * 1024 * 1024
"""Bytes of a part, or more if there would be over 10,000 parts, the most that S3 takes."""

_BATCH = 1000  # the most that DeleteObjects takes
_AGAIN = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "503"})
_NOT_THERE = frozenset({"NoSuchKey", "404"})
_NO_BATCHES = frozenset(
    {"NotImplemented", "MethodNotAllowed", "MissingContentMD5", "InvalidArgument", "501", "405"}
)
_TRIES = 5

_CONDITIONS = frozenset({"IfMatch", "IfNoneMatch"})
_MOST_PARTS = 10_000
_STALE = timedelta(days=1)
_MOST_PAGES = 10  # of uploads, in a sync


class UploadChangedError(Exception):
    """The file has changed since it was hashed."""


def part_size(bytes_: int) -> int:
    """Return the bytes of each part but the last, for a file of this size."""
    return max(PART, math.ceil(bytes_ / _MOST_PARTS))


def upload_parts(
    client: Any,  # noqa: ANN401 - made by boto3
    at: dict[str, str],
    path: Path,
    sha256: str,
    extra: dict[str, Any],
) -> str:
    """Send a file in parts, and return its ETag; `extra` are headers and conditions.

    Raises:
        ChangedError: the file has another digest; nothing is stored.
        ClientError, BotoCoreError: it could not be sent; nothing is stored.
    """
    condition = {name: text for name, text in extra.items() if name in _CONDITIONS}
    headers = {name: each for name, each in extra.items() if name not in _CONDITIONS}
    upload = {**at, "UploadId": _id_of(client.create_multipart_upload(**at, **headers))}
    try:
        digest = hashlib.sha256()
        parts: list[dict[str, Any]] = []
        with open_regular(path) as file:
            size = part_size(os.fstat(file.fileno()).st_size)
            while part := file.read(size):
                digest.update(part)
                number = len(parts) + 1
                answer = client.upload_part(**upload, PartNumber=number, Body=part)
                parts.append({"PartNumber": number, "ETag": etag_of(answer)})
        if digest.hexdigest() != sha256:
            raise UploadChangedError  # noqa: TRY301 - the upload is taken back below
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **condition)
    except BaseException:
        with contextlib.suppress(*AWS_ERRORS):
            client.abort_multipart_upload(**upload)
        raise
    # some servers list another ETag than they answer
    return etag_of(client.head_object(**at))


def _id_of(answer: dict[str, Any]) -> str:
    if not answer.get("UploadId"):
        raise OtherServerError(reason="an upload that it begins has no id")
    return str(answer["UploadId"])


def abort_left_behind(client: Any, bucket: str, folder: str) -> None:  # noqa: ANN401 - made by boto3
    """Abort uploads of pictures below `folder` that cut off runs have left: parts cost money.

    An upload that began less than a day ago, by the server's clock, may be another run's. A
    server that lists no uploads is left alone.
    """
    with contextlib.suppress(*AWS_ERRORS, ValueError):
        pages = client.get_paginator("list_multipart_uploads").paginate(
            Bucket=bucket, Prefix=folder
        )
        for page in islice(pages, _MOST_PAGES):
            _abort_stale(client, bucket, folder, page)


def _abort_stale(client: Any, bucket: str, folder: str, page: dict[str, Any]) -> None:  # noqa: ANN401
    now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"].get("date", ""))
    for each in page.get("Uploads", ()):
        name, begun = each["Key"], datetime.fromisoformat(each["Initiated"])
        is_ours = name.startswith(folder) and format_of(name) is not None
        if is_ours and now.astimezone(UTC) - begun.astimezone(UTC) > _STALE:
            client.abort_multipart_upload(Bucket=bucket, Key=name, UploadId=each["UploadId"])


Failures = dict[str, tuple[str, str]]
"""By name, a message and a hint."""


def delete_objects(client: Any, bucket: str, names: list[str]) -> Failures:  # noqa: ANN401
    """Delete objects, and return those that could not be deleted."""
    failures: Failures = {}
    for start in range(0, len(names), _BATCH):
        failures |= _delete_batch(client, bucket, names[start : start + _BATCH])
    return failures


def _delete_batch(client: Any, bucket: str, names: list[str]) -> Failures:  # noqa: ANN401
    """Delete up to 1,000 objects; an answer 200 may have errors of single ones: try these again."""
    failures: Failures = {}
    for attempt in range(_TRIES):
        try:
            answer = client.delete_objects(
                Bucket=bucket,
                Delete={"Objects": [{"Key": name} for name in names], "Quiet": True},
            )
        except AWS_ERRORS as error:
            if code_of(error) in _NO_BATCHES:
                return failures | _delete_singly(client, bucket, names)
            return failures | dict.fromkeys(names, explained(error))
        names = []
        for each in answer.get("Errors", ()):
            code = each.get("Code", "")
            if code in _AGAIN and attempt + 1 < _TRIES:
                names.append(each["Key"])
            elif code not in _NOT_THERE:
                failures[each["Key"]] = redacted(f"{each.get('Message', '')} [{code}]"), ""
        if not names:
            break
        time.sleep(0.2 * 2**attempt)
    return failures


def _delete_singly(client: Any, bucket: str, names: list[str]) -> Failures:  # noqa: ANN401
    failures: Failures = {}
    for name in names:
        try:
            client.delete_object(Bucket=bucket, Key=name)
        except AWS_ERRORS as error:
            if not is_missing(error):
                failures[name] = explained(error)
    return failures
