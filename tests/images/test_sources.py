from __future__ import annotations

import base64
import io
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from drawn import (
    GREEN,
    MARK,
    RED,
    UPRIGHT,
    corners,
    error,
    gif,
    gif_frame,
    oriented,
    png,
    quarters,
    saved,
    smooth,
    stored,
)
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from mediakit.images import opening
from mediakit.images.animation import frames
from mediakit.images.decode import decode, is_whole, jpeg_scale, probe
from mediakit.images.exif import read_credits
from mediakit.images.opening import UnreadableError

# Made by `cjpeg -arithmetic -quality 60 -sample 1x1` of quarters((32, 16)) as PPM.
ARITHMETIC = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywt"
    "QFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT09PT09PT09PT09PT0//yQARCAAQACADAREAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ACHi"
    "Uulyi4MYDQdWtpO2DF9CY7ZA/9k="
)


def heic(image: Image.Image, **options: object) -> bytes:
    heif = pytest.importorskip("pillow_heif", reason="the extra heif is not installed")
    out = io.BytesIO()
    heif.from_pillow(image).save(out, quality=95, **options)
    return out.getvalue()


def noisy(size: tuple[int, int] = (120, 120)) -> Image.Image:
    """Return a picture that no codec makes small, without a flat part."""
    image = Image.effect_noise(size, 60)
    return Image.merge("RGB", (image, image.rotate(90), image.rotate(180)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "AVIF", "MPO"])
@pytest.mark.parametrize("value", range(10))
def test_orientation(kind: str, value: int) -> None:
    """Every container's EXIF is applied and then gone; what comes out is not turned again."""
    data = saved(stored(quarters(), value), kind, exif=oriented(value))
    size, made = probe(data), decode(data)
    assert (size.width, size.height) == made.size == (64, 32)
    assert corners(made) == UPRIGHT
    assert made.info == {}
    again = saved(made, kind, exif=made.info.get("exif", b""))
    assert corners(decode(again)) == UPRIGHT


def test_a_webp_is_not_turned() -> None:
    """Browsers show a WebP as it is stored, whatever its EXIF says, and so do its variants."""
    data = saved(quarters(), "WEBP", quality=95, exif=oriented(3))
    assert b"EXIF" in data
    assert (probe(data).width, probe(data).height) == decode(data).size == (64, 32)
    assert corners(decode(data)) == UPRIGHT


def test_orientation_behind_the_pixels() -> None:
    """A PNG may have its EXIF at the end."""
    whole = saved(quarters().transpose(Image.Transpose.ROTATE_180), "PNG")
    exif = oriented(3).tobytes().removeprefix(b"Exif\0\0")
    from_end = saved(quarters(), "PNG", exif=oriented(3))
    chunk = from_end[from_end.index(b"eXIf") - 4 :][: len(exif) + 12]
    data = whole[:-12] + chunk + whole[-12:]
    assert corners(decode(data)) == UPRIGHT
    assert corners(decode(whole)) == UPRIGHT[::-1]


def test_exif_that_is_no_exif() -> None:
    """Text chunks and XMP that speak of an orientation turn nothing: browsers do not turn."""
    text = (b"tEXt", b"exif\0" + oriented(3).tobytes())
    assert decode(png((1, 2), 8, 0, b"\x00\xff", text)).tobytes() == b"\x00\xff"
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="3"/></x:xmpmeta>'
    assert corners(decode(saved(quarters(), "JPEG", xmp=packet))) == UPRIGHT


