"""PNG by its chunks, and APNG taken apart: each frame as a still picture of its own.

Source: PNG specification, third edition (W3C).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from mediakit.images.pieces import Disposal, Piece, check_room

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = b"\x89PNG\r\n\x1a\n"
# What the pixels of each frame need; the order in the file is kept.
_SHARED = frozenset({b"PLTE", b"tRNS", b"iCCP", b"gAMA", b"cHRM", b"sRGB", b"sBIT"})


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each chunk, and where its content starts and ends."""
    at = len(_START)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at + 8, min(at + 8 + length, len(data))
        at += 12 + length


def png_exif(data: bytes) -> bytes:
    """Return the content of the eXIf chunk, which may stand behind the pixels."""
    return next((data[start:end] for kind, start, end in png_chunks(data) if kind == b"eXIf"), b"")


def apng_frames(data: bytes) -> int:
    """Return how many frames an APNG has, 1 for a still PNG."""
    kinds = [kind for kind, _, _ in png_chunks(data)]
    return max(1, kinds.count(b"fcTL")) if b"acTL" in kinds else 1


def apng_plays(data: bytes) -> int:
    """Return how often an APNG is played in all, 0 for ever."""
    control = (data[start:end] for kind, start, end in png_chunks(data) if kind == b"acTL")
    return int.from_bytes(next(control, b"")[4:8], "big")


def apng_pieces(data: bytes) -> Iterator[Piece]:
    """Yield the frames of an APNG, none of a still PNG; raises UnreadableError."""
    header, control, animated = b"", b"", False
    shared: list[bytes] = []
    pixels: list[bytes] = []  # joined at the end: there may be very many
    for kind, start, end in png_chunks(data):
        body = data[start:end]
        if kind == b"IHDR" and len(body) == 13:
            header = body
        elif kind == b"acTL":
            animated = bool(header)
        elif kind in _SHARED:
            shared.append(_chunk(kind, body))
        elif kind == b"fcTL" and animated:
            if control and pixels:
                yield _apng_piece(header, shared, control, pixels)
            control, pixels = (body if len(body) == 26 else b""), []
        elif control and kind in {b"IDAT", b"fdAT"}:
            pixels.append(_chunk(b"IDAT", body if kind == b"IDAT" else body[4:]))
    if control and pixels:
        yield _apng_piece(header, shared, control, pixels)


def _apng_piece(header: bytes, shared: list[bytes], control: bytes, pixels: list[bytes]) -> Piece:
    width, height, left, top, delay, divisor, disposal, blend = struct.unpack_from(
        ">IIIIHHBB", control, 4
    )
    check_room(width * height, struct.unpack_from(">II", header))
    parts = (_chunk(b"IHDR", struct.pack(">II", width, height) + header[8:]), *shared, *pixels)
    return Piece(
        _START + b"".join(parts) + _chunk(b"IEND", b""),
        (left, top, left + width, top + height),
        round(1000 * delay / (divisor or 100)),
        Disposal(disposal) if disposal <= 2 else Disposal.KEEP,
        over=blend == 1,
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
