"""`mediakit videos archive --remove`: delete videos from the archive, here and in caches before it.

For what must not be seen any more. A video that a page shows stays: the next run would bring it
back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec.structs import replace as change

from mediakit.base.errors import UsageError
from mediakit.base.model import VideoRecord
from mediakit.report.text import counted
from mediakit.sync.archived import ArchiveTarget
from mediakit.videos.archive_report import ArchiveLog, ArchiveReport, Kept
from mediakit.videos.finder import pages_of
from mediakit.videos.history import video_uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.sync.session import Session


def remove_archived(session: Session, videos: Sequence[str], *, dry_run: bool) -> ArchiveReport:
    """Delete the files of these videos of YouTube at the target, and forget them.

    Raises:
        UsageError: a page cannot be read: it may show one of them.
        TargetError: the target cannot be reached, or is not this site's.
    """
    config = session.config
    pages, unread = pages_of(config, ())
    if unread:
        what = f"{unread[0].path} cannot be read, and may show the video"
        raise UsageError(what, "mend it, then run again")
    uses = video_uses(pages)
    log = ArchiveLog(uses, config.catalog_file.read(placeholders=False).videos, ())
    target = ArchiveTarget(session)
    gone: list[str] = []
    try:
        for video in dict.fromkeys(videos):
            gone += _remove(video, log, target, dry_run=dry_run)
        if gone and (failure := target.save({})) is not None:
            log.stop(f"the catalog at the target: {failure.message}")
    finally:
        target.close()
    if log.new:
        catalog = config.catalog_file.read()
        catalog = replace(catalog, videos={**catalog.videos, **log.new})
        config.catalog_file.write(catalog, session.writer)
    if gone and config.cdn is not None:
        from mediakit.storage.purge import open_purge  # noqa: PLC0415 - it loads HTTP and TLS

        log.problems += open_purge(config.cdn)(gone, target.url)
    problems = tuple(sorted(log.problems))
    return ArchiveReport(target.url, log.told, problems, log.stopped, dry_run=dry_run)


def _remove(video: str, log: ArchiveLog, target: ArchiveTarget, *, dry_run: bool) -> list[str]:
    """Delete the files of a video, and return the keys of those that are gone."""
    key = "youtube", video
    record = log.record(key) or VideoRecord()
    keys = target.keys(video)
    if log.is_shown(key):
        log.fail(key, "a page shows it, so it stays", "take it off the page first")
    elif not keys and not record.archive:
        log.fail(key, "nothing of it is archived", "give its id, as videos/youtube/ID has it")
    elif dry_run:
        log.tell(key, Kept.TO_REMOVE, counted(len(keys), "file"))
    else:
        failures = target.remove(keys)
        for each, failure in failures.items():
            log.fail(key, f"{each} stays: {failure.message}", failure.hint)
        if not failures:
            if record.archive:
                log.new["/".join(key)] = change(record, archive=())
            log.tell(key, Kept.REMOVED, counted(len(keys), "file"))
        return [each for each in keys if each not in failures]
    return []
