"""How a variant is made: the presets, their defaults, and the fingerprint of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from mediakit.model import Role

RENDERER = 2
"""Raised by hand when the same preset comes to give visibly other pictures."""


class Truncated(StrEnum):
    """What becomes of a source that ends too early: a failure, or what there is of it."""

    ERROR = "error"
    KEEP = "keep"


class Credit(StrEnum):
    """What may be kept of a source's metadata."""

    COPYRIGHT = "copyright"
    ARTIST = "artist"


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of variant: for pictures in `roles`, `width` pixels wide, named by `suffix`.

    `quality` is the encoder's (1 to 100) where the format has one, `background` the colour
    put behind transparent pixels where the format has none, `max_pixels` the most that a
    source may decode to, `credits` what is kept of its metadata.
    A variant that only a role asks for is made of sources over `min_step` times as wide.
    """

    name: str
    roles: tuple[Role, ...]
    suffix: str
    width: int
    quality: int = 82
    background: str = "#ffffff"
    max_pixels: int = 250_000_000
    min_step: float = 1.0
    truncated: Truncated = Truncated.ERROR
    credits: tuple[Credit, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A digest of all that decides the pixels: a change makes variants stale."""
        recipe = (RENDERER, self.width, self.quality, self.background, sorted(self.credits))
        return hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the size in pixels of the variant of a source."""
        return scaled(width, height, self.width)


def scaled(width: int, height: int, to_width: int) -> tuple[int, int]:
    """Scale a size to a width in pixels: never larger, the height rounded, at least 1."""
    if width <= to_width:
        return width, height
    # floor(x + 0.5) as sharp rounds, in integers
    return to_width, max(1, (2 * height * to_width + width) // (2 * width))


DEFAULT_PRESETS = (
    Preset("teaser", (Role.TEASER, Role.GALLERY), "-320", 320),
    Preset("overlay-768", (Role.OVERLAY,), "-768", 768),
    Preset("overlay-1280", (Role.OVERLAY,), "-1280", 1280),
    Preset("overlay-1920", (Role.OVERLAY,), "-1920", 1920),
)
