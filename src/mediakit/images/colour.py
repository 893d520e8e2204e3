"""Every colour mode and profile to 8-bit sRGB: mode L, LA, RGB or RGBA."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_DEEP = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_SPACES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB ", "RGBA": "RGB ", "CMYK": "CMYK"}


def normalise(image: Image.Image) -> Image.Image:
    """Convert to sRGB by the picture's own profile, and to a mode that can be resized.

    A profile that is broken, or of another kind than the pixels, is left out: a browser
    would do the same.
    """
    profile = image.info.get("icc_profile")
    plain = _plain_mode(image)
    if profile:
        plain = _convert_profile(plain, profile)
    return plain.convert("RGB") if plain.mode == "CMYK" else plain


def flatten(image: Image.Image, background: str) -> Image.Image:
    """Composite transparent pixels on a colour; mode L or RGB comes out."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    canvas = Image.new("RGBA", image.size, background)
    canvas.alpha_composite(image.convert("RGBA"))
    return canvas.convert("RGB")


def _plain_mode(image: Image.Image) -> Image.Image:
    mode = image.mode
    if mode in _DEEP:
        # convert("L") would clip: all above 255 of 65,535 comes out white
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if mode in {"P", "PA"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if mode in {"L", "RGB"} and "transparency" in image.info:
        return image.convert("LA" if mode == "L" else "RGBA")
    if mode in _SPACES:
        return image
    if mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if mode in {"RGBa", "La"} else "RGB")


def _convert_profile(image: Image.Image, data: bytes) -> Image.Image:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        if profile.profile.xcolor_space != _SPACES[image.mode]:
            return image
        if "sRGB" in (profile.profile.profile_description or ""):
            return image
        return _through(image, profile)
    except (OSError, ImageCms.PyCMSError):
        return image


def _through(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    bare = image.convert({"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
    converted = ImageCms.profileToProfile(
        bare,
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if converted is None:
        return image
    if bare.mode == "L":
        converted = converted.convert("L")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted
