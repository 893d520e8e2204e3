"""The few EXIF tags that matter, read without trust: broken EXIF is as good as none."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ORIENTATION = 0x0112
ARTIST = 0x013B
COPYRIGHT = 0x8298
_DEVICE_OR_PLACE = frozenset({0x010F, 0x0110, 0x8825})
"""Make, model, and the directory of GPS."""

_HEADER = b"Exif\x00\x00"
_TEXTS = frozenset({ARTIST, COPYRIGHT})
_ASCII, _SHORT = 2, 3
_MOST_ENTRIES = 1000
_LONGEST = 4096
"""A JPEG holds 64 kB of EXIF in all."""


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 (upright) where it is missing, broken or out of range."""
    found = _entries(exif).get(ORIENTATION)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def tells_of_origin(exif: bytes) -> bool:
    """Return whether there is a camera or a place in it."""
    return any(tag in _DEVICE_OR_PLACE for _, _, tag, *_ in _rows(exif))


def texts(exif: bytes) -> dict[int, str]:
    """Return the texts of the first directory that are not empty, by tag."""
    found = {tag: text(raw) for tag, raw in _entries(exif).items() if isinstance(raw, bytes)}
    return {tag: value for tag, value in found.items() if value}


def text(raw: bytes) -> str:
    """Decode a text of unknown encoding: UTF-8, or else Latin-1, which takes all bytes."""
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        decoded = raw.decode("latin-1")
    return decoded.strip("\x00 \t\r\n")


def build(values: Mapping[int, str]) -> bytes:
    """Return EXIF that holds these texts in UTF-8 and nothing else, b"" for none."""
    exif = Image.Exif()
    for tag, value in sorted(values.items()):
        cut = value.encode(errors="replace")[:_LONGEST]
        exif[tag] = cut.decode(errors="ignore").encode()
    return exif.tobytes() if values else b""


def _entries(exif: bytes) -> dict[int, int | bytes]:
    """Return the numbers and texts of the first directory; what is damaged is left out."""
    found: dict[int, int | bytes] = {}
    for tiff, at, tag, kind, length, order in _rows(exif):
        if kind == _SHORT and length == 1:
            found[tag] = struct.unpack_from(order + "H", tiff, at + 8)[0]
        elif kind == _ASCII and tag in _TEXTS and tag not in found:
            (where,) = struct.unpack_from(order + "I", tiff, at + 8)
            where = at + 8 if length <= 4 else where
            found[tag] = tiff[where : where + min(length, _LONGEST)]
    return found


def _rows(exif: bytes) -> Iterator[tuple[bytes, int, int, int, int, str]]:
    """Yield the rows of the first directory: where each is, its tag, kind, length, byte order."""
    tiff = exif.removeprefix(_HEADER)
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for at in range(start + 2, start + 2 + 12 * min(count, _MOST_ENTRIES), 12):
        if at + 12 > len(tiff):
            return
        tag, kind, length = struct.unpack_from(order + "HHI", tiff, at)
        yield tiff, at, tag, kind, length, order
