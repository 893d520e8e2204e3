"""The metadata that matter: orientation and credits, and directories of EXIF, read without trust.

Broken EXIF or IPTC is as good as none.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.images.chunks import SCAN
from mediakit.images.frames import png_exif
from mediakit.images.opening import UnreadableError, format_in, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from PIL.ImageFile import ImageFile

ORIENTATION = 0x0112
RESOLUTIONS = (0x011A, 0x011B)
UNIT = 0x0128
EXIF_DIRECTORY = 0x8769
PIXELS = (0xA002, 0xA003)
"""Width and height."""
ARTIST = 0x013B
COPYRIGHT = 0x8298
_HEADER = b"Exif\x00\x00"
_TEXTS = frozenset({ARTIST, COPYRIGHT})
_ASCII, _SHORT, _RATIO = 2, 3, 5
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


def build(values: Mapping[int, str | float]) -> bytes:
    """Return EXIF that holds these values, texts in UTF-8, and nothing else, b"" for none.

    Values of the picture's own pixels are in the directory for them.
    """
    exif = Image.Exif()
    for tag, value in sorted(values.items()):
        if isinstance(value, str):
            cut = value.encode(errors="replace")[:_LONGEST]
            exif[tag] = cut.decode(errors="ignore").encode()
        else:
            (exif.get_ifd(EXIF_DIRECTORY) if tag in PIXELS else exif)[tag] = value
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
    for number, value in iptc_sets(iptc):
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


def iptc_in(resources: bytes) -> bytes:
    """Return the IPTC among the resources of Photoshop."""
    at = 0
    while resources[at : at + 4] == b"8BIM" and at + 12 <= len(resources):
        number, length = struct.unpack_from(">HB", resources, at + 4)
        at += 7 + length + (length + 1) % 2
        size = int.from_bytes(resources[at : at + 4])
        if number == 0x0404:
            return resources[at + 4 : at + 4 + size]
        at += 4 + size + size % 2
    return b""


def iptc_sets(block: bytes) -> Iterator[tuple[int, str]]:
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
    first = next(directories(exif), None)
    if first is None:
        return {}
    found: dict[int, int | bytes] = {}
    for tag, (kind, length, _) in first.tags.items():
        if kind == _SHORT and length == 1:
            found[tag] = first.number(tag)
        elif kind == _ASCII and tag in _TEXTS:
            found[tag] = first.value(tag)
    return found


_SIZES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of a value of each kind that has more than one."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory of EXIF: kind, count and place of each tag; `after` is where the next one is."""

    tiff: bytes
    order: str = "<"
    tags: Mapping[int, tuple[int, int, int]] = field(default_factory=dict)
    after: int = 0
    is_broken: bool = False

    @classmethod
    def read(cls, tiff: bytes, start: int) -> Directory:
        """Read the directory that begins at `start`, as far as it goes."""
        order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4], "")
        if not order or not 8 <= start <= len(tiff) - 2:
            return cls(tiff, is_broken=True)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        end = start + 2 + 12 * count
        rows = range(start + 2, min(end, start + 2 + 12 * _MOST_ENTRIES, len(tiff) - 11), 12)
        tags: dict[int, tuple[int, int, int]] = {}
        for at in rows:
            tag, kind, length = struct.unpack_from(order + "HHI", tiff, at)
            tags.setdefault(tag, (kind, length, at + 8))
        after = struct.unpack_from(order + "I", tiff, end)[0] if end + 4 <= len(tiff) else 0
        return cls(tiff, order, tags, after, is_broken=len(rows) < count)

    def value(self, tag: int, most: int = _LONGEST) -> bytes:
        """Return the bytes of a value, at most so many, b"" where there are none."""
        kind, length, at = self.tags.get(tag, (0, 0, 0))
        size = length * _SIZES.get(kind, 1)
        place = at if size <= 4 else int(struct.unpack_from(self.order + "I", self.tiff, at)[0])
        return self.tiff[place : place + min(size, most)]

    def ratio(self, tag: int) -> float:
        """Return a value that is one ratio, 0 where it is missing or none."""
        value = self.value(tag)
        kind = self.tags[tag][0] if tag in self.tags else 0
        if kind != _RATIO or len(value) < 8:
            return 0
        above, below = struct.unpack_from(self.order + "II", value)
        return above / below if below else 0.0

    def number(self, tag: int) -> int:
        """Return a value that is one number."""
        kind, _, at = self.tags[tag]
        return int(
            struct.unpack_from(self.order + ("H" if kind == _SHORT else "I"), self.tiff, at)[0]
        )


def directories(exif: bytes) -> Iterator[Directory]:
    """Yield the directory of the picture, and that of its thumbnail if it has one."""
    tiff = exif.removeprefix(_HEADER)
    if tiff[:4] not in {b"II*\0", b"MM\0*"} or len(tiff) < 10:
        return
    first = Directory.read(tiff, int.from_bytes(tiff[4:8], "little" if tiff[0] == 0x49 else "big"))
    yield first
    if first.after:
        yield Directory.read(tiff, first.after)


def before_pixels(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment of a JPEG, up to the first scan."""
    at, marker = 2, 0
    while marker != SCAN and data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker != 0xFF:  # filling
            yield marker, data[at + 4 : end]
        at = end if marker != 0xFF else at + 1


_TELLING = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})


def is_plain_jpeg(head: bytes, tail: bytes) -> bool:
    """Return whether a JPEG has no metadata at all, as those that mediakit makes.

    `tail` are its last bytes where `head` is only its beginning.
    """
    if not head.startswith(b"\xff\xd8") or not (tail or head).endswith(b"\xff\xd9"):
        return False
    markers = {marker for marker, _ in before_pixels(head)}
    return SCAN in markers and not markers & _TELLING
