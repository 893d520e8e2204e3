"""How fast providers are asked, and when to stop: they do not tell a fast check from an attack."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

from mediakit.videos.verdict import Finding, Sign
from mediakit.videos.web import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Callable

_REFUSALS = 3
"""Refusals in a row after which nothing more is asked: more would prolong them."""

_SILENCES = 5
"""Unanswered requests in a row that mean that the network is down."""


class Pace:
    """Lets callers on any thread through, one each `seconds` on average, at irregular times."""

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self, times: float = 1.0) -> None:
        """Wait for one's turn; the next one comes after `times` the usual time."""
        if not self._seconds:
            return
        gap = self._seconds * times * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + gap
        self._sleep(turn - now)


class Breaker:
    """Says when to stop: after refusals or silence in a row, or if asked to stay away for long."""

    def __init__(self) -> None:
        self._refused = self._silent = 0

    def note(self, finding: Finding) -> str:
        """Take a finding in; returns why to stop, empty to go on."""
        self._refused = self._refused + 1 if finding.trouble is Sign.REFUSED else 0
        self._silent = self._silent + 1 if finding.trouble is Sign.UNREACHABLE else 0
        if finding.wait is not None and finding.wait > LONGEST_WAIT:
            return f"asked to stay away for {finding.wait:,.0f} s: {finding.reason}"
        if self._refused >= _REFUSALS:
            return f"{_REFUSALS} refusals in a row: {finding.reason}"
        if self._silent >= _SILENCES:
            return f"{_SILENCES} times in a row no answer: {finding.reason}"
        return ""
