"""Judge whether a video is alive or dead by the answers of several sources. Pure.

A source is oEmbed, the player or the thumbnails; its answer is reduced to one `Sign`. The table
`PROVES` says what each sign of each source proves, and `conclude` weighs them: no video is dead
without two definite answers, and what mediakit does not understand is never evidence.
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
    CHANGED = "changed"
    SUSPECT = "suspect"
    MISSING = "missing"
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


class Proof(StrEnum):
    """What an answer proves."""

    EXISTS = "it exists"
    GONE = "it is gone, for certain"
    DOUBT = "a doubt"
    NOTHING = "nothing"


AUTHORITY = (Source.PLAYER, Source.OEMBED, Source.THUMBNAILS)
"""The sources, the one first that sees what visitors see: it is believed before the others."""

_EXISTS, _GONE, _DOUBT, _NOTHING = Proof
PROVES: dict[Sign, tuple[str, tuple[Proof, Proof, Proof]]] = {
    Sign.ALIVE: ("it plays, or has a title", (_EXISTS, _EXISTS, _NOTHING)),
    Sign.RESTRICTED: ("only signed in, by age or by password", (_EXISTS, _EXISTS, _NOTHING)),
    Sign.NOT_EMBEDDABLE: ("not on other sites, or for members", (_EXISTS, _EXISTS, _NOTHING)),
    Sign.GEO_BLOCKED: ("not in your country", (_EXISTS, _EXISTS, _NOTHING)),
    Sign.PENDING: ("it has not begun", (_EXISTS, _EXISTS, _NOTHING)),
    Sign.GONE: ("removed, account closed, private, no such video", (_GONE, _GONE, _GONE)),
    Sign.DOUBTFUL: ("unavailable; private, or no such id", (_DOUBT, _DOUBT, _DOUBT)),
    Sign.REFUSED: ("too many requests, a captcha, a bot check", (_NOTHING, _NOTHING, _NOTHING)),
    Sign.UNREACHABLE: ("no answer, or a fault of the server", (_NOTHING, _NOTHING, _NOTHING)),
    Sign.BROKEN: ("words that mediakit cannot read", (_NOTHING, _NOTHING, _NOTHING)),
    Sign.UNCLEAR: ("anything else; a thumbnail, which stays long", (_NOTHING, _NOTHING, _NOTHING)),
}
"""What an answer says, and what it proves where it comes from each source, as in `AUTHORITY`."""

EXISTS = frozenset(sign for sign, (_, proofs) in PROVES.items() if _EXISTS in proofs)
LONGEST_NAME = 200
"""Characters of a title or channel that are remembered."""

TROUBLE = (Sign.REFUSED, Sign.UNREACHABLE, Sign.BROKEN)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source says of a video, with its own words as the reason.

    `countries` are those in which a blocked video plays, if the source names them; `wait` is how
    many seconds the source asks us to stay away. `asked` is false where the source was not asked
    about this video, since it failed for another. `name` is the title and the channel, `hint` what
    to do for better answers.
    """

    source: Source
    sign: Sign
    reason: str
    countries: tuple[str, ...] = ()
    wait: float | None = None
    asked: bool = True
    name: tuple[str, str] | None = None
    hint: str = ""

    @property
    def proof(self) -> Proof:
        """What it proves."""
        return PROVES[self.sign][1][AUTHORITY.index(self.source)]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of a video concludes.

    `definite`: a source said for certain that the video is gone, without which no video is dead.
    `source` is the strongest that says that it exists, `is_overruled` whether a stronger one speaks
    against it. `trouble`: how a source that was asked failed to answer.
    """

    state: State
    reason: str
    definite: bool = False
    trouble: Sign | None = None
    wait: float | None = None
    source: Source | None = None
    is_overruled: bool = False
    name: tuple[str, str] | None = None
    hint: str = ""


def conclude(answers: Iterable[Answer], audience: frozenset[str] = frozenset()) -> Finding:
    """Conclude from the answers of one check; two definite ones mean dead.

    The strongest source that says that a video exists wins over what weaker ones say against it. A
    video that plays in all countries of the `audience` does not count as blocked.
    """
    by_source = {answer.source: answer for answer in answers}
    ordered = [by_source[source] for source in AUTHORITY if source in by_source]
    exists = next((answer for answer in ordered if answer.proof is Proof.EXISTS), None)
    counting = ordered[: ordered.index(exists)] if exists else ordered
    against = [answer for answer in counting if answer.proof in {Proof.GONE, Proof.DOUBT}]
    gone = sum(answer.proof is Proof.GONE for answer in against)
    if against:
        state, said = State.DEAD if gone > 1 else State.SUSPECT, [exists, *against]
        reason = _words(answer for answer in said if answer is not None)
    elif exists is not None:
        state, reason = _existing(exists, by_source, audience)
    else:
        state, reason = State.UNKNOWN, _words(ordered)
    asked = [answer for answer in ordered if answer.asked]
    signs, waits = {answer.sign for answer in asked}, [answer.wait for answer in asked]
    return Finding(
        state,
        reason,
        definite=gone > 0,
        trouble=next((sign for sign in TROUBLE if sign in signs), None),
        wait=max((wait for wait in waits if wait is not None), default=None),
        source=exists.source if exists else None,
        is_overruled=exists is not None and bool(against),
        name=next((answer.name for answer in ordered if answer.name), None),
        hint=next((answer.hint for answer in ordered if answer.hint), ""),
    )


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


def _words(answers: Iterable[Answer]) -> str:
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
