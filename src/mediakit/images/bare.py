"""Files of pictures without their metadata: the coded pixels stay as they are."""

from __future__ import annotations

import struct

from mediakit.images.chunks import END, jpeg_segments, png_chunks, webp_chunks
from mediakit.images.frames import gif_table, skip_gif_blocks

_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_ADOBE = 0xEE
_METADATA = frozenset({*range(0xE0, 0xF0), 0xFE}) - {0xE0, _ADOBE}


def bare(data: bytes, name: str) -> bytes | None:
    """Return a file in the format of this name with its pixels alone, None where that cannot be.

    Profile and orientation go too: the caller has seen that they change nothing.
    """
    strip = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}.get(name)
    return strip(data) if strip else None


def _jpeg(data: bytes) -> bytes | None:
    parts, marker = [data[:2]], 0
    for marker, start, end in jpeg_segments(data):
        if marker == 0xE0:
            parts += [_JFIF] if data[start + 4 : start + 9] == b"JFIF\0" else []
        elif marker not in _METADATA:
            parts.append(data[start:end])
    return b"".join(parts) if marker == END else None


_PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"})


def _png(data: bytes) -> bytes | None:
    parts, kind = [data[:8]], b""
    for kind, start, end in png_chunks(data):
        if kind in _PNG_PIXELS:
            parts.append(data[start - 8 : end + 4])
        if kind == b"IEND":
            break
    return b"".join(parts) if kind == b"IEND" else None


_WEBP_METADATA = frozenset({b"ICCP", b"EXIF", b"XMP "})
_NO_METADATA = ~0x2C & 0xFF
"""The flags of a VP8X chunk, but for profile, EXIF and XMP."""


def _webp(data: bytes) -> bytes | None:
    parts = [b"WEBP"]
    for kind, start, end in webp_chunks(data):
        body = data[start:end]
        if kind == b"VP8X" and body:
            body = bytes([body[0] & _NO_METADATA]) + body[1:]
        if kind not in _WEBP_METADATA:
            parts.append(kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    whole = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


_REPEATS = frozenset({b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"})


def _gif(data: bytes) -> bytes | None:
    at = 13 + gif_table(data[10])
    parts = [data[:at]]
    while at + 2 <= len(data):
        start, first = at, data[at]
        if first == 0x3B:
            return b"".join((*parts, b";"))
        if first == 0x21:
            at = skip_gif_blocks(data, at + 2)
            kept = data[start + 1] == 0xF9 or data[start + 2 : start + 14] in _REPEATS
        elif first == 0x2C and at + 10 <= len(data):
            at = skip_gif_blocks(data, at + 11 + gif_table(data[at + 9]))
            kept = True
        else:
            return None
        parts += [data[start:at]] if kept else []
    return None
