"""Which part of a film is wanted, and how it repeats: as pages and settings say it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.artifacts import Input

_CLOCK = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,5}(?:\.\d{1,6})?)s?")


CUT = "cut"
"""The name of the input that says which part of a film a product shows."""


PAST_END = "what its `end` asks for"
"""What a clip lacks whose page asks for more of a film than there is."""

NOTHING = "there is nothing between `start` and `end`: it has ended by then"
"""Why there is no clip of a part that begins where its film has ended."""

TRIM = "say with `start` and `end` which part is meant"
"""What to do where a film is no clip as a whole."""

_ROUNDED = 500
"""Milliseconds by which `end` may be late: players show whole seconds."""


class Loop(StrEnum):
    """How a clip goes on when it has ended: from the beginning again, or back there first."""

    REPEAT = "repeat"
    BOOMERANG = "boomerang"


class Cut(msgspec.Struct, frozen=True, gc=False):
    """A part of a film, in milliseconds from its beginning, up to its end where `end` is 0.

    `loop` and `sound` (`on` or `off`) are empty where a page does not say it.
    """

    start: int = 0
    end: int = 0
    loop: str = ""
    sound: str = ""

    def is_late(self, lasts: int) -> bool:
        """Return whether it ends after a film that lasts so many milliseconds."""
        return self.end > lasts + _ROUNDED

    def fault(self, lasts: int, most: int) -> str:
        """Return why it is no clip of such a film, empty if it is one; `most` as `lasts` is."""
        end = min(self.end or lasts, lasts)
        if end <= self.start:
            return NOTHING
        return too_long(most) if end - self.start > most else ""

    @property
    def text(self) -> str:
        """The cut in one line, empty where nothing is asked for."""
        text = f"{self.start} {self.end} {self.loop}" + (f" {self.sound}" if self.sound else "")
        return "" if self == Cut() else text


def too_long(most: int) -> str:
    """Return why something is no clip that is longer than so many milliseconds."""
    return f"it is longer than {most / 1000:g} s"


def cut_of_text(text: str) -> Cut:
    """Return the cut that `Cut.text` gave."""
    start, end, *words = text.split(" ") if text else ("0", "0")
    return Cut(int(start), int(end), *words)


def cut_of(inputs: Iterable[Input]) -> Cut:
    """Return the cut that the inputs of a product ask for."""
    return cut_of_text(next((each.text for each in inputs if each.name == CUT), ""))


def milliseconds_of(text: str) -> int | None:
    """Return a time that a person wrote as `1.5` seconds or as `1:05`, None for other texts."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return round(1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds)))
