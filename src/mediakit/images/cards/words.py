"""Titles to lines: where they may break, and the breaks that look best.

All widths are in units of the size of the letters, so that they hold for every size.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Measure = Callable[[str], float]
    Hyphenate = Callable[[str], Iterable[int]]

ELLIPSIS = "…"
_SOFT = "\u00ad"
_SIGNS = "-\u2013/"
"""After which a word may go on in the next line."""

_TAG = re.compile(r"<[^<>]{0,200}>")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_JOINT = re.compile(r"(?<=[^\W\d_]{2}[-\u2013/])(?=[^\W\d_]{2})|\u00ad")
_SHORT = re.compile(r"[^\W\d_]{1,3}")
_TIED = re.compile(r"\d+|[-\u2013&+\u00d7]")
"""Words that belong to the next one: `på`, `til`; and more so in `90 kg`."""

_LONGEST = 500
"""Letters of a title that are looked at: a card has room for a hundred."""

_LONG_WORD = 10
"""Letters from which a word may be hyphenated."""

_LEFT, _RIGHT = 4, 4
"""Letters that stay together before and after a hyphen."""

_HYPHEN, _SOFT_HYPHEN, _COMPOUND, _CLINGING, _WIDOW, _ALONE = 0.25, 0.05, 0.02, 0.22, 0.3, 0.3
_NARROW = 0.34
"""Part of the widest line below which the last one looks forgotten."""


def plain_title(text: str) -> str:
    """Return a title without HTML and what nobody sees, with one blank between words."""
    text = _TAG.sub("", html.unescape(text[: 4 * _LONGEST]))
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    words = (
        "".join(sign for sign in word if unicodedata.category(sign) != "Cc")
        for word in re.split(r"[ \t\r\n]+", text)
    )
    return " ".join(filter(None, (word.strip(_SOFT) for word in words)))[:_LONGEST]


@dataclass(frozen=True, slots=True)
class TitlePiece:
    """What no line breaks: `joint` comes after it in a line, `end` at the end of a line."""

    text: str
    joint: str = " "
    end: str = ""
    cost: float = 0.0


def pieces_of(title: str, hyphenate: Hyphenate | None = None) -> list[TitlePiece]:
    """Return a title in pieces; with `hyphenate`, long words are some too."""
    found: list[TitlePiece] = []
    for word in title.split(" "):
        starts = [0, *(match.start() for match in _JOINT.finditer(word)), len(word)]
        parts = [word[start:end] for start, end in pairwise(starts)]
        inside = [each for part in parts if part for each in _of_part(part, hyphenate)]
        cost = _CLINGING if _SHORT.fullmatch(word) else 2 * _CLINGING * bool(_TIED.fullmatch(word))
        found += inside[:-1]
        found += [replace(each, joint=" ", end="", cost=cost) for each in inside[-1:]]
    return found


def _of_part(part: str, hyphenate: Hyphenate | None) -> Iterator[TitlePiece]:
    """Yield the pieces of a part of a word that ends where its author lets it break."""
    start = 0
    is_soft = part.startswith(_SOFT)
    part = part.strip(_SOFT)
    if hyphenate is not None and len(part) >= _LONG_WORD:
        for at in hyphenate(part):
            if _LEFT <= at <= len(part) - _RIGHT and at - start >= 2:
                yield TitlePiece(part[start:at], "", "-", _HYPHEN)
                start = at
    if part:
        is_plain = part[-1] in _SIGNS
        yield TitlePiece(
            part[start:], "", "" if is_plain else "-", _COMPOUND if is_plain else _SOFT_HYPHEN
        )
    elif is_soft:
        return


class Paragraph:
    """A title in pieces with their widths, to be set in lines of any width."""

    def __init__(self, pieces: Sequence[TitlePiece], measure: Measure) -> None:
        self._pieces = pieces
        self._ends = [measure(each.text + each.end) for each in pieces]
        self._inner = [measure(each.text) for each in pieces]
        self._blank = measure(" ")

    @property
    def longest(self) -> float:
        """The width of what no line can break."""
        return max(self._ends, default=0.0)

    def lines(self, width: float, most: int) -> tuple[list[str], float] | None:
        """Return the lines that look best of the fewest that there can be, None for too many.

        With them comes how far they are from looking well.
        """
        count = self._fewest(width)
        if count is None or count > most:
            return None
        return self._best(width, count)

    def shortened(self, width: float, most: int, measure: Measure) -> list[str]:
        """Return `most` lines of the beginning, which end with an ellipsis."""
        for end in range(len(self._pieces) - 1, 0, -1):
            head = list(self._pieces[:end])
            head[-1] = replace(
                head[-1], text=head[-1].text.rstrip(f",;: {_SIGNS}") + ELLIPSIS, end=""
            )
            found = Paragraph(head, measure).lines(width, most)
            if found is not None:
                return found[0]
        text = self._pieces[0].text
        while text and measure(text + ELLIPSIS) > width:
            text = text[:-1]
        return [text + ELLIPSIS]

    def _width(self, start: int, end: int) -> float:
        inner = sum(
            self._inner[at] + (self._blank if self._pieces[at].joint else 0.0)
            for at in range(start, end - 1)
        )
        return inner + self._ends[end - 1]

    def _fewest(self, width: float) -> int | None:
        start, count = 0, 0
        while start < len(self._pieces):
            end = start
            while end < len(self._pieces) and self._width(start, end + 1) <= width:
                end += 1
            # a hyphen may make a line too wide that a longer one of whole words is not
            further = (at for at in range(len(self._pieces), end, -1))
            end = next((at for at in further if self._width(start, at) <= width), end)
            if end == start:
                return None
            start, count = end, count + 1
        return count

    def _best(self, width: float, count: int) -> tuple[list[str], float]:
        """Return `count` lines of nearly one width, broken where it disturbs least."""
        total = len(self._pieces)
        ideal = self._width(0, total) / count
        best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        for number in range(1, count + 1):
            last = number == count
            found: dict[int, tuple[float, tuple[int, ...]]] = {}
            for end in [total] if last else range(number, total):
                options = [
                    (cost + self._cost(start, end, ideal), (*ends, end))
                    for start, (cost, ends) in best.items()
                    if start < end and self._width(start, end) <= width
                ]
                if options:
                    found[end] = min(options)
            best = found
        cost, ends = best[total]
        starts = (0, *ends)
        lines = [self._text(start, end) for start, end in zip(starts, ends, strict=False)]
        return lines, cost / count

    def _cost(self, start: int, end: int, ideal: float) -> float:
        """Return how much a line disturbs."""
        own, last = self._width(start, end), self._pieces[end - 1]
        cost = ((own - ideal) / ideal) ** 2
        is_whole_title = start == 0 and end == len(self._pieces)
        if end < len(self._pieces):
            cost += last.cost
        elif not is_whole_title and own < _NARROW * ideal:
            cost += _WIDOW
        if end - start == 1 and last.cost == _CLINGING and not is_whole_title:
            cost += _ALONE
        return cost

    def _text(self, start: int, end: int) -> str:
        line = self._pieces[start:end]
        return "".join(each.text + each.joint for each in line[:-1]) + line[-1].text + line[-1].end


@dataclass(frozen=True, slots=True)
class Room:
    """Where a title goes: width and height, and the sizes to try with the lines of each."""

    width: float
    height: float
    sizes: tuple[tuple[int, int], ...]
    leading: float


@dataclass(frozen=True, slots=True)
class SetTitle:
    """A title in lines, and the size of its letters in pixels."""

    lines: tuple[str, ...]
    size: int
    is_whole: bool = True


_SMALL, _GAIN = 0.6, 1.3
_LARGE = 0.7
"""How much larger letters are worth beside lines that look well."""


def set_title(title: str, room: Room, measure: Measure, hyphenate: Hyphenate) -> SetTitle:
    """Return a title as large as its room lets it be; one that is too long ends in an ellipsis.

    Words are hyphenated only where their lines would be small otherwise.
    """
    whole = _best_size(Paragraph(pieces_of(title), measure), room)
    largest = room.sizes[0][0]
    if whole is not None and whole.size >= _SMALL * largest:
        return whole
    apart = Paragraph(pieces_of(title, hyphenate), measure)
    broken = _best_size(apart, room)
    if broken is not None and (whole is None or broken.size >= _GAIN * whole.size):
        return broken
    if whole is not None:
        return whole
    size, most = room.sizes[-1]
    most = min(most, max(1, int(room.height / (size * room.leading))))
    return SetTitle(tuple(apart.shortened(room.width / size, most, measure)), size, is_whole=False)


def _best_size(paragraph: Paragraph, room: Room) -> SetTitle | None:
    """Return the lines of the largest size, or of a smaller one whose lines look better."""
    found: list[tuple[float, SetTitle]] = []
    for size, most in room.sizes:
        width = room.width / size
        if paragraph.longest > width:
            continue
        fitting = min(most, int(room.height / (size * room.leading)))
        set_ = paragraph.lines(width, fitting)
        if set_ is not None:
            lines, cost = set_
            smaller = 1 - size / room.sizes[0][0]
            found.append((cost + _LARGE * smaller, SetTitle(tuple(lines), size)))
    return min(found, key=lambda each: each[0])[1] if found else None
