"""Files of pictures and films without their metadata: the coded pixels stay as they are."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from mediakit.images.boxes import metadata_items
from mediakit.images.chunks import END, SCAN, jpeg_segments, png_chunks, webp_chunks
from mediakit.images.film_bytes import is_webm
from mediakit.images.frames import gif_table, skip_gif_blocks
from mediakit.images.opening import is_svg
from mediakit.images.private import EXIF, PHOTOSHOP, PNG_XMP, XMP, is_boxes

if TYPE_CHECKING:
    from mediakit.images.rights import Rights

_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_ADOBE = 0xEE
_METADATA = frozenset({*range(0xE0, 0xF0), 0xFE}) - {0xE0, _ADOBE}


def bare(data: bytes, name: str) -> bytes | None:
    """Return a file in the format of this name with its pixels alone, None where that cannot be.

    Profile and orientation go too: the caller has seen that they change nothing.
    """
    strip = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}.get(name)
    return strip(data, None) if strip else None


def without_metadata(data: bytes) -> bytes | None:
    """Return a picture that tells nothing but its colours, how it is turned, and whose it is.

    It is shown as before; an SVG loses what it runs and loads, too. None is for what cannot be
    taken apart: a TIFF, or a damaged file.
    """
    from mediakit.images.rights import rights_in  # noqa: PLC0415 - few pictures tell anything

    for start, strip in _BY_START.items():
        if data.startswith(start):
            return strip(data, rights_in(data))
    if is_svg("drawing.svg", data):
        from mediakit.images.vector import plain_svg  # noqa: PLC0415 - it loads a parser of XML

        return plain_svg(data)
    if is_webm(data):
        from mediakit.images.film_webm import bare_webm  # noqa: PLC0415 - few films

        return bare_webm(data)
    if not is_boxes(data):
        return None
    from mediakit.images.film_private import bare_film, is_boxed_film  # noqa: PLC0415 - few films

    return bare_film(data) if is_boxed_film(data) else _boxes(data, rights_in(data))


def _jpeg(data: bytes, keep: Rights | None) -> bytes | None:
    parts, added, marker, end = [data[:2]], False, 0, 0
    for marker, start, end in jpeg_segments(data):
        if marker == 0xE0:
            parts += [_JFIF] if data[start + 4 : start + 9] == b"JFIF\0" else []
            continue
        if keep and not added:
            parts += _segments(keep)
            added = True
        is_profile = keep and data.startswith(b"ICC_PROFILE\0", start + 4) and marker == 0xE2
        if marker not in _METADATA or is_profile:
            parts.append(data[start:end])
    is_cut = keep is not None and marker == SCAN and end == len(data)  # browsers show it
    return b"".join(parts) if marker == END or is_cut else None


def _segments(keep: Rights) -> list[bytes]:
    resource = b"8BIM\x04\x04\0\0" + len(keep.iptc).to_bytes(4) + keep.iptc
    resource += b"\0" * (len(keep.iptc) % 2)
    return [
        bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body
        for marker, body, has in (
            (0xE1, EXIF + keep.exif, keep.exif), (0xE1, XMP + keep.xmp, keep.xmp),
            (0xED, PHOTOSHOP + resource, keep.iptc),
        ) if has and len(body) < 0xFFFE
    ]  # fmt: skip


_PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"})
_PNG_COLOURS = frozenset({
    b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"hIST",
    b"pHYs", b"sPLT",
})  # fmt: skip
_PNG_TEXTS = (b"Author\0", b"Copyright\0", b"Disclaimer\0")


def _png(data: bytes, keep: Rights | None) -> bytes | None:
    kept = _PNG_PIXELS if keep is None else _PNG_PIXELS | _PNG_COLOURS
    parts, kind = [data[:8]], b""
    for kind, start, end in png_chunks(data):
        is_credit = kind in {b"tEXt", b"zTXt", b"iTXt"} and data.startswith(_PNG_TEXTS, start)
        if kind in kept or (keep and is_credit):
            parts.append(data[start - 8 : end + 4])
        if kind == b"IHDR" and keep:
            parts += [_chunk(b"eXIf", keep.exif)] if keep.exif else []
            parts += [_chunk(b"iTXt", PNG_XMP + b"\0" * 5 + keep.xmp)] if keep.xmp else []
        if kind == b"IEND":
            break
    is_cut = keep is not None and kind == b"IDAT"
    return b"".join(parts) if kind == b"IEND" or is_cut else None


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


_WEBP_METADATA = frozenset({b"EXIF", b"XMP "})
_PROFILE, _EXIF, _XMP = 0x20, 0x08, 0x04
"""The flags of a VP8X chunk for what it says of metadata."""


def _webp(data: bytes, keep: Rights | None) -> bytes | None:
    parts = [b"WEBP"]
    gone = _EXIF | _XMP | (0 if keep else _PROFILE)
    flags = (_EXIF if keep and keep.exif else 0) | (_XMP if keep and keep.xmp else 0)
    left = [
        (kind, data[start:end])
        for kind, start, end in webp_chunks(data)
        if kind not in _WEBP_METADATA and (keep or kind != b"ICCP")
    ]
    if left and left[0][0] == b"VP8X" and left[0][1]:
        body = left[0][1]
        left[0] = b"VP8X", bytes([body[0] & ~gone & 0xFF | flags]) + body[1:]
        left += [(b"EXIF", keep.exif)] if keep and keep.exif else []
        left += [(b"XMP ", keep.xmp)] if keep and keep.xmp else []
    for kind, body in left:
        parts.append(kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    whole = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


_KEPT = (b"\xf9", b"\xff\x0bNETSCAPE2.0", b"\xff\x0bANIMEXTS1.0", b"\xff\x0bICCRGBG1012")
"""How extensions begin that belong to the pixels."""


def _gif(data: bytes, _keep: Rights | None) -> bytes | None:
    if len(data) < 13:
        return None
    at = 13 + gif_table(data[10])
    parts = [data[:at]]
    while at < len(data):
        start, first = at, data[at]
        if first == 0x3B:
            return b"".join((*parts, b";"))
        if first == 0x21:
            at = skip_gif_blocks(data, at + 2)
            kept = data.startswith(_KEPT, start + 1)
        elif first == 0x2C and at + 10 <= len(data):
            at = skip_gif_blocks(data, at + 11 + gif_table(data[at + 9]))
            kept = True
        else:
            return None
        parts += [data[start:at]] if kept else []
    return None


_NO_EXIF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"


def _boxes(data: bytes, keep: Rights) -> bytes:
    """Return an AVIF or HEIC with its metadata written over: nothing moves, so no address changes.

    What is after the first part of an item in parts, and a video beside the picture, is cleared.
    """
    made, seen = bytearray(data), set()
    for kind, start, end in metadata_items(data):
        body = b""
        if kind not in seen:
            body = {"exif": keep.exif or _NO_EXIF, "xmp": keep.xmp}.get(kind, b"")
        seen.add(kind)
        body = body if len(body) <= end - start else b""
        filling = b" " if kind == "xmp" else b"\0"
        made[start:end] = body + filling * (end - start - len(body))
    return bytes(made)


_BY_START = {b"\xff\xd8": _jpeg, b"\x89PNG": _png, b"RIFF": _webp, b"GIF8": _gif}
