"""`mediakit videos fetch`: metadata into the catalog, thumbnails among the site's pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediakit.base.files import DiskFile, FileTree
from mediakit.base.model import Problem, Severity, VideoRecord
from mediakit.executors import open_executor, run_bounded
from mediakit.site.videos import thumbnail_path
from mediakit.sync.content import read_content
from mediakit.videos.clients import Services, open_services
from mediakit.videos.history import Checked, Key, remembered
from mediakit.videos.pace import Breaker, Pace
from mediakit.videos.player import age_hint
from mediakit.videos.report import Fetched
from mediakit.videos.thumbnails import best_thumbnail
from mediakit.videos.verdict import EXISTS, Answer, Sign, State, conclude
from mediakit.videos.video_uses import read_history, video_uses, write_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor, Future
    from datetime import timedelta

    from mediakit.base.model import Manifest
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config
    from mediakit.sync.session import Session
    from mediakit.videos.video_uses import VideoUses

_WORKERS = 4


@dataclass(frozen=True, slots=True)
class FetchJob:
    """What to fetch: what is missing, what is older than `max_age`, or (`refresh`) all.

    `max_age` None: only what is missing, and not known to be dead.
    """

    max_age: timedelta | None = None
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class _Came:
    """What a worker brings: the provider's answer, metadata, and a picture or why there is none."""

    answer: Answer
    record: VideoRecord | None
    picture: bytes | str | None


class VideoFetch:
    """Fetches what a job is about; one bad video never stops the others.

    `due` are the videos to ask about, `records` what is known now of all, by `PROVIDER/ID`.
    """

    def __init__(
        self,
        config: Config,
        manifests: Iterable[Manifest],
        records: Mapping[str, VideoRecord],
        job: FetchJob = FetchJob(),
        *,
        services: Services | None = None,
    ) -> None:
        services = services or open_services(config.kind.address.url)
        self._config = config
        self._uses: VideoUses = video_uses(manifests)
        self._clients = services.clients
        self._web = services.web
        self._clock = services.clock
        self._tree = FileTree(config.root)
        self._history = read_history(config)
        self._pace = Pace(config.videos.pace)
        self._problems: list[Problem] = []
        self.records = dict(records)
        self._came = self._thumbnails = 0
        self._stopped = ""
        self.due = [key for key in self._askable() if self._is_due(key, job)]

    def run(self, writer: Writer, progress: Callable[[int], None] = lambda _: None) -> Fetched:
        """Fetch, and write thumbnails and the history; the records are for the caller."""
        asked = 0
        breaker = Breaker()
        with open_executor(_WORKERS) as executor:
            answers = run_bounded(executor, _WORKERS, self.due, self._start)
            try:
                for asked, (key, came) in enumerate(answers, start=1):
                    self._land(key, came, writer)
                    progress(asked)
                    if why := breaker.note(conclude([came.answer])):
                        self._stop(f"{key[0]}: {why}", len(self.due) - asked)
                        break
            finally:
                answers.close()
                rows = remembered(self._history, set(self._uses.places), self._clock())
                write_history(self._config, rows, writer)
        return Fetched(tuple(self._problems), asked, self._came, self._thumbnails, self._stopped)

    def _askable(self) -> list[Key]:
        return [key for key in self._uses.askable if key[0] in self._clients]

    def _is_due(self, key: Key, job: FetchJob) -> bool:
        row = self._history.get(key, Checked())
        if job.refresh:
            return True
        if f"{key[0]}/{key[1]}" not in self.records or not self._has_thumbnail(key):
            return job.max_age is not None or row.state is not State.DEAD
        if job.max_age is None:
            return False
        return row.fetched is None or self._clock() - row.fetched >= job.max_age

    def _has_thumbnail(self, key: Key) -> bool:
        return isinstance(
            self._tree.find(thumbnail_path(self._config.videos.folder, key[1])), DiskFile
        )

    def _start(self, executor: Executor, key: Key) -> Future[_Came]:
        return executor.submit(self._fetch, *key)

    def _fetch(self, provider: str, video: str) -> _Came:
        self._pace.wait()
        details = self._clients[provider].details(video)
        picture = best_thumbnail(self._web, details.thumbnails) if details.thumbnails else None
        return _Came(details.answer, details.record, picture)

    def _land(self, key: Key, came: _Came, writer: Writer) -> None:
        """Keep what came; what did not come leaves what was there."""
        name = f"{key[0]}/{key[1]}"
        before = self.records.get(name)
        if came.record is None and came.answer.sign not in EXISTS:
            self.warn("video-not-fetched", key, came.answer.reason, self._advice(came.answer))
            return
        path = self._write(key, came.picture, writer) or (before.thumbnail if before else "")
        record = came.record or before or VideoRecord(*key)
        self.records[name] = replace(record, thumbnail=path)
        self._history[key] = replace(self._history.get(key, Checked()), fetched=self._clock())
        self._came += 1

    def _write(self, key: Key, picture: bytes | str | None, writer: Writer) -> str:
        """Write the picture, and return the site path of the one that is there, or nothing."""
        path = thumbnail_path(self._config.videos.folder, key[1])
        kept = path if self._has_thumbnail(key) else ""
        if isinstance(picture, str):
            self.warn("no-thumbnail", key, f"no thumbnail: {picture}", "one that is there is kept")
        if not isinstance(picture, bytes):
            return kept
        if not self._tree.is_safe(path):
            self.warn("refused-file", key, f"{path} is behind a link that leaves the site", "")
            return kept
        disk_path = self._tree.disk_path(path)
        try:
            if kept and self._tree.read(path) == picture:
                return path
            writer.write(disk_path, picture)
        except OSError as error:
            self.warn("cannot-write-file", key, f"{path}: {error.strerror}", "")
            return kept
        self._thumbnails += 1
        return path

    def _advice(self, answer: Answer) -> str:
        if answer.sign is Sign.BROKEN:
            return age_hint(self._clock().date())
        if answer.sign in {Sign.GONE, Sign.DOUBTFUL}:
            return "run mediakit videos check"
        return "what is known of it is kept; run again later"

    def _stop(self, why: str, left: int) -> None:
        self._stopped = why
        message = f"{left:,} more videos were not asked about: {why}"
        self._problems.append(
            Problem(
                self._config.catalog, 0, "videos-stopped", Severity.WARNING, message,
                "what is known of them is kept; run mediakit videos fetch later",
            )
        )  # fmt: skip

    def warn(self, code: str, key: Key, message: str, hint: str) -> None:
        """Record what went wrong with a video."""
        path, line = self._uses.places[key][0]
        what = f"{key[0]} {key[1]}: {message}"
        self._problems.append(Problem(path, line, code, Severity.WARNING, what, hint))


def fetch_videos(
    session: Session,
    job: FetchJob,
    progress: Callable[[int, int], None] = lambda _number, _total: None,
    services: Services | None = None,
) -> Fetched:
    """Fetch, and write all that came; `progress` is told how many of how many were asked for.

    Raises:
        UsageError: the catalog or the history cannot be trusted or written.
    """
    config = session.config
    content = read_content(config, FileTree(config.root))
    catalog = config.catalog_file.read()
    fetch = VideoFetch(config, content.manifests, catalog.videos, job, services=services)
    total = len(fetch.due)
    try:
        fetched = fetch.run(session.writer, lambda number: progress(number, total))
    finally:
        config.catalog_file.write(replace(catalog, videos=fetch.records), session.writer)
    return replace(fetched, problems=(*content.unread, *fetched.problems))
