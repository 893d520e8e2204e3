"""Every colour mode and profile to 8-bit sRGB: mode L, LA, RGB or RGBA; profiles by LittleCMS.

Pixels that Pillow misreads are corrected before.
"""

from __future__ import annotations

import functools
import io
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageCms, ImageMath

from mediakit.images.chunks import png_chunks
from mediakit.images.opening import opened

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_SPACES = {"L": "GRAY", "RGB": "RGB ", "RGBA": "RGB ", "CMYK": "CMYK"}
_FLAGS = ImageCms.Flags.NOCACHE
"""A transform that remembers its last pixel may not be shared by threads."""

_STEPS = (0, 20, 60, 120, 190, 255)
# Colours that tell profiles apart: a lattice, and all greys.
_LATTICE = b"".join(bytes(colour) for colour in product(_STEPS, repeat=3))
_GREYS = bytes(range(256))


def _convert(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert mode L, LA, RGB, RGBA or CMYK to sRGB; alpha stays, CMYK comes out as RGB.

    Ignores a profile that is broken or for other pixels, as browsers do, and one that changes no
    colour by more than 1 of 255: it is sRGB, whatever its name.
    """
    if image.mode in {"L", "LA"}:
        curve = _grey_curve(profile)
        return _through_curve(image, curve) if curve else image
    transform = _transform(profile, image.mode)
    return transform.apply(image) if transform else image


def changes(mode: str, profile: bytes) -> bool:
    """Return whether pixels of this mode, as `to_eight_bits` returns them, are not in sRGB."""
    if mode in {"L", "LA"}:
        return bool(profile) and _grey_curve(profile) is not None
    return mode == "CMYK" or (bool(profile) and _transform(profile, mode) is not None)


def _through_curve(image: Image.Image, curve: bytes) -> Image.Image:
    if image.mode == "L":
        return image.point(list(curve))
    grey, alpha = image.split()
    return Image.merge("LA", (grey.point(list(curve)), alpha))


# Building a transform takes longer than a small picture, and most have one of a few profiles.
# The caches hold pure values.
@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the transform to sRGB, None where it would change nothing."""
    out = "RGB" if mode == "CMYK" else mode
    transform = _build(profile, mode, out)
    if transform is None or mode == "CMYK":
        return transform
    raw = _LATTICE + bytes(value for grey in _GREYS for value in (grey,) * 3)
    colours = Image.frombytes("RGB", (len(raw) // 3, 1), raw).convert(mode)
    return transform if _differs(colours, transform.apply(colours)) else None


@lru_cache(maxsize=8)
def _grey_curve(profile: bytes) -> bytes | None:
    """Return the sRGB value of each grey, None where it is the same."""
    greys = given = Image.frombytes("L", (256, 1), _GREYS)
    transform = _build(profile, "L", "RGB")
    if transform is None:  # greys with the profile of a colour picture, as some optimisers do
        given, transform = greys.convert("RGB"), _build(profile, "RGB", "RGB")
    if transform is None:
        return None
    converted = transform.apply(given).getchannel("G")
    return converted.tobytes() if _differs(greys, converted) else None


def _build(profile: bytes, mode: str, out: str) -> ImageCms.ImageCmsTransform | None:
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if opened.profile.xcolor_space != _SPACES[mode]:
            return None
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        return ImageCms.ImageCmsTransform(opened, srgb, mode, out, intent, flags=_FLAGS)
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None


def _differs(before: Image.Image, after: Image.Image) -> bool:
    extrema = ImageChops.difference(before, after).convert("RGB").getextrema()
    return any(isinstance(band, tuple) and band[1] > 1 for band in extrema)


_DEEP = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N"})
_PLAIN = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
_PLAINEST = {"1": "L", "La": "LA", "RGBa": "RGBA"}


def normalise(image: Image.Image) -> Image.Image:
    """Convert to sRGB by the picture's own profile, and to a mode that can be resized."""
    return to_srgb(to_eight_bits(image), image.info.get("icc_profile"))


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert what `to_eight_bits` returns to sRGB: mode L, LA, RGB or RGBA.

    Costs time by the pixel, and gives the same colours after a resize as before it.
    """
    if profile:
        image = _convert(image, profile)
    return image.convert("RGB") if image.mode == "CMYK" else image


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Return the picture in mode L, LA, RGB, RGBA or CMYK, colours as they are.

    White is 65,535 in integers of more than 8 bits, and 1.0 in floats (as in Photoshop).
    """
    mode = image.mode
    if mode in _DEEP:
        return _deep_to_eight_bits(image)
    if mode == "F":
        return image.point(lambda value: value * 255 + 0.5).convert("L")
    if mode in {"P", "PA"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if mode in {"1", "L", "RGB"} and "transparency" in image.info:
        return image.convert("RGBA" if mode == "RGB" else "LA")
    return image if mode in _PLAIN else image.convert(_PLAINEST.get(mode, "RGB"))


def flatten(image: Image.Image, background: str) -> Image.Image:
    """Composite transparent pixels on a colour; mode L or RGB comes out."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    canvas = Image.new("RGBA", image.size, background)
    canvas.alpha_composite(image.convert("RGBA"))
    return canvas.convert("RGB")


def _deep_to_eight_bits(image: Image.Image) -> Image.Image:
    # convert("L") alone would clip: all above 255 of 65,535 comes out white
    deep = image.convert("I")
    grey = deep.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    transparent = image.info.get("transparency")
    if not isinstance(transparent, int):
        return grey

    def opaque(bands: dict[str, Any]) -> Any:  # noqa: ANN401 - Pillow types operands so
        return bands["convert"]((bands["deep"] != transparent) * 255, "L")

    return Image.merge("LA", (grey, ImageMath.lambda_eval(opaque, deep=deep)))


_GREY_WITH_ALPHA = 4
_SIXTEEN = 16
_BITS, _SAMPLES = 258, 339  # tags of a TIFF
_SIGNED = 2


def corrected(image: ImageFile, data: bytes) -> Image.Image:
    """Return the pixels of a loaded picture as they are in the file."""
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        return ImageChops.invert(image)  # all are read as inverted, but only Adobe's are
    if image.format == "TIFF" and image.mode in {"I;16", "I;16B", "I"}:
        return _at_16_bits(image)
    if image.format != "PNG" or data[24] != _SIXTEEN:
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
    bits, signed = max(tags.get(_BITS, (_SIXTEEN,))), max(tags.get(_SAMPLES, (1,))) == _SIGNED
    if bits == _SIXTEEN and not signed:
        return image
    import numpy as np  # noqa: PLC0415 - only for what is this rare

    values = np.asarray(image).astype(np.int64)
    if not signed:
        values = np.where(values < 0, values + (1 << bits), values)
    white = (1 << bits - signed) - 1
    if bits > _SIXTEEN and values.max() < 1 << _SIXTEEN:
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
