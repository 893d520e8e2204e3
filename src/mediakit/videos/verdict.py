"""Judge whether a video is alive or dead by the answers of several sources. Pure.

A source is oEmbed, the player or the thumbnails; its answer is reduced to one `Sign`. Only `GONE`
is evidence of death; `DOUBTFUL` supports a `GONE` of another source, and proves nothing alone.
What mediakit does not understand is never evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class State(StrEnum):
    """Whether a page can show a video, as far as mediakit knows."""

    ALIVE = "alive"
    RESTRICTED = "restricted"
    NOT_EMBEDDABLE = "not embeddable"
    GEO_BLOCKED = "geo-blocked"
    PENDING = "pending"
    SUSPECT = "suspect"
    DEAD = "dead"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not checked"


class Source(StrEnum):
    """Where an answer comes from."""

    PLAYER = "player"
    OEMBED = "oembed"
    THUMBNAILS = "thumbnails"


class Sign(StrEnum):
    """What one answer says of a video; the last four say nothing about it."""

    ALIVE = "alive"
    RESTRICTED = "restricted"
    NOT_EMBEDDABLE = "not embeddable"
    GEO_BLOCKED = "geo-blocked"
    PENDING = "pending"
    GONE = "gone"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    """The source refuses to answer now: too many requests, a captcha, a bot check."""
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    """The tool did not understand the source: an old yt-dlp is the usual cause."""
    UNCLEAR = "unclear"


EXISTS = frozenset(
    {Sign.ALIVE, Sign.RESTRICTED, Sign.NOT_EMBEDDABLE, Sign.GEO_BLOCKED, Sign.PENDING}
)
TROUBLE = (Sign.REFUSED, Sign.UNREACHABLE, Sign.BROKEN)
_AUTHORITY = (Source.PLAYER, Source.OEMBED, Source.THUMBNAILS)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source says of a video, with its own words as the reason.

    `countries` are those in which a blocked video plays, if the source names them; `wait` is how
    many seconds the source asks us to stay away.
    """

    source: Source
    sign: Sign
    reason: str
    countries: tuple[str, ...] = ()
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of a video concludes.

    `definite`: a source said for certain that the video is gone, without which no video is dead.
    `trouble`: how a source failed to answer.
    """

    state: State
    reason: str
    definite: bool = False
    trouble: Sign | None = None
    wait: float | None = None


def conclude(answers: Iterable[Answer], audience: frozenset[str] = frozenset()) -> Finding:
    """Conclude from the answers of one check; two sources, one of them definite, mean dead.

    A video that plays in all countries of the `audience` does not count as blocked.
    """
    by_source = {answer.source: answer for answer in answers}
    ordered = [by_source[source] for source in _AUTHORITY if source in by_source]
    exists = next((answer for answer in ordered if answer.sign in EXISTS), None)
    against = [answer for answer in ordered if answer.sign in {Sign.GONE, Sign.DOUBTFUL}]
    gone = [answer for answer in against if answer.sign is Sign.GONE]
    trouble, wait = _trouble(ordered)
    if exists is not None and not _outweighed(exists, gone):
        return Finding(*_existing(exists, by_source, audience), trouble=trouble, wait=wait)
    if not against:
        return Finding(State.UNKNOWN, _words(ordered), trouble=trouble, wait=wait)
    contradicted = exists is not None and exists.sign is Sign.ALIVE
    definite = bool(gone) and not contradicted
    state = State.DEAD if definite and len(against) > 1 else State.SUSPECT
    counted = [*([exists] if exists else []), *against]
    return Finding(state, _words(counted), definite, trouble, wait)


def _outweighed(exists: Answer, gone: list[Answer]) -> bool:
    """Return whether a source of more authority says that the video is gone."""
    rank = _AUTHORITY.index(exists.source)
    return any(_AUTHORITY.index(answer.source) < rank for answer in gone)


def _existing(
    exists: Answer, by_source: dict[Source, Answer], audience: frozenset[str]
) -> tuple[State, str]:
    embed = by_source.get(Source.OEMBED)
    if exists.sign is Sign.ALIVE and embed is not None and embed.sign is Sign.NOT_EMBEDDABLE:
        exists = embed
    plays = exists.sign is Sign.GEO_BLOCKED and audience and audience <= {*exists.countries}
    if plays:
        return State.ALIVE, f"plays in {', '.join(sorted(audience))}; elsewhere: {exists.reason}"
    return State(exists.sign.value), f"{exists.source}: {exists.reason}"


def _trouble(answers: list[Answer]) -> tuple[Sign | None, float | None]:
    found = {answer.sign for answer in answers}
    waits = [answer.wait for answer in answers if answer.wait is not None]
    return next((sign for sign in TROUBLE if sign in found), None), max(waits, default=None)


def _words(answers: list[Answer]) -> str:
    return "; ".join(f"{answer.source}: {answer.reason}" for answer in answers)


# words of players; the order counts: "Video unavailable" also precedes captchas and country blocks
_PATTERNS = {
    Sign.REFUSED: (
        r"not a (?:ro)?bot\b|captcha|try again later|rate.?limited|ip is likely being blocked"
        r"|too many requests|http error 429|unusual traffic"
    ),
    Sign.GEO_BLOCKED: (
        r"in your country|in your location|in your region|country restriction|geo.?restrict"
    ),
    Sign.RESTRICTED: (
        r"confirm your age|age.?restricted|age.?verif|inappropriate for some|drm protected"
    ),
    Sign.NOT_EMBEDDABLE: (
        r"members.?only|members on level|join this channel|requires payment|premium|rent this"
        r"|purchase|playback on other websites|owner of this video does not allow"
    ),
    Sign.PENDING: (
        r"premieres? (?:in|will|at|on)\b|live event will begin|live stream (?:will|is offline)"
        r"|waiting for .{0,40}to (?:start|begin)"
    ),
    Sign.GONE: (
        r"private video|video is private|has been removed|was removed|removed by"
        r"|has been terminated|account.{0,80}(?:terminated|closed)|copyright"
        r"|violat(?:ed|es|ing|ion)|has been deleted|was deleted|(?:does not|doesn't) exist"
        r"|no longer available"
    ),
    Sign.DOUBTFUL: r"unavailable|(?:isn't|is not) available|not available",
}

_BY_STATUS = {
    "LIVE_STREAM_OFFLINE": Sign.PENDING,
    "AGE_VERIFICATION_REQUIRED": Sign.RESTRICTED,
    "AGE_CHECK_REQUIRED": Sign.RESTRICTED,
    "CONTENT_CHECK_REQUIRED": Sign.RESTRICTED,
}
"""What YouTube's playability status alone says; other statuses say too little."""


def read_reason(text: str, status: str = "") -> Sign:
    """Return what a player's reason and status mean; unknown words are unclear, never death."""
    plain = text.replace("\u2019", "'").casefold()
    signs = (sign for sign, pattern in _PATTERNS.items() if re.search(pattern, plain))
    found = next(signs, Sign.UNCLEAR)
    if found in {Sign.REFUSED, Sign.GEO_BLOCKED}:
        return found
    return _BY_STATUS.get(status.upper(), found)
