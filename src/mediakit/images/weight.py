"""How heavy a variant may be for its source: one of nearly the same size is not much heavier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.images.chunks import jpeg_segments, webp_chunks

if TYPE_CHECKING:
    from mediakit.base.formats import Format

POOREST = 30
"""The lowest quality to make a file small enough: below, blocks are all that is visible."""

_ROOM = 1.25
_LOSSLESS = frozenset({"PNG", "GIF", "BMP"})
_TABLES = 0xDB
_LUMA_AT_50 = 3688
"""The sum of the table for luma at quality 50 (ITU-T T.81, annex K), which others scale."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The bytes to `aim` for, and the `least` quality, on JPEG's scale, that may be had for them.

    `flat`: the source has lost nothing yet, so that less quality is no way to be lighter.
    """

    aim: int | None = None
    least: int = POOREST
    flat: bool = False


def weight_of(data: bytes, source: str, made: Format) -> Weight:
    """Return how heavy a variant in the format `made` may be, of a source in the one called so.

    A wish: less quality than that of the source is too much for it.
    """
    if made.palette:
        return Weight(len(data)) if made.name == source else Weight()
    room = int(_ROOM * len(data))
    if source in _LOSSLESS or (source == "WEBP" and _is_lossless(data)):
        return Weight(room, flat=True)
    if source == "JPEG":
        return Weight(room, jpeg_quality(data))
    return Weight(room) if source == made.name else Weight()


def jpeg_quality(data: bytes) -> int:
    """Return the quality that a JPEG's table for luma stands for, `POOREST` where it has none."""
    for marker, start, end in jpeg_segments(data):
        if marker == _TABLES and end - start >= 69 and data[start + 4] & 0x0F == 0:
            width = 1 + (data[start + 4] >> 4)
            table = data[start + 5 : start + 5 + 64 * width]
            scale = 100 * sum(table if width == 1 else _wide(table)) / _LUMA_AT_50
            quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
            return min(100, max(1, round(quality)))
    return POOREST


def _wide(table: bytes) -> list[int]:
    return [int.from_bytes(table[at : at + 2], "big") for at in range(0, len(table), 2)]


def _is_lossless(data: bytes) -> bool:
    return any(kind == b"VP8L" for kind, _, _ in webp_chunks(data))
