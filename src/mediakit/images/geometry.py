"""The sizes of variants: how a source of any size comes into the frame that a preset gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fit(StrEnum):
    """How a source comes to a size: by one side, inside both, or filling both."""

    WIDTH = "width"
    HEIGHT = "height"
    INSIDE = "inside"
    COVER = "cover"
    CONTAIN = "contain"


@dataclass(frozen=True, slots=True)
class Placement:
    """The size in pixels to scale the whole source to, and that of the variant.

    Where a side of the variant is the shorter one it is a crop, where it is longer, a canvas.
    """

    scaled: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """Width and height in pixels, 0 for one that `fit` does not use.

    No fit enlarges: a side that is already shorter stays as it is, and only the canvas of
    `contain` is always the whole frame.
    """

    width: int = 0
    height: int = 0
    fit: Fit = Fit.WIDTH

    def place(self, width: int, height: int) -> Placement:
        """Return how a source of this size in pixels becomes a variant."""
        by_width = self.fit is Fit.WIDTH
        if self.fit in {Fit.INSIDE, Fit.COVER, Fit.CONTAIN}:
            # in a frame that is taller than the source, width is what runs out first
            taller = self.width * height <= self.height * width
            by_width = taller is not (self.fit is Fit.COVER)
        scaled = (
            scale_to_width(width, height, self.width)
            if by_width
            else _scale_to_height(width, height, self.height)
        )
        if self.fit is Fit.COVER:
            return Placement(scaled, (min(self.width, scaled[0]), min(self.height, scaled[1])))
        if self.fit is Fit.CONTAIN:
            return Placement(scaled, (self.width, self.height))
        return Placement(scaled, scaled)


def scale_to_width(width: int, height: int, to_width: int) -> tuple[int, int]:
    """Scale a size to a width in pixels: never larger, the height rounded, at least 1."""
    if width <= to_width:
        return width, height
    # floor(x + 0.5) as sharp rounds, in integers
    return to_width, max(1, (2 * height * to_width + width) // (2 * width))


def _scale_to_height(width: int, height: int, to_height: int) -> tuple[int, int]:
    tall, wide = scale_to_width(height, width, to_height)
    return wide, tall
