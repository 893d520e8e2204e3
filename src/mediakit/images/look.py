"""What a picture looks like: a colour and a tiny copy to show, grey and chroma to compare."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.base.artifacts import Look
from mediakit.images.decode import Size, jpeg_scale, load, probe
from mediakit.images.opening import UnreadableError, opened
from mediakit.images.preset import MAX_PIXELS
from mediakit.images.resize import within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mediakit.images.preset import Truncated

    Grey = NDArray[np.uint8]
    Chroma = NDArray[np.float32]

GREY_SIDE = 160
"""Longer side in pixels: poses that differ by an arm still differ."""

CHROMA_SIDE = 48
_GREY_QUALITY = 85
_STRIP = 256  # rows
_GAP = 1.5
_SMALLEST = 32
"""Pixels of the shorter side below which a picture is too small to be compared."""
_TINY = 16
"""Longer side in pixels of the placeholder, which a browser enlarges to a blur, and of the copy
whose colours are counted: k-means takes time."""

_COLOURS = 6
_QUALITY = 50


def grey_copy(image: Image.Image, shorter: int = 0) -> bytes:
    """Return the copy of an upright sRGB picture as a JPEG, empty for one that is too small.

    `shorter` is the shorter side of the picture that this one was made smaller from.
    """
    if max(shorter, min(image.size)) < _SMALLEST:
        return b""
    grey = within(_on_white(coarse(image, GREY_SIDE)), GREY_SIDE)
    out = io.BytesIO()
    grey.save(out, "JPEG", quality=_GREY_QUALITY)
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


@dataclass(frozen=True, slots=True)
class Limits:
    """Which pictures are described: of at most `max_pixels`, and truncated ones or not."""

    max_pixels: int
    truncated: Truncated


def look_of(image: Image.Image, *, moves: bool = False) -> Look:
    """Return the look of an upright sRGB picture; one that `moves` gets no grey copy."""
    shorter, image = min(image.size), coarse(image, GREY_SIDE)
    grey = b"" if moves else grey_copy(image, shorter)
    image = coarse(image, 2 * _TINY)
    tiny = within(image.convert("RGBA" if image.mode in {"LA", "RGBA"} else "RGB"), _TINY)
    return Look(_dominant(tiny), _data_address(tiny), grey)


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
