"""Fonts for PDFs: small, in one weight, made once in a process for all sheets of a site."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from fontTools.varLib import instancer

from mediakit.images.opening import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
