"""`mediakit videos check`: ask about the videos that are due, and keep what the answers mean."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace as change

from mediakit.base.files import FileTree
from mediakit.executors.workers import open_executor, run_bounded
from mediakit.site.providers import PROVIDERS, watch_address
from mediakit.sync.content import read_content
from mediakit.videos.client import Breaker, Pace
from mediakit.videos.clients import Services, open_services
from mediakit.videos.history import (
    Key,
    VideoStatus,
    advance,
    changed_name,
    due_order,
    read_history,
    remembered,
    video_uses,
    write_history,
)
from mediakit.videos.report import VideoReport, VideoRow
from mediakit.videos.states import ORDER
from mediakit.videos.tool import age_hint, tool_version
from mediakit.videos.verdict import EXISTS, TROUBLE, Answer, Sign, Source, State, conclude

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.sync.session import Session
    from mediakit.videos.client import VideoClient
    from mediakit.videos.verdict import Finding

VIDEO_PROBLEMS = frozenset({"bad-video", "misspelt-id", "unquoted-id", "unknown-provider"})
"""Codes of problems that hide a video from a check, beside files that cannot be read at all."""

_WORKERS = 8
_SAVE_EACH = 20
"""Checks after which the history is written: what a kill may lose."""

_IN_DOUBT = frozenset({Sign.GONE, Sign.DOUBTFUL})
_PLAYER_PACE = 4.0
"""How many times longer to wait after asking a player, where YouTube looks out for programs."""


@dataclass(frozen=True, slots=True)
class VideoCheckJob:
    """What to check: at most `limit` videos, and with `thorough` by asking players too.

    `allow_unembeddable`: a video that exists, but does not play on a page, is a warning.
    """

    limit: int | None = None
    thorough: bool = False
    allow_unembeddable: bool = False


class VideoCheck:
    """A check of the site's videos; `report` is right at any moment, also after an interrupt."""

    def __init__(
        self, session: Session, job: VideoCheckJob, services: Services | None = None
    ) -> None:
        config = session.config
        services = services or open_services(config.kind.address.url)
        self._session = session
        self._settings = config.videos
        self._confirm = timedelta(hours=config.videos.confirm)
        self._job = job
        self._clients = services.clients
        self._clock = services.clock
        self._start = time.monotonic()
        content = read_content(config, FileTree(config.root))
        self._uses = video_uses(content.manifests)
        self._problems = tuple(
            problem
            for problem in content.problems
            if problem.code in VIDEO_PROBLEMS or problem in content.unread
        )
        self._history = read_history(config)
        self._records = config.catalog_file.read().videos
        self._asked: set[Key] = set()
        self._changed: dict[Key, str] = {}
        self._stopped = self._hint = ""

    def run(self, progress: Callable[[int, int], None] = lambda *_: None) -> VideoReport:
        """Ask about the videos that are due, the oldest-checked first.

        `progress` takes the number of the answer, and how many videos this run asks about.
        """
        given = {"youtube": self._settings.canary, "vimeo": self._settings.vimeo_canary}
        canaries = {name: given.get(name) or PROVIDERS[name].canary for name in self._clients}
        pace, audience = self._settings.pace, frozenset(self._settings.audience)
        asker = _Asker(self._clients, canaries, pace, audience)
        due = [self._question(key) for key in self._due()]
        try:
            for number, (key, finding) in enumerate(asker.findings(due), start=1):
                self._take(key, finding)
                progress(number, len(due))
                if number % _SAVE_EACH == 0:
                    self._save()
        finally:
            self._save()
        self._stopped = asker.stopped
        return self.report

    @property
    def report(self) -> VideoReport:
        """The status of all videos now."""
        rows = [self._row(key) for key in self._uses.places]
        alive = {
            place: row.id for row in rows if row.state is State.ALIVE for place, _ in row.places
        }
        rows = [_with_suggestion(row, alive) for row in rows]
        rows.sort(key=lambda row: (ORDER.index(row.state), row.places, row.id))
        seconds = time.monotonic() - self._start
        allowed = {State.NOT_EMBEDDABLE} if self._job.allow_unembeddable else set()
        return VideoReport(
            tuple(rows), self._problems, self._stopped, self._hint, seconds, frozenset(allowed)
        )

    def _save(self) -> None:
        rows = remembered(self._history, set(self._uses.places), self._clock())
        write_history(self._session.config, rows, self._session.writer)

    def _due(self) -> list[Key]:
        keys = [key for key in self._uses.askable if key[0] in self._clients]
        # no two runs ask in the same order: that is how programs are told from people
        random.shuffle(keys)
        urgent, others = due_order(keys, self._history, self._clock(), self._confirm)
        limit = self._job.limit if self._job.limit is not None else self._settings.limit
        return [*urgent, *others][:limit]

    def _question(self, key: Key) -> _Question:
        is_overruled = self._history.get(key, VideoStatus()).overruled is not None
        return _Question(key, self._uses.full_ids[key], self._job.thorough or is_overruled)

    def _take(self, key: Key, finding: Finding) -> None:
        before, now = self._history.get(key), self._clock()
        if words := changed_name(before, self._records.get("/".join(key)), finding):
            self._changed[key] = words
        self._history[key] = advance(before, finding, now, self._confirm, tool_version())
        self._asked.add(key)
        if not self._hint:
            broken = finding.trouble is Sign.BROKEN
            self._hint = (age_hint(now.date()) if broken else "") or finding.hint

    def _row(self, key: Key) -> VideoRow:
        provider, video = key
        status = self._history.get(key, VideoStatus())
        if provider not in self._clients:
            reason = f"mediakit does not check {provider}"
            status = change(status, state=State.NOT_CHECKED, reason=reason)
        elif key in self._uses.misspelt:
            reason = "no video can have an id of this length"
            status = change(status, state=State.NOT_CHECKED, reason=reason)
        elif key in self._changed:
            status = change(status, state=State.CHANGED, reason=self._changed[key])
        elif status.checked is None and not status.reason:
            status = change(status, reason="not asked about yet")
        places = self._uses.places[key]
        address = watch_address(provider, self._uses.full_ids[key])
        record = self._records.get("/".join(key))
        return VideoRow(
            provider, video, status, places, key in self._asked, address, record=record
        )  # fmt: skip


