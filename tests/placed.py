"""Pictures that tell where they were taken, in each way that a format has."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from PIL import Image

from conftest import draw

if TYPE_CHECKING:
    from collections.abc import Callable


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def small(kind: str, **options: object) -> bytes:
    return draw((64, 32), kind=kind, **options)


XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmpRights:Marked="True"
 exif:GPSLatitude="55,40.1N"><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">Ann's</rdf:li>
</rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>"""


def exif(turned: int = 6, *, place: bool = True) -> bytes:
    """Return what a phone writes: its name and number, how it was held, its owner, a place."""
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0112] = "Fone", "Fone 12", turned
    found[0x8298], found[0x013B] = "(c) Ann", "Ann"
    found.get_ifd(0x8769).update({0xA430: "Bob", 0xA431: "SN-1", 0x927C: b"Fone\0notes"})
    if place:
        found.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 12.0), 3: "E", 4: (12.0, 34.0, 0.0)})
    return bytes(found.tobytes())


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def within(data: bytes, *segments: bytes) -> bytes:
    """Return a JPEG with segments behind its beginning."""
    return data[:2] + b"".join(segments) + data[2:]


def iptc(**sets: bytes) -> bytes:
    """Return a segment with data sets of IPTC by number, such as `x90=b"Odense"`."""
    block = b"".join(
        b"\x1c\2" + bytes([int(number[1:])]) + struct.pack(">H", len(value)) + value
        for number, value in sets.items()
    )
    resource = b"8BIM\4\4\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    return segment(0xED, b"Photoshop 3.0\0" + resource)


def xmp(body: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + body)


def text(body: bytes) -> bytes:
    data = small("PNG")
    return data[:33] + body + data[33:]


def raw_profile() -> bytes:
    """Return EXIF in the way of ImageMagick."""
    block = exif()
    lines = b"\nexif\n%8d\n" % len(block) + block.hex().encode() + b"\n"
    return text(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(lines)))


JPEG = small("JPEG")
VIDEO = b"\0\0\0\x18ftypmp42" + b"\0\0\0\x20\xa9xyz\0\x12+55.67+012.57/"
PLACED: dict[str, Callable[[], bytes]] = {
    "exif.jpg": lambda: small("JPEG", exif=exif()),
    "xmp.jpg": lambda: within(JPEG, xmp(XMP)),
    "xmp-element.jpg": lambda: within(JPEG, xmp(b"<a:City>\n Odense </a:City>")),
    "xmp-utf-16.jpg": lambda: within(JPEG, xmp(XMP.decode().encode("utf-16-le"))),
    "more-xmp.jpg": lambda: within(
        JPEG, *(segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + part)
                for part in (b"exif:GPSLat", b"itude='5'"))),
    "city.jpg": lambda: within(JPEG, iptc(x90=b"Odense", x116=b"(c) Ann")),
    "part-of-city.jpg": lambda: within(JPEG, iptc(x92=b"Harbour")),
    "motion.jpg": lambda: within(JPEG, xmp(b"GCamera:MotionPhoto='1'")) + VIDEO,
    "second.jpg": lambda: within(JPEG, segment(0xE2, b"MPF\0")) + PLACED["exif.jpg"](),
    "exif.png": lambda: small("PNG", exif=exif()),
    "behind.png": lambda: small("PNG")[:-12]
    + chunk(b"eXIf", exif()[6:]) + chunk(b"IEND", b""),
    "xmp.png": lambda: text(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
    "packed-xmp.png": lambda: text(
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP))),
    "raw-profile.png": raw_profile,
    "text.png": lambda: text(chunk(b"tEXt", b"exif:GPSLatitude\x0055/1, 40/1")),
    "exif.webp": lambda: small("WEBP", exif=exif(), lossless=True),
    "xmp.webp": lambda: small("WEBP", xmp=XMP, lossless=True),
    "exif.avif": lambda: small("AVIF", exif=exif()),
    "xmp.avif": lambda: small("AVIF", xmp=XMP),
    "xmp.gif": lambda: small("GIF", mode="P")[:-1]
    + b"!\xff\x0bXMP DataXMP" + XMP + b"\1" + bytes(range(255, -1, -1)) + b"\0;",
}  # fmt: skip
