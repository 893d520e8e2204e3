"""What a page shows before a picture has come: its dominant colour, and a tiny copy of it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.base.artifacts import Look
from mediakit.images.grey import grey_copy
from mediakit.images.scaling import within

if TYPE_CHECKING:
    from mediakit.images.preset import Truncated

_TINY = 16
"""Longer side in pixels of the placeholder: a browser enlarges it to a blur."""

_SAMPLE = 20
"""Longer side in pixels of the copy whose colours are counted: k-means takes time."""

_COLOURS = 6
_QUALITY = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """Which sources are looked at: of at most `max_pixels`, whole ones or also truncated ones."""

    max_pixels: int
    truncated: Truncated


def look_of(image: Image.Image, *, moves: bool = False) -> Look:
    """Return the look of an upright sRGB picture (mode L, LA, RGB or RGBA).

    One that `moves` is not compared: of two that begin alike the rest may differ.
    """
    grey = b"" if moves else grey_copy(image)
    coarse = max(1, max(image.size) // (4 * _SAMPLE))  # averaged: much cheaper than resized
    image = image.reduce(coarse) if coarse > 1 else image
    small = within(image.convert("RGBA" if image.mode in {"LA", "RGBA"} else "RGB"), _SAMPLE)
    return Look(_dominant(small), _data_address(within(small, _TINY)), grey)


def _dominant(image: Image.Image) -> str:
    """Return the commonest of the few colours that stand for all; transparent pixels are out."""
    mask = None
    if "A" in image.mode:
        mask = image.getchannel("A").point(lambda value: 255 * (value >= 128))
    few = image.convert("RGB").quantize(
        _COLOURS, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE
    )
    counts = few.histogram(mask)
    commonest = counts.index(max(counts))
    red, green, blue = (few.getpalette() or [])[3 * commonest : 3 * commonest + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _data_address(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=6)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
