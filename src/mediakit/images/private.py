"""What pictures and films tell beside their pixels: place and camera. Nothing is decoded.

Sources: Exif 2.32 (CIPA DC-008), TIFF 6.0, XMP part 3 (Adobe), IIM 4 (IPTC),
Multi-Picture Format (CIPA DC-007), the PNG specification, the WebP container specification.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mediakit.images.chunks import (
    END,
    PNG_START,
    SCAN,
    jpeg_segments,
    png_chunks,
    png_text,
    webp_chunks,
)
from mediakit.images.exif import (
    EXIF_DIRECTORY,
    Directory,
    before_pixels,
    directories,
    iptc_in,
    iptc_sets,
    text,
)
from mediakit.images.film_bytes import is_webm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = 128 * 1024
"""Bytes in which a JPEG nearly always has all that stands before its pixels."""

Block = tuple[str, bytes]
"""Metadata with their kind: `exif`, `xmp`, `iptc`, `place` (a text that is one), `behind`.

Of a film also `make`, the name of its camera.
"""

EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
PNG_XMP = b"XML:com.adobe.xmp"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_MORE_HEAD = len(_MORE_XMP) + 40
_GPS = 0x8825
_UNPACKED = 16_000_000
"""Bytes of packed texts of a PNG that are looked at, in all."""


class Told(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a picture tells: whether a place, the name of its camera, and what else in words.

    `sha256` and `bytes` are what the file would have without, where somebody asked.
    """

    place: bool = False
    camera: str = ""
    more: tuple[str, ...] = ()
    sha256: str = ""
    bytes: int = 0


def told_by(head: bytes, tail: bytes = b"") -> Told | None:
    """Return what a picture tells; None says that the whole file is needed to know.

    `tail` are its last two bytes where `head` is only its beginning.
    """
    blocks = list(_blocks(head, tail))
    if ("whole", b"") in blocks:
        return None
    found: set[str] = set()
    camera = ""
    for kind, data in blocks:
        words = _JUDGES[kind](data)
        found |= words.keys()
        camera = camera or words.get("camera", "")
    found -= {"camera"}
    return Told("place" in found, camera, tuple(sorted(found - {"place"})))


def metadata(data: bytes) -> Iterator[Block]:
    """Yield the metadata of a whole picture."""
    return _blocks(data, b"")


def _blocks(data: bytes, tail: bytes) -> Iterator[Block]:
    if data.startswith(b"\xff\xd8"):
        yield from _of_jpeg(data, tail)
    elif data.startswith((b"II*\0", b"MM\0*", b"\x89PNG", b"RIFF", b"GIF8")) or is_boxes(data):
        if tail:
            yield "whole", b""
        elif data.startswith(PNG_START):
            yield from _of_png(data)
        elif data.startswith(b"RIFF"):
            for kind, start, end in webp_chunks(data):
                if kind in {b"EXIF", b"XMP "}:
                    yield kind.strip().lower().decode(), data[start:end]
        elif data.startswith(b"GIF8"):
            at = data.find(b"XMP DataXMP")
            yield from [("xmp", data[at:])] if at > 0 else []
        elif is_boxes(data):
            from mediakit.images.film_private import boxed_metadata  # noqa: PLC0415 - few have it

            yield from boxed_metadata(data)
        else:
            yield "exif", data


