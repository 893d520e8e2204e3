"""Letters to pixels: shaped by HarfBuzz, drawn by FreeType, the same on every machine.

Pillow alone kerns only where the system has FriBiDi. So the places of letters come from HarfBuzz,
and each is drawn at its own. What has to be joined or runs from right to left is drawn by Raqm.
"""

from __future__ import annotations

import io
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import uharfbuzz
from PIL import ImageFont, features

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import ImageDraw

_REFERENCE = 1000
"""Size in which widths are measured."""

_SHAPED = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff]"
)
"""Scripts whose letters join, stack, or run from right to left."""

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_FEATURES = {"kern": True, "liga": False, "clig": False, "calt": False}


class FontError(Exception):
    """A font that cannot be read, or that cannot show a text here; its text says why."""


class Glyph(NamedTuple):
    """Letters to be drawn at once, and how far from the start, in pixels."""

    text: str
    left: float


class Typeface:
    """A font in one weight, and another one for letters that it does not have."""

    def __init__(self, files: tuple[bytes, ...], weight: int) -> None:
        self._files = files
        self._weight = weight
        self._drawn: dict[tuple[int, int, bool], ImageFont.FreeTypeFont] = {}
        try:
            self._shaped = [_shaper(each, weight) for each in files]
            self._font(0, 10)
        except (OSError, ValueError, RuntimeError) as error:
            raise FontError(f"the font cannot be read: {error}") from error

    def missing(self, text: str) -> str:
        """Return the letters of a text that no font has, each once."""
        return "".join(dict.fromkeys(sign for sign in text if self._file_of(sign) is None))

    def width(self, text: str) -> float:
        """Return the width of a text in units of its size."""
        if _SHAPED.search(text):
            return self._raqm(text, _REFERENCE).getlength(text) / _REFERENCE
        return self._places(text)[1] / _REFERENCE

    @cached_property
    def cap_height(self) -> float:
        """The height of a capital letter, in units of its size."""
        return -self._font(0, _REFERENCE).getbbox("H", anchor="ls")[1] / _REFERENCE

    def draw(self, canvas: ImageDraw.ImageDraw, place: tuple[float, float], line: str,
             size: int) -> None:  # fmt: skip
        """Draw a line in white on a mask; `place` is the start of its base line."""
        left, base = place
        if _SHAPED.search(line):
            canvas.text(place, line, 255, self._raqm(line, size), anchor="ls")
            return
        for run, number, glyph in self._glyphs(line):
            at = left + glyph.left * size / _REFERENCE
            canvas.text((at, base), run, 255, self._font(number, size), anchor="ls")

    def _glyphs(self, line: str) -> Iterator[tuple[str, int, Glyph]]:
        for number, glyph in self._places(line)[0]:
            if glyph.text.strip():
                yield glyph.text, number, glyph

    def _places(self, text: str) -> tuple[list[tuple[int, Glyph]], float]:
        """Return the letters with their fonts and places, and the width of all."""
        found: list[tuple[int, Glyph]] = []
        left = 0.0
        for number, run in self._runs(text):
            buffer = uharfbuzz.Buffer()
            buffer.add_str(run)
            buffer.guess_segment_properties()
            uharfbuzz.shape(self._shaped[number], buffer, _FEATURES)
            starts = [info.cluster for info in buffer.glyph_infos]
            ends = [*starts[1:], len(run)]
            for start, end, place in zip(starts, ends, buffer.glyph_positions, strict=True):
                found.append((number, Glyph(run[start:end], left)))
                left += place.x_advance
        return found, left

    def _runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the parts of a text that one font has; letters that none has are left out."""
        known = [(self._file_of(sign), sign) for sign in text]
        run, current = "", 0
        for number, sign in known:
            if number is None:
                continue
            if number != current and run:
                yield current, run
                run = ""
            run, current = run + sign, number
        if run:
            yield current, run

    def _file_of(self, sign: str) -> int | None:
        code = ord(sign)
        fonts = enumerate(self._shaped)
        return next((number for number, font in fonts if font.get_nominal_glyph(code)), None)

    def _raqm(self, text: str, size: int) -> ImageFont.FreeTypeFont:
        if not features.check("raqm"):
            raise FontError("its letters are joined or run from right to left, which needs FriBiDi")
        known = map(self._file_of, text.replace(" ", ""))
        number = next((each for each in known if each is not None), 0)
        return self._font(number, size, raqm=True)

    def _font(self, number: int, size: int, *, raqm: bool = False) -> ImageFont.FreeTypeFont:
        key = number, size, raqm
        if key not in self._drawn:
            engine = ImageFont.Layout.RAQM if raqm else ImageFont.Layout.BASIC
            font = ImageFont.truetype(io.BytesIO(self._files[number]), size, layout_engine=engine)
            _set_weight(font, self._weight)
            self._drawn[key] = font
        return self._drawn[key]


def is_right_to_left(line: str) -> bool:
    """Return whether a line is in a script that runs from right to left."""
    return _RIGHT_TO_LEFT.search(line) is not None


def _shaper(data: bytes, weight: int) -> uharfbuzz.Font:
    font = uharfbuzz.Font(uharfbuzz.Face(data))
    font.scale = (_REFERENCE, _REFERENCE)
    font.set_variations({"wght": float(weight)})
    return font


def _set_weight(font: ImageFont.FreeTypeFont, weight: int) -> None:
    """Set the weight of a variable font, as far as it goes; another one has its own."""
    try:
        axes = font.get_variation_axes()
    except OSError:
        return
    values: list[float] = [each["default"] or 0 for each in axes]
    for at, each in enumerate(axes):
        if each["name"] == b"Weight":
            values[at] = min(max(weight, each["minimum"] or 0), each["maximum"] or weight)
    font.set_variation_by_axes(values)
