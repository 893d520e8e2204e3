"""AVIF in the short form of one `mini` box, as some encoders write small pictures."""

from __future__ import annotations

import random
import struct

import pytest
from drawn import UPRIGHT, corners, error, quarters, saved, stored
from PIL import Image
from test_signalled import COLOUR, shows

from mediakit.images.bare import without_metadata
from mediakit.images.boxes import boxes
from mediakit.images.decode import Size, decode, probe
from mediakit.images.exif import read_credits
from mediakit.images.opening import UnreadableError
from mediakit.images.private import told_by
from mediakit.images.signalled import power_profile

LIGHT = (1, 32), (0, 5), (0x20, 32)
"""Fields: the brightest light is there, nothing else is, and its value in candela."""


def parts(data: bytes, wanted: bytes) -> list[tuple[int, int]]:
    """Return where boxes of a kind are, in the tree of an AVIF that Pillow wrote."""
    found, left = [], [(b"", 0, len(data))]
    while left:
        for kind, start, end in boxes(data, *left.pop()[1:]):
            found += [(start, end)] if kind == wanted else []
            if kind in {b"meta", b"iprp", b"ipco"}:
                left.append((kind, start + 4 * (kind == b"meta"), end))
    return found


def short(
    image: Image.Image, *, turned: int = 1, exif: bytes = b"", xmp: bytes = b"",
    profile: bytes = b"", points: tuple[int, int, int] | None = None, packed: bool = False,
    light: int = 0, gain: bool = False, codec: bytes = b"", brand: bytes = b"avif",
) -> bytes:  # fmt: skip
    """Return a picture in the short form; a gain map is empty, but has all of its fields."""
    plain = saved(image, "AVIF", quality=95, subsampling="4:4:4")
    settings = [plain[low:high] for low, high in parts(plain, b"av1C")]
    ((at, _),) = parts(plain, b"iloc")
    places = [struct.unpack_from(">II", plain, at + 8 + 14 * n + 6) for n in range(len(settings))]
    coded = [plain[low : low + size] for low, size in places]
    alpha, more = len(coded) > 1, bool(profile or exif or xmp or gain)
    hdr = bool(light or gain)
    width, height = image.size
    fields = [
        (0, 2), (bool(codec), 1), (0, 1), (1, 1), (alpha, 1), (points is not None, 1), (hdr, 1),
        *((bool(each), 1) for each in (profile, exif, xmp)), (3, 2), (turned - 1, 3), (1, 1),
        (width - 1, 15), (height - 1, 15), (0, 1), *([(0, 1)] if alpha else []),
        *((each, 8) for each in points or ()), *((each, 8) for each in codec),
    ]  # fmt: skip
    if hdr:
        fields += [(gain, 1)]
        if gain:  # smaller, 4:2:0, 10 bits, a profile, and colours of its own
            fields += [(0, 1), (1, 15), (1, 15), (6, 8), (1, 1), (1, 2), (0, 2), (0, 1), (1, 1),
                       (1, 3), (1, 1), (1, 1), (9, 8), (16, 8), (9, 8), (1, 1)]  # fmt: skip
        fields += [(bool(light), 1), (0, 5), *([(light << 16, 32)] if light else [])]
        if gain:  # all of what light can say
            fields += [(63, 6), (0, 32), (0, 192), (0b00111100, 8), (0, 288), (0, 64), (0, 160),
                       (0, 32)]  # fmt: skip
    fields += [*([(1, 1)] if more else []), (1, 1), (1, 1)]
    fields += [(len(profile) - 1, 20)] if profile else []
    fields += [(0, 20), (2, 20), (3, 28), (0, 12)] if gain else []
    fields += [(len(settings[0]), 12), (len(coded[0]) - 1, 28)]
    fields += [(len(coded[1]), 28), (len(settings[1]), 12)] if alpha else []
    fields += [(packed, 1)] if exif or xmp else []
    fields += [(len(each) - 1, 20) for each in (exif, xmp) if each]
    bits = "".join(f"{value:0{count}b}" for value, count in fields)
    head = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    body = head + b"".join(settings) + profile + (b"i" + b"me" if gain else b"")
    body += b"".join(coded[1:]) + (b"map" if gain else b"") + coded[0] + exif + xmp
    return b"\0\0\0\x10ftypmif3" + brand + struct.pack(">I", 8 + len(body)) + b"mini" + body


