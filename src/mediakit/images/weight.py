"""What the quality of a source was: its variants need no better one."""

from __future__ import annotations

from mediakit.images.chunks import jpeg_segments, webp_chunks

_UNKNOWN = 30
_LOSSLESS = frozenset({"PNG", "GIF", "BMP"})
_TABLES = 0xDB
_LUMA_AT_50 = 3688
"""The sum of the table for luma at quality 50 (ITU-T T.81, annex K), which others scale."""


def least_quality(data: bytes, source: str, made: str) -> int | None:
    """Return the quality, on JPEG's scale, down to which a variant loses nothing that is there.

    None where that cannot be said: a source that lost nothing, or of a thriftier format.
    """
    if source == "JPEG":
        return jpeg_quality(data)
    return _UNKNOWN if source == made and not is_lossless(data, source) else None


def is_lossless(data: bytes, source: str) -> bool:
    """Return whether a source of this format has lost nothing yet."""
    if source == "WEBP":
        return any(kind == b"VP8L" for kind, _, _ in webp_chunks(data))
    return source in _LOSSLESS


def jpeg_quality(data: bytes) -> int:
    """Return the quality that a JPEG's table for luma stands for, 30 where it has none."""
    for marker, start, end in jpeg_segments(data):
        if marker == _TABLES and end - start >= 69 and data[start + 4] & 0x0F == 0:
            width = 1 + (data[start + 4] >> 4)
            table = data[start + 5 : start + 5 + 64 * width]
            scale = 100 * sum(table if width == 1 else _wide(table)) / _LUMA_AT_50
            quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
            return min(100, max(1, round(quality)))
    return _UNKNOWN


def _wide(table: bytes) -> list[int]:
    return [int.from_bytes(table[at : at + 2], "big") for at in range(0, len(table), 2)]
