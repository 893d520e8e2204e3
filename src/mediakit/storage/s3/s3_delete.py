"""Deletes of many objects in few requests; what the server could not do is told for each."""

from __future__ import annotations

import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from mediakit.base.redaction import redacted
from mediakit.storage.s3.errors import code_of, explained, is_missing

_BATCH = 1000  # the most that DeleteObjects takes
_AGAIN = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "503"})
_NOT_THERE = frozenset({"NoSuchKey", "404"})
_NO_BATCHES = frozenset(
    {"NotImplemented", "MethodNotAllowed", "MissingContentMD5", "InvalidArgument", "501", "405"}
)
_TRIES = 5
_ERRORS = (ClientError, BotoCoreError, ResponseParserError)

Failures = dict[str, tuple[str, str]]
"""By name, a message and a hint."""


def delete_objects(client: Any, bucket: str, names: list[str]) -> Failures:  # noqa: ANN401
    """Delete objects of these names, and return those that could not be."""
    failures: Failures = {}
    for start in range(0, len(names), _BATCH):
        failures |= _delete_batch(client, bucket, names[start : start + _BATCH])
    return failures


def _delete_batch(client: Any, bucket: str, names: list[str]) -> Failures:  # noqa: ANN401
    """Delete up to 1,000; a 200 can hold errors of single objects, which are tried again."""
    failures: Failures = {}
    for attempt in range(_TRIES):
        try:
            told = client.delete_objects(
                Bucket=bucket,
                Delete={"Objects": [{"Key": name} for name in names], "Quiet": True},
            )
        except _ERRORS as error:
            if code_of(error) in _NO_BATCHES:
                return failures | _delete_singly(client, bucket, names)
            return failures | dict.fromkeys(names, explained(error))
        names = []
        for each in told.get("Errors", ()):
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
        except _ERRORS as error:
            if not is_missing(error):
                failures[name] = explained(error)
    return failures
