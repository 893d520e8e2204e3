"""Draw sheets: title and code, pictures in order, then the text; equal inputs give equal bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from msgspec import Struct

from mediakit.images.colour import flatten
from mediakit.images.preset import Fit, Preset
from mediakit.images.sheets.paper import GREY, MARGIN, Paper, face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mediakit.images.render import PictureSource

_REGULAR, _BOLD = 400, 700
_CODE = 24.0
"""Side of the code in millimetres: a phone reads it from an arm's length."""

_GAP = 5.0
_PER_MM = 150 / 25.4
"""Pixels a millimetre: a print from a desk shows no more."""

_QUALITY = 82
_GRIDS = ((1, 1, 110.0), (2, 2, 90.0), (4, 2, 72.0), (9, 3, 62.0), (24, 4, 48.0))
"""Up to so many pictures: how many in a row, and how high they may be."""

_LONGEST_ADDRESS = 500
"""Letters that a code can have whose squares a phone still tells apart."""

_TITLE_SIZES = (26, 22, 19, 16)
_MOST_TITLE = 300


class SheetWords(Struct, frozen=True):
    """What a sheet says; `blocks` are a mark (`#` for a heading, a bullet, a number) and a text."""

    title: str
    site: str = ""
    address: str = ""
    blocks: list[tuple[str, str]] = []
    captions: list[str] = []
    credits: list[str] = []


class SheetContent(Struct, frozen=True):
    """The words of a sheet, and its pictures in their order."""

    words: SheetWords
    pictures: list[tuple[bytes, int, int]]


def fitted(source: PictureSource, count: int) -> tuple[bytes, int, int]:
    """Return a picture as a JPEG of the pixels that it needs beside others, with its size.

    Raises:
        UnreadableError: it cannot be decoded.
    """
    _, columns, height = _grid(count)
    wide = 180 / columns * _PER_MM
    preset = Preset("sheet", (), "-sheet", round(wide), round(height * _PER_MM), fit=Fit.INSIDE)
    image = flatten(source.cut(preset), "#ffffff").convert("RGB")
    return _jpeg(image), image.width, image.height


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def draw_sheets(
    sheets: Sequence[SheetContent], fonts: tuple[bytes, ...], size: str
) -> tuple[bytes, str]:
    """Return a PDF of sheets, each beginning a page, and the letters that no font has."""
    text = set("".join(_all_words(each.words) for each in sheets))
    faces = {
        style: tuple(face(each, weight, text) for each in fonts)
        for style, weight in (("", _REGULAR), ("B", _BOLD))
    }
    paper = Paper(size, faces)
    if sheets:
        paper.set_title(sheets[0].words.title if len(sheets) == 1 else sheets[0].words.site)
    for each in sheets:
        _Sheet(paper, each).draw()
    missing = "".join(sorted(sign for sign in text if sign != paper.known(sign)))
    return bytes(paper.output()), missing


def _all_words(words: SheetWords) -> str:
    blocks = (part for block in words.blocks for part in block)
    return "".join((words.title, words.site, words.address, *blocks, *words.captions,
                    *words.credits))  # fmt: skip


