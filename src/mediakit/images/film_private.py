"""What MP4 and QuickTime films tell beside their frames and sound, and films without that.

No frame is coded anew and nothing moves: what tells something is written over, and becomes a box
that players pass over. How a film is turned stays, since its track says that.

Sources: ISO/IEC 14496-12 (boxes, tables of samples), QuickTime File Format (user data, metadata).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from mediakit.images.boxes import boxes, metadata_items
from mediakit.images.film_bytes import is_film, is_webm
from mediakit.images.film_webm import webm_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHOSE = frozenset({b"cprt", b"\xa9cpy"})
_DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_PLAIN = {
    b"": frozenset({b"ftyp", b"wide", b"mdat", b"styp", b"sidx", b"moof", b"mfra"}),
    b"moov": frozenset({b"iods", b"mvex"}),
    b"trak": frozenset({b"edts", b"tapt"}),
    b"mdia": frozenset({b"hdlr", b"elng", b"minf"}),
}
"""What players need, by the box that it is in: what else is there may tell something."""

_SHOWN = frozenset({b"vide", b"soun", b"sbtl", b"subt", b"text", b"clcp", b"auxv"})
"""The kinds of tracks that are seen, heard or read: others are notes that a camera took."""

_NOTES_OF_PLACES = (b"gpmd", b"camm", b"rtmd", b"location")
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_NO_FREE_BOX = 8
_UNREAD = b""
"""The type of what is no box: the film is damaged there."""


class FilmPart(NamedTuple):
    """A box of a film: its type, and where it and its content start, and where it ends."""

    kind: bytes
    head: int
    start: int
    end: int


def is_boxed_film(data: bytes) -> bool:
    """Return whether bytes begin like an MP4 or a QuickTime film."""
    return is_film(data) and not is_webm(data)


def boxed_metadata(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the metadata of a picture in boxes, or of a film: a `place`, its camera's `make`."""
    if is_webm(data):
        yield from webm_metadata(data)
        return
    if not is_boxed_film(data):
        yield from ((kind, data[start:end]) for kind, start, end in metadata_items(data))
        return
    found = list(_told(data))
    yield from (each for each in found if each[0] != "make")
    camera = dict.fromkeys(text.strip(b"\0 ") for kind, text in found if kind == "make")
    yield "make", b" ".join(camera)


def _told(data: bytes) -> Iterator[tuple[str, bytes]]:
    for part in _telling(data):
        content = data[part.start : part.end]
        if part.kind == b"uuid" and content.startswith(_XMP):
            yield "xmp", content[len(_XMP) :]
        elif part.kind == b"udta":
            yield from _user_data(data, part)
        elif part.kind == b"meta":
            yield from _described(data, part)
        elif part.kind == b"trak" and _is_about_places(data, part):
            yield "place", b""


def bare_film(data: bytes) -> bytes | None:
    """Return a film that tells nothing but what is seen and heard, and whose it is.

    None is for what cannot be taken apart: a damaged film, or one in pieces with such notes.
    """
    parts = list(_telling(data))
    kinds = {each.kind for each in (*parts, *_boxes(data, 0, len(data)))}
    notes = [each for each in parts if each.kind == b"trak"]
    made = bytearray(data)
    if b"moov" not in kinds or _UNREAD in kinds or (notes and b"moof" in kinds):
        return None
    for track in notes:
        for start, end in _samples(data, track):
            made[start:end] = bytes(min(end, len(data)) - start)
    for part in parts:
        if part.kind in _DATED:
            width = 8 if made[part.start : part.start + 1] == b"\1" else 4
            made[part.start + 4 : part.start + 4 + 2 * width] = bytes(2 * width)
        elif part.kind == b"udta":
            made[part.start : part.end] = _whose(data, part)
        elif part.kind != b"tref" or notes:
            _blank(made, part)
    return bytes(made)


def _blank(made: bytearray, part: FilmPart) -> None:
    """Make a part one that players pass over."""
    made[part.head + 4 : part.head + 8] = b"free"
    made[part.start : part.end] = bytes(part.end - part.start)


def _whose(data: bytes, part: FilmPart) -> bytes:
    """Return user data of the same length that says whose a film is, and nothing else."""
    kept = b"".join(
        data[each.head : each.end]
        for each in _boxes(data, part.start, part.end)
        if each.kind in _WHOSE
    )
    left = part.end - part.start - len(kept)
    if left < _NO_FREE_BOX:
        return kept + bytes(left)
    return kept + struct.pack(">I4s", left, b"free") + bytes(left - _NO_FREE_BOX)


