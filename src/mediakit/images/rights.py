"""What stays of a picture's metadata where the rest goes: how it is turned, and whose it is.

Names are those of the IPTC Photo Metadata standard: creator, credit, copyright, licence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mediakit.images.exif import (
    ARTIST,
    COPYRIGHT,
    EXIF_DIRECTORY,
    ORIENTATION,
    PIXELS,
    RESOLUTIONS,
    UNIT,
    Directory,
    build,
    directories,
    iptc_sets,
    orientation,
    texts,
)
from mediakit.images.private import EXIF, metadata, tells_place

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Rights:
    """What stays, as the formats have it: EXIF without its header, XMP, and IPTC."""

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""


def rights_in(data: bytes) -> Rights:
    """Return what stays of a picture's metadata."""
    found: dict[str, bytes] = {}
    for kind, block in metadata(data):
        kept = _KEEP[kind](block) if kind in _KEEP else b""
        if kept and kind not in found:
            found[kind] = kept
    return Rights(**found)


def _exif(block: bytes) -> bytes:
    kept: dict[int, str | float] = {
        tag: value for tag, value in texts(block).items() if tag in {ARTIST, COPYRIGHT}
    }
    turned = orientation(block)
    kept |= {ORIENTATION: turned} if turned > 1 else {}
    return build(kept | _density(block)).removeprefix(EXIF)


_USUAL = 72


def _density(block: bytes) -> dict[int, float]:
    """Return resolution and size of the pixels where a browser shows a picture smaller by them."""
    first = next(directories(block), None)
    if first is None or UNIT not in first.tags or EXIF_DIRECTORY not in first.tags:
        return {}
    inner = Directory.read(first.tiff, first.number(EXIF_DIRECTORY))
    ratios = {tag: first.ratio(tag) for tag in RESOLUTIONS}
    if {*ratios.values()} & {0, _USUAL} or not inner.tags.keys() >= {*PIXELS}:
        return {}
    return ratios | {tag: inner.number(tag) for tag in PIXELS} | {UNIT: first.number(UNIT)}


_IPTC_KEPT = frozenset({80, 85, 110, 115, 116})
"""By-line and its title, credit, source, copyright notice."""

_IPTC_LETTERS = 2000


def _iptc(block: bytes) -> bytes:
    sets = (each for each in iptc_sets(block) if each[0] in _IPTC_KEPT)
    kept = b"".join(
        b"\x1c\2" + number.to_bytes() + len(value).to_bytes(2) + value
        for number, text in sets
        for value in (text[:_IPTC_LETTERS].encode(),)
    )
    return _UTF_8 + kept if kept else b""


_UTF_8 = b"\x1c\x01\x5a\x00\x03\x1b%G"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_WHOLE = (
    "{http://ns.adobe.com/xap/1.0/rights/}",
    "{http://ns.useplus.org/ldf/xmp/1.0/}",
    "{http://creativecommons.org/ns#}",
)
"""Namespaces of rights alone: XMP's, those of PLUS, and Creative Commons."""

_NAMES = frozenset({
    "{http://purl.org/dc/elements/1.1/}creator",
    "{http://purl.org/dc/elements/1.1/}rights",
    "{http://ns.adobe.com/photoshop/1.0/}Credit",
    "{http://ns.adobe.com/photoshop/1.0/}Source",
    "{http://ns.adobe.com/tiff/1.0/}Artist",
    "{http://ns.adobe.com/tiff/1.0/}Copyright",
})  # fmt: skip
_LONGEST = 4_000_000
_MOST = 16_000


def _xmp(block: bytes) -> bytes:
    """Return XMP with the rights alone; what is broken, or far too long for them, goes."""
    start, end = block.find(b"<"), block.rfind(b">")
    if len(block) > _LONGEST or b"<!" in block or start < 0:
        return b""
    try:
        made = _rights_alone(ET.fromstring(block[start : end + 1]))  # noqa: S314 - no declarations
    except (ET.ParseError, ValueError, LookupError, RecursionError):
        return b""
    return b"" if len(made) > _MOST or tells_place(made) else made


def _rights_alone(root: ET.Element) -> bytes:
    described = ET.Element(f"{_RDF}Description", {f"{_RDF}about": ""})
    for each in root.iter(f"{_RDF}Description"):
        described.attrib |= {name: text for name, text in each.attrib.items() if _is_kept(name)}
        described.extend(_kept_of(each))
    if len(described) + len(described.attrib) == 1:
        return b""
    whole = ET.Element(f"{_RDF}RDF")
    whole.append(described)
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + ET.tostring(whole) + b"</x:xmpmeta>"


def _kept_of(described: ET.Element) -> Iterator[ET.Element]:
    return (each for each in described if _is_kept(each.tag))


def _is_kept(name: str) -> bool:
    return name in _NAMES or name.startswith(_WHOLE)


_KEEP = {"exif": _exif, "xmp": _xmp, "iptc": _iptc}