def test_ink_of_adobe() -> None:
    """A CMYK JPEG with Adobe's mark is stored inverted, and has its colours."""
    data = saved(quarters().convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in data
    assert (decode(data).mode, corners(decode(data))) == ("RGB", UPRIGHT)


def test_ink_without_adobe() -> None:
    """A CMYK JPEG without that mark is stored as it is, and has its colours."""
    ink = quarters().convert("CMYK")
    inverted = Image.merge("CMYK", [band.point(lambda v: 255 - v) for band in ink.split()])
    data = saved(inverted, "JPEG", quality=95)
    at = data.index(b"\xff\xee")
    data = data[:at] + data[at + 16 :]
    assert b"Adobe" not in data
    for scale in (1, 2):
        assert corners(decode(data, scale)) == UPRIGHT


def test_ycck() -> None:
    """Adobe's YCCK, where three inks are stored as luma and chroma, has its colours."""
    cyan, magenta, yellow, black = smooth().convert("CMYK").split()
    black = black.point(lambda v: v + 40)
    luma = Image.merge("RGB", (cyan, magenta, yellow)).convert("YCbCr")
    # Pillow inverts all four planes when it writes: undone for the three, wanted for black
    planes = [band.point(lambda v: 255 - v) for band in luma.split()]
    data = saved(Image.merge("CMYK", (*planes, black)), "JPEG", quality=100, subsampling=0)
    at = data.index(b"Adobe") + 11
    assert data[at] == 0
    data = data[:at] + b"\2" + data[at + 1 :]
    ink = Image.merge("CMYK", (cyan, magenta, yellow, black))
    assert error(decode(data), ink.convert("RGB")) < 2


def test_ink_in_tiff() -> None:
    """A CMYK TIFF is stored as it is."""
    assert corners(decode(saved(quarters().convert("CMYK"), "TIFF"))) == UPRIGHT


def test_sixteen_bit_grey() -> None:
    """A 16-bit ramp comes out as that ramp in 8 bits, from PNG and from TIFF."""
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)
    image = Image.fromarray(ramp.reshape(1, 256))
    for kind in ("PNG", "TIFF"):
        made = decode(saved(image, kind))
        assert made.mode == "L"
        assert np.asarray(made).tolist() == [list(range(256))]


def tiff(bits: int, form: int, width: int, pixels: bytes) -> bytes:
    """Return a TIFF of one row of greys; `form` is 1 for unsigned numbers, 2 for signed ones."""
    tags = ((256, width), (257, 1), (258, bits), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1),
            (279, len(pixels)), (339, form))  # fmt: skip
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    start = 8 + len(pixels)
    head = b"II*\0" + struct.pack("<I", start)
    return head + pixels + struct.pack("<H", len(tags)) + rows + bytes(4)


@pytest.mark.parametrize(
    ("bits", "form", "pixels"),
    [
        (12, 1, bytes.fromhex("000800fff000")),
        (32, 1, struct.pack("<4I", 0, 1 << 31, (1 << 32) - 1, 0)),
        (32, 2, struct.pack("<4i", 0, 1 << 30, (1 << 31) - 1, -5)),
        (32, 1, struct.pack("<4I", 0, 1 << 15, (1 << 16) - 1, 0)),
    ],
)
def test_odd_depths_of_tiff(bits: int, form: int, pixels: bytes) -> None:
    """White is white, and black is black, however many bits a TIFF's greys have."""
    made = decode(tiff(bits, form, 4, pixels))
    assert made.mode == "L"
    assert list(made.tobytes()) == [0, 128, 255, 0]


@pytest.mark.parametrize(
    ("colours", "mode"),
    [(0, "L"), (2, "RGB"), (4, "LA"), (6, "RGBA")],
    ids=["g", "rgb", "ga", "rgba"],
)
def test_sixteen_bit_png(colours: int, mode: str) -> None:
    """All 16-bit kinds of PNG come out in 8 bits, within rounding."""
    bands = len(mode)
    samples = np.linspace(0, 65535, 50 * bands).astype(">u2").reshape(1, 50, bands)
    made = decode(png((50, 1), 16, colours, samples.tobytes()))
    assert made.mode == mode
    found = np.asarray(made, float).reshape(1, 50, bands)
    assert np.abs(found - samples / 257).max() <= 1


