"""What a bucket's server answers: a document of XML, or a fault, in words that say what to do."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mediakit.base.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.base.actions import Failure

_HINTS = {
    "AccessDenied": "give these credentials the rights to list, read, put and delete there",
    "AllAccessDisabled": "ask the provider: the account is closed or unpaid",
    "InvalidAccessKeyId": "check AWS_ACCESS_KEY_ID, and that it belongs to this endpoint",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY and the region",
    "ExpiredToken": "get new credentials: the session has ended",
    "InvalidToken": "check AWS_SESSION_TOKEN, or unset it",
    "NoSuchBucket": "check the bucket's name, or make it first",
    "PermanentRedirect": "the bucket is in another region: set AWS_REGION, or region in [s3]",
    "AuthorizationHeaderMalformed": "the region is wrong: set AWS_REGION, or region in [s3]",
    "AccessControlListNotSupported": "the bucket takes no ACL: take acl out of [s3]",
    "SlowDown": "the target asks for fewer requests: lower connections in [s3], then run again",
    "ServiceUnavailable": "the target is overloaded or down: run again later",
    "403": "check the endpoint, the credentials and their rights",
    "EntityTooLarge": "the file is too large for this target",
    **dict.fromkeys(("502", "503", "504"), "the target, or a proxy before it, is down: run later"),
    "413": "the file is too large for this target, or for a proxy before it",
}
_CERTAIN = frozenset(
    {
        "AccountProblem", "AllAccessDisabled", "AuthorizationHeaderMalformed", "ExpiredToken",
        "InvalidAccessKeyId", "InvalidToken", "NoSuchBucket", "NotSignedUp", "PermanentRedirect",
        "RequestTimeTooSkewed", "TokenRefreshRequired",
    }
)  # fmt: skip
"""Codes that concern the credentials or the bucket, and so every object."""

_ROW = 8
"""After so many equal refusals in a row the fault is not a single object's."""

_LONGEST = 1000  # characters of a message, which may quote an answer
_MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Error(Exception):
    """A request to a bucket has failed: what happened and what to do, without secrets.

    `code` and `status` are the server's, if it answered. `is_passing` says whether it is worth
    asking again, `region` where the bucket is, if the server says that it is elsewhere.
    """

    def __init__(self, message: str, hint: str = "", *, code: str = "", status: int = 0) -> None:
        self.message = redacted(message)[:_LONGEST]
        super().__init__(self.message)
        self.hint = hint
        self.code = code
        self.status = status
        self.is_passing = False
        self.region = ""


class OtherServerError(S3Error):
    """The server that answers has no buckets: a console, a web site, a proxy."""

    def __init__(self, reason: str, what: str = "the answer is not a bucket's") -> None:
        super().__init__(
            f"{what}: {reason}",
            "is that the endpoint of a bucket? a console's address or a web page's is another",
        )


def bare_etag(etag: str) -> str:
    """Return an ETag without quotes, and without the mark of a proxy that compresses."""
    return etag.removeprefix("W/").strip('"')


def etag_of(answer: BucketAnswer) -> str:
    """Return the ETag of an answer; raises OtherServerError without one."""
    etag = bare_etag(answer.header("ETag"))
    if not etag:
        raise OtherServerError("it has no ETag")
    return etag


def is_missing(error: S3Error) -> bool:
    """Return whether the server says that there is no such object."""
    return error.code in _MISSING


def answered(code: str, about: Mapping[str, str], status: int) -> S3Error:
    """Return an error that a server tells: its code, and what else it says."""
    if code == "RequestTimeTooSkewed":
        theirs, ours = about.get("ServerTime") or "unknown", about.get("RequestTime") or "unknown"
        message = f"the clocks differ: here it is {ours}, at the target {theirs}"
        hint = "set this machine's clock"
    else:
        message, hint = about.get("Message") or "no further words", _HINTS.get(code, "")
    return S3Error(f"{message} [{code}]", hint, code=code, status=status)


def unanswered(error: Exception, endpoint: str) -> S3Error:
    """Return an error of the network."""
    if isinstance(error, TimeoutError):
        what = "the target did not answer in time", "run again: what is done is not done twice"
    else:
        reason = getattr(error, "strerror", None) or str(error) or "the connection was cut"
        what = (
            f"no connection to {endpoint}: {reason}",
            "check the endpoint's URL and the network",
        )
    failed = S3Error(*what)
    failed.is_passing = True
    return failed


class CommonFault:
    """Learns from how puts end; `failure` is that of all puts after a certain fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._code = ""
        self._row = 0
        self.failure: Failure | None = None

    def note_success(self) -> None:
        """Note that an object was put."""
        with self._lock:
            self._code, self._row = "", 0

    def note_refusal(self, error: S3Error, failure: Failure) -> None:
        """Note how a put failed: that it was refused says more than that the server is busy."""
        if not 400 <= error.status < 500 or error.is_passing:
            return
        with self._lock:
            self._row = self._row + 1 if error.code == self._code else 1
            self._code = error.code
            if error.code in _CERTAIN or self._row >= _ROW:
                self.failure = failure


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
    """A status, headers by their names in small letters, and a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, empty where there is none."""
        return self.headers.get(name.lower(), "")


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
