"""What stays of a picture's metadata where the rest goes: how it is turned, and whose it is.

Names are those of the IPTC Photo Metadata standard: creator, credit, copyright, licence.
"""

from __future__ import annotations

import re
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


_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_COMMONS = "{http://creativecommons.org/ns#}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_CREDIT = "{http://ns.adobe.com/photoshop/1.0/}Credit"
_BY_LINE, _CREDIT_LINE, _NOTICE = 80, 110, 116
_DEED = re.compile(r"https?://(?:www\.)?creativecommons\.org/[^\s\"'<>)]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Owner:
    """Author, notice of copyright and address of the licence, each empty where nothing says it.

    `credit` is the line that is to stand at the picture, `licensor_url` where a licence is got.
    """

    author: str = ""
    copyright: str = ""
    licence_url: str = ""
    credit: str = ""
    licensor_url: str = ""


def owner_in(data: bytes) -> Owner:
    """Return what a picture says of its owner; EXIF counts before IPTC, and that before XMP."""
    rights = rights_in(data)
    exif = texts(rights.exif)
    iptc: dict[int, str] = {}
    for number, value in iptc_sets(rights.iptc):
        iptc[number] = f"{iptc[number]}; {value}" if number in iptc else value
    xmp = _xmp_texts(rights.xmp)
    notice = exif.get(COPYRIGHT) or iptc.get(_NOTICE) or xmp.get(f"{_DC}rights", "")
    deed = _DEED.search(" ".join((*xmp.values(), notice)))
    web = xmp.get(f"{_XMP_RIGHTS}WebStatement", "")
    return Owner(
        exif.get(ARTIST) or iptc.get(_BY_LINE) or xmp.get(f"{_DC}creator", ""),
        notice,
        xmp.get(f"{_COMMONS}license", "") or (deed[0] if deed else web),
        iptc.get(_CREDIT_LINE) or xmp.get(_CREDIT, ""),
        xmp.get(f"{_PLUS}LicensorURL", ""),
    )


def _xmp_texts(block: bytes) -> dict[str, str]:
    """Return the texts of XMP with rights alone, as `rights_in` makes it, by their names."""
    if not block:
        return {}
    found: dict[str, str] = {}
    # no declarations are in what `rights_in` writes
    root = ET.fromstring(block)  # noqa: S314
    for inner in root.iter(f"{_PLUS}LicensorURL"):  # inside of a list of licensors
        found.setdefault(inner.tag, (inner.text or "").strip())
    for each in root.iter(f"{_RDF}Description"):
        found |= each.attrib
        for child in each:
            value = child.get(f"{_RDF}resource") or "; ".join(
                text.strip() for text in child.itertext() if text.strip()
            )
            found[child.tag] = value
    return found