def _boxes(data: bytes, start: int, end: int) -> Iterator[FilmPart]:
    head = start
    for kind, body, last in boxes(data, start, end):
        yield FilmPart(kind, head, body, last)
        head = last


def _telling(data: bytes, whole: FilmPart | None = None) -> Iterator[FilmPart]:
    """Yield the parts of a film that may tell something, and those with its dates."""
    place, start, end = (whole.kind, whole.start, whole.end) if whole else (b"", 0, len(data))
    last = start
    for part in _boxes(data, start, end):
        last = part.end
        is_notes = part.kind == b"trak" and _handler(data, part) not in _SHOWN
        if part.kind in _PLAIN and not is_notes:
            yield from _telling(data, part)
        elif part.kind not in _PLAIN[place]:
            yield part
    if end - last > _NO_FREE_BOX:
        yield FilmPart(_UNREAD, last, last, end)


def _first(data: bytes, part: FilmPart, *way: bytes) -> FilmPart | None:
    found = next((each for each in _boxes(data, part.start, part.end) if each.kind == way[0]), None)
    return found if found is None or not way[1:] else _first(data, found, *way[1:])


def _handler(data: bytes, track: FilmPart) -> bytes:
    found = _first(data, track, b"mdia", b"hdlr")
    return data[found.start + 8 : found.start + 12] if found else b"vide"


def _table(data: bytes, track: FilmPart) -> dict[bytes, bytes]:
    """Return the tables of samples of a track."""
    found = _first(data, track, b"mdia", b"minf", b"stbl")
    inside = _boxes(data, found.start, found.end) if found else ()
    return {each.kind: data[each.start : each.end] for each in inside}


def _is_about_places(data: bytes, track: FilmPart) -> bool:
    kinds = _table(data, track).get(b"stsd", b"")
    return any(each in kinds for each in _NOTES_OF_PLACES)


def _samples(data: bytes, track: FilmPart) -> Iterator[tuple[int, int]]:
    """Yield where the chunks of a track start and end."""
    parts = _table(data, track)
    sizes, runs = parts.get(b"stsz", bytes(12)), parts.get(b"stsc", bytes(8))
    wide = 8 if b"co64" in parts else 4
    offsets = parts.get(b"co64") or parts.get(b"stco") or bytes(8)
    each, count = struct.unpack_from(">II", sizes, 4)
    lengths = [int.from_bytes(sizes[at : at + 4]) for at in range(12, len(sizes) - 3, 4)]
    firsts = [struct.unpack_from(">II", runs, at) for at in range(8, len(runs) - 11, 12)]
    done = 0
    for number, at in enumerate(range(8, len(offsets) - wide + 1, wide), 1):
        many = next((run[1] for run in reversed(firsts) if run[0] <= number), 0)
        many = min(many, count - done)
        length = each * many if each else sum(lengths[done : done + many])
        start = int.from_bytes(offsets[at : at + wide])
        done += many
        if start < len(data):
            yield start, min(start + length, len(data))


def _user_data(data: bytes, part: FilmPart) -> Iterator[tuple[str, bytes]]:
    for each in _boxes(data, part.start, part.end):
        content = data[each.start : each.end]
        if each.kind in {b"\xa9xyz", b"loci"} and content[4:].strip(b"\0 "):
            yield "place", b""
        elif each.kind in {b"\xa9mak", b"\xa9mod"}:
            yield "make", content[4:]
        elif each.kind == b"meta":
            yield from _described(data, each)
        elif each.kind == b"XMP_":
            yield "xmp", content


def _described(data: bytes, part: FilmPart) -> Iterator[tuple[str, bytes]]:
    """Yield what a table of names and values tells, as phones write it."""
    start = part.start + (0 if data[part.start + 4 : part.start + 8] == b"hdlr" else 4)
    inner = {each.kind: each for each in _boxes(data, start, part.end)}
    names = inner.get(b"keys")
    values = inner.get(b"ilst")
    if names is None or values is None:
        return
    known = [
        data[each.start : each.end].lower() for each in _boxes(data, names.start + 8, names.end)
    ]
    for each in _boxes(data, values.start, values.end):
        number = int.from_bytes(each.kind)
        name = known[number - 1] if 0 < number <= len(known) else b""
        value = data[each.start + 16 : each.end].strip(b"\0 ")
        if b"location" in name and value:
            yield "place", b""
        elif name.endswith((b"make", b"model")):
            yield "make", value
