"""Colours without a profile: what Chromium 150 showed of them is what comes out."""

from __future__ import annotations

import struct

import pytest
from drawn import chunk, gamma, icc_profile, png, saved
from PIL import Image

from mediakit.images.boxes import boxes, properties
from mediakit.images.decode import decode

COLOUR = (200, 100, 50)
P3 = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
GAMMA_1 = (b"gAMA", struct.pack(">I", 100_000))
GAMMA_22 = (b"gAMA", struct.pack(">I", 45_455))


def flat(*chunks: tuple[bytes, bytes], colour: tuple[int, ...] = COLOUR) -> bytes:
    return png((4, 4), 8, 2, bytes(colour) * 16, *chunks)


def cicp(primaries: int, transfer: int, *rest: int) -> tuple[bytes, bytes]:
    return b"cICP", bytes((primaries, transfer, *(rest or (0, 1))))


def avif(primaries: int, transfer: int, **options: object) -> bytes:
    image = Image.new("RGB", (16, 16), COLOUR)
    data = saved(image, "AVIF", quality=100, subsampling="4:4:4", **options)
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def shows(data: bytes, expected: tuple[int, ...], tolerance: int = 2) -> None:
    found = decode(data).convert("RGB").getpixel((1, 1))
    assert isinstance(found, tuple)
    off = max(abs(a - b) for a, b in zip(found, expected, strict=True))
    assert off <= tolerance, (found, expected)


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([GAMMA_1], (229, 168, 122)),
        ([GAMMA_22], COLOUR),  # nearly sRGB
        ([(b"gAMA", struct.pack(">I", 30_000))], (178, 59, 14)),
        ([(b"gAMA", bytes(4))], COLOUR),
        ([(b"gAMA", b"\0")], COLOUR),
        ([(b"cHRM", P3)], COLOUR),
        ([GAMMA_22, (b"cHRM", P3)], (216, 93, 23)),
        ([GAMMA_22, (b"cHRM", bytes(32))], COLOUR),
        ([GAMMA_1, (b"sRGB", b"\0")], COLOUR),
        ([GAMMA_1, cicp(12, 13)], (215, 93, 31)),
        ([(b"sRGB", b"\0"), cicp(12, 13)], (215, 93, 31)),
        ([cicp(12, 13, 0, 0)], COLOUR),  # of a narrow range
        ([cicp(2, 13)], COLOUR),
        ([cicp(9, 2)], COLOUR),
        ([cicp(9, 13)], (241, 76, 29)),
        ([cicp(1, 1)], (197, 91, 39)),
    ],
)
def test_chunks_of_a_png(chunks: list[tuple[bytes, bytes]], expected: tuple[int, ...]) -> None:
    """Code points count before sRGB, and that before gamma with primaries; nonsense counts not."""
    shows(flat(*chunks), expected)


@pytest.mark.parametrize(
    ("primaries", "transfer", "expected"),
    [(1, 13, COLOUR), (12, 13, (215, 93, 31)), (9, 13, (241, 76, 29)), (9, 1, (241, 76, 29)),
     (1, 8, (229, 168, 122)), (2, 2, COLOUR)],
)  # fmt: skip
def test_code_points_of_an_avif(primaries: int, transfer: int, expected: tuple[int, ...]) -> None:
    """Display P3 and BT.2020 by code points alone are converted."""
    shows(avif(primaries, transfer), expected)


def test_a_profile_counts_before_code_points_of_an_avif() -> None:
    """Where an AVIF has both, as cameras write it, the profile is what counts."""
    profile = icc_profile(b"GRAY", gamma(1.0))  # of other pixels: changes nothing
    data = saved(Image.new("RGB", (16, 16), COLOUR), "AVIF", quality=100, icc_profile=profile)
    assert b"colrprof" in data
    shows(data, COLOUR)


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
def test_high_dynamic_range(transfer: int) -> None:
    """Greys of HDR get the tones that browsers give them on an ordinary display."""
    expected = {16: {60: 26, 108: 90, 148: 187, 180: 242, 230: 255},
                18: {60: 39, 108: 82, 148: 120, 180: 166, 255: 255}}[transfer]  # fmt: skip
    for grey, tone in expected.items():
        shows(flat(cicp(9, transfer), colour=(grey,) * 3), (tone,) * 3, tolerance=3)


def test_greys_have_gamma_too() -> None:
    """A grey PNG of linear light comes out as bright as it is."""
    made = decode(png((4, 4), 8, 0, bytes([128]) * 16, GAMMA_1))
    assert made.mode == "L"
    assert made.getpixel((0, 0)) == 188


def test_frames_have_the_colours_of_their_file() -> None:
    """Code points of an animated PNG hold for each of its frames."""
    frames = [Image.new("RGB", (4, 4), COLOUR), Image.new("RGB", (4, 4), "white")]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    shows(data[:33] + chunk(*cicp(12, 13)) + data[33:], (215, 93, 31))


def test_boxes_that_are_none() -> None:
    """Boxes that claim too much end the reading, and no loop is without end."""
    assert list(boxes(b"\0\0\0\x04junk" + bytes(8), 0, 16)) == []
    assert list(boxes(b"\0\0\1\0junk", 0, 8)) == []
    assert list(properties(b"\0\0\0\x0cmeta\0\0\0\0")) == []
    whole = avif(12, 13)
    for cut in range(0, len(whole), 7):
        list(properties(whole[:cut]))


def test_the_brightest_light_of_high_dynamic_range() -> None:
    """A picture that says how bright it gets is darkened no more than its brightest light needs."""
    for most, white in ((150, 255), (300, 240), (470, 222), (1000, 187), (4000, 187)):
        light = (b"cLLI", struct.pack(">II", most * 10_000, 0))
        shows(flat(cicp(9, 16), light, colour=(148, 148, 148)), (white,) * 3, tolerance=3)


def test_code_points_without_primaries() -> None:
    """An AVIF that leaves its primaries open has those of sRGB, and its curve counts."""
    shows(avif(2, 8), (229, 168, 122))
