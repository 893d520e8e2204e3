"""Animated GIF and PNG taken apart: each frame as a still picture of its own; slips in files.

Sources: GIF89a specification (CompuServe, 1990); PNG specification, third edition (W3C).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mediakit.images.chunks import (
    PNG_START,
    SCAN,
    is_sound,
    jpeg_segments,
    png_chunk,
    png_chunks,
)
from mediakit.images.opening import UnreadableError, format_in

if TYPE_CHECKING:
    from collections.abc import Iterator


_BEYOND = 4
"""How much larger than its screen a later frame of a GIF may be: browsers cut it off there."""


class Disposal(Enum):
    """What a player does with the place of a frame before it draws the next one."""

    KEEP = 0
    CLEAR = 1
    RESTORE = 2


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A frame as a file of its own: its place (left, top, right, bottom in pixels), and its time.

    `over` draws it over the frames before, instead of in their place.
    """

    data: bytes
    box: tuple[int, int, int, int]
    milliseconds: int
    disposal: Disposal
    over: bool = True


def _check_room(pixels: int, canvas: tuple[int, ...], times: int = 1) -> None:
    """Refuse frames that take more room than the picture says it has, or `times` as much."""
    if not 0 < pixels <= times * canvas[0] * canvas[1]:
        raise UnreadableError("damaged picture: a frame does not fit its animation")


def gif_canvas(data: bytes, first: RawFrame) -> tuple[int, int]:
    """Return the size of a GIF in pixels: that of its screen, or of a larger first frame."""
    width, height = struct.unpack_from("<HH", data, 6)
    return max(width, first.box[2]), max(height, first.box[3])


def gif_plays(data: bytes) -> int:
    """Return how often a GIF is played in all, 0 for ever."""
    at = data.find(b"\x21\xff\x0bNETSCAPE2.0\x03\x01")
    if at < 0 or at + 18 > len(data):
        return 1
    (repeats,) = struct.unpack_from("<H", data, at + 16)
    return repeats + 1 if repeats else 0


def gif_frames(data: bytes) -> Iterator[RawFrame]:
    """Yield the frames of a GIF, as far as the file goes; raises UnreadableError."""
    if len(data) < 13:
        return
    canvas = (0, 0)
    at = 13 + gif_table(data[10])
    palette, control = data[13:at], b"\0\0\0\0"
    while at + 2 <= len(data) and data[at] in b"!,":
        if data[at] == ord("!"):
            if data[at + 1] == 0xF9 and at + 7 <= len(data):
                control = data[at + 3 : at + 7]
            at = skip_gif_blocks(data, at + 2)
        elif at + 11 > len(data):
            return
        else:
            start = at + 10 + gif_table(data[at + 9])
            end = skip_gif_blocks(data, start + 1)
            frame = _gif_frame(data, palette, control, (at, start, end))
            canvas = canvas if any(canvas) else gif_canvas(data, frame)
            left, top, right, bottom = frame.box
            _check_room((right - left) * (bottom - top), canvas, _BEYOND)
            yield frame
            at, control = end, b"\0\0\0\0"


def _gif_frame(data: bytes, palette: bytes, control: bytes, at: tuple[int, int, int]) -> RawFrame:
    head, start, end = at
    left, top, width, height, packed = struct.unpack_from("<HHHHB", data, head + 1)
    flags, delay = struct.unpack_from("<BH", control)
    own = data[head + 10 : start]
    table = own or palette
    size = (packed & 7) if own else (data[10] & 7)
    screen = struct.pack("<HHBBB", width, height, (0x80 | size) if table else 0, 0, 0)
    shown = b"\x21\xf9\x04" + bytes([flags & 1, 0, 0, control[3]]) + b"\0"
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, packed & 0x40)
    # a frame that was cut off gets no trailer: it would be read as pixels
    trailer = b";" if end <= len(data) else b""
    return RawFrame(
        b"GIF89a" + screen + table + shown + frame + data[start:end] + trailer,
        (left, top, left + width, top + height),
        10 * delay,
        {2: Disposal.CLEAR, 3: Disposal.RESTORE}.get(flags >> 2 & 7, Disposal.KEEP),
    )


def gif_table(packed: int) -> int:
    """Return how many bytes the colour table takes that these flags announce."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def skip_gif_blocks(data: bytes, at: int) -> int:
    """Return where the blocks that start here end, a place behind the data if cut off."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


