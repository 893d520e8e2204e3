"""What may be kept of a source's metadata: copyright and artist, as EXIF of their own."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mediakit.images import exif
from mediakit.images.decode import exif_of
from mediakit.images.opening import UnreadableError, format_in, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

# The EXIF tag, and the data set of IPTC record 2 that stands in for it
# (IPTC-NAA Information Interchange Model 4, chapter 6).
_TAGS = {"copyright": (exif.COPYRIGHT, 116), "artist": (exif.ARTIST, 80)}
_PHOTOSHOP_IPTC = 0x0404


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
    texts = exif.texts(stored)
    datasets: dict[int, str] = {}
    for number, value in _iptc(iptc):
        # a picture by two is two data sets
        datasets[number] = f"{datasets[number]}; {value}" if number in datasets else value
    found = {
        tag: texts.get(tag) or datasets.get(number, "")
        for name, (tag, number) in _TAGS.items()
        if name in keep
    }
    return exif.build({tag: value for tag, value in found.items() if value})


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
        if record == 2 and (value := exif.text(block[at + 5 : at + 5 + length])):
            yield number, value
        at += 5 + length
