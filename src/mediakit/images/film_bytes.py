"""Films by their first bytes; this loads nothing that decodes."""

from __future__ import annotations

from mediakit.base.formats import FORMATS

_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
_PICTURES = frozenset({b"mif3", b"crx "}).union(*(each.brands for each in FORMATS))
_MATROSKA = b"\x1aE\xdf\xa3"


def is_film(data: bytes) -> bool:
    """Return whether bytes begin like an MP4, a QuickTime film or a WebM."""
    kind = data[4:8]
    is_iso = data[8:12] not in _PICTURES if kind == b"ftyp" else kind in _BOXES
    return is_iso or is_webm(data)


def is_webm(data: bytes) -> bool:
    """Return whether bytes begin like a WebM."""
    return data.startswith(_MATROSKA) and b"webm" in data[:64]


def film_format(data: bytes) -> str:
    """Return the name of the type of films (`FILMS`) that the bytes begin like."""
    if is_webm(data):
        return "WEBM"
    return "MOV" if data[4:8] != b"ftyp" or data[8:12] == b"qt  " else "MP4"
