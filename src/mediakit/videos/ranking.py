"""Which of the videos that a search found is most like a lost one, and why. Pure.

The score is 0 to 100: half of it is the title, the rest length and channel. What is not known of
the lost video adds nothing, so a high score always means that much is the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from mediakit.base.slug import spellings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.videos.search import Hit

TITLE, LENGTH, CHANNEL = 50, 30, 20
"""What each may add to the score."""

SAME_LENGTH = 2
"""Seconds by which films of the same length differ: each place rounds in its own way."""

_CLOSE = 0.10
_NEARLY_SAME_CHANNEL = 10
_OTHER_KIND, _OTHER_NUMBER, _MORE_NUMBERS = 30, 30, 20
"""What the score loses where the title says another kind of film, or another number."""

_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EMPTY = frozenset(
    {"hd", "fhd", "uhd", "4k", "2k", "1080p", "720p", "480p", "official", "officiel", "video",
     "new", "ny", "full", "fuld"}
)  # fmt: skip
"""Words that come and go with each upload."""

_KINDS = frozenset(
    {"reaction", "reacts", "reacting", "react", "review", "reviews", "reviewed", "trailer",
     "teaser", "compilation", "parody", "shorts", "playlist", "live", "livestream", "podcast",
     "interview", "bloopers", "outtakes", "unboxing", "fails", "mistakes", "explained", "ranking",
     "anmeldelse", "reaktion"}
)  # fmt: skip
"""Words of films about a film, or of another kind."""

_SHORT = 3
_MOST_WORDS = 30
_LIKE = 0.75
"""How alike two words are that may be one, in another form or another spelling."""


@dataclass(frozen=True, slots=True)
class LostVideo:
    """What is known of a video that is gone; `titles` are its own, or those of its pages."""

    titles: tuple[str, ...]
    channel: str = ""
    duration: int | None = None
    is_own_title: bool = True


class Ranked(NamedTuple):
    """A video that may take the place of the lost one: 0 to 100, and why, in words."""

    score: int
    hit: Hit
    reasons: tuple[str, ...]


def rank(lost: LostVideo, hits: Iterable[Hit], trusted: Iterable[str] = ()) -> list[Ranked]:
    """Return the videos, the most alike first; `trusted` are handles or ids of channels.

    One that is longer or shorter by more than a tenth is left out, where both lengths are known.
    """
    trust = {_plain(each) for each in trusted}
    found = {hit.id: _ranked(lost, hit, trust) for hit in hits}
    ranked = [each for each in found.values() if each is not None]
    return sorted(ranked, key=lambda each: -each.score)  # else the order of the search


def _ranked(lost: LostVideo, hit: Hit, trust: set[str]) -> Ranked | None:
    length = _length(lost.duration, hit.duration)
    if length is None:
        return None
    title, channel = _title(lost, hit), _channel(lost, hit, trust)
    score = max(0, min(100, round(title[0] + length[0] + channel[0])))
    return Ranked(score, hit, tuple(why for _, why in (title, length, channel) if why))


def _title(lost: LostVideo, hit: Hit) -> tuple[float, str]:
    whose = "its title" if lost.is_own_title else "the page's title"
    best, said = 0.0, ""
    for title in lost.titles:
        found = _compared(title, hit.title, lost.channel, hit.channel)
        best, said = max((best, said), found)
    if said:
        return best, said
    if best >= TITLE * 0.97:
        return best, f"{whose} is the same"
    if best >= TITLE * 0.6:
        return best, f"{whose} is much the same"
    return best, f"{whose} is partly the same" if best >= TITLE * 0.3 else f"{whose} is another one"


def _compared(old: str, new: str, *channels: str) -> tuple[float, str]:
    """Return how alike two titles are, and what speaks against it in words."""
    was, now = _words(old, channels), _words(new, channels)
    points = TITLE * _likeness(was, now)
    kinds = sorted(_KINDS & {*now} - {*was})
    if kinds:
        return points - _OTHER_KIND, f"its title says “{kinds[0]}”"
    had, has = (Counter(each for each in words if each.isdecimal()) for words in (was, now))
    if more := has - had:
        loss = _OTHER_NUMBER if had - has else _MORE_NUMBERS
        return points - loss, f"its title has another number, {min(more)}"
    return points, ""


def _words(title: str, channels: Iterable[str]) -> list[str]:
    """Return the words that say what a film shows: not its year, its size or its channel."""
    words = [each for each in _WORD.findall(_plain(title)) if each not in _EMPTY][:_MOST_WORDS]
    words = [each for each in words if not _YEAR.fullmatch(each)] or words
    names = {word for channel in channels for word in _WORD.findall(_plain(channel))}
    words = [each for each in words if each not in names] or words
    return [min(spellings_of(each), default=each) for each in words]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _likeness(was: list[str], now: list[str]) -> float:
    """Return the part of the words that both have, in any order; short words count less."""
    left, shared = list(now), 0.0
    for word in was:
        pairs = ((_alike(word, other), other) for other in left)
        likeness, other = max(pairs, default=(0.0, ""))
        if likeness >= _LIKE:
            left.remove(other)
            shared += likeness * (_weight(word) + _weight(other))
    whole = sum(map(_weight, was)) + sum(map(_weight, now))
    return shared / whole if whole else 0.0


def _weight(word: str) -> float:
    return 0.3 if len(word) <= _SHORT and not word.isdecimal() else 1.0


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one[0] != other[0] or one.isdecimal():
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _LIKE else 0.0


def _length(was: int | None, now: int | None) -> tuple[float, str] | None:
    if was is None or now is None:
        return 0, ""
    apart = abs(now - was)
    if apart <= SAME_LENGTH:
        return LENGTH, f"it is as long as before, {clock(now)}"
    if apart > was * _CLOSE:
        return None
    how = "longer" if now > was else "shorter"
    points = LENGTH * (0.8 - 0.5 * apart / (was * _CLOSE))
    return points, f"it is {apart} s {how}: {clock(now)}, was {clock(was)}"


def _channel(lost: LostVideo, hit: Hit, trust: set[str]) -> tuple[float, str]:
    if not hit.channel:
        return 0, ""
    if _plain(hit.channel) == _plain(lost.channel):
        return CHANNEL, "it is from a channel of the same name"
    if trust & {_plain(each) for each in hit.owner}:
        return CHANNEL, "it is from a channel that your settings trust"
    names = [{*_WORD.findall(_plain(each))} for each in (lost.channel, hit.channel)]
    if names[0] and names[1] and (names[0] <= names[1] or names[1] <= names[0]):
        return _NEARLY_SAME_CHANNEL, f"it is from a channel of nearly the same name, {hit.channel}"
    return 0, "it is from another channel" if lost.channel else ""


def clock(seconds: int | None) -> str:
    """Return a length as players show it, such as `1:02:03`."""
    if seconds is None:
        return "?"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
