"""Small grey copies of pictures, by which they are compared without reading them again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.images.decode import Size, jpeg_scale, load, probe
from mediakit.images.opening import UnreadableError, opened
from mediakit.images.preset import MAX_PIXELS
from mediakit.images.scaling import within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Chroma = NDArray[np.float32]

GREY_SIDE = 160
"""Longer side in pixels: poses that differ by an arm still differ."""

CHROMA_SIDE = 48
_QUALITY = 85
_STRIP = 256  # rows
_GAP = 1.5
_SMALLEST = 32
"""Pixels of the shorter side below which a picture is too small to be compared."""


def grey_copy(image: Image.Image, shorter: int = 0) -> bytes:
    """Return the copy of an upright sRGB picture as a JPEG, empty for one that is too small.

    `shorter` is the shorter side of the picture that this one was made smaller from.
    """
    if max(shorter, min(image.size)) < _SMALLEST:
        return b""
    grey = within(_on_white(coarse(image, GREY_SIDE)), GREY_SIDE)
    out = io.BytesIO()
    grey.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def grey_copy_of(data: bytes, max_pixels: int) -> bytes:
    """Return the copy of a file's picture, empty if it moves or has too many pixels.

    Raises UnreadableError.
    """
    size = probe(data)
    if size.frames > 1 or size.width * size.height > max_pixels:
        return b""
    return grey_copy(_upright(data, size, GREY_SIDE, grey=True))


def grey_pixels(data: bytes, side: int = GREY_SIDE) -> Grey:
    """Return the luma of a file's picture, at most `side` pixels long; raises UnreadableError."""
    import numpy as np  # noqa: PLC0415 - only where pictures are compared

    image = _upright(data, probe(data), side, grey=True)
    return np.asarray(within(_on_white(coarse(image, side)), side))


def chroma_pixels(data: bytes) -> Chroma:
    """Return Cb and Cr of a file's picture in a square, 0 for grey; raises UnreadableError."""
    import numpy as np  # noqa: PLC0415

    image = _opaque(_upright(data, probe(data), CHROMA_SIDE))
    small = image.convert("RGB").resize((CHROMA_SIDE, CHROMA_SIDE), Image.Resampling.BOX)
    return np.asarray(small.convert("YCbCr"), np.float32)[..., 1:] - 128


def same_pixels(one: bytes, other: bytes) -> bool:
    """Return whether two files show the same upright sRGB pixels; raises UnreadableError."""
    sizes = probe(one), probe(other)
    if (sizes[0].width, sizes[0].height) != (sizes[1].width, sizes[1].height):
        return False
    first, second = _upright(one, sizes[0], 0), _upright(other, sizes[1], 0)
    # strip by strip: whole copies would take several times the memory of the pictures
    strips = [(0, top, first.width, top + _STRIP) for top in range(0, first.height, _STRIP)]
    return all(
        first.crop(strip).convert("RGBA").tobytes() == second.crop(strip).convert("RGBA").tobytes()
        for strip in strips
    )


def grey_array(copy: bytes) -> Grey:
    """Return a copy that `grey_copy` made as an array."""
    import numpy as np  # noqa: PLC0415

    with opened(copy) as image:
        image.load()
        return np.asarray(image.convert("L"))


def perceptual_hash(grey: Grey) -> str:
    """Return the pHash of 256 bits of an array of luma, as `imagehash` writes it."""
    import imagehash  # noqa: PLC0415 - brings SciPy

    return str(imagehash.phash(Image.fromarray(grey), hash_size=16))


def _upright(data: bytes, size: Size, width: int, *, grey: bool = False) -> Image.Image:
    """Return the upright picture, decoded at a scale that leaves at least `width` (0: whole)."""
    if size.width * size.height > MAX_PIXELS:
        raise UnreadableError(f"{size.width:,} x {size.height:,} pixels are too many")
    scale = jpeg_scale(size, width) if width else 1
    raster = load(data, scale, grey=grey)
    return raster.finish(raster.image)


def coarse(image: Image.Image, side: int) -> Image.Image:
    """Return the picture averaged to what still has `side` sharp pixels: cheaper than a resize."""
    times = int(max(image.size) / (_GAP * side))
    return image.reduce(times) if times > 1 else image


def _on_white(image: Image.Image) -> Image.Image:
    """Return a picture in grey, white where it is transparent."""
    return _opaque(image).convert("L")


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode not in {"LA", "RGBA"}:
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground
