"""The metadata that matter: orientation, origin and credits, read without trust.

Broken EXIF or IPTC is as good as none.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.images.frames import png_exif
from mediakit.images.opening import UnreadableError, format_in, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from PIL.ImageFile import ImageFile

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
# The EXIF tag, and the data set of IPTC record 2 that stands in for it
# (IPTC-NAA Information Interchange Model 4, chapter 6).
_TAGS = {"copyright": (COPYRIGHT, 116), "artist": (ARTIST, 80)}
_PHOTOSHOP_IPTC = 0x0404


def exif_of(image: ImageFile, data: bytes) -> bytes:
    """Return the EXIF block of an opened picture."""
    if image.format == "PNG":  # Pillow also takes text chunks for EXIF, browsers do not
        return png_exif(data)
    found = image.info.get("exif")
    return found if isinstance(found, bytes) else b""


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


def read_credits(data: bytes, keep: frozenset[str]) -> bytes:
    """Return EXIF with the copyright and artist of a picture, b"" if it has none to keep.

    EXIF counts before IPTC. Broken metadata are as good as missing.
    """
    if not keep & _TAGS.keys():
        return b""
    try:
        stored, iptc = _blocks(data)
    except UnreadableError:
        return b""
    found_texts = texts(stored)
    datasets: dict[int, str] = {}
    for number, value in _iptc(iptc):
        # a picture by two is two data sets
        datasets[number] = f"{datasets[number]}; {value}" if number in datasets else value
    found = {
        tag: found_texts.get(tag) or datasets.get(number, "")
        for name, (tag, number) in _TAGS.items()
        if name in keep
    }
    return build({tag: value for tag, value in found.items() if value})


def _blocks(data: bytes) -> tuple[bytes, bytes]:
    """Return the EXIF and the IPTC block of a picture."""
    kind = format_in(data)
    if kind == "TIFF":
        return data, b""  # a TIFF is its own EXIF
    if kind == "GIF":
        return b"", b""  # it has none, and opening one may cost any amount of memory
    with opened(data) as image:
        stored = exif_of(image, data)
        resources = image.info.get("photoshop")
        iptc = resources.get(_PHOTOSHOP_IPTC, b"") if isinstance(resources, dict) else b""
    return stored, iptc if isinstance(iptc, bytes) else b""


def _iptc(block: bytes) -> Iterator[tuple[int, str]]:
    """Yield number and text of the data sets in record 2."""
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", block, at + 1)
        if length & 0x8000:  # an extended data set: none that is wanted here
            return
        if record == 2 and (value := text(block[at + 5 : at + 5 + length])):
            yield number, value
        at += 5 + length


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
