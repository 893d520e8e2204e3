"""Bytes to an upright raster in 8-bit sRGB, at a smaller scale where that is quicker."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from mediakit.base.formats import format_called
from mediakit.images.colour import changes, corrected, to_eight_bits, to_srgb
from mediakit.images.exif import exif_of, orientation
from mediakit.images.frames import (
    apng_frame_count,
    apng_frames,
    gif_canvas,
    gif_frames,
    is_apng,
    png_exif,
    png_size,
)
from mediakit.images.opening import JpegFile, UnreadableError, format_in, opened
from mediakit.images.preset import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFile import ImageFile

    from mediakit.images.frames import RawFrame

_BLOCK = 16
_END_OF_JPEG = b"\xff\xd9"
_MORE = b"\x55" * 64
SIDEWAYS = frozenset({5, 6, 7, 8})
"""The orientations that exchange width and height."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Options in `malloc.h` of glibc."""


def _keep_memory() -> None:
    """Have memory of pictures kept for the next one, and not given back in between.

    Fresh memory, which the system clears page by page, takes a tenth of the time of a photo of
    12 MP in four sizes. Where the C library is not glibc, Pillow keeps blocks of its own.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # macOS, musl, Windows
        Image.core.set_blocks_max(4)  # type: ignore[attr-defined]
        return
    mallopt(_TRIM_THRESHOLD, 64 * 1024**2)
    mallopt(_MMAP_THRESHOLD, 32 * 1024**2)  # no more can be had


_keep_memory()


@dataclass(frozen=True, slots=True)
class Raster:
    """Stored pixels in mode L, LA, RGB or RGBA: `finish` turns and converts them, once smaller."""

    image: Image.Image
    profile: bytes
    orientation: int

    @property
    def is_sideways(self) -> bool:
        """Whether the displayed picture has width and height exchanged."""
        return self.orientation in SIDEWAYS

    @property
    def is_as_stored(self) -> bool:
        """Whether `finish` changes nothing."""
        return self.orientation == 1 and not changes(self.image.mode, self.profile)

    def finish(self, image: Image.Image) -> Image.Image:
        """Return this picture, or a smaller copy of it, in sRGB and upright."""
        return turn(to_srgb(image, self.profile), self.orientation)


def load(
    data: bytes, scale: int = 1, *, keep_truncated: bool = False, grey: bool = False
) -> Raster:
    """Return the stored pixels that `decode` converts and turns; raises UnreadableError.

    Who wants `grey` may get luma alone: of a JPEG whose profile changes nothing.
    """
    read = _read_first if moves(data) else _read
    try:
        return read(data, scale, salvage=False, grey=grey)
    except UnreadableError:
        unended = _without_end(data, scale)
        if unended is not None:
            return unended
        if not keep_truncated:
            raise
    raster = read(data, scale, salvage=True)
    image = raster.image
    filling = Image.new(image.mode, image.size, image.getpixel((image.width - 1, image.height - 1)))
    seen = ImageChops.difference(image, filling).getbbox(alpha_only=False)
    # without any data, a JPEG decoder still makes up a first block
    if seen is None or max(seen[2:]) <= _BLOCK:
        raise UnreadableError("truncated before anything is to be seen")
    return raster


def _without_end(data: bytes, scale: int) -> Raster | None:
    """Return the pixels of a JPEG that lacks only its end: none depends on what comes after it."""
    if format_in(data) != "JPEG":
        return None
    try:
        ended, longer = (
            _read(data + more + _END_OF_JPEG, scale, salvage=bool(more)) for more in (b"", _MORE)
        )
    except UnreadableError:
        return None
    difference = ImageChops.difference(ended.image, longer.image)
    return ended if difference.getbbox(alpha_only=False) is None else None


def turn(image: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture upright by its EXIF orientation (1 to 8)."""
    return image.transpose(_UPRIGHT[orientation]) if orientation > 1 else image


def orientation_of(image: ImageFile, data: bytes) -> int:
    """Return the EXIF orientation that the decoder has not applied."""
    if image.format in {"TIFF", "HEIF", "WEBP"}:
        return 1  # turned by their decoders; WebP is shown as it is stored
    return orientation(exif_of(image, data))


def moves(data: bytes) -> bool:
    """Return whether a picture is taken apart by `raw_frames`, be it into one frame."""
    kind = format_in(data)
    return kind == "GIF" or (kind == "PNG" and is_apng(data))


def raw_frames(data: bytes) -> Iterator[RawFrame]:
    """Yield the frames of a GIF or an APNG, none of other pictures; raises UnreadableError."""
    kind = format_in(data)
    if kind == "GIF":
        yield from gif_frames(data)
    elif kind == "PNG":
        yield from apng_frames(data)


