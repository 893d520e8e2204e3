"""A fault that all objects of a bucket share: once it is certain, nothing more is tried."""

from __future__ import annotations

import threading

from botocore.exceptions import ClientError, NoCredentialsError, PartialCredentialsError

from mediakit.storage.s3.errors import code_of

_CERTAIN = frozenset(
    {
        "AccountProblem", "AllAccessDisabled", "AuthorizationHeaderMalformed", "ExpiredToken",
        "InvalidAccessKeyId", "InvalidToken", "NoSuchBucket", "NotSignedUp", "PermanentRedirect",
        "RequestTimeTooSkewed", "TokenRefreshRequired",
    }
)  # fmt: skip
"""Codes that say nothing of an object, but of who asks, or of the bucket."""

_ROW = 8
"""Equal refusals, and no success between them, after which it is no single object's fault."""

Told = tuple[str, str]
"""A message and a hint."""


class CommonFault:
    """Learns from how puts end; `told` is what to say of all that come after a certain fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._code = ""
        self._row = 0
        self.told: Told | None = None

    def note_success(self) -> None:
        """Note that an object was put."""
        with self._lock:
            self._code, self._row = "", 0

    def note_refusal(self, error: Exception, told: Told) -> None:
        """Note how a put failed; `told` is what was said of it."""
        if isinstance(error, NoCredentialsError | PartialCredentialsError):
            self.told = told
        code = code_of(error)
        if not _is_refusal(error) or not code:
            return
        with self._lock:
            self._row = self._row + 1 if code == self._code else 1
            self._code = code
            if code in _CERTAIN or self._row >= _ROW:
                self.told = told


def _is_refusal(error: Exception) -> bool:
    """Return whether the server has answered, and not only that it is busy."""
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return 400 <= status < 500 and status != 429
