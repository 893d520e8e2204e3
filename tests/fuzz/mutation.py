"""Damage done to bytes: what broken disks, careless programs and hostile people make of files."""

from __future__ import annotations

from hypothesis import strategies as st

_LONGEST = 60_000

KINDS = ("flip", "set", "insert", "delete", "repeat", "splice", "cut", "number")

_EDITS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 2**32 - 1),
    ),
    min_size=1,
    max_size=12,
)
_WIDTHS = (1, 2, 4, 8)
_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**64 - 1)


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes], words: tuple[bytes, ...]) -> bytes:
    """Return one of `seeds` after a few edits; `words` are inserted where chance has it."""
    data = draw(st.sampled_from(seeds))
    other = draw(st.sampled_from(seeds))
    for kind, place, value in draw(_EDITS):
        data = edited(data, other, words, (kind, place, value))[:_LONGEST]
    return data


def edited(  # noqa: PLR0911 - one a kind of damage
    data: bytes, other: bytes, words: tuple[bytes, ...], edit: tuple[str, float, int]
) -> bytes:
    """Return `data` after one edit: its kind, where (0 to 1), and a number for the rest."""
    kind, place, value = edit
    at = int(place * len(data))
    end = at + value % 64
    if kind == "flip":
        return (
            data[:at]
            + bytes(byte ^ (1 << value % 8) for byte in data[at : at + 1])
            + data[at + 1 :]
        )
    if kind == "set":
        return data[:at] + bytes([value % 256]) + data[at + 1 :]
    if kind == "insert":
        return data[:at] + words[value % len(words)] + data[at:]
    if kind == "delete":
        return data[:at] + data[end:]
    if kind == "repeat":
        return data[:at] + data[at:end] * (value % 7) + data[end:]
    if kind == "splice":
        return data[:at] + other[value % (len(other) + 1) :]
    if kind == "cut":
        return data[:at]
    width = _WIDTHS[value % len(_WIDTHS)]
    edge = _EDGES[value // 4 % len(_EDGES)] & ((1 << 8 * width) - 1)
    number = edge.to_bytes(width, "big" if value % 3 else "little")
    return data[:at] + number + data[at + width :]
