"""Contrast as WCAG 2 defines it, measured on pixels; in whole numbers, alike on all machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Colour = tuple[int, int, int]
    Pixels = NDArray[np.uint8] | NDArray[np.int64]

_AIM = 4.8
"""What a card is made with: WCAG wants 4.5, and the encoder changes pixels a little."""

_WHOLE = 65_535
_STEPS = 64

_LINEAR = np.array(
    [
        round(_WHOLE * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4))
        for value in (each / 255 for each in range(256))
    ],
    dtype=np.int64,
)
_WEIGHTS = np.array([2126, 7152, 722], dtype=np.int64)


def luminances(pixels: Pixels) -> NDArray[np.int64]:
    """Return the luminance of pixels (their last axis is RGB), up to 10,000 times 65,535."""
    found: NDArray[np.int64] = _LINEAR[pixels] @ _WEIGHTS
    return found


def ratio(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21."""
    return least_ratio(np.array([one], np.uint8), other)


def least_ratio(pixels: Pixels, colour: Colour) -> float:
    """Return the contrast of a colour with the pixel that it stands out from least."""
    text = int(luminances(np.array(colour, np.uint8)))
    behind = luminances(pixels)
    flare = _WHOLE * 10_000 // 20
    dark, light = int(behind.min()), int(behind.max())
    if dark <= text <= light:
        return 1.0
    near = light if text > light else dark
    low, high = sorted((near, text))
    return (high + flare) / (low + flare)


def behind(card: Image.Image, mask: Image.Image) -> NDArray[np.uint8]:
    """Return the pixels of a picture where a mask has any."""
    pixels: NDArray[np.uint8] = np.asarray(card.convert("RGB"))[np.asarray(mask) > 0]
    return pixels


def cover_needed(pixels: NDArray[np.uint8], cover: Colour, text: Colour, least: float) -> float:
    """Return how much of a colour over pixels makes a text stand out, `least` to 1."""
    shade = np.array(cover, np.int64)
    nearest = _nearest(pixels, text)
    for step in range(round(least * _STEPS), _STEPS):
        # a few decide nearly always, and all of them are asked only then
        if all(
            least_ratio(((each * (_STEPS - step) + shade * step) // _STEPS), text) >= _AIM
            for each in (nearest, pixels.astype(np.int64))
        ):
            return step / _STEPS
    return 1.0


def _nearest(pixels: NDArray[np.uint8], text: Colour) -> NDArray[np.int64]:
    """Return the pixels that are most like a text."""
    found = np.abs(luminances(pixels) - luminances(np.array(text, np.uint8)))
    count = min(64, len(found) - 1)
    chosen: NDArray[np.int64] = pixels[np.argpartition(found, count)[:count]].astype(np.int64)
    return chosen


def readable(text: Colour, ground: Colour, least: float = _AIM) -> Colour:
    """Return the text's colour, or the nearest one to it that stands out from the ground.

    On the way to white or to black, whichever stands out more.
    """
    if ratio(text, ground) >= least:
        return text
    far = max(((255, 255, 255), (0, 0, 0)), key=lambda each: ratio(each, ground))
    for step in range(1, _STEPS):
        red, green, blue = (
            (one * (_STEPS - step) + other * step) // _STEPS
            for one, other in zip(text, far, strict=True)
        )
        if ratio((red, green, blue), ground) >= least:
            return red, green, blue
    return far
