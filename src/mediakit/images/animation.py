"""Animations to their frames as they are displayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.images.colour import normalise
from mediakit.images.decode import decode, probe
from mediakit.images.frames import gif_canvas, gif_plays
from mediakit.images.opening import format_in, opened
from mediakit.images.pieces import Disposal
from mediakit.images.png import apng_plays
from mediakit.images.raster import orientation_of, pieces_of, turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.images.pieces import Piece


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as it is displayed, and for how long; 0 ms is up to the browser (most: 100)."""

    image: Image.Image
    milliseconds: int


def frames(data: bytes) -> Iterator[Frame]:
    """Yield the frames of an animation, upright, in sRGB, in mode RGB or RGBA; one of a still.

    GIF and APNG are put together here: Pillow clears to a colour where browsers clear to
    transparent. Four rasters of its size are the most that is alive at once.

    Raises:
        UnreadableError: no picture, or a damaged frame; those before it have been yielded.
    """
    size = probe(data)
    if size.frames == 1:
        yield Frame(_coloured(decode(data)), 0)
    elif size.format in {"GIF", "PNG"}:
        yield from _composed(data)
    else:
        yield from _decoded(data)


def loops(data: bytes) -> int:
    """Return how often an animation is played in all, 0 for ever; 1 for a still.

    A GIF stores how often it is repeated, one less. An AVIF counts as 0: Pillow does not say.

    Raises:
        UnreadableError: no picture.
    """
    size = probe(data)
    if size.frames == 1:
        return 1
    if size.format == "GIF":
        return gif_plays(data)
    if size.format == "PNG":
        return apng_plays(data)
    with opened(data) as image:
        return int(image.info.get("loop", 0))


def _decoded(data: bytes) -> Iterator[Frame]:
    """Yield what a decoder gives that composes by itself."""
    with opened(data) as image:
        upright = orientation_of(image, data)
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            frame = turn(_coloured(normalise(image)), upright)
            # the decoder goes on in the same memory
            frame = frame.copy() if frame is image else frame
            yield Frame(frame, round(image.info.get("duration", 0)))


def _composed(data: bytes) -> Iterator[Frame]:
    canvas: Image.Image | None = None
    upright = 1
    if format_in(data) == "PNG":
        with opened(data) as image:
            upright = orientation_of(image, data)
            canvas = Image.new("RGBA", image.size)
    for piece in pieces_of(data):
        if canvas is None:
            canvas = Image.new("RGBA", gif_canvas(data, piece))
        before = canvas.copy() if piece.disposal is Disposal.RESTORE else None
        _draw(canvas, piece)
        yield Frame(turn(canvas.copy(), upright), piece.milliseconds)
        if before is not None:
            canvas = before
        elif piece.disposal is Disposal.CLEAR:
            canvas.paste((0, 0, 0, 0), piece.box)


def _draw(canvas: Image.Image, piece: Piece) -> None:
    with opened(piece.data) as image:
        image.load()
        drawn = normalise(image).convert("RGBA")
    left, top, right, bottom = piece.box
    room = (0, 0, min(right, canvas.width) - left, min(bottom, canvas.height) - top)
    if room[2] <= 0 or room[3] <= 0:
        return
    drawn = drawn.crop(room) if room[2:] != drawn.size else drawn
    if piece.over:
        canvas.alpha_composite(drawn, (left, top))
    else:
        canvas.paste(drawn, (left, top))


def _coloured(image: Image.Image) -> Image.Image:
    return image.convert({"L": "RGB", "LA": "RGBA"}.get(image.mode, image.mode))
