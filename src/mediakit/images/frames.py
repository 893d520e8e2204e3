"""GIF taken apart: each frame as a still picture of its own.

Source: GIF89a specification (CompuServe, 1990).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mediakit.images.pieces import Disposal, Piece, check_room

if TYPE_CHECKING:
    from collections.abc import Iterator


def gif_canvas(data: bytes, first: Piece) -> tuple[int, int]:
    """Return the size of a GIF in pixels: that of its screen, or of a larger first frame."""
    width, height = struct.unpack_from("<HH", data, 6)
    return max(width, first.box[2]), max(height, first.box[3])


def gif_plays(data: bytes) -> int:
    """Return how often a GIF is played in all, 0 for ever."""
    at = data.find(b"\x21\xff\x0bNETSCAPE2.0\x03\x01")
    if at < 0 or at + 18 > len(data):
        return 1
    (repeats,) = struct.unpack_from("<H", data, at + 16)
    return repeats + 1 if repeats else 0


def gif_pieces(data: bytes) -> Iterator[Piece]:
    """Yield the frames of a GIF, as far as the file goes; raises UnreadableError."""
    if len(data) < 13:
        return
    canvas = (0, 0)
    at = 13 + _table_size(data[10])
    palette, control = data[13:at], b"\0\0\0\0"
    while at + 2 <= len(data) and data[at] in b"!,":
        if data[at] == ord("!"):
            if data[at + 1] == 0xF9 and at + 7 <= len(data):
                control = data[at + 3 : at + 7]
            at = _skip_blocks(data, at + 2)
        elif at + 11 > len(data):
            return
        else:
            start = at + 10 + _table_size(data[at + 9])
            end = _skip_blocks(data, start + 1)
            piece = _gif_piece(data, palette, control, (at, start, end))
            canvas = canvas if any(canvas) else gif_canvas(data, piece)
            left, top, right, bottom = piece.box
            check_room((right - left) * (bottom - top), canvas)
            yield piece
            at, control = end, b"\0\0\0\0"


def _gif_piece(data: bytes, palette: bytes, control: bytes, at: tuple[int, int, int]) -> Piece:
    head, start, end = at
    left, top, width, height, packed = struct.unpack_from("<HHHHB", data, head + 1)
    flags, delay = struct.unpack_from("<BH", control)
    own = data[head + 10 : start]
    table = own or palette
    size = (packed & 7) if own else (data[10] & 7)
    screen = struct.pack("<HHBBB", width, height, (0x80 | size) if table else 0, 0, 0)
    shown = b"\x21\xf9\x04" + bytes([flags & 1, 0, 0, control[3]]) + b"\0"
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, packed & 0x40)
    # a frame that was cut off gets no trailer: it would be read as pixels
    trailer = b";" if end <= len(data) else b""
    return Piece(
        b"GIF89a" + screen + table + shown + frame + data[start:end] + trailer,
        (left, top, left + width, top + height),
        10 * delay,
        {2: Disposal.CLEAR, 3: Disposal.RESTORE}.get(flags >> 2 & 7, Disposal.KEEP),
    )


def _table_size(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _skip_blocks(data: bytes, at: int) -> int:
    """Return where the blocks that start here end, a place behind the data if cut off."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
