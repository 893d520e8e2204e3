"""What a WebM tells beside its frames and sound, and a WebM without: no address in it changes.

Sources: RFC 8794 (EBML), RFC 9559 (Matroska).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEGMENT, _CLUSTER, _INFO = b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\x15\x49\xa9\x66"
_ENTERED, _OPEN = frozenset({_SEGMENT, _INFO}), frozenset({_SEGMENT, _CLUSTER})
_HEADER = b"\x1a\x45\xdf\xa3"
_KEPT = frozenset({
    _HEADER, _SEGMENT, _CLUSTER, _INFO,
    b"\x11\x4d\x9b\x74", b"\x16\x54\xae\x6b", b"\x1c\x53\xbb\x6b",  # index, tracks, cues
    b"\x2a\xd7\xb1", b"\x44\x89", b"\x4d\x80", b"\x57\x41",  # scale, length, programs
})  # fmt: skip
_IN_CLUSTER = frozenset({b"\xe7", b"\xa3", b"\xa0", b"\xa7", b"\xab"})
"""What a cluster has, which may have no end of its own: time, frames, places."""
_VOID = b"\xec"
_TAGS, _TAG, _SIMPLE = b"\x12\x54\xc3\x67", b"\x73\x73", b"\x67\xc8"
_NAME, _TEXT = b"\x45\xa3", b"\x44\x87"
_PLACES = (b"location", b"latitude", b"longitude", b"gps")
_MOST = 2_000_000
"""Elements that are looked at: a film of three minutes has some thousand."""


class _Element(NamedTuple):
    kind: bytes
    head: int
    start: int
    end: int


def bare_webm(data: bytes) -> bytes | None:
    """Return a WebM without tags, titles, dates and attached files, None for a damaged one."""
    made = bytearray(data)
    kinds = set()
    for each in _elements(data):
        kinds.add(each.kind)
        if each.kind not in _KEPT | _IN_CLUSTER:
            if each.end > len(data):
                return None
            _blank(made, each)
    return bytes(made) if {_SEGMENT, _CLUSTER} <= kinds else None


def webm_metadata(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the metadata of a WebM, as its tags have them: a `place`, its camera's `make`."""
    name, camera = b"", dict[bytes, None]()
    for each in _elements(data, _ENTERED | {_TAGS, _TAG, _SIMPLE}):
        if each.kind == _NAME:
            name = data[each.start : each.end].lower()
        value = data[each.start : each.end].strip(b"\0 ") if each.kind == _TEXT else b""
        if value and any(place in name for place in _PLACES):
            yield "place", b""
        elif value and name.endswith((b"make", b"model")):
            camera[value] = None
    yield "make", b" ".join(camera)


def _blank(made: bytearray, element: _Element) -> None:
    """Make an element one that players pass over."""
    whole = element.end - element.head
    wide = 8 if whole > 9 else 1
    made[element.head : element.head + 1] = _VOID
    length = whole - 1 - wide
    size = (1 << 7 * wide | length).to_bytes(wide)
    made[element.head + 1 : element.end] = size + bytes(length)


def _elements(data: bytes, entered: frozenset[bytes] = _ENTERED) -> Iterator[_Element]:
    """Yield the elements of a file, and of those that are `entered`, in their order."""
    at = 0
    for _ in range(_MOST):
        head, kind = at, data[at : at + _width(data, at, 4)]
        at += len(kind)
        wide = _width(data, at, 8)
        if not kind or not wide:
            return
        length = int.from_bytes(data[at : at + wide]) & (1 << 7 * wide) - 1
        at += wide
        is_open = length == (1 << 7 * wide) - 1 and kind in _OPEN
        yield _Element(kind, head, at, at + length)
        if not (is_open or kind in entered):
            at += length


def _width(data: bytes, at: int, most: int) -> int:
    """Return how many bytes a number takes that starts here, 0 where there is none."""
    first = data[at] if at < len(data) else 0
    wide = 9 - first.bit_length() if first else 0
    return wide if wide <= most and at + wide <= len(data) else 0
