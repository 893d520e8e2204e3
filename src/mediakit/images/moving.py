"""An animation to the frames of its variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.images.animation import frames, loops
from mediakit.images.canvas import placed
from mediakit.images.crop import crop_box
from mediakit.images.encode import Reel
from mediakit.images.resize import resize

if TYPE_CHECKING:
    from PIL import Image

    from mediakit.images.preset import Preset


def moving(data: bytes, preset: Preset) -> Reel:
    """Return all frames at the size of the variant.

    All frames are cut in the place that suits the first one. Whole frames are decoded one
    after another: only those of the variant are kept.

    Raises:
        UnreadableError: a frame is damaged.
    """
    made: list[Image.Image] = []
    times: list[int] = []
    cut: tuple[int, int, int, int] | None = None
    for frame in frames(data):
        placement = preset.place(*frame.image.size)
        image = resize(frame.image, placement.scaled)
        kept = tuple(map(min, placement.size, image.size))
        if cut is None:
            cut = crop_box(image, (kept[0], kept[1]), preset.gravity)
        made.append(placed(image.crop(cut), placement.size, preset))
        times.append(frame.milliseconds)
    if any(image.mode == "RGBA" for image in made):
        made = [image.convert("RGBA") for image in made]
    return Reel(tuple(made), tuple(times), loops(data))
