"""Bytes to an upright 8-bit sRGB raster, at the scale that is asked."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from mediakit.images.colour import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERSAMPLE = 1.5
"""How much wider than the largest variant a JPEG is decoded: less costs sharpness (SSIM)."""

# The limit is part of the preset, and `render` holds it: Pillow's own is one for the process.
Image.MAX_IMAGE_PIXELS = None

_ORIENTATION = 0x0112
_SIDEWAYS = frozenset({5, 6, 7, 8})
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UnreadableError(Exception):
    """The bytes are no picture, or a broken one."""


@dataclass(frozen=True, slots=True)
class Size:
    """The displayed size of a picture in pixels, and the format that its bytes have."""

    width: int
    height: int
    format: str


def probe(data: bytes) -> Size:
    """Read the displayed size from the header; raises UnreadableError."""
    with _opened(data) as image:
        width, height = image.size
        if _orientation(image) in _SIDEWAYS:
            width, height = height, width
        return Size(width, height, image.format or "")


def is_whole(data: bytes) -> bool:
    """Return whether the bytes decode to the end: a header alone proves nothing."""
    try:
        with _opened(data) as image:
            image.load()
    except UnreadableError:
        return False
    return True


def decode(data: bytes, scale: int = 1) -> Image.Image:
    """Decode upright, in sRGB, in mode L, LA, RGB or RGBA; at 1/`scale` (1, 2, 4 or 8) if a JPEG.

    Raises:
        UnreadableError: no picture, or truncated.
    """
    with _opened(data) as image:
        orientation = _orientation(image)
        if scale > 1:
            image.draft("", (image.width // scale, max(1, image.height // scale)))
        image.load()
        raster = normalise(image)
        return raster.transpose(_UPRIGHT[orientation]) if orientation > 1 else raster


def jpeg_scale(size: Size, width: int) -> int:
    """Return how much smaller a picture may be decoded, to give `width` pixels full sharpness."""
    if size.format not in {"JPEG", "MPO"}:
        return 1
    room = size.width / (OVERSAMPLE * width)
    return next(scale for scale in (8, 4, 2, 1) if scale <= max(room, 1))


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where it is missing, broken or out of range."""
    if image.format == "TIFF":
        return 1  # Pillow turns these itself
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken EXIF raises many things, and all mean upright
        return 1
    return found if isinstance(found, int) and 1 <= found <= len(_UPRIGHT) + 1 else 1


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture, and turn all that its decoder raises into UnreadableError."""
    if not data:
        raise UnreadableError("the file is empty")
    try:
        with Image.open(io.BytesIO(data)) as image:
            yield image
    except UnreadableError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableError("not a picture in a known format") from error
    except Exception as error:  # decoders of two dozen formats raise what they like
        raise UnreadableError(f"damaged picture: {error}") from error