def is_boxes(data: bytes) -> bool:
    """Return whether bytes begin like an AVIF, a HEIC or a film."""
    return data[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"} or is_webm(data)


def _of_jpeg(data: bytes, tail: bytes) -> Iterator[Block]:
    more, resources, marker = [], [], 0
    has_second = False
    for marker, body in before_pixels(data):
        if marker == 0xE1 and body.startswith(EXIF):
            yield "exif", body[len(EXIF) :]
        elif marker == 0xE1 and body.startswith(XMP):
            yield "xmp", body[len(XMP) :]
            has_second |= b"otion" in body or b"MicroVideo" in body
        elif marker == 0xE1 and body.startswith(_MORE_XMP):
            more.append(body[_MORE_HEAD:])
        elif marker == 0xED and body.startswith(PHOTOSHOP):
            resources.append(body[len(PHOTOSHOP) :])
        elif marker == 0xE2:
            has_second |= body.startswith(b"MPF\0")
    if tail and (marker != SCAN or has_second or tail != b"\xff\xd9"):
        yield "whole", b""
        return
    yield "xmp", b"".join(more)
    yield "iptc", iptc_in(b"".join(resources))
    if not tail and (has_second or not data.endswith(b"\xff\xd9")):
        ends = [end for marker, _, end in jpeg_segments(data) if marker == END]
        behind = data[ends[0] :] if ends else b""
        yield from [("behind", behind)] if behind.strip(b"\0\xff\n\r ") else []


def _of_png(data: bytes) -> Iterator[Block]:
    left = _UNPACKED
    for kind, start, end in png_chunks(data):
        if kind == b"eXIf":
            yield "exif", data[start:end].removeprefix(EXIF)
        elif kind in {b"tEXt", b"zTXt", b"iTXt"}:
            keyword, value = png_text(kind, data[start:end], left)
            left -= len(value)
            if keyword == PNG_XMP:
                yield "xmp", value
            elif keyword.startswith(b"Raw profile type "):
                yield from _raw_profile(keyword.split()[-1].lower(), value)
            elif keyword.lower().startswith(b"exif:gpsl") and value.strip():
                yield "place", value


def _raw_profile(name: bytes, value: bytes) -> Iterator[Block]:
    """Yield what ImageMagick writes into a text: name, length, and bytes in hexadecimal."""
    try:
        found = bytes.fromhex("".join(value.decode("ascii").split()[2:]))
    except ValueError:
        return
    if found.startswith(XMP):
        yield "xmp", found[len(XMP) :]
    elif name in {b"exif", b"app1"}:
        yield "exif", found.removeprefix(EXIF)
    elif name == b"xmp":
        yield "xmp", found
    elif name in {b"iptc", b"8bim"}:
        yield "iptc", iptc_in(found) or found


_IN_EXIF = {
    0xA430: "the name of the camera's owner",
    0xA431: "a serial number",
    0xA435: "a serial number",
    0xC62F: "a serial number",
    0x927C: "the maker's notes",
}
_MAKE, _MODEL = 0x010F, 0x0110
_THUMBNAIL, _XMP, _IPTC = 0x0201, 0x02BC, 0x83BB


def _judge_exif(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    tiff = data.removeprefix(EXIF)
    for number, rows in enumerate(directories(tiff)):
        if number:
            return found | ({"a thumbnail": ""} if _THUMBNAIL in rows.tags else {})
        make, model = (text(rows.value(tag)[:60].partition(b"\0")[0]) for tag in (_MAKE, _MODEL))
        camera = model if model.startswith(make) else f"{make} {model}".strip()
        found |= {"camera": camera} if camera else {}
        found |= _judge_xmp(rows.value(_XMP, HEAD)) | _judge_iptc(rows.value(_IPTC, HEAD))
        inner = (
            Directory.read(tiff, rows.number(EXIF_DIRECTORY))
            if EXIF_DIRECTORY in rows.tags
            else rows
        )
        for each in (rows, inner):
            found |= {_IN_EXIF[tag]: "" for tag in each.tags if tag in _IN_EXIF}
            if _GPS in each.tags and _is_place(Directory.read(tiff, each.number(_GPS))):
                found["place"] = ""
    return found


_COORDINATES = frozenset({0x02, 0x04, 0x14, 0x16})
_AREA = 0x1C


def _is_place(gps: Directory) -> bool:
    """Return whether a directory of GPS has a place: many cameras write one without.

    One that cannot be read counts: another program may read it.
    """
    if gps.is_broken:
        return True
    for tag in gps.tags:
        value = gps.value(tag)
        if tag in _COORDINATES and (
            not value or any(value[at : at + 4].strip(b"\0") for at in (0, 8, 16))
        ):
            return True
        if tag == _AREA and value[8:].strip(b"\0 "):
            return True
    return False


_PLACES = (
    b"gpslat", b"gpslong", b"gpsdestl", b":city", b":sublocation", b":provincestate",
    b"photoshop:state", b"iptc4xmpcore:location", b":locationname",
)  # fmt: skip
_FILLED = rb"[a-z]{0,20}\s{0,8}(?:=\s{0,8}[\"']\s{0,8}[^\"'\s]|>\s{0,64}[^<\s])"
_IN_XMP = {
    b"serialnumber": "a serial number",
    b"ownername": "the name of the camera's owner",
    b"personinimage": "names of people",
    b"persondisplayname": "names of people",
    b"mwg-rs:regionlist": "names of people",
    b"xmpgimg:image": "a thumbnail",
}


def _judge_xmp(data: bytes) -> dict[str, str]:
    plain = data.replace(b"\0", b"").lower()
    found = {words: "" for name, words in _IN_XMP.items() if name in plain}
    if any(name in plain and re.search(name + _FILLED, plain) for name in _PLACES):
        found["place"] = ""
    camera = re.search(rb"tiff:model\s{0,8}(?:=\s{0,8}[\"']|>)([^\"'<]{1,60})", plain)
    return found | ({"camera": text(camera[1])} if camera and camera[1].strip() else {})


def tells_place(xmp: bytes) -> bool:
    """Return whether XMP has a place."""
    return "place" in _judge_xmp(xmp)


_IPTC_PLACES = frozenset({90, 92, 95})


def _judge_iptc(block: bytes) -> dict[str, str]:
    is_place = any(number in _IPTC_PLACES for number, value in iptc_sets(block) if value.strip())
    return {"place": ""} if is_place else {}


_PLACES_OF_VIDEOS = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci\0\0\0\0")
_PICTURES = 16


def _judge_behind(data: bytes) -> dict[str, str]:
    """Judge what hangs on a JPEG: the video of a motion photo, or more pictures."""
    found = {"a second picture or a video": ""}
    found |= {"place": ""} if any(each in data for each in _PLACES_OF_VIDEOS) else {}
    at = -1
    for _ in range(_PICTURES):
        at = data.find(b"\xff\xd8\xff", at + 1)
        if at < 0:
            break
        for kind, block in _of_jpeg(data[at : at + HEAD], b"\xff\xd9"):
            found |= _JUDGES[kind](block)
    return found


_JUDGES: dict[str, Callable[[bytes], dict[str, str]]] = {
    "exif": _judge_exif,
    "xmp": _judge_xmp,
    "iptc": _judge_iptc,
    "place": lambda _: {"place": ""},
    "make": lambda data: {"camera": text(data)},
    "behind": _judge_behind,
    "whole": lambda _: {},
}
