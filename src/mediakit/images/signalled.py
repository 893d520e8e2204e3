"""Colours that a file describes without a profile: by chunks of a PNG, or by code points.

What browsers make of them, Chromium 150 as the judge, as ICC profiles, so that all colours are
converted in one way. Sources: PNG specification, third edition (W3C); ITU-T H.273 (code points);
ITU-R BT.2100 (PQ and HLG); ICC.1:2001-04, clauses 6.1 and 6.3 (profiles).
"""

from __future__ import annotations

import math
import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from mediakit.images.boxes import properties
from mediakit.images.chunks import is_sound, png_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Point = tuple[float, float]
Primaries = tuple[Point, Point, Point, Point]
"""Red, green, blue and white as chromaticities."""

_D65 = (0.3127, 0.3290)
_C = (0.310, 0.316)
_SRGB: Primaries = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65)
_NTSC: Primaries = ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65)
_PRIMARIES: dict[int, Primaries] = {
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _C),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: _NTSC,
    7: _NTSC,
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: ((1, 0), (0, 1), (0, 0), (1 / 3, 1 / 3)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}


MARKED = frozenset({"PNG", "AVIF", "HEIF"})
"""The formats in which colours can be described without a profile."""


def signalled_profile(kind: str, data: bytes, stored: bytes | None) -> bytes | None:
    """Return the profile of a file's colours: the `stored` one, or what stands for another mark.

    None is for sRGB.
    """
    return _of_png(data) if kind == "PNG" else stored or _of_properties(data)


