"""Files with a slip that browsers do not mind: they show the picture, and so do its variants."""

from __future__ import annotations

import struct
import zlib

import pytest
from drawn import UPRIGHT, chunk, corners, gif, gif_frame, oriented, png, quarters, saved
from PIL import Image, ImageCms

from mediakit.images.animation import frames
from mediakit.images.boxes import properties
from mediakit.images.decode import decode, is_whole, probe
from mediakit.images.frames import slips_in
from mediakit.images.ingest import is_raw
from mediakit.images.opening import UnreadableError

PNG = saved(quarters(), "PNG")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_chunk(kind: bytes, body: bytes, checksum: bytes | None = None) -> bytes:
    whole = chunk(kind, body)
    return PNG[:33] + (whole if checksum is None else whole[:-4] + checksum) + PNG[33:]


@pytest.mark.parametrize(
    "data",
    [
        with_chunk(b"iCCP", b"x\0\0" + zlib.compress(SRGB), b"junk"),
        with_chunk(b"iCCP", b"x\0\7" + zlib.compress(SRGB)),
        with_chunk(b"iCCP", b"x\0\0no zlib"),
        with_chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1), b"junk"),
        with_chunk(b"cLLI", b"\0"),
        with_chunk(b"cHRM", b""),
        with_chunk(b"gAMA", b"\0"),
        with_chunk(b"tRNS", b"\0\0\0\0\0\0", b"junk"),
        with_chunk(b"tEXt", b"no end"),
        with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(3_000_000))),
        with_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3_000_000))),
        with_chunk(b"eXIf", b"no EXIF"),
        with_chunk(b"acTL", b""),
        PNG[:-12],
        PNG[:-5],
        PNG + b"behind the end",
    ],
    ids=lambda data: data[37:41].decode("latin-1"),  # no lengths: profiles have a date
)
def test_slips_of_a_png(data: bytes) -> None:
    """What is wrong outside of the pixels is left out, whatever chunk it is in."""
    made = decode(data)
    assert (made.mode, corners(made)) == ("RGB", UPRIGHT)
    assert is_whole(data)


