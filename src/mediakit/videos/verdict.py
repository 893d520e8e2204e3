"""From what the sources say of a video to one finding. Pure.

A source is a place to ask: oEmbed, the player, the thumbnails. Each gives one `Sign`. Only
`GONE` is definite evidence of death; `DOUBTFUL` supports the definite word of another source,
and proves nothing alone. What is not understood is never evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class State(StrEnum):
    """What is known of a video, as it concerns a page that embeds it."""

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
    """Where an answer comes from; they are asked, and believed, independently."""

    PLAYER = "player"
    OEMBED = "oembed"
    THUMBNAILS = "thumbnails"


class Sign(StrEnum):
    """What one answer says of a video; the last four say nothing of it."""

    ALIVE = "alive"
    RESTRICTED = "restricted"
    NOT_EMBEDDABLE = "not embeddable"
    GEO_BLOCKED = "geo-blocked"
    PENDING = "pending"
    GONE = "gone"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    """The source does not talk to us now: too many requests, a captcha, a bot check."""
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
    """What a source said, and its raw words.

    `countries` are those where a blocked video plays, where the source tells; `wait` is how
    many seconds the source asks us to stay away.
    """

    source: Source
    sign: Sign
    reason: str
    countries: tuple[str, ...] = ()
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    `definite`: a source said for certain that the video is gone; only then can the state be
    dead. `trouble`: a source did not answer as it should, and how.
    """

    state: State
    reason: str
    definite: bool = False
    trouble: Sign | None = None
    wait: float | None = None


def conclude(answers: Iterable[Answer], audience: frozenset[str] = frozenset()) -> Finding:
    """Return what the answers to one check mean together.

    `audience`: the countries of the site's readers; a video that plays in all of them is not
    blocked for them. Dead at once takes two sources, one of them definite.
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
    told = [*([exists] if exists else []), *against]
    return Finding(state, _words(told), definite, trouble, wait)


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