class _Sheet:
    def __init__(self, paper: Paper, content: SheetContent) -> None:
        self._paper = paper
        self._words = content.words
        self._pictures = content.pictures

    def draw(self) -> None:
        paper, words = self._paper, self._words
        address = words.address.partition("://")[2].rstrip("/")
        foot = " · ".join(filter(None, (words.site, address)))
        paper.foot = paper.known(foot)[:110]
        paper.add_page()
        self._head()
        self._rows()
        for mark, text in words.blocks:
            self._block(paper.known(mark), paper.known(text).strip())
        self._credits()

    def _head(self) -> None:
        paper, words = self._paper, self._words
        top, width = paper.get_y(), paper.epw
        has_code = 0 < len(words.address) <= _LONGEST_ADDRESS
        if has_code:
            self._code(words.address, paper.w - MARGIN - _CODE, top)
            width -= _CODE + _GAP
        if words.site:
            paper.letter(10, grey=GREY)
            paper.put(paper.known(words.site), width, 5)
        title = paper.known(words.title)[:_MOST_TITLE]
        for size in _TITLE_SIZES:
            paper.letter(size, "B")
            height = size * 0.42
            if paper.lines(title, width, height) <= 2:
                break
        paper.put(title, width, height)
        below = top + _CODE if has_code else 0
        paper.set_y(max(paper.get_y(), below) + _GAP)

    def _code(self, address: str, left: float, top: float) -> None:
        """Draw the code that leads to an address, as runs of dark squares."""
        rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
        side = _CODE / len(rows)
        self._paper.set_fill_color(0)
        for number, row in enumerate(rows):
            start = 0
            while (start := row.find(1, start)) >= 0:
                end = row.find(0, start)
                end = len(row) if end < 0 else end
                x, y = left + start * side, top + number * side
                self._paper.rect(x, y, (end - start) * side, side, style="F")
                start = end

    def _rows(self) -> None:
        """Draw the pictures in rows, each with its number and caption below."""
        count = len(self._pictures)
        if not count:
            return
        _, columns, most = _grid(count)
        width = (self._paper.epw - _GAP * (columns - 1)) / columns
        for start in range(0, count, columns):
            row = range(start, min(start + columns, count))
            sizes = [_size(self._pictures[at], width, most) for at in row]
            notes = [self._note(at) for at in row]
            self._paper.letter(9)
            deep = max(self._paper.lines(each, width, 4.2) * 4.2 if each else 0 for each in notes)
            high = max(size[1] for size in sizes)
            self._paper.needs(high + deep + 3)
            self._row(row, sizes, notes, (width, high))
            self._paper.set_y(self._paper.get_y() + high + deep + 4)
        self._paper.ln(2)

    def _row(
        self, row: range, sizes: list[tuple[float, float]], notes: list[str],
        box: tuple[float, float],
    ) -> None:  # fmt: skip
        paper, top = self._paper, self._paper.get_y()
        for column, at in enumerate(row):
            left = MARGIN + column * (box[0] + _GAP)
            wide, high = sizes[column]
            data = io.BytesIO(self._pictures[at][0])
            shift = (box[0] - wide) / 2
            paper.image(data, left + shift, top + box[1] - high, wide, high)
            if notes[column]:
                paper.set_xy(left, top + box[1] + 1)
                paper.letter(9, grey=40)
                paper.put(notes[column], box[0], 4.2, "C")
        paper.set_xy(MARGIN, top)

    def _note(self, at: int) -> str:
        captions = self._words.captions
        caption = self._paper.known(captions[at]) if at < len(captions) else ""
        number = f"{at + 1}" if len(self._pictures) > 1 else ""
        return ". ".join(filter(None, (number, caption)))

    def _block(self, mark: str, text: str) -> None:
        paper = self._paper
        if not text:
            return
        if mark == "#":
            paper.needs(16)
            paper.ln(2)
            paper.letter(13, "B")
            paper.put(text, paper.epw, 6)
            paper.ln(1)
            return
        paper.letter(11)
        paper.needs(6)
        if mark:
            paper.cell(7, 5.6, mark, align="R")
            paper.set_x(MARGIN + 9)
            paper.put(text, paper.epw - 9, 5.6)
            paper.set_x(MARGIN)
            paper.ln(0.8)
        else:
            paper.put(text, paper.epw, 5.6)
            paper.ln(2)

    def _credits(self) -> None:
        paper = self._paper
        if not self._words.credits:
            return
        paper.ln(3)
        paper.letter(8, grey=GREY)
        for each in self._words.credits:
            paper.put(paper.known(each), paper.epw, 4)


def _grid(count: int) -> tuple[int, int, float]:
    return next((each for each in _GRIDS if count <= each[0]), _GRIDS[-1])


def _size(picture: tuple[bytes, int, int], width: float, most: float) -> tuple[float, float]:
    """Return the size of a picture in millimetres in a box; a small one stays small."""
    _, wide, high = picture
    scale = min(width / wide, most / high, 25.4 / 60)
    return wide * scale, high * scale
