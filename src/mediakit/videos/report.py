"""What a check and a fetch of videos report, with counts and exit codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mediakit.report.documents import Count, Document, ProblemEntry, problem_entries
from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from mediakit.base.model import Problem
    from mediakit.videos.history import VideoStatus

MEANINGS = {
    State.DEAD: "gone: take it off the page, or put another in its place",
    State.SUSPECT: "looks gone; the next check decides",
    State.NOT_EMBEDDABLE: "exists, but does not play on a page",
    State.GEO_BLOCKED: "does not play in some countries",
    State.RESTRICTED: "asks visitors to sign in, for their age or their rights",
    State.PENDING: "has not begun",
    State.UNKNOWN: "no provider gave a clear answer",
    State.NOT_CHECKED: "mediakit does not check it",
    State.ALIVE: "plays",
}
"""The states with their meanings, those that need work first."""

ORDER = tuple(MEANINGS)
_DOUBTFUL = frozenset({State.SUSPECT, State.NOT_EMBEDDABLE, State.UNKNOWN})

FOUND_DEAD, STOPPED = 1, 3
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A video, its status, and the places (page, line) that name it.

    `asked` says whether this run asked about it; `instead` is a video of the same page that is
    alive.
    """

    provider: str
    id: str
    status: VideoStatus
    places: tuple[tuple[str, int], ...]
    asked: bool = False
    address: str = ""
    instead: str = ""

    @property
    def state(self) -> State:
        """Its state."""
        return self.status.state


@dataclass(frozen=True, slots=True)
class VideoReport:
    """All videos of the site, the worst first; `stopped` says why the check ended early."""

    rows: tuple[VideoRow, ...]
    problems: tuple[Problem, ...] = ()
    stopped: str = ""
    hint: str = ""
    seconds: float = 0.0

    @property
    def counts(self) -> dict[State, int]:
        """How many videos are in each state, without the states of no video."""
        numbers = {state: sum(row.state is state for row in self.rows) for state in ORDER}
        return {state: number for state, number in numbers.items() if number}

    @property
    def dead(self) -> int:
        """How many videos are dead."""
        return self.counts.get(State.DEAD, 0)

    @property
    def is_doubtful(self) -> bool:
        """Whether some video may not play."""
        return bool(_DOUBTFUL & {*self.counts})

    @property
    def exit_code(self) -> int:
        """3 if the check stopped early, 1 if a video is dead, else 0."""
        if self.stopped:
            return STOPPED
        return FOUND_DEAD if self.dead else 0


class FetchDocument(Document, frozen=True, kw_only=True):
    """What `videos fetch` did."""

    asked: Annotated[Count, Meta(description="How many videos were asked about.")]
    came: Annotated[Count, Meta(description="How many answers came.")]
    thumbnails: Annotated[Count, Meta(description="How many thumbnails were written.")]
    stopped: Annotated[str, Meta(description="Why the fetch stopped early; else empty.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class FetchReport:
    """How many videos a fetch asked about, how many came, and how many thumbnails it wrote."""

    problems: tuple[Problem, ...] = ()
    asked: int = 0
    came: int = 0
    thumbnails: int = 0
    stopped: str = ""

    def document(self) -> FetchDocument:
        """Return the report as a JSON document."""
        return FetchDocument(
            asked=self.asked, came=self.came, thumbnails=self.thumbnails, stopped=self.stopped,
            problems=problem_entries(self.problems),
        )  # fmt: skip
