"""What `videos archive` kept, as values, in words and as the JSON document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.actions import has_errors
from mediakit.report.documents import Count, Document, ProblemEntry, problem_entries
from mediakit.report.text import counted, printable
from mediakit.videos.lost import LostPlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.model import Problem

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
