"""Pictures from outside made fit for a site: photos, thumbnails with bars, those of other hosts."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageStat

from mediakit.base.actions import Failure
from mediakit.base.formats import FORMATS, contradicts, ending_of, format_called
from mediakit.base.model import Severity
from mediakit.images.bare import without_metadata
from mediakit.images.decode import Size, decode, is_whole, jpeg_scale, probe
from mediakit.images.encode import Reel, encode
from mediakit.images.exif import orientation, read_credits
from mediakit.images.opening import UnreadableError, format_in, is_svg, opened
from mediakit.images.preset import CAP, MAX_PIXELS, Credit, Fit, Gravity, Preset, place
from mediakit.images.private import metadata, told_by
from mediakit.images.render import PictureSource, Rendered, render, unreadable
from mediakit.images.resize import crop_box, resize

_QUALITY = 90
_LOSSLESS = frozenset({"PNG", "GIF", "BMP"})
_LOOK = 400  # pixels: more than attention looks at
_FEWEST = 16  # pixels a side of a part
_SHOWN = frozenset(each.name for each in FORMATS if each.shown)


@dataclass(frozen=True, slots=True)
class Ingested:
    """A source: its bytes, the ending of its name, its size in pixels, and whether it moves."""

    data: bytes
    ending: str
    width: int
    height: int
    moves: bool = False


def ingest(data: bytes, cap: int = CAP, max_width: int | None = None) -> Ingested:
    """Return a photo as a source of at most `cap` pixels a side, without its metadata.

    Copyright and artist stay. It is at most `max_width` pixels wide, too.

    Drawings (PNG, GIF, BMP) stay lossless; others become a JPEG, or a WebP if transparent.

    Raises:
        UnreadableError: the picture is damaged, moves, or is too large.
    """
    size = _still(data)
    box = min(cap, max_width or cap), cap
    scaled = place(Fit.INSIDE, box, (size.width, size.height)).scaled
    image = resize(decode(data, jpeg_scale(size, max(scaled))), scaled)
    return _as_source(data, size, image)


Shares = tuple[float, float, float, float]
"""A part of a picture: left, top, width and height as shares of the whole."""


def cut(data: bytes, part: Shares, cap: int = CAP) -> Ingested:
    """Return a part of a picture as a source, upright and without metadata but for copyright.

    Raises:
        UnreadableError: the picture is damaged, moves, or is too large.
    """
    size = _still(data)
    image = decode(data)
    left, top, width, height = part
    sides = (left, image.width), (top, image.height), (left + width, image.width)
    shares = (*sides, (top + height, image.height))
    box = [round(min(max(share, 0.0), 1.0) * side) for share, side in shares]
    if box[2] - box[0] < _FEWEST or box[3] - box[1] < _FEWEST:
        raise UnreadableError("the part to keep is too small")
    image = image.crop((box[0], box[1], box[2], box[3]))
    scaled = place(Fit.INSIDE, (cap, cap), image.size).scaled
    return _as_source(data, size, resize(image, scaled))


def proposed_part(data: bytes, ratio: float) -> Shares:
    """Return the largest part of a shape (width by height) that keeps what attention sees.

    Raises:
        UnreadableError: the picture is damaged, moves, or is too large.
    """
    size = _still(data)
    image = decode(data, jpeg_scale(size, _LOOK))
    wide = min(image.width, round(image.height * ratio))
    room = max(1, wide), max(1, min(image.height, round(wide / ratio)))
    left, top, right, bottom = crop_box(image, room, Gravity.ATTENTION)
    width, height = image.size
    return left / width, top / height, (right - left) / width, (bottom - top) / height


def _still(data: bytes) -> Size:
    size = probe(data)
    if size.frames > 1:
        raise UnreadableError("it moves: put it into the folder as it is")
    if size.width * size.height > MAX_PIXELS:
        raise UnreadableError(f"{size.width:,} x {size.height:,} pixels are too many")
    return size


def _as_source(data: bytes, size: Size, image: Image.Image) -> Ingested:
    ending = ".png" if size.format in _LOSSLESS else ".jpg"
    if ending == ".jpg" and image.has_transparency_data:
        ending = ending_of("WEBP")
    preset = Preset("photo", (), "", quality=_QUALITY)
    rights = read_credits(data, frozenset(Credit))
    made = encode(Reel((image,)), f"photo{ending}", preset, exif=rights)
    return Ingested(made, ending, image.width, image.height)


def slim(data: bytes, name: str, max_width: int) -> Rendered | Failure | None:
    """Return a source at `max_width` pixels as a variant of its own format would be made.

    Of the metadata it keeps what says whose it is. None if it is no wider; a Failure for what
    would come out otherwise, or no lighter.
    """
    source = PictureSource(data)
    try:
        size = source.size
    except UnreadableError as error:
        return unreadable(error)
    if size.width <= max_width:
        return None
    odd = _why_not_slim(size, name)
    if odd is not None:
        return odd
    rights = tuple(Credit)
    preset = Preset("source", (), "", width=max_width, quality=_QUALITY, credits=rights)
    (made,) = render(source, [(name, preset)])
    if isinstance(made, Rendered) and len(made.data) >= len(data):
        return left_large("it has few bytes for its size, and would get more of them")
    return made


def left_large(why: str, hint: str = "") -> Failure:
    """Return why a source that is too wide stays as it is."""
    return Failure("left-large", why, hint, Severity.WARNING)


def _why_not_slim(size: Size, name: str) -> Failure | None:
    if size.frames > 1:
        return left_large("it moves", "make it smaller in another program")
    if contradicts(name, size.format):
        return left_large(f"it is really a {size.format}", "give it its right ending")
    if not format_called(size.format).written:
        return left_large(f"mediakit writes no {size.format}", "save it as JPEG or PNG")
    return None


def is_raw(data: bytes) -> bool:
    """Return whether a picture comes straight from a camera or phone.

    Its metadata name a camera or a place, or it is not upright, or browsers do not show its format.
    """
    try:
        if format_in(data) not in _SHOWN:
            return True
    except UnreadableError:
        return False
    told = told_by(data)
    stored = next((each for kind, each in metadata(data) if kind == "exif"), b"")
    return bool(told and (told.place or told.camera)) or orientation(stored) > 1


_DARK = 28.0
"""Mean luma, of 255, up to which a bar is black: JPEG leaves some light near its edge."""

_EVEN = 12.0
"""Standard deviation of luma up to which a bar is one colour."""

_SHAPE = 16 / 9
_SMALLEST = 4  # pixels of a bar that is worth cutting
_SEAM = 2  # pixels beside the picture, into which JPEG has smeared it


def size_of(data: bytes) -> tuple[int, int]:
    """Return the size in pixels; raises UnreadableError where the picture is not whole."""
    with opened(data) as image:
        image.load()
        return image.size


def without_bars(data: bytes) -> bytes:
    """Cut the black bars of a 4:3 picture that was padded from 16:9; raises UnreadableError."""
    with opened(data) as image:
        image.load()
        width, height = image.size
        bar = round((height - width / _SHAPE) / 2)
        if bar < _SMALLEST:
            return data
        luma = image.convert("L")
        for top in (0, height - bar + _SEAM):
            strip = ImageStat.Stat(luma.crop((0, top, width, top + bar - _SEAM)))
            if strip.mean[0] > _DARK or strip.stddev[0] > _EVEN:
                return data
        inside = image.convert("RGB").crop((0, bar, width, height - bar))
    out = io.BytesIO()
    inside.save(out, "JPEG", quality=92, subsampling=0, optimize=True)
    return out.getvalue()


def arrived(data: bytes, max_width: int | None = None) -> Ingested:
    """Return a picture as a source of the site; a drawing has no size.

    Raises:
        UnreadableError: it is no picture, is damaged or too large, or holds what browsers run.
    """
    if is_svg("drawing.svg", data):
        plain = without_metadata(data)
        if plain is None:
            raise UnreadableError("it is an SVG with more than a drawing in it")
        return Ingested(plain, ".svg", 0, 0)
    size = probe(data)
    if size.width * size.height * size.frames > MAX_PIXELS:
        raise UnreadableError(f"{size.width:,} x {size.height:,} pixels are too many")
    stored = next((each for kind, each in metadata(data) if kind == "exif"), b"")
    moves, shown = size.frames > 1, format_called(size.format).shown
    fits = max(size.width, size.height) <= CAP and size.width <= (max_width or CAP)
    if moves or (shown and fits and orientation(stored) == 1):
        plain = without_metadata(data)
        if plain is None or not is_whole(plain):
            raise UnreadableError("it is damaged")
        return Ingested(plain, ending_of(size.format), size.width, size.height, moves)
    return ingest(data, CAP, max_width)
