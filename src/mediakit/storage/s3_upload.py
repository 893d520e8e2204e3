"""Large files in parts, one in memory at a time; an upload that fails leaves nothing behind."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from mediakit.regular_file import open_regular
from mediakit.storage.s3_errors import OtherServerError, etag_of

if TYPE_CHECKING:
    from pathlib import Path

PART = 8 * 1024 * 1024
"""Bytes of a part, more where there would be over 10,000 of them (the most that S3 takes)."""

_MOST_PARTS = 10_000
_STALE = timedelta(days=1)


class ChangedError(Exception):
    """The file is not the one that was hashed."""


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
    """Send a file in parts, and return the ETag.

    Raises:
        ChangedError: what was read does not have this digest; nothing is stored.
        ClientError, BotoCoreError: it could not be sent; nothing is stored.
    """
    _abort_stale(client, at)
    upload = {**at, "UploadId": _id_of(client.create_multipart_upload(**at, **extra))}
    try:
        digest = hashlib.sha256()
        parts: list[dict[str, Any]] = []
        with open_regular(path) as file:
            size = part_size(os.fstat(file.fileno()).st_size)
            while part := file.read(size):
                digest.update(part)
                number = len(parts) + 1
                told = client.upload_part(**upload, PartNumber=number, Body=part)
                parts.append({"PartNumber": number, "ETag": etag_of(told)})
        if digest.hexdigest() != sha256:
            raise ChangedError  # noqa: TRY301 - the upload is taken back below
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    except BaseException:
        with contextlib.suppress(ClientError, BotoCoreError):
            client.abort_multipart_upload(**upload)
        raise
    # the answer's ETag is not on every server the one that is listed later
    return etag_of(client.head_object(**at))


def _id_of(told: dict[str, Any]) -> str:
    if not told.get("UploadId"):
        raise OtherServerError(reason="an upload that it begins has no id")
    return str(told["UploadId"])


def _abort_stale(client: Any, at: dict[str, str]) -> None:  # noqa: ANN401
    """Abort what runs that were killed left of this object: its parts cost money.

    What began less than a day ago may be another run's, and stays. Servers that cannot list
    uploads have none to abort.
    """
    with contextlib.suppress(ClientError, BotoCoreError, ValueError):
        told = client.list_multipart_uploads(Bucket=at["Bucket"], Prefix=at["Key"])
        for each in told.get("Uploads", ()):
            begun = datetime.fromisoformat(each["Initiated"])
            if each["Key"] == at["Key"] and datetime.now(UTC) - begun > _STALE:
                client.abort_multipart_upload(**at, UploadId=each["UploadId"])
