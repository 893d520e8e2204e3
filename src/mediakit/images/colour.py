"""Every colour mode and profile to 8-bit sRGB: mode L, LA, RGB or RGBA."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageMath

from mediakit.images import icc

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
        image = icc.convert(image, profile)
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
