"""What a check of videos found, as a value; counts, suggestions and the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from datetime import datetime

    from mediakit.base.model import Problem

ORDER = (
    State.DEAD,
    State.SUSPECT,
    State.NOT_EMBEDDABLE,
    State.GEO_BLOCKED,
    State.RESTRICTED,
    State.PENDING,
    State.UNKNOWN,
    State.NOT_CHECKED,
    State.ALIVE,
)
"""The states, those that want something done first."""

MEANINGS = {
    State.DEAD: "gone: take it off the page, or put another in its place",
    State.SUSPECT: "looks gone; the next check decides",
    State.NOT_EMBEDDABLE: "exists, but does not play on a page",
    State.GEO_BLOCKED: "does not play in some countries",
    State.RESTRICTED: "asks visitors to sign in, for their age or their rights",
    State.PENDING: "has not begun",
    State.UNKNOWN: "nothing could be learnt",
    State.NOT_CHECKED: "mediakit does not check it",
    State.ALIVE: "plays",
}

_DOUBTFUL = frozenset({State.SUSPECT, State.NOT_EMBEDDABLE, State.UNKNOWN})

FOUND_DEAD, STOPPED = 1, 3
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A video: its state, the raw reason, and the places (manifest, line) that name it.

    `failed` is the first of `streak` definite answers, `ok` when it was last seen to exist;
    `asked` says whether this run asked; `instead` is a video on the same page that is alive.
    """

    provider: str
    id: str
    state: State
    reason: str
    places: tuple[tuple[str, int], ...]
    checked: datetime | None = None
    ok: datetime | None = None
    failed: datetime | None = None
    streak: int = 0
    asked: bool = False
    address: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class VideoReport:
    """All videos of the site, the worst first; `stopped` says why not all could be asked."""

    rows: tuple[VideoRow, ...]
    problems: tuple[Problem, ...] = ()
    stopped: str = ""
    hint: str = ""
    seconds: float = 0.0

    @property
    def counts(self) -> dict[State, int]:
        """How many videos are in each state, without states that none is in."""
        numbers = {state: sum(row.state is state for row in self.rows) for state in ORDER}
        return {state: number for state, number in numbers.items() if number}

    @property
    def dead(self) -> int:
        """How many videos are dead."""
        return self.counts.get(State.DEAD, 0)

    @property
    def is_doubtful(self) -> bool:
        """Whether some video may not play, for all that is known."""
        return bool(_DOUBTFUL & {*self.counts})

    @property
    def exit_code(self) -> int:
        """3 where the check stopped early, 1 where a video is dead, else 0."""
        if self.stopped:
            return STOPPED
        return FOUND_DEAD if self.dead else 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it: how many were asked for, and how many came."""

    problems: tuple[Problem, ...] = ()
    asked: int = 0
    came: int = 0
    thumbnails: int = 0
    stopped: str = ""
