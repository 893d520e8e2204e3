"""A PDF in the making: its fonts, its pages with their feet, and nothing that tells the time."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from fontTools.varLib import instancer
from fpdf import FPDF
from fpdf.fonts import TTFFont

from mediakit.base.version import __version__
from mediakit.images.opening import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

MARGIN = 15.0
"""Millimetres around a sheet, as printers leave them."""

GREY = 105
_FOOT = 8
_FAMILY = "sheet"


class Paper(FPDF):
    """A PDF with a foot on each page: what `foot` says, and the number of the page."""

    def __init__(self, size: str, faces: dict[str, tuple[Face, ...]]) -> None:
        """Begin a PDF; `faces` are the fonts by style, those for missing letters last."""
        super().__init__(format=size)
        self.foot = ""
        self.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
        self.set_producer(f"mediakit {__version__.partition('.')[0]}")
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=MARGIN + 6)
        self._letters: frozenset[str] = frozenset()
        for style, fonts in faces.items():
            for number, each in enumerate(fonts):
                key = f"{_FAMILY}{number or ''}{style}"
                # fpdf2 asks for a path, and reads it as any stream
                self.fonts[key] = TTFFont(self, io.BytesIO(each.data), key, style)  # type: ignore[arg-type]
                self._letters |= each.letters
        others = {
            f"{_FAMILY}{number}" for fonts in faces.values() for number in range(1, len(fonts))
        }
        self.set_fallback_fonts(sorted(others), exact_match=False)
        self.letter(11)

    def letter(self, size: float, style: str = "", grey: int = 0) -> None:
        """Set size, style (`B` or none) and grey of what is written next."""
        self.set_font(_FAMILY, style, size)
        self.set_text_color(grey)

    def known(self, text: str) -> str:
        """Return a text without the letters that no font has."""
        return "".join(sign for sign in text if sign in self._letters)

    def lines(self, text: str, width: float, height: float) -> int:
        """Return how many lines a text takes."""
        found = self.multi_cell(width, height, text, dry_run=True, output="LINES", align="L")
        return len(found) if isinstance(found, list) else 1

    def put(self, text: str, width: float, height: float, align: str = "L") -> None:
        """Write a text as lines of a width, and go below it."""
        self.multi_cell(width, height, text, align=align, new_x="LEFT", new_y="NEXT")

    def needs(self, height: float) -> None:
        """Begin a new page where so much has no room on this one."""
        if self.will_page_break(height):
            self.add_page()

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-MARGIN)
        self.letter(_FOOT, grey=GREY)
        number = f"{self.page_no()} / {{nb}}"
        self.cell(self.epw - 20, 5, self.foot)
        self.cell(20, 5, number, align="R")


LATIN = frozenset(
    map(chr, (*range(32, 127), *range(160, 384), *range(0x2010, 0x2027), 0x20AC, 0x2212))
)
"""Letters that every font is kept with, so that sheets in European languages share it."""


class Face(NamedTuple):
    """A font file in one weight, and the letters that it has."""

    data: bytes
    letters: frozenset[str]


def face(data: bytes, weight: int, text: Iterable[str]) -> Face:
    """Return a font in one weight with the letters of Europe and of a text.

    Raises:
        UnreadableError: it is no font.
    """
    return _face(data, weight, (LATIN | set(text)) & letters_of(data))


@lru_cache(maxsize=4)
def letters_of(data: bytes) -> frozenset[str]:
    """Return the letters of a font; raises UnreadableError if it is none."""
    try:
        return frozenset(map(chr, TTFont(io.BytesIO(data), lazy=True).getBestCmap() or ()))
    except (TTLibError, OSError, ValueError, KeyError, AssertionError) as error:
        raise UnreadableError(f"the font cannot be read: {error}") from error


@lru_cache(maxsize=16)  # weights of one or two fonts; each costs a second
def _face(data: bytes, weight: int, letters: frozenset[str]) -> Face:
    try:
        font = TTFont(io.BytesIO(data), lazy=True)
        options = subset.Options()
        options.hinting = False
        options.drop_tables += ["GDEF", "GPOS", "GSUB", "HVAR", "MVAR", "STAT"]
        cut = subset.Subsetter(options)
        cut.populate(text="".join(letters))
        cut.subset(font)
        if "fvar" in font:
            font = _in_weight(font, weight)
        _rename(font, f"{font['name'].getBestFamilyName() or 'Font'} {weight}")
        out = io.BytesIO()
        font.recalcTimestamp = False
        font.save(out)
        known = frozenset(chr(code) for code in font.getBestCmap() or ())
    except (TTLibError, OSError, ValueError, KeyError, AssertionError) as error:
        raise UnreadableError(f"the font cannot be read: {error}") from error
    return Face(out.getvalue(), known)


def _rename(font: TTFont, name: str) -> None:
    """Give a font a name of its own: readers keep fonts apart by their names."""
    for number in (1, 4, 6, 16):
        font["name"].removeNames(nameID=number)
    for number in (1, 4, 6):
        font["name"].setName(name.replace(" ", "-"), number, 3, 1, 0x409)


def _in_weight(font: TTFont, weight: int) -> TTFont:
    """Return a variable font in one weight, as far as it goes."""
    small = io.BytesIO()
    font.save(small)
    font = TTFont(io.BytesIO(small.getvalue()))
    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    for axis in font["fvar"].axes:
        if axis.axisTag == "wght":
            axes["wght"] = min(max(weight, axis.minValue), axis.maxValue)
    return instancer.instantiateVariableFont(font, axes)