def first_frame(frames: Iterator[RawFrame]) -> RawFrame:
    """Return the first frame; raises UnreadableError where there is none."""
    frame = next(frames, None)
    if frame is None:
        raise UnreadableError("damaged picture: truncated before its first frame")
    return frame


def _read(data: bytes, scale: int, *, salvage: bool, grey: bool = False) -> Raster:
    kind = format_in(data)
    if salvage and kind == "JPEG":
        data += _END_OF_JPEG  # told that this is the end, the decoder gives what it has
    with opened(data) as image:
        if isinstance(image, JpegFile):
            image.is_strict = not salvage
            is_luma = grey and not changes(image.mode, image.info.get("icc_profile") or b"")
            size = max(1, image.width // scale), max(1, image.height // scale)
            image.draft("L" if is_luma else "", size)
        _load_pixels(image, salvage=salvage)
        profile = image.info.get("icc_profile") or b""
        upright = orientation_of(image, data)
        whole = corrected(image, data) if image.format != "JPEG" or image.mode == "CMYK" else image
        pixels = to_eight_bits(whole)
        if pixels.mode == "CMYK":  # no resizer takes it
            pixels, profile = to_srgb(pixels, profile), b""
    pixels.info = {}  # nothing of the source hangs on what is made of it
    return Raster(pixels, profile, upright)


def _read_first(data: bytes, _scale: int, *, salvage: bool, grey: bool = False) -> Raster:
    """Read the first frame, on a clear ground where the picture is larger."""
    first = first_frame(raw_frames(data))
    raster = _read(first.data, 1, salvage=salvage, grey=grey)
    kind = format_in(data)
    canvas = gif_canvas(data, first) if kind == "GIF" else png_size(data)
    upright = 1 if kind == "GIF" else orientation(png_exif(data))
    if raster.image.size == canvas:
        return Raster(raster.image, raster.profile, upright)
    image = Image.new("RGBA", canvas)
    image.paste(raster.image.convert("RGBA"), first.box[:2])
    return Raster(image, raster.profile, upright)


def _load_pixels(image: ImageFile, *, salvage: bool) -> None:
    try:
        image.load()
    except MemoryError:  # what has come is no half of a picture that is cut off
        raise
    except Exception:
        if not salvage:
            raise
        unfinished = bool(image.tile)
        image.tile = []
        if unfinished and image.format == "TIFF":
            image.load_end()  # turns it
        image.load()  # raises where nothing was decoded


OVERSAMPLE = 1.5
"""How much wider than the largest variant a JPEG is decoded: less costs sharpness (SSIM)."""


@dataclass(frozen=True, slots=True)
class Size:
    """Displayed pixels, the format of the bytes, and frames: more than one only if it moves."""

    width: int
    height: int
    format: str
    frames: int = 1


def probe(data: bytes) -> Size:
    """Read the displayed size from the header; raises UnreadableError."""
    if format_in(data) == "GIF":  # not by Pillow: opening one, it may fill any amount of memory
        frames = gif_frames(data)
        width, height = gif_canvas(data, first_frame(frames))
        return Size(width, height, "GIF", 1 + sum(1 for _ in frames))
    with opened(data) as image:
        width, height = image.size
        if orientation_of(image, data) in SIDEWAYS:
            width, height = height, width
        return Size(width, height, image.format or "", _frames(image, data))


def is_whole(data: bytes) -> bool:
    """Return whether the bytes decode to the end.

    Where all frames have more pixels than any preset takes, a readable header is enough.
    """
    try:
        size = probe(data)
        if size.width * size.height * size.frames > MAX_PIXELS:
            return True
        load(data)
        for frame in raw_frames(data):
            with opened(frame.data) as image:
                image.load()
    except UnreadableError:
        return False
    return True


def decode(data: bytes, scale: int = 1, *, keep_truncated: bool = False) -> Image.Image:
    """Decode the first frame, upright, in sRGB, in mode L, LA, RGB or RGBA.

    A JPEG can be decoded at 1/`scale` (2, 4 or 8). `keep_truncated` accepts a damaged file as far
    as it goes.

    Raises:
        UnreadableError: no picture, or truncated; with `keep_truncated`, nothing visible.
    """
    raster = load(data, scale, keep_truncated=keep_truncated)
    return raster.finish(raster.image)


def jpeg_scale(size: Size, width: int) -> int:
    """Return the smallest scale at which a decode still gives `width` sharp pixels."""
    if size.format != "JPEG":
        return 1
    room = size.width / (OVERSAMPLE * width)
    return next(scale for scale in (8, 4, 2, 1) if scale <= max(room, 1))


def _frames(image: ImageFile, data: bytes) -> int:
    if image.format == "PNG":
        return apng_frame_count(data)
    moves = format_called(image.format or "").animated  # elsewhere they are pages, or views
    return int(getattr(image, "n_frames", 1)) if moves else 1
