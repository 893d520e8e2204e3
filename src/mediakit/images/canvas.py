"""A scaled picture brought to the size of its variant: cropped, or on a canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageColor

from mediakit.images.crop import crop_box

if TYPE_CHECKING:
    from mediakit.images.preset import Preset


def placed(image: Image.Image, size: tuple[int, int], preset: Preset) -> Image.Image:
    """Return an upright picture (mode L, LA, RGB or RGBA) at `size` in pixels.

    What is too large is cropped by the preset's gravity, what is too small is put in the
    middle of its background, or of nothing where the picture has transparency itself.
    """
    kept = min(size[0], image.width), min(size[1], image.height)
    if kept != image.size:
        image = image.crop(crop_box(image, kept, preset.gravity))
    if kept == size:
        return image
    colour = (0, 0, 0, 0)
    if image.mode not in {"LA", "RGBA"}:
        red, green, blue = ImageColor.getrgb(preset.background)[:3]
        colour = (red, green, blue, 255)
        grey = image.mode == "L" and red == green == blue
        image = image if grey else image.convert("RGB")
    canvas = Image.new("RGBA", size, colour).convert(image.mode)
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas
