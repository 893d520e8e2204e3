"""Encoders' qualities, level between formats: one number stands for one look."""

from __future__ import annotations

from dataclasses import dataclass

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