def _with_suggestion(row: VideoRow, alive: Mapping[str, str]) -> VideoRow:
    """Add another video of the same page that is alive."""
    others = (alive[place] for place, _ in row.places if alive.get(place, row.id) != row.id)
    return replace(row, instead=next(others, ""))


class _Question(NamedTuple):
    """A video to ask about; `is_deep`: the player too, where oEmbed calls it alive."""

    key: Key
    full_id: str
    is_deep: bool


class _Asker:
    """Asks about videos on several threads; `stopped` says why it ended early, if it did.

    A source that fails for its provider's canary, a video known to be alive, is not asked about
    others. A provider that refuses, or cannot be reached, is not asked further; the others are.
    """

    def __init__(
        self,
        clients: Mapping[str, VideoClient],
        canaries: Mapping[str, str],
        pace: float,
        audience: frozenset[str],
    ) -> None:
        self._clients = clients
        self._canary_ids = canaries
        self._paces = {name: Pace(pace) for name in clients}
        self._audience = audience
        self._canaries: dict[tuple[str, Source], Answer] = {}
        self._lock = threading.Lock()
        self._stops: dict[str, str] = {}

    @property
    def stopped(self) -> str:
        """Why not all could be asked about: a reason that all providers share is said once."""
        reasons: dict[str, list[str]] = {}
        for provider, why in self._stops.items():
            reasons.setdefault(why, []).append(provider)
        return "; ".join(f"{' and '.join(names)}: {why}" for why, names in reasons.items())

    def findings(self, questions: Iterable[_Question]) -> Iterator[tuple[Key, Finding]]:
        """Yield the finding for each video, in the order of the answers."""
        askable = (each for each in questions if self._is_up(each.key[0]))
        breakers = {name: Breaker() for name in self._clients}
        with open_executor(_WORKERS) as executor:
            for question, finding in run_bounded(executor, _WORKERS, askable, self._start):
                provider = question.key[0]
                yield question.key, finding
                if why := breakers[provider].note(finding):
                    self._stops.setdefault(provider, why)

    def _is_up(self, provider: str) -> bool:
        canary = self._canary(provider, self._clients[provider].sources[0])
        if canary.sign is Sign.UNREACHABLE:
            self._stops.setdefault(provider, canary.reason)
        elif canary.sign not in EXISTS:
            self._stops.setdefault(
                provider,
                f"{self._canary_ids[provider]}, which is known to be alive, failed: "
                f"{canary.source}: {canary.reason}",
            )
        return provider not in self._stops

    def _start(self, executor: Executor, question: _Question) -> Future[Finding]:
        return executor.submit(self._examine, question)

    def _examine(self, question: _Question) -> Finding:
        """Ask the cheapest source, and the others if it has doubts."""
        (provider, _), video, is_deep = question
        first, *others = self._clients[provider].sources
        answers = [self._ask(provider, first, video)]
        sign = answers[0].sign
        if sign in _IN_DOUBT:
            answers += [self._ask(provider, source, video) for source in others]
        elif sign is Sign.ALIVE and is_deep and Source.PLAYER in others:
            answers.append(self._ask(provider, Source.PLAYER, video))
        return conclude(answers, self._audience)

    def _ask(self, provider: str, source: Source, video: str) -> Answer:
        canary = self._canary(provider, source)
        if not _is_sound(canary):
            sign = canary.sign if canary.sign in TROUBLE else Sign.BROKEN
            reason = f"not asked, since a video that is alive failed: {canary.reason}"
            return Answer(source, sign, reason, asked=False, hint=canary.hint)
        return self._ask_now(provider, source, video)

    def _canary(self, provider: str, source: Source) -> Answer:
        """Return the answer of a source about the canary; it is asked once."""
        with self._lock:
            key = provider, source
            if key not in self._canaries:
                video = self._canary_ids[provider]
                self._canaries[key] = self._ask_now(provider, source, video)
            return self._canaries[key]

    def _ask_now(self, provider: str, source: Source, video: str) -> Answer:
        self._paces[provider].wait(_PLAYER_PACE if source is Source.PLAYER else 1.0)
        return self._clients[provider].ask(source, video)


def _is_sound(canary: Answer) -> bool:
    """Return whether a source answered rightly about a video that is alive."""
    if canary.source is Source.THUMBNAILS:  # a thumbnail proves nothing more
        return canary.sign is Sign.UNCLEAR
    return canary.sign in EXISTS
