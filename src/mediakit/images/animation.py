"""Animations to their frames as they are displayed, and to those of a variant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from mediakit.images.colour import normalise
from mediakit.images.decode import decode, orientation_of, probe, raw_frames, turn
from mediakit.images.encode import Reel
from mediakit.images.frames import Disposal, apng_plays, gif_canvas, gif_plays
from mediakit.images.opening import format_in, opened
from mediakit.images.resize import crop_box, fit_to_canvas, resize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.images.decode import Size
    from mediakit.images.frames import RawFrame
    from mediakit.images.preset import Preset


def is_clipped(size: Size) -> bool:
    """Return whether a picture moves, in a format of which clips are made."""
    return size.frames > 1 and size.format in {"GIF", "PNG", "WEBP"}


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """A frame as players show it, and for how long; at 0 ms most browsers take 100."""

    image: Image.Image
    milliseconds: int


def frames(data: bytes) -> Iterator[ShownFrame]:
    """Yield the frames of an animation, or the one of a still: upright, in sRGB, RGB or RGBA.

    GIF and APNG are composed here: Pillow clears to a colour where browsers clear to transparent.
    At most four rasters of its size are alive. Raises UnreadableError at the first bad frame.
    """
    size = probe(data)
    if size.frames == 1:
        yield ShownFrame(_coloured(decode(data)), 0)
    elif size.format in {"GIF", "PNG"}:
        yield from _composed(data)
    else:
        yield from _decoded(data)


def loops(data: bytes) -> int:
    """Return how often an animation plays, 0 for ever; raises UnreadableError.

    An AVIF counts as 0: Pillow does not say.
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


def _decoded(data: bytes) -> Iterator[ShownFrame]:
    with opened(data) as image:
        upright = orientation_of(image, data)
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            frame = turn(_coloured(normalise(image)), upright)
            # the decoder goes on in the same memory
            frame = frame.copy() if frame is image else frame
            yield ShownFrame(frame, round(image.info.get("duration", 0)))


def _composed(data: bytes) -> Iterator[ShownFrame]:
    canvas: Image.Image | None = None
    upright = 1
    if format_in(data) == "PNG":
        with opened(data) as image:
            upright = orientation_of(image, data)
            canvas = Image.new("RGBA", image.size)
    for raw in raw_frames(data):
        if canvas is None:
            canvas = Image.new("RGBA", gif_canvas(data, raw))
        before = canvas.copy() if raw.disposal is Disposal.RESTORE else None
        _draw(canvas, raw)
        yield ShownFrame(turn(canvas.copy(), upright), raw.milliseconds)
        if before is not None:
            canvas = before
        elif raw.disposal is Disposal.CLEAR:
            canvas.paste((0, 0, 0, 0), raw.box)


def _draw(canvas: Image.Image, raw: RawFrame) -> None:
    with opened(raw.data) as image:
        image.load()
        drawn = normalise(image).convert("RGBA")
    left, top, right, bottom = raw.box
    room = (0, 0, min(right, canvas.width) - left, min(bottom, canvas.height) - top)
    if room[2] <= 0 or room[3] <= 0:
        return
    drawn = drawn.crop(room) if room[2:] != drawn.size else drawn
    if raw.over:
        canvas.alpha_composite(drawn, (left, top))
    else:
        canvas.paste(drawn, (left, top))


def _coloured(image: Image.Image) -> Image.Image:
    return image.convert({"L": "RGB", "LA": "RGBA"}.get(image.mode, image.mode))


def variant_reel(data: bytes, preset: Preset) -> Reel:
    """Return all frames at the size of a variant, each cut where the first one is.

    Whole frames are decoded one by one. Raises UnreadableError for a damaged one.
    """
    cut: list[Image.Image] = []
    times: list[int] = []
    size, box = (0, 0), (0, 0, 0, 0)
    for frame in frames(data):
        placement = preset.place(*frame.image.size)
        image = resize(frame.image, placement.scaled)
        if not cut:
            size = placement.size
            kept = min(size[0], image.width), min(size[1], image.height)
            box = crop_box(image, kept, preset.gravity)
        cut.append(image.crop(box))
        times.append(frame.milliseconds)
    if all(_is_opaque(image) for image in cut):
        cut = [image.convert("RGB") for image in cut]
    return Reel(
        tuple(fit_to_canvas(image, size, preset) for image in cut), tuple(times), loops(data)
    )


def _is_opaque(image: Image.Image) -> bool:
    return "A" not in image.mode or image.getchannel("A").getextrema() == (255, 255)
