"""What `mediakit check` reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Settings of the table `[check]`.

    `ignore` are codes that are not reported, `errors` those that count as errors whatever they
    are else; the rest are limits: bytes, pixels, pixels, and a share of the usual shape.
    """

    ignore: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    max_bytes: int = 3_000_000
    max_pixels: int = 24_000_000
    overlay_width: int = 768
    teaser_shape: float = 0.2
