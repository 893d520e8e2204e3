"""A PDF in the making: its fonts, its pages with their feet, and nothing that tells the time."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.fonts import TTFFont

from mediakit.base.version import __version__

if TYPE_CHECKING:
    from mediakit.images.sheets.faces import Face

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
