"""The videos of the site, and the file beside the catalog that keeps their status between checks.

A video is dead after two definite answers: of two sources in one check, or at least `confirm`
apart. It is missing after `ENOUGH` checks that doubt it, over `PATIENCE` at least. An answer that
shows the video to exist resets both counts; an unknown neither adds nor resets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec.structs import replace

from mediakit.base.own_files import HISTORY_NAME
from mediakit.base.regular_file import read_file
from mediakit.base.writer import write_changed
from mediakit.site.videos import is_misspelt
from mediakit.state.documents import TypedReader, read_document
from mediakit.videos.verdict import LONGEST_NAME, Finding, Sign, Source, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.model import Manifest, VideoRecord
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config

VERSION = 1
FORGET_AFTER = timedelta(days=180)
"""How long the status of a video that no page names any more is kept."""

Key = tuple[str, str]
"""Provider and id."""

ENOUGH = 4
PATIENCE = timedelta(days=14)
"""Checks, and the time from the first to the last, after which doubts count as missing."""

STANDING = frozenset({State.DEAD, State.MISSING, State.SUSPECT})
_IN_DOUBT = frozenset({State.MISSING, State.SUSPECT})
_NOTHING_LEARNT = frozenset({Sign.REFUSED, Sign.UNREACHABLE})


Time = Annotated[datetime, msgspec.Meta(tz=True)]


class VideoStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """The status of a video; times are UTC, in whole seconds.

    `checked`: the last check that reached a source; `ok`: when it was last seen to exist;
    `failed` and `streak`: the first definite answer since then, and how many; `doubted` and
    `doubts`: the same of all checks that spoke against it; `overruled`: the source that
    said all the same that it exists, which is no news when it says so again; `fetched`: when its
    metadata were fetched; `tool`: the version of yt-dlp; `name`: title and channel.
    """

    state: State = State.UNKNOWN
    reason: str = ""
    checked: Time | None = None
    ok: Time | None = None
    failed: Time | None = None
    streak: int = 0
    fetched: Time | None = None
    tool: str = ""
    doubted: Time | None = None
    doubts: int = 0
    overruled: Source | None = None
    name: tuple[str, str] | None = None


def advance(
    before: VideoStatus | None, finding: Finding, now: datetime, confirm: timedelta, tool: str = ""
) -> VideoStatus:
    """Return the status after a check; one that learnt nothing leaves suspect and dead as it is."""
    old = before or VideoStatus()
    if finding.state is State.UNKNOWN:
        standing = old.state in STANDING
        return replace(
            old,
            state=old.state if standing else State.UNKNOWN,
            reason=old.reason if standing else finding.reason,
            # one that nobody could be asked about is still the one to ask first
            checked=old.checked if finding.trouble in _NOTHING_LEARNT else now,
        )
    new = replace(old, state=finding.state, reason=finding.reason, checked=now, tool=tool)
    if finding.state not in STANDING:
        if finding.source is not None and finding.source is old.overruled:
            return replace(old, checked=now)
        name = finding.name or old.name
        return replace(
            new, ok=now, failed=None, streak=0, doubted=None, doubts=0, overruled=None, name=name
        )
    # a clock that was wrong must not hold it back forever
    failed, doubted = min(old.failed or now, now), min(old.doubted or now, now)
    overruled = finding.source if finding.is_overruled else None
    new = replace(new, doubted=doubted, doubts=old.doubts + 1, overruled=overruled)
    if finding.definite:
        new = replace(new, failed=failed, streak=old.streak + 1)
    if old.state is State.DEAD:
        reason = finding.reason if finding.definite else old.reason
        return replace(new, state=State.DEAD, reason=reason)
    if finding.state is State.DEAD or (finding.definite and now - failed >= confirm):
        return replace(new, state=State.DEAD)
    is_missing = new.doubts >= ENOUGH and now - doubted >= PATIENCE
    return replace(new, state=State.MISSING if is_missing else State.SUSPECT)


def changed_name(before: VideoStatus | None, record: VideoRecord | None, finding: Finding) -> str:
    """Return in words how title or channel differ from before, empty if they do not.

    The catalog's record counts where no check has seen the video alive yet.
    """
    if finding.name is None or finding.state is not State.ALIVE:
        return ""
    fetched = (record.title, record.channel) if record else ("", "")
    known = (before.name if before else None) or fetched
    pairs = zip(("title", "channel"), known, finding.name, strict=True)
    return "; ".join(
        f"the {what} was {was!r}, and is {now!r}"
        for what, was, now in pairs
        if was and now and was[:LONGEST_NAME].split() != now.split()
    )


def due_order(
    keys: Iterable[Key], known: Mapping[Key, VideoStatus], now: datetime, confirm: timedelta
) -> tuple[list[Key], list[Key]]:
    """Return suspects whose second answer is due, and all others, the oldest-checked first.

    Those checked at the same time, or never, keep the order of `keys`.
    """
    urgent: list[Key] = []
    others: list[Key] = []
    for key in keys:
        row = known.get(key, VideoStatus())
        is_due = row.state in _IN_DOUBT and row.failed and now - row.failed >= confirm
        (urgent if is_due else others).append(key)
    others.sort(key=lambda key: _age_key(known.get(key)))
    return urgent, others


def remembered(
    rows: Mapping[Key, VideoStatus], named: set[Key], now: datetime
) -> dict[Key, VideoStatus]:
    """Return the rows of videos that pages name, or that were checked lately."""
    return {
        key: row
        for key, row in rows.items()
        if key in named or (row.checked is not None and now - row.checked < FORGET_AFTER)
    }


class _HistoryDocument(msgspec.Struct, frozen=True):
    version: int
    videos: dict[str, dict[str, VideoStatus]] = {}


_DOCUMENT = TypedReader(_HistoryDocument)


def dump_history(rows: Mapping[Key, VideoStatus]) -> bytes:
    """Return the file: JSON, one line for each video."""
    providers = []
    for provider in sorted({provider for provider, _ in rows}):
        lines = [
            msgspec.json.encode(video) + b":" + msgspec.json.encode(row)
            for (name, video), row in sorted(rows.items())
            if name == provider
        ]
        body = b",\n".join(lines)
        providers.append(msgspec.json.encode(provider) + b":{\n" + body + b"}")
    return b'{"version":%d,"videos":{\n%s\n}}\n' % (VERSION, b",\n".join(providers))


def load_history(data: bytes, name: str) -> dict[Key, VideoStatus]:
    """Read the file; `name` is its name in messages.

    Raises:
        UsageError: it is damaged, or written by a newer version.
    """
    advice = "restore it from version control, or delete it: the checks then begin anew"
    document = read_document(data, _DOCUMENT, name, VERSION, advice)
    return {
        (provider, video): row
        for provider, rows in document.videos.items()
        for video, row in rows.items()
    }


def _age_key(row: VideoStatus | None) -> float:
    return row.checked.timestamp() if row is not None and row.checked is not None else 0.0


@dataclass(frozen=True, slots=True)
class VideoUses:
    """Where pages name each video, as (page, line); `misspelt` ones cannot exist.

    `full_ids` are those to ask by, with the hashes of unlisted videos.
    """

    places: Mapping[Key, tuple[tuple[str, int], ...]]
    misspelt: frozenset[Key]
    full_ids: Mapping[Key, str]

    @property
    def askable(self) -> list[Key]:
        """The videos whose ids can be asked about, in order."""
        return [key for key in self.places if key not in self.misspelt]


def video_uses(manifests: Iterable[Manifest]) -> VideoUses:
    """Return the videos that pages name."""
    places: dict[Key, list[tuple[str, int]]] = {}
    misspelt = set()
    full_ids: dict[Key, str] = {}
    for manifest in manifests:
        for video in manifest.videos:
            key = video.provider, video.id
            places.setdefault(key, []).append((manifest.path, video.line))
            full_ids[key] = max(video.full_id, full_ids.get(key, ""), key=len)
            if is_misspelt(video):
                misspelt.add(key)
    ordered = {key: tuple(places[key]) for key in sorted(places)}
    return VideoUses(ordered, frozenset(misspelt), full_ids)


def read_history(config: Config) -> dict[Key, VideoStatus]:
    """Read the status of all videos.

    Raises:
        UsageError: the file is damaged, or written by a newer version.
    """
    path = config.catalog_file.beside(HISTORY_NAME)
    data = read_file(config.root, path)
    return {} if data is None else load_history(data, path)


def write_history(config: Config, rows: Mapping[Key, VideoStatus], writer: Writer) -> None:
    """Write the status of all videos, if it has changed.

    Raises:
        UsageError: the file cannot be written.
    """
    path = config.catalog_file.beside(HISTORY_NAME)
    if rows or (config.root / path).exists():
        write_changed(config.root, path, dump_history(rows), writer)