def test_pixels_that_are_cut_off_are_no_slip() -> None:
    """A PNG without the end of its pixels stays an error, also where an end is put behind it."""
    whole = saved(Image.effect_noise((64, 64), 90), "PNG")
    cut = whole[: len(whole) * 2 // 3]
    for data in (cut, cut + PNG[-12:]):
        with pytest.raises(UnreadableError):
            decode(data)


def test_a_place_in_packed_xmp_is_found() -> None:
    """A PNG whose XMP names a place comes from a camera, packed or not, long or not."""
    text = b"<x:xmpmeta exif:GPSLatitude='55,40N'/>" + bytes(3_000_000)
    for flags, body in ((b"\0\0", text), (b"\1\0", zlib.compress(text))):
        assert is_raw(with_chunk(b"iTXt", b"XML:com.adobe.xmp\0" + flags + b"\0\0" + body))
    assert not is_raw(PNG)


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_without_its_end(scale: int, options: dict[str, object]) -> None:
    """Where only the end marker is missing, all pixels are there."""
    whole = saved(quarters((240, 120)), "JPEG", exif=oriented(1), **options)
    made = decode(whole[:-2], scale)
    assert made.tobytes() == decode(whole, scale).tobytes()
    assert is_whole(whole[:-2])
    with pytest.raises(UnreadableError):
        decode(whole[:-40], scale)


def test_an_animation_beside_another_picture() -> None:
    """An APNG whose default picture is no frame shows its first frame, however few it has."""
    red, lime = Image.new("RGB", (40, 20), "red"), Image.new("RGB", (40, 20), "lime")
    for more in ([lime], [lime, red]):
        data = saved(red, "PNG", save_all=True, default_image=True, append_images=more)
        assert probe(data).frames == len(more)
        assert decode(data).getpixel((1, 1)) == (0, 255, 0)
        assert next(frames(data)).image.convert("RGB").getpixel((1, 1)) == (0, 255, 0)


def test_an_animation_that_is_declared_too_late() -> None:
    """Frames behind pixels without a declaration before these are no animation."""
    data = saved(quarters(), "PNG", save_all=True, append_images=[Image.new("RGB", (64, 32))])
    at = data.index(b"acTL") - 4
    moved = data[:at] + data[at + 20 : -12] + data[at : at + 20] + data[-12:]
    assert probe(moved).frames == 1
    assert corners(decode(moved)) == UPRIGHT


def test_one_exact_colour_of_16_bits_is_transparent() -> None:
    """A colour that shares only the high bytes of the transparent one is opaque."""
    pixels = struct.pack(">6H", 0x8000, 0x8000, 0x8000, 0x80FF, 0x80FF, 0x80FF)
    made = decode(png((2, 1), 16, 2, pixels, (b"tRNS", pixels[:6])))
    assert made.mode == "RGBA"
    assert list(made.getchannel("A").tobytes()) == [0, 255]


def test_a_gif_frame_over_the_edge_is_cut() -> None:
    """A later frame that reaches out of the screen is shown as far as it is inside."""
    data = gif((40, 20), gif_frame((0, 0, 40, 20), 0), gif_frame((30, 10, 40, 30), 1))
    first, second = (frame.image.convert("RGB") for frame in frames(data))
    assert (first.size, second.size) == ((40, 20), (40, 20))
    assert second.getpixel((35, 15)) == (0, 255, 0)
    assert second.getpixel((5, 5)) == (255, 0, 0)
    assert decode(data).size == (40, 20)


def test_an_avif_of_two_tables() -> None:
    """An AVIF whose properties are associated by two tables, as some encoders write it, is read."""
    image = quarters().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    whole = saved(image, "AVIF", quality=100, subsampling="4:4:4")
    at = whole.index(b"ipma") - 4
    size = int.from_bytes(whole[at : at + 4])
    entry = at + 16 + 3 + whole[at + 18]  # behind the first item
    head = whole[at + 4 : at + 12]
    tables = [whole[at + 16 : entry], whole[entry : at + size]]
    made = bytearray(whole[:at])
    for table in tables:
        made += struct.pack(">I", 16 + len(table)) + head + struct.pack(">I", 1) + table
    made += whole[at + size :]
    for box in (b"meta", b"iprp"):
        start = whole.index(box) - 4
        struct.pack_into(">I", made, start, int.from_bytes(whole[start : start + 4]) + 16)
    places = whole.index(b"iloc") + 4
    assert made[places : places + 8] == b"\0\0\0\0\x44\0\0\2"
    for extent in (places + 14, places + 28):
        (offset,) = struct.unpack_from(">I", made, extent)
        struct.pack_into(">I", made, extent, offset + 16)
    assert decode(bytes(made)).tobytes() == decode(whole).tobytes()
    assert dict(properties(bytes(made))) == dict(properties(whole))


def test_slips_are_told() -> None:
    """What is wrong beside the pixels has words; sound files have none, whatever follows them."""
    jpeg = saved(quarters(), "JPEG", exif=oriented(1))
    later = gif((40, 20), gif_frame((0, 0, 40, 20), 0), gif_frame((30, 10, 40, 30), 1))
    assert slips_in(with_chunk(b"pHYs", bytes(9), b"junk")) == (
        "its chunk pHYs has a wrong checksum",
    )
    assert slips_in(PNG[:-12]) == slips_in(PNG[:-5]) == ("its end is cut off",)
    assert slips_in(jpeg[:-2]) == ("its end marker is missing",)
    assert slips_in(later) == ("a frame reaches over the edge of its screen",)
    for data in (PNG, PNG + b"behind", jpeg, jpeg + b"behind", saved(quarters(), "GIF"), b"none"):
        assert slips_in(data) == ()


def test_a_number_beyond_the_palette() -> None:
    """A PNG that names a colour that its palette lacks shows the last one, as browsers do."""
    palette = (b"PLTE", b"\x10\x20\x30\x40\x50\x60")
    made = decode(png((4, 1), 2, 3, b"\x1b", palette))
    assert list(made.tobytes()) == [16, 32, 48, *[64, 80, 96] * 3]
