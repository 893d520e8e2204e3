"""ICC profiles of primaries and a curve (ICC.1:2001-04, clauses 6.1 and 6.3)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_D50 = (0.9642, 1.0, 0.8249)
_CONES = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
"""The matrix of Bradford (Lam, 1985), by which colours are adapted to another white."""

_FURTHEST = 2.0
"""The largest number of an XYZ value in a profile of colours that there are."""


def matrix_profile(space: Sequence[tuple[float, float]], curve: Sequence[float]) -> bytes | None:
    """Return the profile of red, green, blue and white (x, y), None where they make no colours.

    `curve` is the light of equal steps of the signal, from 0 to 1.
    """
    *colours, white = ([x / y, 1.0, (1 - x - y) / y] if y else [x, 0.0, 1 - x] for x, y in space)
    inverse = _inverse(list(zip(*colours, strict=True)))
    back = _inverse(_CONES)
    if inverse is None or back is None:
        return None
    ratios = [
        to / given if given else 0.0
        for to, given in zip(_apply(_CONES, _D50), _apply(_CONES, white), strict=True)
    ]
    columns = []
    for share, point in zip(_apply(inverse, white), colours, strict=True):
        cones = _apply(_CONES, [share * each for each in point])
        columns.append(_apply(back, [a * b for a, b in zip(ratios, cones, strict=True)]))
    if any(abs(value) > _FURTHEST for column in columns for value in column):
        return None
    return _written(columns, curve)


def _apply(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]] | None:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    cofactors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
    if abs(determinant) < 1e-9:
        return None
    return [[each / determinant for each in row] for row in cofactors]


def _written(columns: Sequence[Sequence[float]], curve: Sequence[float]) -> bytes:
    steps = (round(65535 * min(1.0, max(0.0, each))) for each in curve)
    light = b"curv\0\0\0\0" + struct.pack(f">I{len(curve)}H", len(curve), *steps)
    name = b"signalled\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": _xyz(_D50),
        **{
            letter + b"XYZ": _xyz(each)
            for letter, each in zip((b"r", b"g", b"b"), columns, strict=True)
        },
    }
    at = 128 + 4 + 12 * (len(tags) + 3)
    table, body = struct.pack(">I", len(tags) + 3), b""
    for tag, value in (*tags.items(), (b"rTRC", light)):
        table += tag + struct.pack(">II", at + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    where = at + len(body) - len(light) - -len(light) % 4
    table += b"".join(tag + struct.pack(">II", where, len(light)) for tag in (b"gTRC", b"bTRC"))
    header = struct.pack(">I4sI", at + len(body), bytes(4), 0x02400000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + table + body


def _xyz(values: Iterable[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(each * 65536) for each in values))
