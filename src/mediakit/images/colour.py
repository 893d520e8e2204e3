"""Every colour mode and profile to 8-bit sRGB: mode L, LA, RGB or RGBA; profiles by LittleCMS."""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import product
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageMath

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