def located(xmp: bytes = b"", *, packed: bool = False, light: int = 0) -> bytes:
    exif = Image.Exif()
    exif[0x8298] = "Anna"
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 12.0)})
    return short(
        quarters(),
        exif=exif.tobytes().removeprefix(b"Exif\0\0"),
        xmp=xmp,
        packed=packed,
        light=light,
    )


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_is_decoded_upright(turned: int) -> None:
    """A picture comes out with its corners where they belong, however it is stored."""
    data = short(stored(quarters(), turned), turned=turned)
    assert probe(data) == Size(64, 32, "AVIF")
    assert corners(decode(data)) == UPRIGHT


def test_what_is_transparent_stays_so() -> None:
    """Alpha, which has a part of its own, comes through."""
    image = quarters().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    assert error(decode(short(image)), image) < 3


def test_colours() -> None:
    """Code points and profiles count, also behind the fields of a gain map, which is left out."""
    image = Image.new("RGB", (16, 16), COLOUR)
    shows(short(image), COLOUR)
    shows(short(image, points=(12, 13, 6)), (216, 92, 32))
    p3 = power_profile(((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.3127, 0.3290)), 2.2)
    assert p3
    shows(short(image, profile=p3, gain=True, light=400), (216, 93, 23), 3)
    shows(short(image, codec=b"av01av1C", gain=True), COLOUR)


def test_light() -> None:
    """How bright HDR gets is read as in the long form."""
    white = Image.new("RGB", (16, 16), (148, 148, 148))  # 203 candela
    greys = [
        decode(short(white, points=(9, 16, 9), light=light)).getpixel((1, 1))
        for light in (0, 203)
    ]  # fmt: skip
    assert [round(sum(grey[:3]) / 3 / 4) for grey in greys] == [47, 64]  # type: ignore[index]


def test_places_are_seen_and_taken_out() -> None:
    """Where a picture was taken is told, and goes without its pixels; the rights stay."""
    data = located(xmp=b'<x exif:GPSLatitude="55,40N"/>')
    told = told_by(data)
    assert told is not None
    assert told.place
    made = without_metadata(data)
    assert made is not None
    told = told_by(made)
    assert told is not None
    assert not told.place
    assert b"GPSLat" not in made
    assert decode(made).tobytes() == decode(data).tobytes()
    for each in (data, made):
        assert b"Anna" in read_credits(each, frozenset({"copyright"}))


def test_packed_metadata() -> None:
    """Compressed metadata, which no browser reads, may tell a place, and are no picture."""
    data = located(packed=True)
    told = told_by(data)
    assert told is not None
    assert told.place
    with pytest.raises(UnreadableError, match="short form"):
        decode(data)


def test_other_codecs_are_no_avif() -> None:
    """What the version of the file says decides, not that it is short."""
    with pytest.raises(UnreadableError, match="not a picture"):
        decode(short(quarters(), brand=b"vvic"))


def test_broken_ones() -> None:
    """Whatever is changed or cut off, a picture comes out, or an error that says so."""
    data, noise = located(light=1), random.Random(3)
    for number in range(150):
        changed = bytearray(data[: noise.randrange(24, len(data))] if number % 3 else data)
        for _ in range(number % 4):
            changed[noise.randrange(16, min(len(changed), 60))] = noise.randrange(256)
        told_by(bytes(changed))
        without_metadata(bytes(changed))
        try:
            decode(bytes(changed))
        except UnreadableError as found:
            assert "damaged picture" in str(found)
