"""ICC profiles to sRGB, by LittleCMS."""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import product

from PIL import Image, ImageChops, ImageCms

_SPACES = {"L": "GRAY", "RGB": "RGB ", "RGBA": "RGB ", "CMYK": "CMYK"}
_FLAGS = (
    ImageCms.Flags.BLACKPOINTCOMPENSATION
    # a transform that remembers its last pixel may not be shared by threads
    | ImageCms.Flags.NOCACHE
)
_STEPS = (0, 20, 60, 120, 190, 255)
# Colours that tell profiles apart: a lattice, and all greys.
_LATTICE = b"".join(bytes(colour) for colour in product(_STEPS, repeat=3))
_GREYS = bytes(range(256))


def convert(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert mode L, LA, RGB, RGBA or CMYK to sRGB; alpha stays, CMYK comes out as RGB.

    A profile that is broken, or of another kind than the pixels, is left out: a browser
    would do the same. So is one that changes no colour by more than 1 of 255, whatever its
    name: that is sRGB.
    """
    if image.mode in {"L", "LA"}:
        curve = _grey_curve(profile)
        return _through_curve(image, curve) if curve else image
    transform = _transform(profile, image.mode)
    return transform.apply(image) if transform else image


def _through_curve(image: Image.Image, curve: bytes) -> Image.Image:
    if image.mode == "L":
        return image.point(list(curve))
    grey, alpha = image.split()
    return Image.merge("LA", (grey.point(list(curve)), alpha))


# Building a transform takes longer than a small picture, and most have one of a few profiles.
# The caches hold pure values.
@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return what converts to sRGB, None where nothing is to be done."""
    out = "RGB" if mode == "CMYK" else mode
    transform = _build(profile, mode, out)
    if transform is None or mode == "CMYK":
        return transform
    raw = _LATTICE + bytes(value for grey in _GREYS for value in (grey,) * 3)
    colours = Image.frombytes("RGB", (len(raw) // 3, 1), raw).convert(mode)
    return transform if _differs(colours, transform.apply(colours)) else None


@lru_cache(maxsize=8)
def _grey_curve(profile: bytes) -> bytes | None:
    """Return the sRGB value of each grey, None where nothing is to be done."""
    greys = Image.frombytes("L", (256, 1), _GREYS)
    transform = _build(profile, "L", "RGB")
    if transform is None:
        # greys stored with the profile of a colour picture, as some optimisers do
        transform = _build(profile, "RGB", "RGB")
        if transform is None:
            return None
        converted = transform.apply(greys.convert("RGB")).getchannel("G")
    else:
        converted = transform.apply(greys).getchannel("G")
    return converted.tobytes() if _differs(greys, converted) else None


def _build(profile: bytes, mode: str, out: str) -> ImageCms.ImageCmsTransform | None:
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if opened.profile.xcolor_space != _SPACES[mode]:
            return None
        return ImageCms.ImageCmsTransform(
            opened,
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
            mode,
            out,
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=_FLAGS,
        )
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None


def _differs(before: Image.Image, after: Image.Image) -> bool:
    extrema = ImageChops.difference(before, after).convert("RGB").getextrema()
    return any(isinstance(band, tuple) and band[1] > 1 for band in extrema)