@pytest.mark.parametrize(("depth", "steps"), [(1, 2), (2, 4), (4, 16)])
def test_few_bits(depth: int, steps: int) -> None:
    """Greys and palettes of 1, 2 and 4 bits have their colours."""
    packed = int("".join(f"{each:0{depth}b}" for each in range(steps)), 2)
    rows = packed.to_bytes((steps * depth + 7) // 8, "big")
    if depth == 1:
        rows = bytes([packed << 6])
    grey = decode(png((steps, 1), depth, 0, rows))
    assert grey.mode == "L"
    assert grey.tobytes() == bytes(255 * each // (steps - 1) for each in range(steps))
    palette = bytes(value for each in range(steps) for value in (each, 200 - each, 7 * each))
    made = decode(png((steps, 1), depth, 3, rows, (b"PLTE", palette)))
    assert (made.mode, made.tobytes()) == ("RGB", palette)


@pytest.mark.parametrize(
    ("depth", "colours", "rows", "transparent", "mode"),
    [
        (1, 0, b"\x40", b"\0\1", "LA"),
        (2, 0, b"\x60", b"\0\2", "LA"),
        (4, 0, b"\x3a", b"\0\x0a", "LA"),
        (8, 0, b"\x0a\xc8", b"\0\xc8", "LA"),
        (16, 0, b"\x12\x34\x12\x35", b"\x12\x35", "LA"),
        (8, 2, b"\1\2\3\4\5\6", b"\0\4\0\5\0\6", "RGBA"),
        (16, 2, b"\1\0\2\0\3\0\4\0\5\0\6\0", b"\4\0\5\0\6\0", "RGBA"),
        (8, 3, b"\0\1", b"\xff\0", "RGBA"),
    ],
)
def test_transparent_colour(
    depth: int, colours: int, rows: bytes, transparent: bytes, mode: str
) -> None:
    """The one colour that a PNG declares transparent is so at every depth, and only that."""
    extra = [(b"tRNS", transparent)]
    if colours == 3:
        extra.insert(0, (b"PLTE", b"\x10\x20\x30\x40\x50\x60"))
    made = decode(png((2, 1), depth, colours, rows, *extra))
    assert made.mode == mode
    assert list(made.getchannel("A").tobytes()) == [255, 0]


def test_palette_with_grades_of_alpha() -> None:
    """Each entry of a palette has its own alpha."""
    extra = [(b"PLTE", b"\x10\x20\x30\x40\x50\x60\x70\x80\x90"), (b"tRNS", b"\0\x80")]
    made = decode(png((3, 1), 8, 3, b"\0\1\2", *extra))
    assert made.mode == "RGBA"
    assert list(made.getchannel("A").tobytes()) == [0, 128, 255]
    assert made.convert("RGB").tobytes() == b"\x10\x20\x30\x40\x50\x60\x70\x80\x90"


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_is_kept(mode: str) -> None:
    """Pictures with alpha keep it, whether grey or in colour."""
    image = smooth().convert("L").convert(mode)
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    assert error(decode(saved(image, "PNG")), image) == 0


def test_arithmetic_coding() -> None:
    """An arithmetic-coded JPEG is decoded like any other."""
    assert corners(decode(ARITHMETIC)) == UPRIGHT
    assert (probe(ARITHMETIC).width, probe(ARITHMETIC).format) == (32, "JPEG")


@pytest.mark.parametrize("kind", ["JPEG", "MPO"])
@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("scale", [1, 2, 4, 8])
def test_jpeg_at_scales(kind: str, scale: int, *, progressive: bool) -> None:
    """Baseline, progressive and MPO files are decoded at their scale, the first picture only."""
    other = Image.new("RGB", (640, 480))
    more = {"save_all": True, "append_images": [other]} if kind == "MPO" else {}
    data = saved(smooth((640, 480)), kind, quality=95, progressive=progressive, **more)
    made = decode(data, scale)
    assert made.size == (640 // scale, 480 // scale)
    assert error(made, smooth((640, 480)).reduce(scale)) < 2


def test_mpo_is_a_jpeg() -> None:
    """A file of several views counts as the JPEG that it begins with."""
    data = saved(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    size = probe(data)
    assert (size.format, size.frames, size.width) == ("JPEG", 1, 64)
    assert jpeg_scale(probe(saved(smooth((640, 480)), "MPO")), 80) == 4


def test_malformed_mpo_is_silent() -> None:
    """A broken directory of further views does not matter, and nothing is said about it."""
    data = saved(quarters(), "MPO", save_all=True, append_images=[quarters()])
    at = data.index(b"MPF\0")
    assert corners(decode(data[: at + 4] + b"\xff" * 40 + data[at + 44 :])) == UPRIGHT


def test_only_jpegs_are_decoded_small() -> None:
    """Other formats are decoded whole, whatever scale is asked."""
    for kind in ("PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"):
        assert decode(saved(quarters(), kind), 8).size == (64, 32)
        assert jpeg_scale(probe(saved(quarters(), kind)), 1) == 1


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("WEBP", {"quality": 95}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {"quality": 95}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "jpeg"}),
        ("BMP", {}),
        ("GIF", {}),
        ("PNG", {"bits": 8}),
    ],
)
def test_formats(kind: str, options: dict[str, object]) -> None:
    """Every format that is read gives its size, its name and its colours."""
    data = saved(quarters(), kind, **options)
    size = probe(data)
    assert (size.width, size.height, size.format) == (64, 32, kind)
    assert decode(data).mode == "RGB"
    assert corners(decode(data)) == UPRIGHT
    assert is_whole(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (5000, 3), (3, 5000)])
