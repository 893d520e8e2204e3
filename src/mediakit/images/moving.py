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
    return Reel(tuple(placed(image, size, preset) for image in cut), tuple(times), loops(data))


def _is_opaque(image: Image.Image) -> bool:
    return "A" not in image.mode or image.getchannel("A").getextrema() == (255, 255)
