"""The stored pixels of a picture, before colours are converted and sides are turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from mediakit.images.colour import to_eight_bits, to_srgb
from mediakit.images.exif import orientation
from mediakit.images.frames import gif_canvas, gif_pieces
from mediakit.images.opening import UnreadableError, format_in, opened
from mediakit.images.png import apng_pieces, png_exif

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFile import ImageFile

    from mediakit.images.pieces import Piece

_GREY_WITH_ALPHA = 4
_BLOCK = 16
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


@dataclass(frozen=True, slots=True)
class Raster:
    """Pixels as they are stored: mode L, LA, RGB or RGBA, neither turned nor converted.

    `profile` is the ICC profile to convert by, `orientation` as in EXIF; both can wait until
    the picture is smaller.
    """

    image: Image.Image
    profile: bytes
    orientation: int

    @property
    def is_sideways(self) -> bool:
        """Whether width and height are exchanged where the picture is seen."""
        return self.orientation in SIDEWAYS

    def finish(self, image: Image.Image) -> Image.Image:
        """Return `image`, which is this one or made of it, in sRGB and upright."""
        return turn(to_srgb(image, self.profile), self.orientation)


def load(data: bytes, scale: int = 1, *, keep_truncated: bool = False) -> Raster:
    """Do what `decode` does, but for the colours and the turning; raises as it does."""
    read = _read_gif if format_in(data) == "GIF" else _read
    try:
        return read(data, scale, salvage=False)
    except UnreadableError:
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


def turn(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as an EXIF orientation (1 to 8) says it is to be seen."""
    return image.transpose(_UPRIGHT[orientation]) if orientation > 1 else image


def orientation_of(image: ImageFile, data: bytes) -> int:
    """Return the EXIF orientation that is still to be applied to an opened picture."""
    if image.format in {"TIFF", "HEIF"}:
        return 1  # turned by their decoders
    return orientation(exif_of(image, data))


def exif_of(image: ImageFile, data: bytes) -> bytes:
    """Return the EXIF block of an opened picture."""
    if image.format == "PNG":  # Pillow also takes text chunks for EXIF, browsers do not
        return png_exif(data)
    found = image.info.get("exif")
    return found if isinstance(found, bytes) else b""


def pieces_of(data: bytes) -> Iterator[Piece]:
    """Yield the frames of a GIF or an APNG, none of other pictures; raises UnreadableError."""
    kind = format_in(data)
    if kind == "GIF":
        yield from gif_pieces(data)
    elif kind == "PNG":
        yield from apng_pieces(data)


def first_piece(pieces: Iterator[Piece]) -> Piece:
    """Return the first frame; raises UnreadableError where there is none."""
    piece = next(pieces, None)
    if piece is None:
        raise UnreadableError("damaged picture: truncated before its first frame")
    return piece


def _read(data: bytes, scale: int, *, salvage: bool) -> Raster:
    kind = format_in(data)
    if salvage and kind == "JPEG":
        data += b"\xff\xd9"  # told that this is the end, the decoder gives what it has
    with opened(data) as image:
        if scale > 1 and kind == "JPEG":
            image.draft("", (max(1, image.width // scale), max(1, image.height // scale)))
        _load_pixels(image, salvage=salvage)
        profile = image.info.get("icc_profile") or b""
        upright = orientation_of(image, data)
        pixels = to_eight_bits(_mended(image, data))
        if pixels.mode == "CMYK":  # no resizer takes it
            pixels, profile = to_srgb(pixels, profile), b""
    pixels.info = {}  # nothing of the source hangs on what is made of it
    return Raster(pixels, profile, upright)


def _read_gif(data: bytes, _scale: int, *, salvage: bool) -> Raster:
    first = first_piece(gif_pieces(data))
    raster = _read(first.data, 1, salvage=salvage)
    canvas = gif_canvas(data, first)
    if raster.image.size == canvas:
        return raster
    image = Image.new("RGBA", canvas)
    image.paste(raster.image.convert("RGBA"), first.box[:2])
    return Raster(image, b"", 1)


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


def _mended(image: ImageFile, data: bytes) -> Image.Image:
    """Return loaded pixels as they are meant where Pillow takes them for others."""
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        return ImageChops.invert(image)  # all are read as inverted, but only Adobe's are
    if image.mode == "RGBA" and image.format == "PNG" and data[25] == _GREY_WITH_ALPHA:
        return image.convert("LA")  # so it reads those of 16 bits
    return image
