"""One flip: steps are laid on each other, and the loop is coded in each of its formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.formats import format_of
from mediakit.images.colour import flatten
from mediakit.images.encode import Reel, encode
from mediakit.images.film import DrawnFrames
from mediakit.images.film_coders import FilmFormat, coded
from mediakit.images.flip.steps import Misfit, Rhythm, laid_steps, loop
from mediakit.images.render import Rendered, too_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mediakit.base.actions import Failure
    from mediakit.images.animation import ShownFrame
    from mediakit.images.recipes.flip import StepFlip
    from mediakit.images.render import PictureSource

_COARSENESS = {FilmFormat.MP4: (25, 29, 33, 37), FilmFormat.WEBM: (35, 40, 45, 50)}
"""From fine to coarse: the first ones give photos of 720 pixels 50 to 150 kB."""


def made_flip(
    flip: StepFlip, sources: Sequence[PictureSource], endings: Sequence[str]
) -> list[Rendered | Failure] | Misfit:
    """Return a loop of pictures in formats by their endings, a still of the first step for JPEG.

    Raises UnreadableError for a picture.
    """
    preset = flip.preset
    for each in sources:
        if each.size.width * each.size.height > preset.max_pixels:
            large = too_large(each.size, preset.max_pixels, "loops")
            return [large for _ in endings]
    steps = laid_steps([flatten(each.cut(preset), "#ffffff").convert("RGB") for each in sources])
    if isinstance(steps, Misfit):
        return steps
    frames = loop(steps, Rhythm(flip.hold, flip.fade, flip.boomerang))
    return [_coded(flip, frames, steps[0].size, ending) for ending in endings]


def _coded(
    flip: StepFlip, frames: tuple[ShownFrame, ...], size: tuple[int, int], ending: str
) -> Rendered:
    name, lasts = ending[1:], sum(each.milliseconds for each in frames)
    if name not in {each.value for each in FilmFormat}:
        reel = _reel(frames, ending)
        lasts = lasts if reel.milliseconds else 0
        return Rendered(encode(reel, f"x{ending}", flip.preset), *size, milliseconds=lasts)
    kind = FilmFormat(name)
    data = b""
    for coarseness in _COARSENESS[kind]:
        data = coded(DrawnFrames(frames, size), kind, coarseness)
        if len(data) <= flip.max_bytes:
            break
    return Rendered(data, *size, milliseconds=lasts)


def _reel(frames: tuple[ShownFrame, ...], ending: str) -> Reel:
    images: tuple[Image.Image, ...] = tuple(each.image for each in frames)
    kind = format_of(f"x{ending}")
    if kind is None or not kind.animated:
        return Reel(images[:1])
    return Reel(images, tuple(each.milliseconds for each in frames), 0)
