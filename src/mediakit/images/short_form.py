"""AVIF and HEIC in the short form (brand `mif3`): one box of bits for what is else a tree of them.

Source: ISO/IEC 23008-12 with amendment 2 (low-overhead image file format, the box `mini`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

Span = tuple[int, int]
"""Where bytes start and end in the file."""

_HEAD = 512
"""Bytes in which all fields of bits are: with every one of them, these are some 230."""

_PARTS = (
    "codec", "alpha codec", "gain codec", "profile", "gain profile", "gain data",
    "alpha", "gain", "picture", "exif", "xmp",
)  # fmt: skip
"""What follows the bits, in this order."""


@dataclass(frozen=True, slots=True)
class ShortForm:
    """What a `mini` box says; of a part that is not there, start and end are the same."""

    size: tuple[int, int]
    orientation: int
    colours: bytes
    """Code points as a `colr` box has them."""
    light: bytes
    """The brightest light, as a `clli` box has it."""
    is_premultiplied: bool
    coding: bytes
    """The type of the item, and that of its settings; empty for that of the brand."""
    parts: dict[str, Span]
    is_packed: bool
    """Whether EXIF and XMP are compressed, which no browser reads."""


class _Metadata(NamedTuple):
    """What is there, as 0 or 1."""

    profile: int
    exif: int
    xmp: int
    gain: int
    gain_profile: int


class _Bits:
    def __init__(self, data: bytes, start: int) -> None:
        self._all, self._left, self._end = int.from_bytes(data), 8 * len(data), start + len(data)

    def take(self, count: int = 1) -> int:
        """Return the next bits as a number; raises ValueError behind the end."""
        self._left -= count
        if self._left < 0:
            raise ValueError("the bits end")
        return self._all >> self._left & ((1 << count) - 1)

    @property
    def next_byte(self) -> int:
        """Where in the file the next whole byte is."""
        return self._end - self._left // 8


def read_short_form(data: bytes, start: int, end: int) -> ShortForm | None:
    """Return what a box says, None if it is broken: its parts are then not in it."""
    try:
        form = _read(_Bits(data[start : min(end, start + _HEAD)], start))
    except ValueError:
        return None
    if form.parts["xmp"][1] > end:
        return None
    low, high = form.parts["exif"]
    header = max(data.find(each, low, min(low + 16, high)) for each in (b"II*\0", b"MM\0*"))
    form.parts["exif"] = max(low, header), high
    return form


def _read(bits: _Bits) -> ShortForm:
    if bits.take(2):
        raise ValueError("another version")
    explicit, floating, full, alpha, coded, hdr, profile, exif, xmp = (
        bits.take() for _ in range(9)
    )
    chroma, turned = bits.take(2), bits.take(3)
    dimension = 15 if bits.take() else 7
    size = bits.take(dimension) + 1, bits.take(dimension) + 1
    _skip_chroma(bits, chroma)
    _skip_depth(bits, floating)
    is_premultiplied = bool(alpha and bits.take())
    unknown = (2, 2) if profile else (1, 13)
    points = [bits.take(8) for _ in range(3)] if coded else [*unknown, 6 if chroma else 2]
    coding = bits.take(64).to_bytes(8) if explicit else b""
    light, gain, gain_profile = _read_hdr(bits, dimension) if hdr else (b"", 0, 0)
    sizes = _read_sizes(bits, bool(alpha), _Metadata(profile, exif, xmp, gain, gain_profile))
    ends = pairwise(accumulate((bits.next_byte, *(sizes[name] for name in _PARTS))))
    return ShortForm(
        size, turned + 1, struct.pack(">3HB", *points, full << 7), light, is_premultiplied,
        coding, dict(zip(_PARTS, ends, strict=True)), is_packed=bool(sizes["packed"]),
    )  # fmt: skip


def _read_sizes(bits: _Bits, alpha: bool, there: _Metadata) -> dict[str, int]:  # noqa: FBT001
    """Return the bytes of each part, and whether EXIF and XMP are `packed`."""
    large = any(there[:4]) and bits.take()
    metadata = 20 if large else 10
    codec, item = 12 if bits.take() else 3, 28 if bits.take() else 15
    found = {}
    found["profile"] = bits.take(metadata) + 1 if there.profile else 0
    found["gain profile"] = bits.take(metadata) + 1 if there.gain_profile else 0
    found["gain data"] = bits.take(metadata) if there.gain else 0
    found["gain"] = bits.take(item) if there.gain else 0
    found["gain codec"] = bits.take(codec) if found["gain"] else 0
    found["codec"] = bits.take(codec)
    found["picture"] = bits.take(item) + 1
    found["alpha"] = bits.take(item) if alpha else 0
    found["alpha codec"] = bits.take(codec) if found["alpha"] else 0
    found["packed"] = bits.take() if there.exif or there.xmp else 0
    found["exif"] = bits.take(metadata) + 1 if there.exif else 0
    found["xmp"] = bits.take(metadata) + 1 if there.xmp else 0
    return found


def _skip_chroma(bits: _Bits, kind: int) -> None:
    """Skip where colours are sampled: the coded picture says it."""
    bits.take({1: 2, 2: 1}.get(kind, 0))


def _skip_depth(bits: _Bits, floating: int) -> None:
    if floating:
        raise ValueError("numbers with a point")
    if bits.take():
        bits.take(3)


def _read_hdr(bits: _Bits, dimension: int) -> tuple[bytes, int, int]:
    """Return the brightest light, and whether there is a gain map, and a profile with it."""
    gain, profile = bits.take(), 0
    if gain:
        bits.take(0 if bits.take() else 2 * dimension)
        bits.take(9)
        _skip_chroma(bits, bits.take(2))
        _skip_depth(bits, bits.take())
        profile = bits.take()
        bits.take(25 if bits.take() else 0)
    light = _read_light(bits)
    if gain:
        _read_light(bits)
    return light, gain, profile


def _read_light(bits: _Bits) -> bytes:
    brightest, mastered, volume, ambient, viewed, white = (bits.take() for _ in range(6))
    light = bits.take(32).to_bytes(4) if brightest else b""
    bits.take(192 if mastered else 0)
    if volume:
        flags = bits.take(8)
        bits.take(192 * (flags >> 5 & 1) + 32 * (flags >> 2 & 7).bit_count())
    bits.take(64 * ambient + 160 * viewed + 32 * white)
    return light


_CODINGS = {b"avif": b"av01av1C", b"heic": b"hvc1hvcC"}
_ALPHA = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"
_PICTURE, _TRANSPARENCY, _EXIF = 1, 2, 3
"""Numbers of items."""

_ROTATION = {3: b"\2", 5: b"\1", 6: b"\3", 7: b"\3", 8: b"\1"}
_MIRROR = {2: b"\1", 4: b"\0", 5: b"\0", 7: b"\0"}
"""By the orientation of EXIF: quarters of a turn against the clock, and then the axis."""


def usual_form(data: bytes, start: int, form: ShortForm) -> bytes:
    """Return the file with the usual tree of boxes for the `mini` box whose content is there."""
    brand, end = data[12:16], form.parts["xmp"][1]
    low, high = form.parts["exif"]
    exif = bytes(4) + data[low:high] if high > low and not form.is_packed else b""
    head = _box(b"ftyp", brand, bytes(4), brand)
    made = head + _box(b"mdat", data[start:end], exif)
    moved = len(head) + 8 - start
    places = {
        _PICTURE: form.parts["picture"], _TRANSPARENCY: form.parts["alpha"],
        _EXIF: (end, end + len(exif)),
    }  # fmt: skip
    items = {item: (low + moved, high - low) for item, (low, high) in places.items() if high > low}
    return made + _tree(data, form, form.coding or _CODINGS.get(brand, bytes(8)), items)


def _tree(data: bytes, form: ShortForm, coding: bytes, items: dict[int, Span]) -> bytes:
    """Return the box of what the file holds: `items` are where each starts, and its length."""
    types = {_PICTURE: coding[:4], _TRANSPARENCY: coding[:4], _EXIF: b"Exif"}
    named = [_box(b"infe", struct.pack(">IHH4sx", 2 << 24, each, 0, types[each])) for each in items]
    places = [struct.pack(">HHHII", each, 0, 1, *place) for each, place in items.items()]
    refers = {b"auxl": (_TRANSPARENCY, _PICTURE), b"cdsc": (_EXIF, _PICTURE)}
    if form.is_premultiplied:
        refers[b"prem"] = _PICTURE, _TRANSPARENCY
    links = [
        _box(name, struct.pack(">HHH", one, 1, other))
        for name, (one, other) in refers.items() if {one, other} <= items.keys()
    ]  # fmt: skip
    return _box(
        b"meta", bytes(4), _box(b"hdlr", bytes(8), b"pict", bytes(13)),
        _box(b"pitm", struct.pack(">IH", 0, _PICTURE)),
        _box(b"iloc", bytes(4), b"\x44\0", struct.pack(">H", len(places)), *places),
        _box(b"iinf", struct.pack(">IH", 0, len(named)), *named),
        _box(b"iref", bytes(4), *links) if links else b"",
        _properties(data, form, coding[4:], has_alpha=_TRANSPARENCY in items),
    )  # fmt: skip


def _properties(data: bytes, form: ShortForm, codec: bytes, *, has_alpha: bool) -> bytes:
    part = {name: data[low:high] for name, (low, high) in form.parts.items()}
    both = {b"ispe": struct.pack(">III", 0, *form.size)}
    turns = {b"irot": _ROTATION, b"imir": _MIRROR}
    turned = {name: by[form.orientation] for name, by in turns.items() if form.orientation in by}
    own = {codec: part["codec"], b"colr": b"nclx" + form.colours}
    own |= {b"clli": form.light} if form.light else {}
    more = {b"colr": b"prof" + part["profile"]} if part["profile"] else {}
    clear = {codec: part["alpha codec"] or part["codec"], b"auxC": bytes(4) + _ALPHA}
    boxes, uses = [], {_PICTURE: b"", _TRANSPARENCY: b""}
    for wanted, which in (
        ((_PICTURE, _TRANSPARENCY), both), ((_PICTURE,), own), ((_PICTURE,), more),
        ((_TRANSPARENCY,), clear), ((_PICTURE, _TRANSPARENCY), turned),
    ):  # fmt: skip
        for name, body in which.items():
            boxes.append(_box(name, body))
            is_essential = name == codec or name in turns
            for item in wanted:
                uses[item] += bytes([len(boxes) | is_essential << 7])
    tables = [
        struct.pack(">HB", item, len(numbers)) + numbers
        for item, numbers in uses.items() if item == _PICTURE or has_alpha
    ]  # fmt: skip
    table = _box(b"ipma", struct.pack(">II", 0, len(tables)), *tables)
    return _box(b"iprp", _box(b"ipco", *boxes), table)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body