_COLOUR = frozenset({b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cLLI"})
_LONGEST = 4_000_000
"""Bytes of a profile that are unpacked: those of printers, with tables, have up to 3 million."""


def _of_png(data: bytes) -> bytes | None:
    found: dict[bytes, bytes] = {}
    for name, start, end in png_chunks(data):
        if name == b"IDAT":
            break
        if name in _COLOUR and is_sound(data, start, end):
            found.setdefault(name, data[start:end])
    code = found.get(b"cICP", b"")
    if len(code) == 4 and code[2:] == b"\0\1":
        (most,) = struct.unpack(">I", found.get(b"cLLI", b"")[:4].rjust(4, b"\0"))
        return _by_code_points(code[0], code[1], most / 10_000, is_video=False)
    profile = _unpacked(found.get(b"iCCP", b""))
    if profile or b"sRGB" in found:
        return profile
    return _by_gamma(found.get(b"gAMA", b""), found.get(b"cHRM", b""))


def _unpacked(chunk: bytes) -> bytes | None:
    """Return the profile in an iCCP chunk: behind a name, and the method of packing."""
    _, _, packed = chunk.partition(b"\0")
    try:
        return (
            zlib.decompressobj().decompress(packed[1:], _LONGEST) if packed[:1] == b"\0" else None
        )
    except zlib.error:
        return None


def _by_gamma(gamma: bytes, chromaticities: bytes) -> bytes | None:
    """Return the profile of gAMA with cHRM, which counts for nothing on its own."""
    value = int.from_bytes(gamma) if len(gamma) == 4 else 0
    if not value:
        return None
    exponent = 100_000 / value
    if len(chromaticities) == 32:
        values = [each / 100_000 for each in struct.unpack(">8I", chromaticities)]
        white, red, green, blue = zip(values[::2], values[1::2], strict=True)
        if all(y > 0 for _, y in (white, red, green, blue)):
            return _profile((red, green, blue, white), "power", exponent)
    return None if abs(exponent / 2.2 - 1) < 0.05 else _profile(_SRGB, "power", exponent)


def _of_properties(data: bytes) -> bytes | None:
    found = dict(properties(data))
    primaries = transfer = _UNSPECIFIED
    for name, body in properties(data):
        if name == b"colr" and body[:4] == b"nclx" and len(body) >= 10:
            primaries, transfer = struct.unpack_from(">HH", body, 4)
    most = int.from_bytes(found.get(b"clli", b"")[:2])
    return _by_code_points(1 if primaries == _UNSPECIFIED else primaries, transfer, most,
                           is_video=True)  # fmt: skip


_UNSPECIFIED = 2
_POWERS = {1: 2.4, 4: 2.2, 5: 2.8, 6: 2.4, 8: 1.0, 11: 2.4, 14: 2.4, 15: 2.4}
_VIDEO = frozenset({1, 6, 11, 14, 15})
"""Curves of cameras: browsers show these in an AVIF as if they were sRGB."""

_CURVES = {7: "camera", 13: "srgb", 16: "pq", 17: "cinema", 18: "hlg"}


def _by_code_points(primaries: int, transfer: int, most: float, *, is_video: bool) -> bytes | None:
    """Return the profile of code points; in HDR, `most` is the brightest light, 0 if unknown."""
    space = _SRGB if primaries == 1 else _PRIMARIES.get(primaries)
    curve, exponent = _CURVES.get(transfer, "power"), _POWERS.get(transfer, 0.0)
    if is_video and transfer in _VIDEO:
        curve, exponent = "srgb", 0.0
    if space is None or (curve == "power" and not exponent):
        return None
    if (space, curve) == (_SRGB, "srgb"):
        return None
    return _profile(space, curve, exponent, most or _BRIGHTEST)


def power_profile(space: Primaries, exponent: float) -> bytes | None:
    """Return the profile of primaries and an exponent."""
    return _profile(space, "power", exponent)


@lru_cache(maxsize=8)
def _profile(space: Primaries, curve: str, exponent: float, most: float = 0) -> bytes | None:
    """Return the profile of primaries and a curve, None for primaries that make no colours."""
    light: Callable[[float], float] = {
        "power": lambda value: value**exponent,
        "srgb": lambda value: _with_toe(value, 0.04045, 12.92, 0.055, 2.4),
        "cinema": lambda value: value**2.6 * 52.37 / 48,
        "camera": lambda value: _with_toe(value, 0.0912, 4.0, 0.1115, 1 / 0.45),
        "pq": lambda value: _toned(_pq(value), most / _WHITE),
        "hlg": lambda value: _toned(_hlg(value), most / _WHITE),
    }[curve]
    return matrix_profile(space, [light(step / 1023) for step in range(1024)])


def _with_toe(value: float, end: float, slope: float, offset: float, exponent: float) -> float:
    """Return the light of a curve that begins as a straight line."""
    return value / slope if value <= end else float(((value + offset) / (1 + offset)) ** exponent)


_WHITE = 203
"""What white paper gives in HDR, in candela a square metre (ITU-R BT.2408)."""


def _pq(value: float) -> float:
    """Return light as a multiple of white."""
    part = value ** (32 / 2523)
    nominal = max(part - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * part)
    return float(10_000 / _WHITE * nominal ** (8192 / 1305))


def _hlg(value: float) -> float:
    """Return light as a multiple of white, on a display of 1,000 candela."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = value * value / 3 if value <= 0.5 else (math.exp((value - c) / a) + b) / 12
    return float(1000 / _WHITE * scene**1.2)


_BRIGHTEST = 1000
"""Candela of the brightest light of a picture that does not say it."""

_FULL = math.log2(_BRIGHTEST / _WHITE)
_BEND = 0.65


def _toned(light: float, peak: float) -> float:
    """Return what Chromium 150 shows of light on an ordinary display; all are multiples of white.

    It is darker up to white, by half where the picture goes up to 1,000 candela, so that there is
    room for what is brighter: that follows a parabola up to the `peak` (SMPTE ST 2094-50).
    """
    if peak <= 1:
        return light
    white = 1 - min(math.log2(peak) / _FULL, 1) / 2
    if light <= 1 or light >= peak:
        return min(light, 1) * (white if light <= 1 else 1)
    middle = (1 - _BEND + _BEND / white, (1 - _BEND) * white + _BEND)
    a, b, c = 1 - 2 * middle[0] + peak, 2 * (middle[0] - 1), 1 - light
    at = -c / b if abs(a) < 1e-9 else (math.sqrt(b * b - 4 * a * c) - b) / (2 * a)
    return (1 - at) ** 2 * white + 2 * at * (1 - at) * middle[1] + at * at


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
