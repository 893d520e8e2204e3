"""What pages show until a picture has loaded: its dominant colour, and a tiny copy."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.base.artifacts import Look
from mediakit.images.grey import GREY_SIDE, coarse, grey_copy
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
    """Which pictures are described: of at most `max_pixels`, and truncated ones or not."""

    max_pixels: int
    truncated: Truncated


def look_of(image: Image.Image, *, moves: bool = False) -> Look:
    """Return the look of an upright sRGB picture; one that `moves` gets no grey copy."""
    shorter, image = min(image.size), coarse(image, GREY_SIDE)
    grey = b"" if moves else grey_copy(image, shorter)
    image = coarse(image, 2 * _SAMPLE)
    small = within(image.convert("RGBA" if image.mode in {"LA", "RGBA"} else "RGB"), _SAMPLE)
    return Look(_dominant(small), _data_address(within(small, _TINY)), grey)


def _dominant(image: Image.Image) -> str:
    """Return the most common of a few colours, without transparent pixels."""
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
