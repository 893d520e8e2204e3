"""Photos as they come from cameras and phones, made fit to be sources of a site.

Upright, in sRGB, no larger than is of use, and without what they tell of people: places, times,
cameras and names.
"""

from __future__ import annotations

from dataclasses import dataclass

from mediakit.base.formats import FORMATS, ending_of
from mediakit.images.decode import decode, jpeg_scale, probe
from mediakit.images.encode import Reel, encode
from mediakit.images.exif import orientation, tells_of_origin
from mediakit.images.geometry import Fit, Frame
from mediakit.images.opening import UnreadableError, format_in, opened
from mediakit.images.preset import CAP, MAX_PIXELS, Preset
from mediakit.images.raster import exif_of
from mediakit.images.resize import resize

_QUALITY = 90
_LOSSLESS = frozenset({"PNG", "GIF", "BMP"})
_SHOWN = frozenset(each.name for each in FORMATS if each.shown)
_PLACE_IN_XMP = b"GPSLatitude"


@dataclass(frozen=True, slots=True)
class Ingested:
    """A source: its bytes, the ending of its name, and its size in pixels."""

    data: bytes
    ending: str
    width: int
    height: int


def ingest(data: bytes, cap: int = CAP) -> Ingested:
    """Return a photo as a source of at most `cap` pixels a side.

    Drawings (PNG, GIF, BMP) stay without loss; all else becomes a JPEG, or a WebP where it is
    transparent.

    Raises:
        UnreadableError: the bytes are no whole picture, one that moves, or too large a one.
    """
    size = probe(data)
    if size.frames > 1:
        raise UnreadableError("it moves: put it into the folder as it is")
    if size.width * size.height > MAX_PIXELS:
        raise UnreadableError(f"{size.width:,} x {size.height:,} pixels are too many")
    placement = Frame(cap, cap, Fit.INSIDE).place(size.width, size.height)
    scale = jpeg_scale(size, max(placement.scaled))
    image = resize(decode(data, scale), placement.scaled)
    ending = ".png" if size.format in _LOSSLESS else ".jpg"
    if ending == ".jpg" and image.has_transparency_data:
        ending = ending_of("WEBP")
    preset = Preset("photo", (), "", quality=_QUALITY)
    made = encode(Reel((image,)), f"photo{ending}", preset)
    return Ingested(made, ending, image.width, image.height)


def is_raw(data: bytes) -> bool:
    """Return whether a picture is as a camera or phone gave it, and was never made fit for a site.

    It tells of a camera or a place, is not upright, or is in a format that browsers do not show.
    What cannot be read is not.
    """
    try:
        kind = format_in(data)
        if kind == "GIF":
            return False  # it has no EXIF, and opening one may cost any amount of memory
        if kind not in _SHOWN:
            return True
        with opened(data) as image:
            stored = exif_of(image, data)
            xmp = image.info.get("xmp")
    except UnreadableError:
        return False
    has_place = isinstance(xmp, bytes) and _PLACE_IN_XMP in xmp
    return has_place or tells_of_origin(stored) or orientation(stored) > 1


__all__ = ["CAP", "Ingested", "UnreadableError", "ingest", "is_raw"]