def test_extreme_sizes(kind: str, size: tuple[int, int]) -> None:
    """A single pixel and thin strips are decoded, also at a scale."""
    data = saved(Image.new("RGB", size, "#ff0000"), kind)
    assert decode(data).size == size
    assert min(decode(data, 8).size) >= 1
    assert corners(decode(data, 8)) == [RED] * 4


def test_heic() -> None:
    """A HEIC file is read with the extra, turned once, and has its colours."""
    data = heic(quarters())
    size = probe(data)
    assert (size.width, size.height, size.format, size.frames) == (64, 32, "HEIF", 1)
    assert corners(decode(data)) == UPRIGHT
    assert is_whole(data)
    sideways = quarters().transpose(Image.Transpose.ROTATE_90)
    data = heic(sideways, exif=oriented(6).tobytes())
    assert (probe(data).width, probe(data).height) == (64, 32)
    assert corners(decode(data)) == UPRIGHT
    assert corners(decode(data, 8)) == UPRIGHT


def test_heic_with_alpha() -> None:
    """A HEIC file keeps its alpha."""
    image = quarters()
    image.putalpha(Image.new("L", image.size, 100))
    made = decode(heic(image))
    assert made.mode == "RGBA"
    assert error(made.getchannel("A"), image.getchannel("A")) < 2


def test_heic_in_threads() -> None:
    """HEIC files are decoded at the same time."""
    data = heic(smooth((320, 240)))
    expected = decode(data)
    with ThreadPoolExecutor(4) as pool:
        assert all(error(made, expected) == 0 for made in pool.map(decode, [data] * 8))


def test_heic_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error says which one it is."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    start = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic"
    with pytest.raises(UnreadableError, match="with the extra heif"):
        probe(start)


