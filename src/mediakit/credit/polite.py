"""Ask other hosts for what a site shows: one request at a time, and not one after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.web.addresses import host_of
from mediakit.web.client import Client
from mediakit.web.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 64 * 1024 * 1024
"""The largest picture that is fetched."""

_SECONDS = 60.0  # for one address, with all its redirects
_PACE = 0.5  # seconds between the beginnings of two requests to a host
_LONGEST_WAIT = 60.0
_TRIES = 3
_SILENT = 3  # missing answers of a host, after which it is not asked again
_BUSY = frozenset({429, 503})
_AGENT = "mediakit (+brings the pictures that a site shows into the site)"


@dataclass
class PoliteClient:
    """Asks hosts at their pace; a host that stays silent, or wants no more, is left alone."""

    client: Client
    is_public: bool = True
    """Whether addresses are those of the public internet, which archives may be asked about."""

    pace: float = _PACE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: dict[str, float] = field(default_factory=dict)
    _silent: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_the_web(cls, *, allow_private: bool) -> PoliteClient:
        """Return one that asks the real web."""
        return cls(Client(seconds=_SECONDS, allow_private=allow_private), not allow_private)

    def get(self, url: str, most_bytes: int = MOST_BYTES) -> Reply:
        """Return the answer to a GET; never raises."""
        host = host_of(url)
        if self._silent.get(host, 0) >= _SILENT:
            return Reply(0, why="its host does not answer")
        reply = self._paced(host, url, most_bytes)
        for _ in range(_TRIES - 1):
            wait = reply.retry_after
            if reply.status not in _BUSY or wait is None or wait > _LONGEST_WAIT:
                break
            self.sleep(wait)
            reply = self._paced(host, url, most_bytes)
        is_lost = reply.status in _BUSY or not (reply.status or reply.is_private)
        self._silent[host] = self._silent.get(host, 0) + 1 if is_lost else 0
        return reply

    def _paced(self, host: str, url: str, most_bytes: int) -> Reply:
        now = self.clock()
        turn = max(now, self._next.get(host, now))
        self._next[host] = turn + self.pace
        if turn > now:
            self.sleep(turn - now)
        reply = self.client.get(url, {"User-Agent": _AGENT}, most_bytes=most_bytes)
        if reply.is_private:  # nobody was asked
            self._next[host] = now
        return reply
