"""Fetch metadata of videos into the catalog, and thumbnails among the site's pictures.

`mediakit videos fetch` does it, and `sync` for what is missing. One bad video never stops the
others, and what does not come leaves what was there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.files import DiskFile, FileTree
from mediakit.base.model import Problem, Severity, VideoRecord
from mediakit.executors.workers import open_executor, run_bounded
from mediakit.report.text import counted
from mediakit.site.videos import thumbnail_path
from mediakit.sync.content import read_content
from mediakit.videos.client import Breaker, Pace
from mediakit.videos.clients import Services, open_services
from mediakit.videos.history import (
    Key,
    VideoStatus,
    read_history,
    remembered,
    video_uses,
    write_history,
)
from mediakit.videos.report import FetchReport
from mediakit.videos.tool import age_hint
from mediakit.videos.verdict import EXISTS, Answer, Sign, State, conclude

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor, Future
    from datetime import timedelta

    from mediakit.base.model import Manifest
    from mediakit.state.catalog import Catalog
    from mediakit.sync.session import Session
    from mediakit.videos.client import Thumbnail, VideoDetails, Web

    Progress = Callable[[int, int], None]

_WORKERS = 4


@dataclass(frozen=True, slots=True)
class FetchJob:
    """What to fetch: what is missing, what is older than `max_age`, or (`refresh`) everything.

    `max_age` None: only what is missing, and not known to be dead.
    """

    max_age: timedelta | None = None
    refresh: bool = False


def fetch_videos(
    session: Session,
    job: FetchJob,
    progress: Progress = lambda _number, _total: None,
    services: Services | None = None,
) -> FetchReport:
    """Fetch what the job asks for; `progress` takes how many of how many videos are done.

    Raises:
        UsageError: the catalog or the history is damaged or cannot be written.
    """
    config = session.config
    content = read_content(config, FileTree(config.root))
    fetch = _Fetch(session, content.manifests, config.catalog_file.read(), job, services)
    report = fetch.run(progress)
    return replace(report, problems=(*content.unread, *report.problems))


def fetch_missing(session: Session, manifests: Iterable[Manifest], catalog: Catalog) -> FetchReport:
    """Fetch what is missing of the videos in these pages, for `sync`."""
    fetch = _Fetch(session, manifests, catalog, FetchJob())
    return fetch.run() if fetch.due else FetchReport()


class _Fetch:
    """One fetch; `due` are the videos that it asks about."""

    def __init__(
        self,
        session: Session,
        manifests: Iterable[Manifest],
        catalog: Catalog,
        job: FetchJob,
        services: Services | None = None,
    ) -> None:
        config = session.config
        services = services or open_services(config.kind.address.url)
        self._config = config
        self._writer = session.writer
        self._uses = video_uses(manifests)
        self._clients = services.clients
        self._web = services.web
        self._now = services.clock()
        self._tree = FileTree(config.root)
        self._history = read_history(config)
        self._pace = Pace(config.videos.pace)
        self._catalog = catalog
        self._records = dict(catalog.videos)
        self._problems: list[Problem] = []
        self._came = self._thumbnails = 0
        self._stopped = ""
        self._silent: dict[str, list[tuple[Key, str]]] = {}
        askable = [key for key in self._uses.askable if key[0] in self._clients]
        self.due = [key for key in askable if self._is_due(key, job)]

    def run(self, progress: Progress = lambda _number, _total: None) -> FetchReport:
        """Fetch, and write thumbnails, the history and the catalog."""
        asked = 0
        breaker = Breaker()
        with open_executor(_WORKERS) as executor:
            answers = run_bounded(executor, _WORKERS, self.due, self._start)
            try:
                for asked, (key, (details, picture)) in enumerate(answers, start=1):
                    self._keep(key, details, picture)
                    progress(asked, len(self.due))
                    if why := breaker.note(conclude([details.answer])):
                        self._stop(f"{key[0]}: {why}", len(self.due) - asked)
                        break
            finally:
                answers.close()
                self._save()
        for (
            key,
            reason,
        ), *others in self._silent.values():  # a network that is down is one problem
            more = f"; and so for {counted(len(others), 'other video')}" if others else ""
            advice = "mediakit keeps what it knows of the videos; run again later"
            self.warn("video-not-fetched", key, f"{reason}{more}", advice)
        problems = tuple(self._problems)
        return FetchReport(problems, asked, self._came, self._thumbnails, self._stopped)

    def _save(self) -> None:
        try:
            rows = remembered(self._history, set(self._uses.places), self._now)
            write_history(self._config, rows, self._writer)
        finally:
            if self._came:
                catalog = replace(self._catalog, videos=self._records)
                self._config.catalog_file.write(catalog, self._writer)

    def _is_due(self, key: Key, job: FetchJob) -> bool:
        status = self._history.get(key, VideoStatus())
        if job.refresh:
            return True
        if f"{key[0]}/{key[1]}" not in self._records or not self._has_thumbnail(key):
            return job.max_age is not None or status.state not in {State.DEAD, State.MISSING}
        if job.max_age is None:
            return False
        return status.fetched is None or self._now - status.fetched >= job.max_age

    def _thumbnail(self, key: Key) -> str:
        return thumbnail_path(self._config.videos.folder, key[1])

    def _has_thumbnail(self, key: Key) -> bool:
        return isinstance(self._tree.find(self._thumbnail(key)), DiskFile)

    def _start(self, executor: Executor, key: Key) -> Future[tuple[VideoDetails, bytes | str]]:
        return executor.submit(self._fetch, key[0], self._uses.full_ids[key])

    def _fetch(self, provider: str, video: str) -> tuple[VideoDetails, bytes | str]:
        """Return what a provider says, and the picture, or why there is none."""
        self._pace.wait()
        details = self._clients[provider].details(video)
        return details, best_thumbnail(self._web, details.thumbnails) if details.thumbnails else ""

    def _keep(self, key: Key, details: VideoDetails, picture: bytes | str) -> None:
        name = f"{key[0]}/{key[1]}"
        before = self._records.get(name)
        if details.answer.sign is Sign.UNREACHABLE and details.record is None:
            reason = details.answer.reason
            self._silent.setdefault(reason.partition(":")[0], []).append((key, reason))
            return
        if details.record is None and details.answer.sign not in EXISTS:
            advice = self._advice(details.answer)
            self.warn("video-not-fetched", key, details.answer.reason, advice)
            return
        path = self._write(key, picture) or (before.thumbnail if before else "")
        record = details.record or before or VideoRecord()
        archive = before.archive if before else ()
        self._records[name] = msgspec.structs.replace(record, thumbnail=path, archive=archive)
        status = self._history.get(key, VideoStatus())
        self._history[key] = msgspec.structs.replace(status, fetched=self._now)
        self._came += 1

    def _write(self, key: Key, picture: bytes | str) -> str:
        """Write the picture; returns the site path of the thumbnail, empty if there is none."""
        path = self._thumbnail(key)
        kept = path if self._has_thumbnail(key) else ""
        if isinstance(picture, str):
            if picture:
                advice = "mediakit keeps the thumbnail that is there" if kept else ""
                self.warn("no-thumbnail", key, f"no thumbnail: {picture}", advice)
            return kept
        if not self._tree.is_safe(path):
            self.warn("refused-file", key, f"{path} is behind a link that leaves the site")
            return kept
        try:
            if kept and self._tree.read(path) == picture:
                return path
            self._writer.write(self._tree.disk_path(path), picture)
        except OSError as error:
            self.warn("cannot-write-file", key, f"{path}: {error.strerror}")
            return kept
        self._thumbnails += 1
        return path

    def _advice(self, answer: Answer) -> str:
        if answer.sign is Sign.BROKEN:
            return age_hint(self._now.date())
        if answer.sign in {Sign.GONE, Sign.DOUBTFUL}:
            return "run mediakit videos check"
        return "mediakit keeps what it knows of the video; run again later"

    def _stop(self, why: str, left: int) -> None:
        self._stopped = why
        reason = "" if self._silent else f": {why}"
        self._problems.append(
            Problem(
                self._config.catalog, 0, "videos-stopped", Severity.WARNING,
                f"{counted(left, 'more video was', 'more videos were')} not asked about{reason}",
                "mediakit keeps what it knows of them; run mediakit videos fetch later",
            )
        )  # fmt: skip

    def warn(self, code: str, key: Key, message: str, hint: str = "") -> None:
        """Record what went wrong with a video."""
        path, line = self._uses.places[key][0]
        what = f"{key[0]} {key[1]}: {message}"
        self._problems.append(Problem(path, line, code, Severity.WARNING, what, hint))


def best_thumbnail(web: Web, thumbnails: Iterable[Thumbnail]) -> bytes | str:
    """Return the first real picture of a video, a whole JPEG without bars; else why there is none.

    A status other than 200 means no picture, whatever its body holds.
    """
    from mediakit.images.ingest import size_of, without_bars  # noqa: PLC0415 - it loads Pillow
    from mediakit.images.opening import UnreadableError  # noqa: PLC0415 - it loads Pillow

    why = ""
    for thumbnail in thumbnails:
        reply = web.get(thumbnail.url)
        if reply.status != 200:
            why = f"HTTP {reply.status}" if reply.status else reply.why or "no answer"
            continue
        try:
            if thumbnail.placeholder is not None and size_of(reply.body) == thumbnail.placeholder:
                why = "the provider has only a placeholder"
                continue
            if not reply.body.startswith(b"\xff\xd8"):
                why = "not a JPEG"
                continue
            size_of(reply.body)
            return without_bars(reply.body) if thumbnail.boxed else reply.body
        except UnreadableError as error:
            why = str(error)
    return why
