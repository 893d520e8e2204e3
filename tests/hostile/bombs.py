"""Small files that ask for very much: of memory, of time, or of both."""

from __future__ import annotations

import functools
import struct
import zlib

from conftest import draw


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *more: bytes) -> bytes:
    """Return a PNG of this size with next to no pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1 + 4 * min(width, 1000))))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + pixels + chunk(b"IEND", b"")


@functools.cache
def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1024**2)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


def _gif(width: int, height: int, frames: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    frame = b"!\xf9\x04\0\0\0\0\0," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\0"
    return head + frame * frames + b";"


def _apng(frames: int) -> bytes:
    pixels = zlib.compress(bytes(5))
    parts = [chunk(b"acTL", struct.pack(">II", frames, 0))]
    for number in range(frames):
        control = struct.pack(">IIIIIHHBB", 2 * number, 1, 1, 0, 0, 1, 10, 0, 0)
        parts += [chunk(b"fcTL", control), chunk(b"fdAT", struct.pack(">I", 1) + pixels)]
    return png(30_000, 30_000, *parts)


def _jpeg(width: int, height: int) -> bytes:
    """Return a real JPEG whose frame header says another size."""
    data = bytearray(draw((64, 64)))
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, height, width)
    return bytes(data)


def _tiff(width: int, height: int) -> bytes:
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1),
               (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height),
               (279, 4, 0xFFFFFFFF, 8)]  # fmt: skip
    body = b"".join(struct.pack("<HHII", *each) for each in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + bytes(4)


def _webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _bmp(width: int, height: int) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head


@functools.cache
def pictures() -> dict[str, bytes]:
    """Return the pictures by name; but for text and profile of a PNG, none can become a variant."""
    text = b"Comment\0\x01\0\0\0" + _zeros(300)
    profile = b"icc\0\0" + _zeros(300)
    many = b"".join(b"\xff\xe1\xff\xff" + b"Exif\0\0" + bytes(65_527) for _ in range(100))
    whole = draw((64, 64))
    return {
        "huge.png": png(100_000, 100_000),
        "huge-animation.png": _apng(3_000),
        "text.png": png(64, 64, *(chunk(b"iTXt", text) for _ in range(3))),
        "profile.png": png(64, 64, chunk(b"iCCP", profile)),
        "huge.gif": _gif(65_535, 65_535, 1),
        "frames.gif": _gif(65_535, 65_535, 20_000),
        "huge.jpg": _jpeg(65_500, 65_500),
        "exif.jpg": whole[:2] + many + b"\xff\xd9",
        "huge.tif": _tiff(1_000_000, 1_000_000),
        "huge.webp": _webp(16_384, 16_384),
        "huge.bmp": _bmp(100_000, 100_000),
        "empty.avif": b"\0\0\0\x1cftypavif" + bytes(20),
    }


def pages() -> dict[str, bytes]:
    """Return content files by name, none of which can be read."""
    laughs = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]".encode() for n in range(1, 12)]
    return {
        "aliases.md": b"---\n" + b"\n".join(laughs) + b"\n---\n",
        "deep.md": b"---\na: " + b"[" * 100_000 + b"\n---\n",
        "deep-block.md": b"---\n" + b"- " * 100_000 + b"a\n---\n",
        "deep.json.md": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
        "deep.toml.md": b"+++\na = " + b"[" * 100_000 + b"\n+++\n",
        "fifty.md": b"---\ntitle: a\ngallery:\n" + b"  - url: /a.jpg\n" * 3_300_000 + b"---\n",
        "many.md": b"---\na:\n" + b"- b\n" * 300_000 + b"---\n",
    }
