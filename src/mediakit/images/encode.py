"""Pixels to a file's bytes, bare but for credits; the name's ending decides the format."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from PIL import Image

from mediakit.base.formats import format_of
from mediakit.images.colour import flatten
from mediakit.images.preset import quality_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mediakit.base.formats import Format
    from mediakit.images.preset import Preset, Qualities

_POOREST = 30
"""The lowest quality to make a file small enough: below, blocks are all that is visible."""

_PALETTES = (256, 128, 64, 32, 16)


@dataclass(frozen=True, slots=True)
class Reel:
    """The frames of a picture, of one size and mode; `plays` says how often, 0 for ever."""

    frames: tuple[Image.Image, ...]
    milliseconds: tuple[int, ...] = ()
    plays: int = 1


def encode(
    reel: Reel, name: str, preset: Preset, *, exif: bytes = b"", aim: int | None = None
) -> bytes:
    """Encode for a file called `name`; the first frame where the format cannot move.

    More than `aim` bytes are tried again with less quality or fewer colours, down to a floor: the
    result may still be larger.

    Raises:
        OSError, ValueError: the format cannot hold the picture.
    """
    kind = format_of(name)
    if kind is None or not kind.written:
        raise ValueError(f"no encoder for {PurePosixPath(name).suffix or 'a name without ending'}")
    frames = reel.frames if kind.animated else reel.frames[:1]
    if not kind.alpha:
        frames = tuple(flatten(frame, preset.background) for frame in frames)
    common = _timing(kind, reel) if len(frames) > 1 else {}
    if exif and kind.exif:
        common["exif"] = exif
    ladder = _ladder(kind.name, preset.quality)

    def step(number: int) -> bytes:
        return _save(frames, kind, {**common, **ladder[number]})

    return _first_within(step, len(ladder), aim)


def _first_within(step: Callable[[int], bytes], steps: int, aim: int | None) -> bytes:
    """Return the first step of at most `aim` bytes, found by halving; the last if none is."""
    best = step(0)
    if aim is None or len(best) <= aim or steps == 1:
        return best
    best, low, high = step(steps - 1), 1, steps - 1
    if len(best) > aim:
        return best
    while low < high:
        middle = (low + high) // 2
        data = step(middle)
        if len(data) <= aim:
            best, high = data, middle
        else:
            low = middle + 1
    return best


def _ladder(kind: str, quality: int | Qualities) -> Sequence[dict[str, Any]]:
    """Return options for the encoder, from those of the preset to the lightest."""
    best, poorest = quality_of(quality, kind), quality_of(_POOREST, kind)
    if best is not None and poorest is not None:
        others = {"progressive": True, "optimize": True} if kind == "JPEG" else {}
        return [{"quality": each, **others} for each in range(best, min(best, poorest) - 1, -1)]
    palettes = [{"colours": each} for each in _PALETTES]
    if kind == "PNG":
        # optimize costs three times the time for 2 % of the bytes, and makes palettes larger
        return [{}, {"optimize": True}, *palettes]
    return [{}, *palettes] if kind == "GIF" else [{}]


def _save(frames: Sequence[Image.Image], kind: Format, options: dict[str, Any]) -> bytes:
    colours = options.pop("colours", None)
    if colours and kind.name == "PNG":
        bare = _reduced_alike(frames, colours)
    else:
        bare = [_reduced(frame, colours) if colours else frame.copy() for frame in frames]
    for frame in bare:
        frame.info = {}  # Pillow carries comments and profiles over from there
    if len(bare) > 1:
        options["append_images"] = bare[1:]
    out = io.BytesIO()
    bare[0].save(out, kind.name, **options)
    return out.getvalue()


def _reduced(image: Image.Image, colours: int) -> Image.Image:
    method = Image.Quantize.FASTOCTREE if image.has_transparency_data else Image.Quantize.MEDIANCUT
    grey = {"L": "RGB", "LA": "RGBA"}.get(image.mode, image.mode)
    return image.convert(grey).quantize(colours, method, dither=Image.Dither.NONE)


def _reduced_alike(frames: Sequence[Image.Image], colours: int) -> list[Image.Image]:
    """Return frames in one palette: an animated PNG has no more."""
    width, height = frames[0].size
    mode = "RGBA" if any(frame.has_transparency_data for frame in frames) else "RGB"
    strip = Image.new(mode, (width, height * len(frames)))
    for at, frame in enumerate(frames):
        strip.paste(frame.convert(mode), (0, at * height))
    reduced = _reduced(strip, colours)
    tops = range(0, height * len(frames), height)
    return [reduced.crop((0, top, width, top + height)) for top in tops]


def _timing(kind: Format, reel: Reel) -> dict[str, Any]:
    options: dict[str, Any] = {"save_all": True, "duration": list(reel.milliseconds)}
    if kind.name == "GIF":
        options["disposal"] = 2 if reel.frames[0].has_transparency_data else 1
        if reel.plays != 1:  # it stores how often it is repeated
            options["loop"] = max(0, reel.plays - 1)
    elif kind.name in {"WEBP", "PNG"}:
        options["loop"] = reel.plays
    return options
