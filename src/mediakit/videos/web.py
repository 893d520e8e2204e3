"""GET from the few hosts that videos are asked about; whatever happens is a value."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mediakit.base.redaction import redacted
from mediakit.web.client import Client
from mediakit.web.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOSTS = ("youtube.com", "ytimg.com", "vimeo.com", "vimeocdn.com")
"""The domains that are asked; nothing else is, wherever an answer points."""

LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait for; one that wants more is asked no more."""

_SECONDS = 60.0  # for an answer in all
_TRIES = 3
_MOST_BYTES = 16 * 1024 * 1024
_BUSY = frozenset({429, 503})
_AGENT = "mediakit (+checks the videos that a site embeds)"


class Web:
    """Gets addresses of `HOSTS`, by way of the proxies of the environment.

    A busy server is waited for if it asks for no more than `LONGEST_WAIT` seconds, and one
    that does not answer is asked once more; then the answer is what it is.
    """

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, client: Client | None = None
    ) -> None:
        self._sleep = sleep
        self._client = client or Client(seconds=_SECONDS, may_follow=is_allowed)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer to a GET; a redirect to anywhere else is not followed."""
        if not is_allowed(url):
            return Reply(0, why=redacted(f"{url} is not asked"))
        sent = {"User-Agent": _AGENT, **(headers or {})}
        reply = self._client.get(url, sent, most_bytes=_MOST_BYTES)
        for attempt in range(1, _TRIES):
            wait = reply.retry_after
            if reply.status in _BUSY and wait is not None and wait <= LONGEST_WAIT:
                self._sleep(wait)
            elif (reply.status == 0 or reply.status >= 500) and attempt == 1:
                self._sleep(1.0)
            else:
                break
            reply = self._client.get(url, sent, most_bytes=_MOST_BYTES)
        return reply


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
