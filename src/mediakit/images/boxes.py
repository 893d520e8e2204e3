"""The boxes of AVIF and HEIC files: properties of the picture that is shown.

Source: ISO/IEC 14496-12 (boxes, items) and 23008-12 (properties of pictures).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = 128
_MOST = 4096
"""Boxes and associations that are read: a picture of many tiles has some hundred."""


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box, and where its content starts and ends, as far as it goes."""
    for _ in range(_MOST):
        if start + 8 > end:
            return
        length, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if length == 1 and start + 16 <= end:
            (length,) = struct.unpack_from(">Q", data, body)
            body += 8
        last = start + length if length else end
        if not body <= last <= end:
            return
        yield kind, body, last
        start = last


def properties(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of each property of the primary picture."""
    for kind, start, end in boxes(data, 0, len(data)):
        if kind == b"meta":
            yield from _of_primary(data, start + 4, end)
            return


def plain_avif(data: bytes) -> bytes:
    """Return an AVIF that libavif takes: it refuses two tables of one kind, as some encoders write.

    Each further one gets a flag of its own, that means nothing.
    """
    tables = [
        at
        for kind, start, end in boxes(data, 0, len(data)) if kind == b"meta"
        for inner, low, high in boxes(data, start + 4, end) if inner == b"iprp"
        for name, at, last in boxes(data, low, high) if name == b"ipma" and last - at >= 8
    ]  # fmt: skip
    if len({data[at : at + 4] for at in tables}) == len(tables):
        return data
    made = bytearray(data)
    for number, at in enumerate(tables[:_TABLES]):
        made[at + 3] |= number << 1
    return bytes(made)


def plain_boxes(data: bytes) -> bytes:
    """Return an AVIF or HEIC in the short form with the usual boxes instead.

    Raises:
        ValueError: the short form is broken, or has what no browser reads.
    """
    from mediakit.images.short_form import read_short_form, usual_form  # noqa: PLC0415 - few are short

    for kind, start, end in boxes(data, 0, len(data)):
        if kind == b"mini":
            form = read_short_form(data, start, end)
            if form is not None and not form.is_packed:
                return usual_form(data, start, form)
    raise ValueError("its short form is broken")


def _of_primary(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    primary, known = -1, []
    associated: dict[int, list[int]] = {}
    for kind, at, last in boxes(data, start, end):
        if kind == b"pitm":
            primary = int.from_bytes(data[at + 4 : at + (8 if data[at : at + 1] > b"\0" else 6)])
        elif kind == b"iprp":
            for inner, low, high in boxes(data, at, last):
                if inner == b"ipco":
                    known = [(name, data[one:other]) for name, one, other in boxes(data, low, high)]
                elif inner == b"ipma":
                    associated |= _associations(data[low:high])
    for number in associated.get(primary, ()):
        if 0 < number <= len(known):
            yield known[number - 1]


def _associations(table: bytes) -> dict[int, list[int]]:
    """Return the numbers of the properties of each item."""
    found: dict[int, list[int]] = {}
    if len(table) < 8:
        return found
    version, wide = table[0], table[3] & 1
    (count,) = struct.unpack_from(">I", table, 4)
    at = 8
    for _ in range(min(count, _MOST)):
        head = 5 if version else 3
        if at + head > len(table):
            break
        item = int.from_bytes(table[at : at + head - 1])
        many, at = table[at + head - 1], at + head
        step = 2 if wide else 1
        raw = (table[each : each + step] for each in range(at, at + many * step, step))
        found[item] = [int.from_bytes(each) & (0x7FFF if wide else 0x7F) for each in raw]
        at += many * step
    return found


def metadata_items(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield `exif` or `xmp`, and where its bytes start and end; of EXIF that is the TIFF in it.

    A video beside the picture is `behind`.
    """
    for kind, start, end in boxes(data, 0, len(data)):
        if kind == b"meta":
            parts = {name: (low, high) for name, low, high in boxes(data, start + 4, end)}
            named = dict(_named_items(data, *parts.get(b"iinf", (0, 0))))
            inner = parts.get(b"idat", (0, 0))[0]
            for item, low, high in _extents(data, *parts.get(b"iloc", (0, 0)), inner):
                if named.get(item) == "exif" and high - low > 4:
                    low += min(4 + int.from_bytes(data[low : low + 4]), high - low)  # noqa: PLW2901
                if item in named and high <= len(data):
                    yield named[item], low, high
        elif kind == b"mini":
            yield from _short_items(data, start, end)
        elif kind == b"uuid" and data.startswith(_XMP_BOX, start):
            yield "xmp", start + len(_XMP_BOX), end
        elif kind == b"mpvd":
            yield "behind", start, end


def _short_items(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the metadata of a short form: packed ones, which are not read, may tell a place."""
    from mediakit.images.short_form import read_short_form  # noqa: PLC0415 - few are short

    form = read_short_form(data, start, end)
    if form is None:
        return
    for kind in ("exif", "xmp"):
        low, high = form.parts[kind]
        if high > low:
            yield "place" if form.is_packed else kind, low, high


_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def _named_items(data: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    at = start + (8 if data[start : start + 1] > b"\0" else 6)
    for kind, low, high in boxes(data, at, end):
        if kind == b"infe" and data[low] >= 2:
            wide = 4 if data[low] > 2 else 2
            name = data[low + 6 + wide : low + 10 + wide]
            if name == b"Exif":
                yield int.from_bytes(data[low + 4 : low + 4 + wide]), "exif"
            elif name == b"mime" and b"rdf+xml" in data[low:high]:
                yield int.from_bytes(data[low + 4 : low + 4 + wide]), "xmp"


def _extents(data: bytes, start: int, end: int, inner: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each item, and where a part of it starts and ends."""
    at = start + 6
    if at + 4 > end:
        return

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at])

    version, sizes = data[start], data[start + 4 : at]
    for _ in range(min(number(4 if version > 1 else 2), _MOST)):
        item = number(4 if version > 1 else 2)
        is_inner = version > 0 and number(2) & 15 == 1
        at += 2
        base = number(sizes[1] >> 4) + (inner if is_inner else 0)
        parts = number(2)
        for _ in range(min(parts, _MOST) if sizes[0] else min(parts, 1)):
            at += sizes[1] & 15 if version else 0
            offset, length = number(sizes[0] >> 4), number(sizes[0] & 15)
            if at > end:
                return
            yield item, base + offset, base + offset + length