# What the pixels of each frame need; the order in the file is kept.
_SHARED = frozenset({b"PLTE", b"tRNS", b"iCCP", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"cICP"})


def png_exif(data: bytes) -> bytes:
    """Return the content of the eXIf chunk, which may stand behind the pixels."""
    return next((data[start:end] for kind, start, end in png_chunks(data) if kind == b"eXIf"), b"")


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the first chunk; raises UnreadableError."""
    if len(data) < 24:
        raise UnreadableError("damaged picture: truncated before its size")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def is_apng(data: bytes) -> bool:
    """Return whether a PNG has frames, be it one: its control chunk comes before the pixels."""
    kinds = (kind for kind, _, _ in png_chunks(data))
    first = next((kind for kind in kinds if kind in {b"acTL", b"IDAT"}), b"IDAT")
    return first == b"acTL" and (b"fcTL" in kinds)


def apng_frame_count(data: bytes) -> int:
    """Return how many frames an APNG has, 1 for a still PNG."""
    return [kind for kind, _, _ in png_chunks(data)].count(b"fcTL") if is_apng(data) else 1


def apng_plays(data: bytes) -> int:
    """Return how often an APNG is played in all, 0 for ever."""
    control = (data[start:end] for kind, start, end in png_chunks(data) if kind == b"acTL")
    return int.from_bytes(next(control, b"")[4:8], "big")


def apng_frames(data: bytes) -> Iterator[RawFrame]:
    """Yield the frames of an APNG, none of a still PNG; raises UnreadableError."""
    header, control, animated = b"", b"", False
    shared: list[bytes] = []
    pixels: list[bytes] = []  # joined at the end: there may be very many
    for kind, start, end in png_chunks(data):
        body = data[start:end]
        if kind == b"IHDR" and len(body) == 13:
            header = body
        elif kind == b"acTL":
            animated = bool(header)
        elif kind in _SHARED:
            shared.append(png_chunk(kind, body))
        elif kind == b"fcTL" and animated:
            if control and pixels:
                yield _apng_frame(header, shared, control, pixels)
            control, pixels = (body if len(body) == 26 else b""), []
        elif control and kind in {b"IDAT", b"fdAT"}:
            pixels.append(png_chunk(b"IDAT", body if kind == b"IDAT" else body[4:]))
    if control and pixels:
        yield _apng_frame(header, shared, control, pixels)


def _apng_frame(
    header: bytes, shared: list[bytes], control: bytes, pixels: list[bytes]
) -> RawFrame:
    width, height, left, top, delay, divisor, disposal, blend = struct.unpack_from(
        ">IIIIHHBB", control, 4
    )
    _check_room(width * height, struct.unpack_from(">II", header))
    parts = (png_chunk(b"IHDR", struct.pack(">II", width, height) + header[8:]), *shared, *pixels)
    return RawFrame(
        PNG_START + b"".join(parts) + png_chunk(b"IEND", b""),
        (left, top, left + width, top + height),
        round(1000 * delay / (divisor or 100)),
        Disposal(disposal) if disposal <= 2 else Disposal.KEEP,
        over=blend == 1,
    )


_END_OF_JPEG = b"\xff\xd9"
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT"})


def slips_in(data: bytes) -> tuple[str, ...]:
    """Return in words what is wrong with a file beside its pixels; nothing is decoded."""
    try:
        slips = {"PNG": _of_png, "JPEG": _of_jpeg, "GIF": _of_gif}.get(format_in(data))
        return tuple(dict.fromkeys(slips(data))) if slips else ()
    except UnreadableError:
        return ()  # who makes variants says why


def _of_png(data: bytes) -> Iterator[str]:
    kind = b""
    for kind, start, end in png_chunks(data):
        if kind == b"IEND":
            break
        if kind not in _CRITICAL and end + 4 <= len(data) and not is_sound(data, start, end):
            yield f"its chunk {kind.decode('ascii', 'replace')} has a wrong checksum"
    if kind != b"IEND" or end + 4 > len(data):
        yield "its end is cut off"


def _of_jpeg(data: bytes) -> Iterator[str]:
    pixels = next((start for marker, start, _ in jpeg_segments(data) if marker == SCAN), len(data))
    if data.find(_END_OF_JPEG, pixels) < 0:
        yield "its end marker is missing"


def _of_gif(data: bytes) -> Iterator[str]:
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if any(each.box[2] > width or each.box[3] > height for each in gif_frames(data)):
        yield "a frame reaches over the edge of its screen"