@pytest.mark.parametrize(
    ("brands", "message"),
    [
        (b"avif\0\0\0\0mif1miaf", "damaged"),
        (b"mif1\0\0\0\0mif1avif", "damaged"),
        (b"heix\0\0\0\0mif1heix", "HEIC"),
        (b"mif1\0\0\0\0mif1heic", "HEIC"),
        (b"isom\0\0\0\0isomiso2", "known format"),
    ],
)
def test_brands(monkeypatch: pytest.MonkeyPatch, brands: bytes, message: str) -> None:
    """AVIF and HEIC, which share a container, are told apart; a video is neither."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnreadableError, match=message):
        decode(struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x4f\xff\x51\0\x29", "JPEG 2000"),
        (b"\0\0\1\0\1\0", "ICO"),
        (b"8BPS\0\1", "PSD"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "camera raw"),
    ],
)
def test_formats_that_are_known_by_name_only(data: bytes, name: str) -> None:
    """A picture that mediakit does not read is named, with what to save it as."""
    with pytest.raises(UnreadableError, match=f"{name}.*save it as JPEG, PNG, WebP or AVIF"):
        probe(data)


def test_a_jpeg_of_12_bits_is_named() -> None:
    """A JPEG for printers or scanners, of 12 bits, says so."""
    data = bytearray(saved(quarters(), "JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    with pytest.raises(UnreadableError, match="JPEG of 12 bits"):
        decode(bytes(data))


@pytest.mark.parametrize("error", [KeyError(7), IndexError("list index"), struct.error("unpack")])
def test_no_programmers_words(error: Exception) -> None:
    """What goes wrong inside of a decoder is told as what it is for the reader."""
    with pytest.raises(UnreadableError) as found, opening.opened(saved(quarters(), "PNG")):
        raise error
    assert str(found.value) == "damaged picture: its data are broken"


@pytest.mark.parametrize(
    "data",
    [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"BMW is a car", b"P6 1 1 255 abc"],
)
def test_other_formats_are_left_alone(data: bytes) -> None:
    """Only known formats are opened: Pillow would start Ghostscript for an EPS."""
    with pytest.raises(UnreadableError, match="not a picture in a known format"):
        probe(data)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {"interlace": 0}),
        ("BMP", {}),
        ("TIFF", {}),
        ("WEBP", {}),
        ("AVIF", {}),
    ],
)
def test_truncated(kind: str, options: dict[str, object]) -> None:
    """A file that ends too early is an error, unless what there is of it is wanted."""
    data = saved(noisy(), kind, **options)
    cut = data[: len(data) // 2]
    with pytest.raises(UnreadableError):
        decode(cut)
    assert not is_whole(cut)
    whole = decode(data)
    assert error(decode(data, keep_truncated=True), whole) == 0
    if kind in {"WEBP", "AVIF"}:  # their decoders give nothing of a part
        with pytest.raises(UnreadableError):
            decode(cut, keep_truncated=True)
        return
    kept = decode(cut, keep_truncated=True)
    assert kept.size == (120, 120)
    top = (0, 0, 120, 30) if kind != "BMP" else (0, 90, 120, 120)
    close = 40 if "progressive" in options else 0  # all rows, without their detail
    assert error(kept.crop(top), whole.crop(top)) <= close


def test_truncated_and_turned() -> None:
    """What is kept of a truncated picture is upright, in all formats that turn."""
    for kind in ("JPEG", "PNG", "TIFF"):
        stored = quarters((128, 64)).transpose(Image.Transpose.ROTATE_180)
        data = saved(stored, kind, exif=oriented(3))
        if kind == "TIFF":  # its directory may come last: cut in the middle of the pixels
            data = saved(stored, kind, exif=oriented(3))[: -len(stored.tobytes()) // 4]
        else:
            data = data[: -20 if kind == "PNG" else -40]
        kept = decode(data, keep_truncated=True)
        assert kept.size == (128, 64)
        assert corners(kept)[2:] == UPRIGHT[2:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF"])
def test_nothing_to_keep(kind: str) -> None:
    """A file of which nothing could be decoded stays an error."""
    data = saved(noisy(), kind)
    pixels = {"JPEG": b"\xff\xda", "PNG": b"IDAT", "GIF": b",", "TIFF": b"\0"}[kind]
    for end in (data.index(pixels) + 14, 9):
        with pytest.raises(UnreadableError):
            decode(data[:end], keep_truncated=True)


def test_other_threads_still_get_their_errors() -> None:
    """That one picture may be truncated does not make others so that are decoded meanwhile."""
    data = saved(noisy((600, 600)), "JPEG")
    cut = data[: len(data) // 2]

    def attempt(number: int) -> bool:
        try:
            decode(cut, keep_truncated=number % 2 == 0)
        except UnreadableError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(40))) == [True, False] * 20
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_frame_larger_than_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GIF whose frame claims four gigapixels is measured without Pillow, which would fill it."""
    frame = gif_frame((0, 0, 4, 4), 1, disposal=2)
    huge = gif((4, 4), frame.replace(struct.pack("<HH", 4, 4), struct.pack("<HH", 65_535, 65_535)))

    def refuse(name: str) -> None:
        pytest.fail(f"opened as {name}")

    monkeypatch.setattr(opening, "_factory", refuse)
    assert (probe(huge).width, probe(huge).height) == (65_535, 65_535)
    assert read_credits(huge, frozenset({"artist"})) == b""


