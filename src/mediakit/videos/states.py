"""The states of videos: what each means, what a visitor sees, and what it counts as."""

from __future__ import annotations

from typing import NamedTuple

from mediakit.videos.verdict import State


class StateRow(NamedTuple):
    """What a state means, what a visitor of the page sees, and its level as a problem.

    An error makes the exit code 1; an empty level is no problem.
    """

    meaning: str
    visitor: str
    level: str


STATES = {
    State.DEAD: StateRow(
        "gone: take it off the page, or put another in its place",
        "a grey box: “Video unavailable”, “Private video”, or “Sorry, this video does not exist”",
        "error",
    ),
    State.MISSING: StateRow(
        "two weeks of doubt without a sign of life: look at the page yourself",
        "most likely a grey box, as of a dead video",
        "error",
    ),
    State.NOT_EMBEDDABLE: StateRow(
        "exists, but does not play on a page: link to it, or put another in its place",
        "a black box: “Watch on YouTube”, or that its owner allows it only on other sites",
        "error",
    ),
    State.SUSPECT: StateRow(
        "looks gone; the next checks decide", "perhaps a grey box, perhaps the video", "warning"
    ),
    State.CHANGED: StateRow(
        "plays, but its title or channel is another one: see whether it is still the right video",
        "the video, or another one in its place",
        "warning",
    ),
    State.GEO_BLOCKED: StateRow(
        "does not play in some countries",
        "the video; in those countries a black box: it is not available there",
        "warning",
    ),
    State.RESTRICTED: StateRow(
        "asks visitors to sign in, for their age or their rights, or for a password",
        "a black box that leads to YouTube to sign in, or a field for a password",
        "warning",
    ),
    State.PENDING: StateRow(
        "has not begun", "a picture with the time at which it begins", "notice"
    ),
    State.UNKNOWN: StateRow(
        "nobody was asked yet, or nobody gave a clear answer",
        "nobody knows yet: most likely the video",
        "warning",
    ),
    State.NOT_CHECKED: StateRow(
        "mediakit does not check it",
        "what its provider shows; nothing where the id cannot exist",
        "",
    ),
    State.ALIVE: StateRow("plays", "the video", ""),
}
"""The states, those that need work first."""

ORDER = tuple(STATES)
ERRORS = frozenset(state for state, row in STATES.items() if row.level == "error")
