"""BMPs of all kinds: bit fields, alpha, runs with gaps, old headers, profiles."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from drawn import gamma, icc_profile, saved
from PIL import Image

from mediakit.images.decode import decode, is_whole
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.images.render import PictureSource, Rendered, render

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
FOUR = bytes((0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0))
"""A palette: red, green, blue, white."""

SRGB_COLUMNS = np.array(
    [[0.4360, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7142]]
)
"""The primaries of sRGB in XYZ for D50 (IEC 61966-2-1, adapted)."""


def bmp(  # noqa: PLR0917 - as in a header
    size: tuple[int, int],
    bits: int,
    pixels: bytes,
    coding: int = 0,
    length: int = 40,
    rest: bytes = b"",
    palette: bytes = b"",
    behind: bytes = b"",
) -> bytes:
    """Return a BMP; `rest` is what its header has behind the 40 usual bytes."""
    start = 14 + max(length, 40 + len(rest)) + len(palette)
    head = struct.pack("<IiiHHIIiiII", length, *size, 1, bits, coding, len(pixels), 0, 0, 0, 0)
    head = (head + rest).ljust(start - 14 - len(palette), b"\0")
    whole = struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start)
    return whole + head + palette + pixels + behind


def row(image: Image.Image) -> list[object]:
    return [image.getpixel((x, 0)) for x in range(image.width)]


def test_any_bit_fields() -> None:
    """Bit fields of any width are read: here 4 bits a channel, and 11 for red alone."""
    masks = struct.pack("<III", 0xF00, 0xF0, 0xF)
    assert row(decode(bmp((2, 1), 16, struct.pack("<HH", 0xF00, 0x0F8), 3, rest=masks))) == [
        RED, (0, 255, 136),
    ]  # fmt: skip
    masks = struct.pack("<III", 0x7FF, 0, 0x1F << 20)
    assert row(decode(bmp((1, 1), 32, struct.pack("<I", 0x7FF), 3, rest=masks))) == [RED]


@pytest.mark.parametrize("coding", [0, 3])
def test_one_bit_of_alpha(coding: int) -> None:
    """The bit that a long header calls alpha is, with bit fields and without."""
    masks = struct.pack("<IIII", 0x7C00, 0x3E0, 0x1F, 0x8000)
    data = bmp((2, 1), 16, struct.pack("<HH", 0x7C00, 0xFC00), coding, 108, masks)
    assert row(decode(data)) == [(*RED, 0), (*RED, 255)]
    assert row(decode(bmp((2, 1), 16, struct.pack("<HH", 0x7C00, 0xFC00)))) == [RED, RED]


def test_alpha_that_is_nowhere() -> None:
    """A picture that would be clear all over has no alpha: programs leave those bits at 0."""
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    data = bmp((2, 1), 32, struct.pack("<II", 0xFF0000, 0xFF00), 0, 124, masks)
    assert row(decode(data)) == [RED, GREEN]


@pytest.mark.parametrize(
    ("bits", "coding", "pixels"),
    [(8, 1, b"\1\0\0\2\1\0\1\3\0\1"), (4, 2, b"\1\0\0\2\1\0\1\x30\0\1")],
)
def test_gaps_between_runs_are_clear(bits: int, coding: int, pixels: bytes) -> None:
    """What runs leave out is transparent, and what comes behind it is at its place."""
    made = decode(bmp((3, 1), bits, pixels, coding, palette=FOUR))
    assert row(made) == [(*RED, 255), (*RED, 0), (*WHITE, 255)]


def test_runs_of_colours() -> None:
    """RLE of 24 bits, which OS/2 wrote, is read."""
    data = bmp((3, 1), 24, b"\2\0\0\xff\1\xff\0\0\0\1", 4, 64)
    assert row(decode(data)) == [RED, RED, BLUE]


def test_two_bits() -> None:
    """Four colours in 2 bits each, which Windows CE wrote, are read."""
    assert row(decode(bmp((4, 1), 2, b"\x1b\0\0\0", palette=FOUR))) == [RED, GREEN, BLUE, WHITE]


def test_the_oldest_header() -> None:
    """A header of 12 bytes has a palette of three bytes a colour."""
    palette = bytes(FOUR[at] for at in range(16) if at % 4 != 3)
    head = struct.pack("<IHHHH", 12, 2, 1, 1, 1) + palette[:6]
    data = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 14 + len(head)) + head + b"\x40\0\0\0"
    assert row(decode(data)) == [RED, GREEN]


def test_a_profile_in_a_bmp() -> None:
    """The profile behind the pixels counts: here it makes greys lighter."""
    profile = icc_profile(b"RGB ", gamma(1.0), SRGB_COLUMNS)
    rest = bytes(16) + b"DEBM" + bytes(52) + struct.pack("<III", 124 + 4, len(profile), 0)
    pixels = b"\x80\x80\x80\0"
    data = bmp((1, 1), 24, pixels, 0, 124, rest, behind=profile)
    assert row(decode(data)) == [(188, 188, 188)]
    assert row(decode(data.replace(b"DEBM", b"BGRs"))) == [(128, 128, 128)]


@pytest.mark.parametrize(
    ("coding", "length", "what"), [(4, 40, "JPEG inside"), (5, 40, "PNG inside"), (3, 64, "fax")]
)
def test_kinds_that_are_refused_by_name(coding: int, length: int, what: str) -> None:
    """A BMP that wraps another format, or is coded like a fax, says so."""
    with pytest.raises(UnreadableError, match=what):
        decode(bmp((1, 1), 24, b"\0\0\0\0", coding, length))


def test_a_cut_bmp() -> None:
    """Missing pixels are an error, unless the rest is wanted; the last padding may be missing."""
    whole = saved(Image.new("RGB", (39, 40), "red"), "BMP")
    assert decode(whole[:-3]).getpixel((38, 0)) == RED
    assert not is_whole(whole[:-4])
    kept = decode(whole[: len(whole) // 2], keep_truncated=True)
    assert [kept.getpixel((0, y)) for y in (0, 39)] == [(0, 0, 0), RED]
    for cut in (20, 40, 53):
        with pytest.raises(UnreadableError):
            decode(whole[:cut])


def test_a_drawing_of_two_colours_stays_light() -> None:
    """A variant of a BMP of 1 bit a pixel has a palette, not three bytes a pixel."""
    image = Image.new("1", (640, 400), 1)
    image.paste(0, (100, 100, 300, 300))
    (made,) = render(PictureSource(saved(image, "BMP")), (("a-320.bmp", DEFAULT_PRESETS[0]),))
    assert isinstance(made, Rendered)
    assert len(made.data) < 70_000