def test_the_content_decides() -> None:
    """A picture's format is read from its bytes."""
    assert probe(saved(quarters(), "PNG")).format == "PNG"
    assert decode(gif((8, 8), gif_frame((0, 0, 8, 8), 1))).getpixel((0, 0)) == (0, 255, 0)
    assert GREEN == (0, 1, 0)


def test_nothing_of_the_source_hangs_on_the_raster() -> None:
    """The mark in a comment is found in the source: what leaks is the encoder's to prevent."""
    data = saved(quarters(), "JPEG", comment=MARK)
    assert MARK in data
    assert decode(data).tobytes() == decode(saved(quarters(), "JPEG")).tobytes()


def sources() -> Iterator[bytes]:
    picture = noisy((24, 16))
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF"):
        yield saved(picture, kind)
    yield saved(picture, "JPEG", progressive=True, exif=oriented(6))
    yield saved(picture.convert("CMYK"), "JPEG")
    yield saved(picture, "TIFF", compression="tiff_lzw", exif=oriented(6))
    for kind in ("GIF", "PNG", "WEBP"):
        others = [noisy((24, 16)), quarters((24, 16))]
        yield saved(picture, kind, save_all=True, append_images=others, duration=20)
    yield gif((9, 9), gif_frame((1, 1, 4, 4), 1, disposal=2), gif_frame((2, 2, 9, 9), 2))
    yield ARITHMETIC


SOURCES = tuple(sources())
MAGIC = (
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x20\0\0\0WEBPVP8 ",
    b"\0\0\0\x18ftypavif",
    b"\0\0\0\x18ftypheic",
    b"II*\0",
    b"MM\0*",
    b"BM".ljust(14, b"\0") + b"\x28\0\0\0",
)


def use(data: bytes) -> None:
    """Read a picture in all ways; only UnreadableError may come of it."""
    try:
        size = probe(data)
    except UnreadableError:
        return
    assert size.width > 0
    assert size.height > 0
    if size.width * size.height > 1_000_000:
        return  # the limit of the preset
    for keep in (False, True):
        try:
            image = decode(data, 2, keep_truncated=keep)
        except UnreadableError:
            continue
        assert image.mode in {"L", "LA", "RGB", "RGBA"}
    try:
        found = list(frames(data))
    except UnreadableError:
        return
    assert {frame.image.mode for frame in found} <= {"RGB", "RGBA"}
    assert {frame.image.size for frame in found} == {(size.width, size.height)}


@given(st.sampled_from(MAGIC), st.binary(max_size=300))
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_arbitrary_bytes(magic: bytes, data: bytes) -> None:
    """No bytes raise anything but UnreadableError."""
    use(magic + data)


@given(
    st.sampled_from(SOURCES),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
    st.integers(0, 10**6),
    st.booleans(),
)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_pictures(
    data: bytes,
    changes: list[tuple[int, int]],
    end: int,
    cut: bool,  # noqa: FBT001 - drawn
) -> None:
    """Pictures with bytes changed or cut off raise nothing but UnreadableError."""
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(data)] = value
    use(bytes(damaged[: end % len(data)] if cut else damaged))
