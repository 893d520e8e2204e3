"""`mediakit videos check`: ask about the videos that are due, and remember what came of it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mediakit.base.files import FileTree
from mediakit.site.providers import PROVIDERS, watch_address
from mediakit.sync.content import read_content
from mediakit.videos.checker import Checker, CheckSettings
from mediakit.videos.clients import Services, open_services
from mediakit.videos.history import Checked, Key, advance, due_order, remembered
from mediakit.videos.player import age_hint, tool_version
from mediakit.videos.report import ORDER, VideoReport, VideoRow
from mediakit.videos.verdict import Sign, State
from mediakit.videos.video_uses import read_history, video_uses, write_history

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediakit.sync.session import Session
    from mediakit.videos.verdict import Finding

_SAVE_EACH = 20
"""Checks after which the history is written: what a kill may lose."""


@dataclass(frozen=True, slots=True)
class CheckJob:
    """What to check: `limit` videos at most (None: all), `thorough` by asking players too."""

    limit: int | None = None
    thorough: bool = False


class VideoCheck:
    """A check of the site's videos; `report` is right at any moment, also after an interrupt."""

    def __init__(
        self,
        session: Session,
        job: CheckJob,
        services: Services | None = None,
    ) -> None:
        config = session.config
        services = services or open_services(config.kind.address.url)
        self._session = session
        self._config = config
        self._job = job
        self._clients = services.clients
        self._clock = services.clock
        self._start = time.monotonic()
        content = read_content(config, FileTree(config.root))
        self._uses = video_uses(content.manifests)
        self._problems = tuple(
            each
            for each in content.problems
            if each.code in VIDEO_PROBLEMS or each in content.unread
        )
        self._history = read_history(config)
        self._asked: set[Key] = set()
        self._stopped = self._hint = ""

    def run(self, progress: Callable[[int], None] = lambda _: None) -> VideoReport:
        """Ask about what is due, the oldest-checked first; tells `progress` of each answer."""
        settings = self._config.videos
        checker = Checker(self._clients, self._settings())
        confirm = timedelta(hours=settings.confirm)
        try:
            for number, (key, finding) in enumerate(checker.check(self._due(confirm)), start=1):
                self._take(key, finding, confirm)
                progress(number)
                if number % _SAVE_EACH == 0:
                    self._save()
        finally:
            self._save()
        self._stopped = checker.stopped
        return self.report

    @property
    def total(self) -> int:
        """How many videos this run asks about."""
        return len(self._due(timedelta(hours=self._config.videos.confirm)))

    @property
    def report(self) -> VideoReport:
        """What is known now."""
        rows = [self._row(key) for key in self._uses.places]
        alive = {
            place: row.id for row in rows if row.state is State.ALIVE for place, _ in row.places
        }
        rows = [_with_suggestion(row, alive) for row in rows]
        rows.sort(key=lambda row: (ORDER.index(row.state), row.places, row.id))
        return VideoReport(
            tuple(rows), self._problems, self._stopped, self._hint, time.monotonic() - self._start
        )

    def _save(self) -> None:
        rows = remembered(self._history, set(self._uses.places), self._clock())
        write_history(self._config, rows, self._session.writer)

    def _settings(self) -> CheckSettings:
        settings = self._config.videos
        given = {"youtube": settings.canary, "vimeo": settings.vimeo_canary}
        canaries = {name: given.get(name) or PROVIDERS[name].canary for name in self._clients}
        return CheckSettings(
            canaries, settings.pace, self._job.thorough, frozenset(settings.audience)
        )

    def _due(self, confirm: timedelta) -> list[Key]:
        keys = [key for key in self._uses.askable if key[0] in self._clients]
        # no two runs ask in the same order: that is how programs are told from people
        random.shuffle(keys)
        urgent, others = due_order(keys, self._history, self._clock(), confirm)
        limit = self._job.limit if self._job.limit is not None else self._config.videos.limit
        return [*urgent, *others][:limit]

    def _take(self, key: Key, finding: Finding, confirm: timedelta) -> None:
        before = self._history.get(key)
        self._history[key] = advance(before, finding, self._clock(), confirm, tool_version())
        self._asked.add(key)
        if finding.trouble is Sign.BROKEN and not self._hint:
            self._hint = age_hint(self._clock().date())

    def _row(self, key: Key) -> VideoRow:
        provider, video = key
        row = self._history.get(key, Checked())
        state, reason = row.state, row.reason
        if provider not in self._clients:
            state, reason = State.NOT_CHECKED, f"{provider} is not checked"
        elif key in self._uses.misspelt:
            state, reason = State.NOT_CHECKED, "no video can have an id of this length"
        elif row.checked is None and not reason:
            reason = "not asked about yet"
        return VideoRow(
            provider, video, state, reason, self._uses.places[key], row.checked, row.ok,
            row.failed, row.streak, key in self._asked, watch_address(provider, video),
        )  # fmt: skip


VIDEO_PROBLEMS = frozenset({"bad-video", "misspelt-id", "unquoted-id", "unknown-provider"})
"""Codes of what hides a video from a check, beside files that cannot be read at all."""


def _with_suggestion(row: VideoRow, alive: Mapping[str, str]) -> VideoRow:
    """Add another video of the same page that is alive."""
    others = (alive[place] for place, _ in row.places if alive.get(place, row.id) != row.id)
    return replace(row, instead=next(others, ""))
