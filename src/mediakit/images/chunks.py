"""Files of pictures taken apart, without a decoder: segments of a JPEG, chunks of a PNG or WebP."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG_START = b"\x89PNG\r\n\x1a\n"
SCAN, END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: neither a stuffed byte nor a restart."""


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment, with the data of scans, as far as it goes."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == END:
            yield marker, at, at + 2
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == SCAN:
            found = _MARKER.search(data, end)
            end = found.start() if found else len(data)
        yield marker, at, min(end, len(data))
        at = end
    if data[at : at + 2] == b"\xff\xd9":
        yield END, at, at + 2


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each chunk, and where its content starts and ends."""
    at, last = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= last:
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, at + 8, min(at + 8 + length, last)
        at += 8 + length + length % 2


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each chunk, and where its content starts and ends."""
    at = len(PNG_START)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at + 8, min(at + 8 + length, len(data))
        at += 12 + length


def is_sound(data: bytes, start: int, end: int) -> bool:
    """Return whether the checksum of a PNG's chunk is right; browsers leave out others."""
    return zlib.crc32(data[start - 4 : end]) == int.from_bytes(data[end : end + 4])


def png_text(kind: bytes, body: bytes, most: int) -> tuple[bytes, bytes]:
    """Return the keyword and the text of a chunk of text, of a packed one at most so many bytes."""
    keyword, _, value = body.partition(b"\0")
    is_packed = kind == b"zTXt"
    if kind == b"iTXt":
        is_packed = value[:1] == b"\1"
        value = value[2:].split(b"\0", 2)[-1]
    elif is_packed:
        value = value[1:]
    if is_packed:
        try:
            value = zlib.decompressobj().decompress(value, most) if most > 0 else b""
        except zlib.error:
            value = b""
    return keyword, value


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG with its length and checksum."""
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


_DECODED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})
_END_OF_PNG = b"\0\0\0\0IEND\xaeB`\x82"


def plain_png(data: bytes) -> bytes:
    """Return a PNG with nothing but what its pixels need: a slip elsewhere is no reason to fail.

    That is the first frame where the picture moves. Numbers beyond the palette get its last colour.
    """
    parts, last = [PNG_START], len(PNG_START)
    for kind, start, end in png_chunks(data):
        if kind == b"PLTE" and is_sound(data, start, end) and end > start:
            colours = data[start:end] + data[end - 3 : end] * (256 - (end - start) // 3)
            parts.append(png_chunk(kind, colours[: 3 << min(data[24], 8)]))
        elif (
            start < len(data)
            and kind in _DECODED
            and (kind != b"tRNS" or is_sound(data, start, end))
        ):
            parts.append(data[start - 8 : end + 4])
            last = end + 4
    return b"".join((*parts, _END_OF_PNG) if last <= len(data) else parts)


_MOVES, _CLEAR = 0x02, 0x10


def plain_webp(data: bytes) -> bytes:
    """Return a WebP that says that it has clear pixels, if it moves and a frame leaves some so.

    Writers whose pictures are opaque do not say it: then Pillow shows black where nothing is.
    """
    canvas = b""
    for kind, start, _ in webp_chunks(data):
        if kind == b"VP8X" and data[start] & (_MOVES | _CLEAR) == _MOVES:
            canvas = data[start + 4 : start + 10]
        if kind == b"ANMF" and canvas and data[start + 6 : start + 12] != canvas:
            return b"".join((data[:20], bytes([data[20] | _CLEAR]), data[21:]))
        if kind not in {b"VP8X", b"ANMF", b"ANIM", b"ICCP"}:
            break
    return data
