"""Presets: how the variants of pictures are made, with their defaults and fingerprints."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from mediakit.base.formats import format_of
from mediakit.base.model import Role
from mediakit.images.geometry import Fit, Frame, Placement

RENDERER = 3
"""Raised by hand when the same preset comes to give visibly other pictures."""

MAX_PIXELS = 250_000_000

CAP = 2400
"""Longer side in pixels of a source: what a large screen shows at full width."""

SOURCE_FORMAT = "source"
"""In `formats`: the format of the source, or JPEG where browsers do not show that."""


class Gravity(StrEnum):
    """Which part of a picture a crop keeps; `attention` looks for the busy part."""

    CENTRE = "centre"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"
    ATTENTION = "attention"


class Animation(StrEnum):
    """What becomes of an animation: its first frame, or all of them where the format can."""

    STILL = "still"
    KEEP = "keep"


class Truncated(StrEnum):
    """What becomes of a source that ends too early: a failure, or what there is of it."""

    ERROR = "error"
    KEEP = "keep"


class Credit(StrEnum):
    """What may be kept of a source's metadata."""

    COPYRIGHT = "copyright"
    ARTIST = "artist"


DEFAULT_LEVEL = 82

# JPEG qualities, and what gives photos the same SSIM in another format, measured by
# bench/quality.py as the mean of 320 and 768 pixels: no one number is level at both.
_LEVELS = (1, 75, 78, 82, 85, 90, 95, 100)
_SAME_LOOK = {
    "JPEG": _LEVELS,
    "WEBP": (1, 79, 82, 84, 87, 91, 97, 100),
    "AVIF": (1, 59, 62, 67, 71, 80, 90, 100),
}


@dataclass(frozen=True, slots=True)
class Quality:
    """A quality on JPEG's scale (1 to 100) for all formats, and those that are set on their own.

    `own` has pairs of a format (Pillow's name) and the quality on the scale of its encoder.
    """

    level: int = DEFAULT_LEVEL
    own: tuple[tuple[str, int], ...] = ()

    def of(self, name: str) -> int | None:
        """Return the quality for a format (Pillow's name), None for one that has no such thing."""
        own = dict(self.own).get(name)
        return _at(name, self.level) if own is None else own


def _at(name: str, level: int) -> int | None:
    """Return the point on the line between the measured ones."""
    points = _SAME_LOOK.get(name)
    if points is None:
        return None
    after = next(at for at, each in enumerate(_LEVELS) if each >= level)
    low, high = _LEVELS[max(0, after - 1)], _LEVELS[after]
    start, end = points[max(0, after - 1)], points[after]
    return end if high == low else round(start + (end - start) * (level - low) / (high - low))


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of variant: for pictures in `roles`, named by `suffix`, `width` by `height` pixels.

    Of width and height, one that `fit` does not use is 0. `formats` are Pillow's names, or
    `SOURCE_FORMAT`: each gives a file beside the source. `background` is the colour behind
    transparent pixels where the format has none, and around a picture that does not fill its
    canvas. A source may decode to `max_pixels`, all frames of a kept animation counted; a
    file may have `max_bytes`. `credits` is what is kept of the metadata.
    A variant that only a role asks for is made of sources over `min_step` times as large.
    """

    name: str
    roles: tuple[Role, ...]
    suffix: str
    width: int = 0
    height: int = 0
    fit: Fit = Fit.WIDTH
    gravity: Gravity = Gravity.CENTRE
    formats: tuple[str, ...] = (SOURCE_FORMAT,)
    quality: Quality = field(default_factory=Quality)
    background: str = "#ffffff"
    max_pixels: int = MAX_PIXELS
    max_bytes: int | None = None
    min_step: float = 1.0
    animation: Animation = Animation.STILL
    truncated: Truncated = Truncated.ERROR
    credits: tuple[Credit, ...] = ()

    def fingerprint(self, path: str) -> str:
        """Return a digest of all that decides the pixels of a variant at `path`.

        A change makes variants stale. What only decides whether there are any is left out.
        """
        kind = format_of(path)
        recipe = (
            RENDERER, self.fit.value, self.width, self.height, self.gravity.value,
            self.quality.of(kind.name) if kind else None, self.background, self.max_bytes,
            self.animation.value, sorted(self.credits),
        )  # fmt: skip
        return hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]

    def place(self, width: int, height: int) -> Placement:
        """Return how a source of this size in pixels becomes a variant."""
        return Frame(self.width, self.height, self.fit).place(width, height)

    def asks_for(self, width: int, height: int) -> bool:
        """Return whether a source of this size gets a variant that no page names.

        Where nothing is cropped or padded, it has to be larger by more than `min_step`.
        """
        placement = self.place(width, height)
        if placement.size != placement.scaled:
            return True
        to_width, to_height = placement.scaled
        return width > to_width * self.min_step or height > to_height * self.min_step


DEFAULT_PRESETS = (
    Preset("teaser", (Role.TEASER, Role.GALLERY, Role.VIDEO), "-320", 320),
    Preset("overlay-768", (Role.OVERLAY,), "-768", 768),
    Preset("overlay-1280", (Role.OVERLAY,), "-1280", 1280),
    Preset("overlay-1920", (Role.OVERLAY,), "-1920", 1920),
)
