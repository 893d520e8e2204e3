"""What a search for replacements of lost videos finds, as values and as the JSON document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.report.documents import Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import counted
from mediakit.videos.ranking import SAME_LENGTH, clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.model import Problem
    from mediakit.videos.history import Key


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A video that may take the place of the lost one."""

    provider: str
    id: str
    address: Annotated[str, Meta(description="Where people watch it.")]
    thumbnail: Annotated[str, Meta(description="The address of its picture.")]
    title: str
    channel: str
    duration: Annotated[int | None, Meta(description="Its length in seconds, if known.")]
    score: Annotated[int, Meta(ge=0, le=100, description="How much of it is as it was.")]
    reasons: Annotated[list[str], Meta(description="Why it is offered, in words.")]


class LostPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place that names the lost video."""

    path: Path
    line: Annotated[int, Meta(ge=0)]


class LostEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A lost video, what is known of it, and what may take its place, the best first."""

    provider: str
    id: str
    state: Annotated[str, Meta(description="What `videos check` says of it.")]
    places: list[LostPlace]
    title: Annotated[str, Meta(description="Its title, or that of its page.")]
    channel: str
    duration: int | None
    candidates: list[Candidate]
    replacement: Annotated[str | None, Meta(description="The id of the one that took its place.")]
    archived: Annotated[
        str, Meta(description="With `--wayback`: its page in the Wayback Machine; else empty.")
    ]
    note: Annotated[str, Meta(description="Why nothing is offered; else empty.")]

    def lines(self) -> Iterator[str]:
        """Yield what a person has to know to choose one."""
        for place in self.places:
            yield f"{place.path}:{place.line}: {self.provider} {self.id} is {self.state}"
        known = [f"“{self.title}”"] if self.title else []
        known += [each for each in (self.channel,) if each]
        known += [clock(self.duration)] if self.duration is not None else []
        yield f"  it was {', '.join(known) or 'of an unknown title'}"
        if self.archived:
            yield f"  in the Wayback Machine: {self.archived}"
        if self.note:
            yield f"  {self.note}"
        for number, each in enumerate(self.candidates, start=1):
            yield f"  {number}. {each.title}, {each.channel}, {clock(each.duration)}"
            yield f"     {each.address}, {each.score} of 100: {'; '.join(each.reasons)}"
            yield f"     picture: {each.thumbnail}"

    def keeps_start(self, candidate: Candidate) -> bool:
        """Return whether a place in the lost video is likely the same one in the other."""
        was, now = self.duration, candidate.duration
        return was is not None and now is not None and abs(was - now) <= SAME_LENGTH


class ReplaceDocument(Document, frozen=True, kw_only=True):
    """What `videos replace` found, and put in the place of lost videos."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was changed.")]
    videos: Annotated[list[LostEntry], Meta(description="The lost videos.")]
    pages: Annotated[list[str], Meta(description="Site paths of the pages that were changed.")]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder with the pages as they were.")
    ]
    stopped: Annotated[str, Meta(description="Why the search stopped early; else empty.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class Decision:
    """What takes the place of a lost video, if anything does; `keeps_start`: also the second."""

    lost: LostEntry
    candidate: Candidate | None
    keeps_start: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """Which pages have other videos now, and what could not be done; `done` are the lost ones."""

    pages: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: str | None = None
    done: tuple[Key, ...] = ()
    videos: tuple[LostEntry, ...] = ()

    def document(self, stopped: str, *, dry_run: bool) -> ReplaceDocument:
        """Return the result as a JSON document."""
        return ReplaceDocument(
            dry_run=dry_run, videos=list(self.videos), pages=list(self.pages),
            quarantine=self.folder, stopped=stopped, problems=problem_entries(self.problems),
        )  # fmt: skip

    def summary(self, *, dry_run: bool) -> str:
        """Return what was done, in one line."""
        if not self.videos:
            return "nothing to do: no page shows a video that is dead"
        done = sum(each.replacement is not None for each in self.videos)
        would = "would replace" if dry_run else "replaced"
        left = len(self.videos) - done
        rest = f"; {counted(left, 'video')} left" if left else ""
        return f"{would} {counted(done, 'video')} in {counted(len(self.pages), 'page')}{rest}"
