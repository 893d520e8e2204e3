"""What becomes of each video while `videos archive` runs: as values, in words and as a document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.actions import has_errors
from mediakit.base.artifacts import archive_key
from mediakit.base.model import Problem, Severity, VideoRecord
from mediakit.report.documents import Count, Document, ProblemEntry, problem_entries
from mediakit.report.text import counted, printable
from mediakit.videos.lost import LostPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mediakit.videos.history import Key, VideoUses

MEGABYTE = 1_000_000


class Kept(StrEnum):
    """What became of a video."""

    ARCHIVED = "archived"
    WOULD = "to archive"
    BEFORE = "archived before"
    OTHERS = "of another channel"
    FAILED = "not archived"
    UNASKED = "not asked about"
    ELSEWHERE = "of another provider"
    REMOVED = "removed"
    TO_REMOVE = "to remove"


_NEWS = frozenset({Kept.ARCHIVED, Kept.WOULD, Kept.REMOVED, Kept.TO_REMOVE})


class ArchivedFileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an archived video."""

    key: Annotated[str, Meta(description="Its key at the target.")]
    sha256: Annotated[str, Meta(description="The SHA-256 of its bytes.")]
    bytes: Count


class ArchiveEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A video that pages name, and what became of it."""

    provider: str
    id: str
    state: Annotated[Kept, Meta(description="What became of it.")]
    note: Annotated[str, Meta(description="Why, or what else there is to know; else empty.")]
    title: str
    channel: Annotated[str, Meta(description="Its channel, as its provider names it.")]
    places: Annotated[list[LostPlace], Meta(description="The places that name it.")]
    files: Annotated[list[ArchivedFileEntry], Meta(description="Its files at the target.")]

    @property
    def size(self) -> int:
        """The bytes of all of its files."""
        return sum(each.bytes for each in self.files)


class ArchiveDocument(Document, frozen=True, kw_only=True):
    """What `videos archive` did, or would do."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was fetched or written.")]
    target: Annotated[str, Meta(description="The address of the target.")]
    videos: Annotated[list[ArchiveEntry], Meta(description="The videos that pages name.")]
    stopped: Annotated[str, Meta(description="Why the run stopped early; else empty.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """The videos of a run; `stopped` says why it ended early, `hint` what may help."""

    target: str
    videos: tuple[ArchiveEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    stopped: str = ""
    hint: str = ""
    dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """3 if the run stopped early, 1 if a video of one's own is not archived, else 0."""
        return 3 if self.stopped else int(has_errors(self.problems))

    def document(self) -> ArchiveDocument:
        """Return the report as a JSON document."""
        return ArchiveDocument(
            dry_run=self.dry_run, target=self.target, videos=list(self.videos),
            stopped=self.stopped, problems=problem_entries(self.problems),
        )  # fmt: skip

    def lines(self, *, verbose: bool = False) -> Iterator[str]:
        """Yield a line for each video that is new in the archive, or for each with `verbose`."""
        for each in self.videos:
            if each.state in _NEWS or verbose:
                size = f", {-(-each.size // MEGABYTE):,} MB" if each.files else ""
                yield printable(f"{each.provider} {each.id} ({each.title}): {each.state}{size}")
                if each.note:
                    yield printable(f"  {each.note}")

    def summary(self) -> str:
        """Return what was done, in one line."""
        if not self.videos:
            return "nothing to do: no page names a video"
        states = [each.state for each in self.videos]
        counts = (f"{states.count(state):,} {state}" for state in Kept if state in states)
        return f"{counted(len(states), 'video')}: {', '.join(counts)}"


class ArchiveLog:
    """Entries and problems; `stopped` says why no more videos are asked about, `hint` what helps.

    `records` are those of the catalog; `new` are those that this run has made.
    """

    def __init__(
        self, uses: VideoUses, records: Mapping[str, VideoRecord], problems: Iterable[Problem]
    ) -> None:
        self._uses = uses
        self._records = records
        self._entries: dict[Key, ArchiveEntry] = {}
        self.new: dict[str, VideoRecord] = {}
        self.problems = list(problems)
        self.stopped = self.hint = ""

    @property
    def entries(self) -> tuple[ArchiveEntry, ...]:
        """What became of all videos."""
        entries = self._entries
        return tuple(
            entries[key] if key in entries else self._entry(key, Kept.UNASKED, "")
            for key in self._uses.places
        )

    @property
    def told(self) -> tuple[ArchiveEntry, ...]:
        """What became of the videos of which something was noted."""
        return tuple(self._entries.values())

    def is_shown(self, key: Key) -> bool:
        """Return whether a page shows a video."""
        return key in self._uses.places

    def record(self, key: Key) -> VideoRecord | None:
        """Return what is known of a video."""
        name = "/".join(key)
        return self.new.get(name) or self._records.get(name)

    def stop(self, why: str) -> None:
        """Ask about no more videos."""
        self.stopped = self.stopped or why

    def tell(self, key: Key, state: Kept, note: str = "") -> None:
        """Note what became of a video."""
        self._entries[key] = self._entry(key, state, note)

    def fail(self, key: Key, message: str, hint: str, *, is_own: bool = True) -> None:
        """Note that a video is not archived; an error, unless it may be somebody else's."""
        self.tell(key, Kept.FAILED, message)
        severity = Severity.ERROR if is_own else Severity.WARNING
        path, line, what = self._place(key)
        found = Problem(path, line, "video-not-archived", severity, f"{what}: {message}", hint)
        self.problems.append(found)

    def refuse(self, key: Key, *, is_asked_for: bool) -> None:
        """Note that a video is somebody else's; an error only where it was asked for."""
        record = self.record(key) or VideoRecord()
        names = ", ".join(record.owner) or "its id is not known"
        note = f"it is of {record.channel!r} ({names}), which own_channels does not name"
        self.tell(key, Kept.OTHERS, note)
        if is_asked_for:
            hint = "only videos of your own channels are archived: ask the owner about this one"
            path, line, what = self._place(key)
            told = f"{what}: {note}"
            found = Problem(path, line, "video-of-others", Severity.ERROR, told, hint)
            self.problems.append(found)

    def warn(self, code: str, key: Key, message: str, hint: str) -> None:
        """Note what is not as it should be, though a video is archived."""
        path, line, what = self._place(key)
        told = f"{what}: {message}"
        self.problems.append(Problem(path, line, code, Severity.WARNING, told, hint))

    def _place(self, key: Key) -> tuple[str, int, str]:
        """Return the first place that names a video, and its name in words."""
        places = self._uses.places.get(key) or ((archive_key(key[1], ""), 0),)
        return *places[0], " ".join(key)

    def _entry(self, key: Key, state: Kept, note: str) -> ArchiveEntry:
        record = self.record(key) or VideoRecord()
        places = self._uses.places.get(key, ())
        return ArchiveEntry(
            provider=key[0], id=key[1], state=state, note=note,
            title=record.title, channel=record.channel,
            places=[LostPlace(path=path, line=line) for path, line in places],
            files=[
                ArchivedFileEntry(key=each.key, sha256=each.sha256, bytes=each.bytes)
                for each in record.archive
            ],
        )  # fmt: skip
