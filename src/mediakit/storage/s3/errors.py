"""Errors of a bucket in words that say what to do, without secrets."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as AwsConnectionError,
)
from botocore.parsers import ResponseParserError

from mediakit.base.redaction import redacted
from mediakit.storage.s3.patience import GivenUpError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.base.actions import Failure

AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)
"""What a call of the client may raise."""

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

_NO_BUCKET = "is that the endpoint of a bucket? a console's address or a web page's is another"
_MISSING = {"404", "NoSuchKey", "NotFound"}


class BrokenListingError(BotoCoreError):
    """The answer is no listing: a page of a proxy, half a listing, or nonsense."""

    fmt = "the listing cannot be read: {reason}"


class OtherServerError(BotoCoreError):
    """The server that answers has no buckets: a console, a web site, a proxy."""

    fmt = "the answer is not a bucket's: {reason}"


class RedirectedError(BotoCoreError):
    """The endpoint redirects to another server."""

    fmt = "the endpoint redirects to {where}"


_HINTS_OF_KINDS = (
    (GivenUpError, "check the endpoint and the network, then run again; see patience in [s3]"),
    (ProfileNotFound, "check AWS_PROFILE, or profile in [s3]"),
    (RedirectedError, "where that is the bucket's server, give its address as the endpoint"),
    (ResponseParserError | BrokenListingError | OtherServerError, _NO_BUCKET),
)


def bare_etag(etag: str) -> str:
    """Return an ETag without quotes, and without the mark of a proxy that compresses."""
    return etag.removeprefix("W/").strip('"')


def etag_of(answer: Mapping[str, Any]) -> str:
    """Return the ETag of an answer; raises OtherServerError without one."""
    etag = bare_etag(str(answer.get("ETag") or ""))
    if not etag:
        raise OtherServerError(reason="it has no ETag")
    return etag


def code_of(error: Exception) -> str:
    """Return the server's code of an error, "" if it did not answer."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""


def is_missing(error: Exception) -> bool:
    """Return whether the server says that there is no such object."""
    return code_of(error) in _MISSING


def explained(error: Exception) -> tuple[str, str]:
    """Return a message and a hint, without secrets."""
    message, hint = _explained(error)
    return redacted(message), hint


def _explained(error: Exception) -> tuple[str, str]:
    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return (
            "no AWS credentials found",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )
    if isinstance(error, ReadTimeoutError):
        return "the target did not answer in time", "run again: what is done is not done twice"
    if isinstance(error, AwsConnectionError | HTTPClientError):
        return f"no connection: {error}", "check the endpoint's URL and the network"
    hint = next((hint for kind, hint in _HINTS_OF_KINDS if isinstance(error, kind)), "")
    return str(error).partition("\n")[0], hint


def _answered(error: ClientError) -> tuple[str, str]:
    details = error.response.get("Error", {})
    code = str(details.get("Code", "")) or "unknown error"
    if code == "RequestTimeTooSkewed":
        answer = error.response.get("Error", {})
        theirs, ours = answer.get("ServerTime", "unknown"), answer.get("RequestTime", "unknown")
        return (
            f"the clocks differ: here it is {ours}, at the target {theirs} [{code}]",
            "set this machine's clock",
        )
    message = str(details.get("Message", "")) or "no further words"
    return f"{message} [{code}]", _HINTS.get(code, "")


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

    def note_refusal(self, error: Exception, failure: Failure) -> None:
        """Note how a put failed."""
        if isinstance(error, NoCredentialsError | PartialCredentialsError):
            self.failure = failure
        code = code_of(error)
        if not _is_refusal(error) or not code:
            return
        with self._lock:
            self._row = self._row + 1 if code == self._code else 1
            self._code = code
            if code in _CERTAIN or self._row >= _ROW:
                self.failure = failure


def _is_refusal(error: Exception) -> bool:
    """Return whether the server has refused, and is not only busy."""
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return 400 <= status < 500 and status != 429
