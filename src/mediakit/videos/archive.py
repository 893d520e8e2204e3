"""`mediakit videos archive`: keep the videos of one's own channels at the target.

Whose a video is, only its provider says: each one that is fetched was asked about just before, and
what pages or the catalog claim can leave a video out, but bring none in. Nothing is written but
below the archive's place at the target, and metadata in the catalog.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as change

from mediakit.base.actions import Failure
from mediakit.base.artifacts import archive_key, is_archived, is_archived_video
from mediakit.base.errors import UsageError
from mediakit.base.model import VideoRecord
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.writer import hint_of, writing
from mediakit.sync.archived import ArchiveTarget
from mediakit.videos.archive_report import ArchiveLog, ArchiveReport, Kept
from mediakit.videos.beside import files_beside
from mediakit.videos.client import Breaker, Pace
from mediakit.videos.clients import Services, open_services
from mediakit.videos.download import DownloadError, Downloads, can_join
from mediakit.videos.finder import pages_of
from mediakit.videos.history import Key, VideoStatus, read_history, video_uses
from mediakit.videos.verdict import TROUBLE, Answer, State, conclude
from mediakit.videos.video_file import MEGABYTE, NotArchivedError, choose_file
from mediakit.videos.youtube import Player

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mediakit.base.model import ArchivedFile
    from mediakit.sync.session import Session

_SAVE_EACH = 5
"""Videos after which the catalogs are written."""

_REFUSED_PUTS = 3
"""Files in a row that the target refuses, after which it is not asked further."""

_FOLDER = "archive"
_LIVE = {
    "is_upcoming": "it has not begun",
    "is_live": "it is live now",
    "post_live": "it was live, and YouTube is still at work on it",
}


@dataclass(frozen=True, slots=True)
class ArchiveJob:
    """What to archive: the videos of these exercises, or of all.

    With `refresh` metadata, captions and pictures of what is archived are fetched again.
    """

    exercises: tuple[str, ...] = ()
    dry_run: bool = False
    refresh: bool = False


class VideoArchive:
    """A run; `report` is right at any moment, also after an interrupt.

    Raises:
        UsageError: no channel is one's own, or the catalog or an exercise cannot be read.
        TargetError: the target cannot be reached, or is not this site's.
    """

    def __init__(self, session: Session, job: ArchiveJob, services: Services | None = None) -> None:
        config, self._session, self._job = session.config, session, job
        self._settings = config.videos
        if not self._settings.own_channels:
            hint = 'set own_channels = ["@yourclinic"] in [videos], by handle or, safer, by id'
            raise UsageError("the settings name no channel of your own", hint)
        pages, unread = pages_of(config, job.exercises)
        self._uses = video_uses(pages)
        self._web = (services or open_services()).web
        records = config.catalog_file.read(placeholders=False).videos
        self._history = read_history(config)
        self._log = ArchiveLog(self._uses, records, unread)
        self._target = ArchiveTarget(session)
        self._most = self._settings.archive_limit * MEGABYTE
        self._downloads = Downloads(config.root / WORK_FOLDER / _FOLDER, self._most)
        self._player = Player()
        self._pace = Pace(self._settings.pace)
        self._breaker = Breaker()
        self._unsaved: list[Key] = []
        self._refused = 0

    @property
    def report(self) -> ArchiveReport:
        """What has been done up to now."""
        log = self._log
        return ArchiveReport(
            self._target.url, log.entries, tuple(sorted(log.problems)), log.stopped, log.hint,
            self._job.dry_run,
        )  # fmt: skip

    def run(self, progress: Callable[[int, int], None] = lambda *_: None) -> ArchiveReport:
        """Archive what is missing; `progress` takes how many of how many videos are done."""
        try:
            due = [key for key in self._uses.places if self._is_due(key)]
            if due and not self._job.dry_run:
                self._prepare()
            for number, key in enumerate(due, 1):
                if self._log.stopped:
                    break
                self._archive(key)
                progress(number, len(due))
                if len(self._unsaved) >= _SAVE_EACH:
                    self._save()
        finally:
            self._save()
            self._target.close()
        return self.report

    def _prepare(self) -> None:
        named = None if self._job.exercises else {video for _, video in self._uses.places}
        with writing(f"{WORK_FOLDER}/{_FOLDER}"):
            self._downloads.prepare(named)

    def _is_due(self, key: Key) -> bool:
        """Return whether to ask about a video; of the others it is told at once why not."""
        log, record = self._log, self._adopted(key)
        is_dead = self._history.get(key, VideoStatus()).state is State.DEAD
        is_there = bool(record.archive) and all(map(self._target.has, record.archive))
        is_own = self._owns(record)
        if key[0] != "youtube" or key in self._uses.misspelt:
            log.tell(key, Kept.ELSEWHERE)
        elif is_there and (is_dead or not self._job.refresh):
            log.tell(key, Kept.BEFORE)
        elif record.owner and not is_own and not self._job.refresh:
            log.refuse(key, is_asked_for=bool(self._job.exercises))
        elif is_dead and is_own:
            hint = "look for the film in YouTube Studio, or take the video off the page"
            log.fail(key, "it is dead: YouTube no longer has it", hint)
        elif is_dead:
            log.tell(key, Kept.OTHERS, "it is dead, and nobody knows whose it was")
        else:
            return True
        return False

    def _owns(self, record: VideoRecord) -> bool:
        """Return whether a video is of one's own channel: ids are exact, handles are not."""
        own = {_name(each) for each in self._settings.own_channels}
        return any(_name(each) in own for each in record.owner)

    def _adopted(self, key: Key) -> VideoRecord:
        """Return what is known of a video, with the files that the catalog at the target knows.

        Another machine may have put them. What the catalog here claims beyond its own folder is no
        file of it.
        """
        known, place = self._log.record(key), archive_key(key[1], "")
        record = known or VideoRecord()
        claimed = (each for each in record.archive if each.key.startswith(place))
        archive = tuple(each for each in claimed if is_archived(each.key))
        record = change(record, archive=archive or self._target.files(key[1]))
        if known is not None and record.archive and not archive:
            self._log.new["/".join(key)] = record
        return record

    def _archive(self, key: Key) -> None:
        """Archive one video; whatever goes wrong is told, and stops no other."""
        try:
            self._keep(key)
        except NotArchivedError as error:
            self._log.fail(key, error.message, error.hint, is_own=error.is_own)
            if isinstance(error, DownloadError) and error.answer is not None:
                self._note(error.answer)
            if isinstance(error, DownloadError) and error.stops:
                self._log.stop(error.message)
        except OSError as error:
            self._log.fail(key, f"a file cannot be read: {error.strerror}", hint_of(error))

    def _note(self, answer: Answer) -> None:
        if why := self._breaker.note(conclude([answer])):
            self._log.stop(f"youtube: {why}")
        self._log.hint = self._log.hint or answer.hint

    def _keep(self, key: Key) -> None:
        before = self._adopted(key)
        answer, info = self._look(key)
        record = self._player.record(info)
        record = change(record, thumbnail=before.thumbnail, archive=before.archive)
        self._log.new["/".join(key)] = record
        if not self._owns(record):
            self._log.refuse(key, is_asked_for=bool(self._job.exercises))
            return
        videos = (each for each in before.archive if is_archived_video(each.key))
        kept = [each for each in videos if self._target.has(each)]
        note = ""
        if not kept or before.duration != record.duration:
            if not info.get("formats"):
                raise NotArchivedError(f"YouTube gives no file: {answer.reason}", answer.hint)
            kept, note = self._video(key, info)
        if self._job.dry_run:
            self._log.tell(key, Kept.WOULD, note)
        else:
            self._finish(key, info, kept, note)

    def _look(self, key: Key) -> tuple[Answer, dict[str, Any]]:
        """Ask the player about a video."""
        self._pace.wait()
        answer, info = self._player.look(key[1])
        self._note(answer)
        if info is not None:
            return answer, info
        is_trouble = answer.sign in TROUBLE
        raise NotArchivedError(
            f"YouTube does not give it: {answer.reason}",
            "run again later" if is_trouble else "run mediakit videos check",
            is_own=is_trouble or self._owns(self._log.record(key) or VideoRecord()),
        )

    def _video(self, key: Key, info: dict[str, Any]) -> tuple[list[ArchivedFile], str]:
        """Fetch and put the file of a video; returns it, and what there is to know of it."""
        live = str(info.get("live_status") or "")
        if live in _LIVE:
            raise NotArchivedError(_LIVE[live], "run again when it has ended")
        file = choose_file(info, self._most, can_join=can_join())
        if self._job.dry_run:
            return [], file.words
        path = self._downloads.fetch(key[1], file)
        return [self._put(archive_key(key[1], f"video.{file.ending}"), path)], file.words

    def _finish(self, key: Key, info: dict[str, Any], files: list[ArchivedFile], note: str) -> None:
        """Put what goes with a video, and note all of it."""
        name, video = "/".join(key), key[1]
        record = self._log.new[name]
        beside, missing = files_beside(self._web, video, info, record)
        files = files + [self._put(archive_key(video, each), beside[each]) for each in beside]
        older = (each for each in record.archive if each.key.rpartition("/")[2] in missing)
        files += [each for each in older if self._target.has(each)]
        for what, why in missing.items():
            hint = "the video is archived all the same; to try again: --refresh"
            self._log.warn("archived-in-part", key, f"{what} could not be fetched: {why}", hint)
        archive = tuple(sorted(files, key=lambda each: each.key))
        self._log.new[name] = change(record, archive=archive)
        self._unsaved.append(key)
        self._log.tell(key, Kept.ARCHIVED, note)

    def _put(self, key: str, data: bytes | Path) -> ArchivedFile:
        sent = self._target.put(key, data)
        if not isinstance(sent, Failure):
            self._refused = 0
            return sent
        self._refused += 1
        if self._refused >= _REFUSED_PUTS:
            self._log.stop(f"the target refused {_REFUSED_PUTS} files in a row: {sent.message}")
        raise NotArchivedError(f"the target did not take it: {sent.message}", sent.hint)

    def _save(self) -> None:
        """Write both catalogs, that of the target first; only then files here are not needed."""
        if self._job.dry_run:
            return
        if self._unsaved or self._target.is_changed:
            names = {"/".join(key) for key in self._unsaved}
            records = {name: each for name, each in self._log.new.items() if name in names}
            failure = self._target.save(records)
            if failure is not None:
                self._log.stop(f"the catalog at the target: {failure.message}")
                return
        if self._log.new:
            config = self._session.config
            catalog = config.catalog_file.read()
            videos = {**catalog.videos, **self._log.new}
            catalog = replace(catalog, videos=videos, site=self._target.site)
            config.catalog_file.write(catalog, self._session.writer)
        for _, video in self._unsaved:
            self._downloads.forget(video)
        self._unsaved.clear()


def _name(channel: str) -> str:
    return channel.casefold() if channel.startswith("@") else channel
