"""The sizes of variants: how a source of any size fits the box of a preset."""

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
    """The size to scale the whole source to, and that of the variant: a crop, or a canvas."""

    scaled: tuple[int, int]
    size: tuple[int, int]


def place(fit: Fit, box: tuple[int, int], source: tuple[int, int]) -> Placement:
    """Return how a source becomes a variant; sizes are in pixels, an unused side of `box` is 0.

    No fit enlarges: a shorter side stays as it is, and only `contain` always gives the whole box.
    """
    (width, height), (to_width, to_height) = source, box
    by_width = fit is Fit.WIDTH
    if fit in {Fit.INSIDE, Fit.COVER, Fit.CONTAIN}:
        # in a box that is taller than the source, width is what runs out first
        taller = to_width * height <= to_height * width
        by_width = taller is not (fit is Fit.COVER)
    scaled = scale_to_width(width, height, to_width)
    if not by_width:
        scaled = scale_to_width(height, width, to_height)[::-1]
    if fit is Fit.COVER:
        return Placement(scaled, (min(to_width, scaled[0]), min(to_height, scaled[1])))
    return Placement(scaled, box if fit is Fit.CONTAIN else scaled)


def scale_to_width(width: int, height: int, to_width: int) -> tuple[int, int]:
    """Scale a size to a width in pixels: never larger, the height rounded, at least 1."""
    if width <= to_width:
        return width, height
    # floor(x + 0.5) as sharp rounds, in integers
    return to_width, max(1, (2 * height * to_width + width) // (2 * width))
