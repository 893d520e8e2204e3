"""Pictures and profiles drawn for the tests of sources."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))
MARK = b"SECRETMARK"


def quarters(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Return a picture with a colour in each corner: red, green, blue, white."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for number, colour in enumerate(CORNERS):
        at = (number % 2 * width, number // 2 * height)
        image.paste(colour, (*at, at[0] + width, at[1] + height))
    return image


def smooth(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Return gradients in all three channels."""
    across, down = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    planes = (across, down, 1 - across * down)
    return Image.fromarray((np.stack(planes, axis=-1) * 255).round().astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def oriented(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as a camera stores it that writes this EXIF orientation."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # turned by 270 degrees for display
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return upright.transpose(turns[orientation]) if orientation in turns else upright


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Return the colours in the middle of each quarter, each channel 0 or 1."""
    plain = image.convert("RGB")
    found = []
    for number in range(4):
        pixel = plain.getpixel(
            (
                plain.width // 4 + number % 2 * (plain.width // 2),
                plain.height // 4 + number // 2 * (plain.height // 2),
            )
        )
        assert isinstance(pixel, tuple)
        found.append(tuple(round(value / 255) for value in pixel))
    return found


RED, GREEN, BLUE, WHITE = UPRIGHT = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]


def error(image: Image.Image, expected: Image.Image) -> float:
    """Return the mean difference of two pictures, of 255."""
    assert image.size == expected.size
    assert image.mode == expected.mode
    return float(np.abs(np.asarray(image, float) - np.asarray(expected, float)).mean())


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def png(
    size: tuple[int, int], depth: int, colours: int, rows: bytes, *extra: tuple[bytes, bytes]
) -> bytes:
    """Return a PNG of raw rows (without filter bytes); colour types as in its IHDR."""
    stride = len(rows) // size[1]
    raw = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), stride))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", *size, depth, colours, 0, 0, 0)),
        *extra,
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def gif_frame(
    box: tuple[int, int, int, int],
    colour: int,
    delay: int = 10,
    disposal: int = 0,
    transparent: int | None = None,
) -> bytes:
    """Return a frame of one colour (an index) for `gif`; delay in hundredths of a second."""
    left, top, width, height = box
    flags = disposal << 2 | (transparent is not None)
    control = b"\x21\xf9\x04" + struct.pack("<BHBB", flags, delay, transparent or 0, 0)
    # LZW without growth: 7-bit colours, the table cleared before codes need 9 bits
    pixels = bytes([colour]) * (width * height)
    codes = b"".join(b"\x80" + pixels[at : at + 100] for at in range(0, len(pixels), 100))
    codes += b"\x81"
    blocks = [codes[at : at + 255] for at in range(0, len(codes), 255)]
    body = b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    return control + b"," + struct.pack("<HHHHB", left, top, width, height, 0) + b"\x07" + body


def gif(size: tuple[int, int], *frames: bytes, repeats: int | None = None) -> bytes:
    """Return a GIF whose colours are red, green, blue, white, and then black."""
    palette = bytes(value for colour in CORNERS for value in colour).ljust(384, b"\0")
    head = b"GIF89a" + struct.pack("<HHBBB", *size, 0xF6, 0, 0) + palette
    again = b"\x21\xff\x0bNETSCAPE2.0\x03\x01%b\0"
    head += again % struct.pack("<H", repeats) if repeats is not None else b""
    return head + b"".join(frames) + b";"


def icc_profile(
    space: bytes, curve: bytes, columns: np.ndarray | None = None, name: str = "drawn"
) -> bytes:
    """Return an ICC profile (v2 layout): TRC, and for RGB the primaries in XYZ for D50.

    After ICC.1:2001-04 (v2.4), clauses 6.1 (header) and 6.3 (required tags).
    """
    white = _xyz(np.array([0.9642, 1.0, 0.8249]))
    text = name.encode() + b"\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {b"desc": described, b"cprt": b"text\0\0\0\0none\0", b"wtpt": white}
    if columns is None:
        tags[b"kTRC"] = curve
    else:
        for index, letter in enumerate((b"r", b"g", b"b")):
            tags[letter + b"XYZ"] = _xyz(columns[:, index])
            tags[letter + b"TRC"] = curve
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += tag + struct.pack(">II", at + len(body), len(value))
        body += padded
    header = struct.pack(">I4sI", at + len(body), bytes(4), 0x02400000) + b"mntr" + space + b"XYZ "
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + table + body


def gamma(value: float) -> bytes:
    """Return a TRC of one exponent."""
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def parametric(*values: float) -> bytes:
    """Return a TRC of type 3: (ax + b) ** g from d on, cx below."""
    return b"para\0\0\0\0\0\3\0\0" + struct.pack(">5i", *(round(each * 65536) for each in values))


def _xyz(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(each) * 65536) for each in values))
