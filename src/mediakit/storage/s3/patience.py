"""How long to wait for a bucket's server: one deadline for all requests of a client."""

from __future__ import annotations

import logging
import random
import threading
import time

from mediakit.base.patient_socket import ExchangeLimits
from mediakit.base.regular_file import MOST_BYTES
from mediakit.storage.s3.answers import S3Error

_LOG = logging.getLogger(__name__)

_QUIET = 5.0
"""Seconds of silence until a line in the log."""

_SILENCE, _STORED = 15.0, 1024 * 1024
"""Seconds until an answer begins, and the bytes that a server stores in a second."""

_LONGEST_PAUSE = 20.0
_SMALL = 32 * 1024 * 1024  # bytes of an answer that is no object's
_BUSY, _ERRORS = 429, 500  # statuses of HTTP: one, and from which on


class Patience:
    """The deadline of a client's calls: `seconds` for each, and for all as long as none succeeds.

    A call is one request with its retries; large bodies take longer, as `patient_socket` says.
    After `seconds` in which the server answered nothing but errors, no call begins: the rest
    would fail too, each in its own time.
    """

    def __init__(self, seconds: float, name: str) -> None:
        self._seconds = seconds
        self._name = name
        self._lock = threading.Lock()
        self._down_since: float | None = None
        self._last = ""
        self._has_spoken = False

    def check(self, since: float) -> None:
        """Raise S3Error if a call that began at `since` has no time for another request."""
        down = self._down_since
        if time.monotonic() - min(since, since if down is None else down) > self._seconds:
            raise S3Error(
                f"it has given no proper answer for {self._seconds:.0f} s{self._last}, "
                "and is asked no more",
                "check the endpoint and the network, then run again; see patience in [s3]",
            )

    def pause(self, since: float, tries: int) -> float:
        """Return the seconds before another try: more after more of them, within the deadline."""
        pause = min(random.random() * 2.0 ** (tries - 1), _LONGEST_PAUSE)  # noqa: S311 - no secret
        return max(0.0, min(pause, since + self._seconds + 0.1 - time.monotonic()))

    def note(self, began: float, status: int = 0) -> bool:
        """Note the HTTP status of a request that was sent at `began`, 0 without an answer.

        Returns whether that is a proper answer.
        """
        is_up = status not in {0, _BUSY} and status < _ERRORS
        with self._lock:
            self._last = f" (HTTP {status})" if status and not is_up else ""
            if is_up:
                self._down_since = None
            elif self._down_since is None:
                self._down_since = began
        return is_up

    def limits(self, since: float, method: str, bytes_: int, *, is_object: bool) -> ExchangeLimits:
        """Return what a request may take that sends so many bytes, of a call begun at `since`."""
        # the server may need any time to put an upload together, and must not do it twice
        silence = self._seconds if method == "POST" else _SILENCE + bytes_ / _STORED
        most = MOST_BYTES if is_object else _SMALL
        return ExchangeLimits(since + self._seconds, silence, most, self._wait)

    def _wait(self, waited: float) -> None:
        """Log once that no answer comes."""
        if waited < min(_QUIET, self._seconds / 2) or self._has_spoken:
            return
        self._has_spoken = True
        name = self._name if self._name.isprintable() else ascii(self._name)
        _LOG.warning("mediakit: %s does not answer; it is given up after %d s", name, self._seconds)
