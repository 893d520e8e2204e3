"""Bytes to an upright 8-bit sRGB raster, at the scale that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.images.frames import gif_canvas, gif_pieces
from mediakit.images.opening import UnreadableError, format_in, opened
from mediakit.images.png import apng_frames
from mediakit.images.preset import MAX_PIXELS
from mediakit.images.raster import SIDEWAYS, Raster, first_piece, load, orientation_of, pieces_of

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile

__all__ = [
    "Raster", "Size", "UnreadableError", "decode", "is_whole", "jpeg_scale", "load", "probe",
]  # fmt: skip

OVERSAMPLE = 1.5
"""How much wider than the largest variant a JPEG is decoded: less costs sharpness (SSIM)."""


@dataclass(frozen=True, slots=True)
class Size:
    """The displayed size of a picture in pixels, the format of its bytes, and how many frames.

    Only an animation has more than one frame: further pages or views do not count.
    """

    width: int
    height: int
    format: str
    frames: int = 1


def probe(data: bytes) -> Size:
    """Read the displayed size from the header; raises UnreadableError."""
    if format_in(data) == "GIF":  # not by Pillow: opening one, it may fill any amount of memory
        pieces = gif_pieces(data)
        width, height = gif_canvas(data, first_piece(pieces))
        return Size(width, height, "GIF", 1 + sum(1 for _ in pieces))
    with opened(data) as image:
        width, height = image.size
        if orientation_of(image, data) in SIDEWAYS:
            width, height = height, width
        return Size(width, height, image.format or "", _frames(image, data))


def is_whole(data: bytes) -> bool:
    """Return whether the bytes decode to the end: a header alone proves nothing.

    What has more pixels in all its frames than any preset takes is not decoded, and counts as
    whole if its header can be read.
    """
    try:
        size = probe(data)
        if size.width * size.height * size.frames > MAX_PIXELS:
            return True
        load(data)
        for piece in pieces_of(data):
            with opened(piece.data) as frame:
                frame.load()
    except UnreadableError:
        return False
    return True


def decode(data: bytes, scale: int = 1, *, keep_truncated: bool = False) -> Image.Image:
    """Decode upright, in sRGB, in mode L, LA, RGB or RGBA; at 1/`scale` (1, 2, 4 or 8) if a JPEG.

    Of an animation it is the first frame. `keep_truncated` takes what there is of a file that
    is damaged or ends too early.

    Raises:
        UnreadableError: no picture, or truncated; with `keep_truncated`, nothing to be seen.
    """
    raster = load(data, scale, keep_truncated=keep_truncated)
    return raster.finish(raster.image)


def jpeg_scale(size: Size, width: int) -> int:
    """Return how much smaller a picture may be decoded, to give `width` pixels full sharpness."""
    if size.format != "JPEG":
        return 1
    room = size.width / (OVERSAMPLE * width)
    return next(scale for scale in (8, 4, 2, 1) if scale <= max(room, 1))


def _frames(image: ImageFile, data: bytes) -> int:
    if image.format == "PNG":
        return apng_frames(data)
    return int(getattr(image, "n_frames", 1)) if image.format in {"WEBP", "AVIF"} else 1
