"""GET from the few hosts that videos are asked about; whatever happens is a value."""

from __future__ import annotations

import email.utils
import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mediakit.patient_socket import patient_opener
from mediakit.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOSTS = ("youtube.com", "ytimg.com", "vimeo.com", "vimeocdn.com")
"""The domains that are asked; nothing else is, wherever an answer points."""

LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait for; one that wants more is asked no more."""

_SILENCE, _WHOLE = 20, 60  # seconds without a byte, and for an answer
_TRIES = 3
_MOST_BYTES = 16 * 1024 * 1024
_BUSY = frozenset({429, 503})
_AGENT = "mediakit (+checks the videos that a site embeds)"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its HTTP status (0: none came, `why` says what happened), headers and body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def retry_after(self) -> float | None:
        """The seconds that the server asks us to wait, None where it does not."""
        return _seconds(self.headers.get("retry-after", ""))


class Web:
    """Gets addresses of `HOSTS`, by way of the proxies of the environment.

    A busy server is waited for if it asks for no more than `LONGEST_WAIT` seconds, and one
    that does not answer is asked once more; then the answer is what it is.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._opener = patient_opener(_WHOLE, _SILENCE, 2 * _MOST_BYTES, _SameHosts)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer to a GET; a redirect to anywhere else is not followed."""
        if not is_allowed(url):
            return Reply(0, why=f"{url} is not asked")
        reply = self._get(url, headers or {})
        for attempt in range(1, _TRIES):
            wait = reply.retry_after
            if reply.status in _BUSY and wait is not None and wait <= LONGEST_WAIT:
                self._sleep(wait)
            elif (reply.status == 0 or reply.status >= 500) and attempt == 1:
                self._sleep(1.0)
            else:
                break
            reply = self._get(url, headers or {})
        return reply

    def _get(self, url: str, headers: Mapping[str, str]) -> Reply:
        request = urllib.request.Request(url, headers={"User-Agent": _AGENT, **headers})  # noqa: S310
        try:
            with self._opener.open(request, timeout=_SILENCE) as answer:
                body = answer.read(_MOST_BYTES)
                if answer.length and len(body) < _MOST_BYTES:
                    return Reply(0, why="the answer breaks off")
                return Reply(answer.status, body, _lower(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, _read(error), _lower(error.headers), _said(error.reason))
        except urllib.error.URLError as error:
            return Reply(0, why=_said(error.reason))
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, why=_said(error) or type(error).__name__)


def _said(reason: object) -> str:
    return redacted(str(reason))  # proxies have passwords


def is_allowed(url: str) -> bool:
    """Return whether an address is one of those that are asked."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and any(
        host == each or host.endswith(f".{each}") for each in HOSTS
    )


class _SameHosts(urllib.request.HTTPRedirectHandler):
    """Follows redirects among the hosts that are asked."""

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:  # noqa: ANN401
        """Return the next request, None for one that is not to be made."""
        return super().redirect_request(*args) if is_allowed(args[-1]) else None


def _read(answer: urllib.error.HTTPError) -> bytes:
    try:
        return answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException):
        return b""


def _lower(headers: Any) -> dict[str, str]:  # noqa: ANN401 - an email.message.Message
    return {name.lower(): value for name, value in headers.items()}


def _seconds(told: str) -> float | None:
    if told.strip().isdecimal():
        return float(told)
    try:
        until = email.utils.parsedate_to_datetime(told)
    except ValueError:
        return None
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
