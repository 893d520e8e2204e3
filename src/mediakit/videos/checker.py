"""Checks of many videos, side by side, with canaries: what fails for those says nothing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.executors import open_executor, run_bounded
from mediakit.videos.pace import Breaker, Pace
from mediakit.videos.verdict import (
    EXISTS,
    TROUBLE,
    Answer,
    Finding,
    Sign,
    Source,
    conclude,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future

    from mediakit.videos.client import VideoClient
    from mediakit.videos.history import Key

_IN_DOUBT = frozenset({Sign.GONE, Sign.DOUBTFUL})
_PLAYER_PACE = 4.0
"""How much longer to wait after asking a player: it is where people are told from programs."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How to check: `pace` in seconds, `audience` as country codes, `workers` at once.

    `canaries` are videos that are known to be alive, by provider. `thorough` asks the player
    about videos that oEmbed calls alive too: only it knows of ages and countries.
    """

    canaries: Mapping[str, str]
    pace: float = 0.5
    thorough: bool = False
    audience: frozenset[str] = frozenset()
    workers: int = 8


class Checker:
    """Asks providers about videos; `stopped` says why it ended early, if it did."""

    def __init__(self, clients: Mapping[str, VideoClient], settings: CheckSettings) -> None:
        self._clients = clients
        self._settings = settings
        self._paces = {name: Pace(settings.pace) for name in clients}
        self._canaries: dict[tuple[str, Source], Answer] = {}
        self._lock = threading.Lock()
        self.stopped = ""

    def check(self, keys: Sequence[Key]) -> Iterator[tuple[Key, Finding]]:
        """Yield what was found of each video, in the order of the answers.

        Nothing is asked of a provider whose canary fails the first source.
        """
        askable = [key for key in keys if self._is_up(key[0])]
        breakers = {name: Breaker() for name in self._clients}
        workers = self._settings.workers
        with open_executor(workers) as executor:
            found = run_bounded(executor, workers, askable, self._start)
            for key, finding in found:
                yield key, finding
                why = breakers[key[0]].note(finding)
                if why:
                    self.stopped = f"{key[0]}: {why}"
                    found.close()
                    return

    def _is_up(self, provider: str) -> bool:
        canary = self._canary(provider, self._clients[provider].sources[0])
        if canary.sign in EXISTS:
            return True
        video = self._settings.canaries[provider]
        self.stopped = (
            f"{provider}: {video}, which is known to be alive, failed: "
            f"{canary.source}: {canary.reason}"
        )
        return False

    def _start(self, executor: Executor, key: Key) -> Future[Finding]:
        return executor.submit(self._examine, *key)

    def _examine(self, provider: str, video: str) -> Finding:
        """Ask the cheapest source, and where it has doubts the others."""
        first, *others = self._clients[provider].sources
        answers = [self._ask(provider, first, video)]
        sign = answers[0].sign
        if sign in _IN_DOUBT:
            answers += [self._ask(provider, source, video) for source in others]
        elif sign is Sign.ALIVE and self._settings.thorough and Source.PLAYER in others:
            answers.append(self._ask(provider, Source.PLAYER, video))
        return conclude(answers, self._settings.audience)

    def _ask(self, provider: str, source: Source, video: str) -> Answer:
        canary = self._canary(provider, source)
        if not _is_sound(canary):
            sign = canary.sign if canary.sign in TROUBLE else Sign.BROKEN
            reason = f"not asked, since a video that is alive failed: {canary.reason}"
            return Answer(source, sign, reason, wait=canary.wait)
        return self._asked(provider, source, video)

    def _canary(self, provider: str, source: Source) -> Answer:
        """Return what a source says of the canary; it is asked once."""
        with self._lock:
            key = provider, source
            if key not in self._canaries:
                self._canaries[key] = self._asked(
                    provider, source, self._settings.canaries[provider]
                )
            return self._canaries[key]

    def _asked(self, provider: str, source: Source, video: str) -> Answer:
        self._paces[provider].wait(_PLAYER_PACE if source is Source.PLAYER else 1.0)
        return self._clients[provider].ask(source, video)


def _is_sound(canary: Answer) -> bool:
    """Return whether the source told the truth of a video that is alive."""
    if canary.source is Source.THUMBNAILS:  # that they are there is all that they can say
        return canary.sign is Sign.UNCLEAR
    return canary.sign in EXISTS
