"""Pixels that Pillow misreads, corrected."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from mediakit.images.chunks import png_chunks
from mediakit.images.opening import opened

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_GREY_WITH_ALPHA = 4
_DEEP = 16
_BITS, _SAMPLES = 258, 339  # tags of a TIFF
_SIGNED = 2


def corrected(image: ImageFile, data: bytes) -> Image.Image:
    """Return the pixels of a loaded picture as they are in the file."""
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        return ImageChops.invert(image)  # all are read as inverted, but only Adobe's are
    if image.format == "TIFF" and image.mode in {"I;16", "I;16B", "I"}:
        return _at_16_bits(image)
    if image.format != "PNG" or data[24] != _DEEP:
        return image
    if image.mode == "RGBA" and data[25] == _GREY_WITH_ALPHA:
        return image.convert("LA")
    if image.mode == "RGB" and isinstance(image.info.get("transparency"), tuple):
        return _with_exact_alpha(image, data)
    return image


def _at_16_bits(image: ImageFile) -> Image.Image:
    """Return the greys of a TIFF so that white is 65,535: of 12 bits it is 4,095 in the file.

    Of 32 bits, it is the largest number, unless all fit into 16 as many programs write them.
    """
    tags = getattr(image, "tag_v2", {})
    bits, signed = max(tags.get(_BITS, (_DEEP,))), max(tags.get(_SAMPLES, (1,))) == _SIGNED
    if bits == _DEEP and not signed:
        return image
    import numpy as np  # noqa: PLC0415 - only for what is this rare

    values = np.asarray(image).astype(np.int64)
    if not signed:
        values = np.where(values < 0, values + (1 << bits), values)
    white = (1 << bits - signed) - 1
    if bits > _DEEP and values.max() < 1 << _DEEP:
        white = 65535
    scaled = (values.clip(0, white) * 65535 + white // 2) // white
    return Image.fromarray(scaled.astype(np.uint16))


def _with_exact_alpha(image: Image.Image, data: bytes) -> Image.Image:
    """Return 16-bit RGB with its one transparent colour, of which Pillow sees the high bytes."""
    (colour,) = (data[start:end] for kind, start, end in png_chunks(data) if kind == b"tRNS")
    with opened(data) as low:
        low.tile = [tile._replace(args="RGB;16L") for tile in low.tile]
        low.load()
        bands = [*image.split(), *low.split()]
    wanted = [*colour[0:6:2], *colour[1:6:2]]
    same = [
        band.point([255 * (value == each) for value in range(256)])
        for band, each in zip(bands, wanted, strict=True)
    ]
    clear = functools.reduce(ImageChops.multiply, same)
    return Image.merge("RGBA", (*bands[:3], ImageChops.invert(clear)))
