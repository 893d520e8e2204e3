from __future__ import annotations

import struct
import zlib

import pytest
from drawn import MARK, chunk, quarters, saved

from conftest import draw
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.images.render import PictureSource, Rendered, render

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf>" + MARK + b"</rdf></x:xmpmeta>"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif() -> bytes:
    """Return EXIF with the mark in every place, and in a thumbnail that hangs on it."""
    picture = draw((32, 32), comment=MARK)
    texts = {0x010F: b"make", 0x0131: b"software", 0x8298: b"copyright", 0x927C: b"note"}
    at = 8 + 2 + 12 * len(texts) + 4
    entries, tail = b"", b""
    for tag, value in texts.items():
        text = value + MARK + b"\0"
        entries += struct.pack(">HHII", tag, 2, len(text), at + len(tail))
        tail += text
    thumbnail = at + len(tail)
    second = struct.pack(
        ">HHHIIHHIII", 2, 0x0201, 4, 1, thumbnail + 30, 0x0202, 4, 1, len(picture), 0
    )
    head = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, len(texts))
    return head + entries + struct.pack(">I", thumbnail) + tail + second + picture


def jpeg() -> bytes:
    data = saved(quarters((400, 200)), "JPEG", exif=exif(), comment=MARK, xmp=XMP)
    iptc = struct.pack(">BBBH", 0x1C, 2, 120, len(MARK)) + MARK
    resource = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(iptc)) + iptc
    extra = segment(0xED, b"Photoshop 3.0\0" + resource) + segment(0xEB, MARK)
    extra += segment(0xE2, b"MPF\0" + MARK) + segment(0xFE, MARK)
    return data[:2] + extra + data[2:] + MARK


def png() -> bytes:
    data = saved(quarters((400, 200)), "PNG", exif=exif())
    texts = (
        chunk(b"tEXt", b"Comment\0" + MARK)
        + chunk(b"zTXt", b"Raw\0\0" + zlib.compress(MARK))
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
        + chunk(b"prVt", MARK)
    )
    return data[:33] + texts + data[33:-12] + texts + data[-12:]


def other(kind: str, **options: object) -> bytes:
    return saved(quarters((400, 200)), kind, **options)


SOURCES = {
    "jpeg": jpeg(),
    "png": png(),
    "webp": other("WEBP", exif=exif(), xmp=XMP),
    "avif": other("AVIF", exif=exif(), xmp=XMP),
    "gif": other("GIF", comment=MARK),
    "tiff": other("TIFF", description=MARK.decode(), software=MARK.decode()),
}


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".avif", ".gif", ".tif", ".bmp"])
@pytest.mark.parametrize("source", SOURCES)
def test_nothing_leaks(source: str, ending: str) -> None:
    """No comment, EXIF, thumbnail, XMP, IPTC, text or trailer of a source gets into a variant."""
    assert MARK in SOURCES[source], "the fixture has something to leak"
    (made,) = render(PictureSource(SOURCES[source]), (("a-320" + ending, DEFAULT_PRESETS[0]),))
    assert isinstance(made, Rendered), made
    assert made.width == 320
    for trace in (MARK, b"Exif", b"xmpmeta", b"8BIM", b"ICC_PROFILE", b"iCCP"):
        assert trace not in made.data
