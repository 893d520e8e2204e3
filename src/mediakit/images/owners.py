"""Whose a picture is, in words: what EXIF, IPTC and XMP say of author, rights and licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from mediakit.images.exif import ARTIST, COPYRIGHT, iptc_sets, texts
from mediakit.images.rights import rights_in

_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_COMMONS = "{http://creativecommons.org/ns#}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
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
    xmp = _xmp(rights.xmp)
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


def _xmp(block: bytes) -> dict[str, str]:
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
