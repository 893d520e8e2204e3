"""What a bucket's server answers: a document of XML, or the fault that it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mediakit.storage.s3.errors import OtherServerError, S3Error, answered

if TYPE_CHECKING:
    from email.message import Message

_PAGE = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_FAULT = re.compile(rb"\s*(?:<\?xml[^>]{0,200}\?>)?\s*<Error[\s>]")
_GOOD, _REDIRECTS, _ERRORS = range(200, 300), range(300, 400), range(400, 600)
_BUSY, _DOWN, _TOO_LARGE = 429, frozenset({500, 502, 503, 504}), 413
_PROXY = _DOWN | {_BUSY, _TOO_LARGE}
"""What a proxy before the bucket's server says with a page of its own."""

_LATER = frozenset(
    {
        "BandwidthLimitExceeded", "InternalError", "PriorRequestNotComplete",
        "RequestLimitExceeded", "RequestTimeout", "RequestTimeoutException", "SlowDown",
        "Throttling", "ThrottlingException", "TooManyRequestsException",
    }
)  # fmt: skip
"""Codes of a server that is busy, whatever the status."""

_MOST_TAGS = 500_000
"""Far more than a page of 1,000 objects has: an element takes 50 times its bytes in memory."""


@dataclass(frozen=True, slots=True)
class BucketAnswer:
    """A status, headers, whose names have any case, and a body."""

    status: int
    headers: Message
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, empty where there is none."""
        return self.headers.get(name) or ""


class XmlDocument:
    """The elements just below the root of a document; raises ValueError if it is none."""

    def __init__(self, body: bytes) -> None:
        if b"<!DOCTYPE" in body or body.count(b"<") > _MOST_TAGS:
            raise ValueError("the answer is another document: a bucket's has no DOCTYPE")
        try:
            text = body.decode("utf-8-sig")
            self._root = ET.fromstring(text)  # noqa: S314 - it has no entities of its own
        except (UnicodeDecodeError, ET.ParseError) as error:
            raise ValueError(f"the answer is no XML: {error}") from error
        space, brace, self.name = self._root.tag.rpartition("}")
        self._space = space + brace

    def text(self, name: str) -> str:
        """Return the text of an element, empty where there is none."""
        return self._root.findtext(self._space + name) or ""

    def rows(self, item: str, *fields: str) -> list[tuple[str, ...]]:
        """Return the texts of these fields of each item."""
        tags = [self._space + each for each in fields]
        return [
            tuple([each.findtext(tag) or "" for tag in tags])
            for each in self._root.iterfind(self._space + item)
        ]


def fault_of(answer: BucketAnswer, *, is_object: bool) -> S3Error | None:
    """Return what is wrong with an answer, None if nothing is; an object may have any content."""
    is_good = answer.status in _GOOD
    if is_good and (is_object or not answer.body):
        return None
    if answer.status not in _PROXY and _PAGE.match(answer.body):
        return OtherServerError("it is a web page")
    region = answer.header("x-amz-bucket-region")
    if answer.status in _REDIRECTS and not region:
        return _redirected(answer)
    if is_good and not _FAULT.match(answer.body):
        return None
    status = _ERRORS.stop - 100 if is_good else answer.status
    about = _about(answer.body)
    error = answered(about.pop("Code", "") or str(answer.status), about, status)
    error.is_passing = status in _DOWN or status == _BUSY or error.code in _LATER
    error.region = region or about.get("Region", "")
    return error


def _about(body: bytes) -> dict[str, str]:
    """Return what a document says of an error, nothing if it is another one."""
    try:
        document = XmlDocument(body)
    except ValueError:
        return {}
    names = ("Code", "Message", "Region", "RequestTime", "ServerTime")
    return {name: document.text(name) for name in names} if document.name == "Error" else {}


def _redirected(answer: BucketAnswer) -> S3Error:
    where = answer.header("Location")
    if not where:
        try:
            where = XmlDocument(answer.body).text("Endpoint")
        except ValueError:
            where = ""
    where = where.partition("?")[0] or "an address that it does not name"
    return S3Error(
        f"the endpoint redirects to {where}",
        "where that is the bucket's server, give its address as the endpoint",
        status=answer.status,
    )
