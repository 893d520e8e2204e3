"""Pictures to other sizes in pixels: resized, cropped, or put on a canvas."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageColor, ImageFilter

from mediakit.images.preset import Gravity

if TYPE_CHECKING:
    from mediakit.images.preset import Preset

try:
    import cykooz_resizer as simd
except ImportError:  # no wheel for this platform: three times slower, the same picture
    simd = None

# For each gravity, of the surplus across and down: 0 none, 1 half, 2 all of it.
_PLACES = {
    Gravity.TOP_LEFT: (0, 0), Gravity.TOP: (1, 0), Gravity.TOP_RIGHT: (2, 0),
    Gravity.LEFT: (0, 1), Gravity.CENTRE: (1, 1), Gravity.RIGHT: (2, 1),
    Gravity.BOTTOM_LEFT: (0, 2), Gravity.BOTTOM: (1, 2), Gravity.BOTTOM_RIGHT: (2, 2),
}  # fmt: skip

_SMALL = 128
"""Longer side in pixels of the copy in which attention looks: a head is still about ten."""

# Skin by its chroma alone, which is much the same for light and dark skin: Chai and Ngan, "Face
# segmentation using skin-color map in videophone applications", IEEE Trans. CSVT 9(4), 1999.
# What is darker than the floor has no chroma to go by.
_SKIN_CB = (77, 127)
_SKIN_CR = (133, 173)
_SKIN_LUMA = (40, 255)

# Chosen on photos of athletes in gyms, where a wide range of values does about as well.
_SURROUND = 16  # pixels: skin that goes on for this far is a floor or a wall
_HEAD = 4  # pixels: skin counts more the more of it is this close together
_HAIR = 4  # pixels: what is above skin belongs to it
_FAINT = 16  # what would make noise as strong as an athlete is no skin
_EDGES = 3  # tenths of what skin counts
_ABOVE = 2  # times what is kept: what is cut off above
_ABOVE_UPRIGHT = 6  # the same in a tall picture, where people stand: legs weigh more than a head
_ONE = 1 << 20


def within(image: Image.Image, side: int) -> Image.Image:
    """Return the picture with a longer side of at most `side` pixels."""
    scale = max(1, *(each / side for each in image.size))
    return resize(image, (max(1, round(image.width / scale)), max(1, round(image.height / scale))))


def resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture at `size` in pixels, by Lanczos; mode L, LA, RGB or RGBA, as it came in.

    Alpha is premultiplied, so that no fringe of hidden colour appears.
    """
    if image.size == size:
        return image
    if image.mode == "LA":  # Pillow's LA pixels are four bytes, unlike the resizer's
        return resize(image.convert("RGBA"), size).convert("LA")
    if simd is None:
        return image.resize(size, Image.Resampling.LANCZOS)
    small = Image.new(image.mode, size)
    options = simd.ResizeOptions(resize_alg=simd.ResizeAlg.convolution(simd.FilterType.lanczos3))
    simd.Resizer().resize_pil(image, small, options)
    return small


def crop_box(
    image: Image.Image, size: tuple[int, int], gravity: Gravity
) -> tuple[int, int, int, int]:
    """Return the box of `size` that a crop of an upright picture keeps: left, top, right, bottom.

    Attention keeps faces, skin and edges, or else the middle, alike in a mirrored picture. Raises
    ValueError for a size that is empty or larger than the picture.
    """
    if not (0 < size[0] <= image.width and 0 < size[1] <= image.height):
        raise ValueError(f"no crop of {size} in a picture of {image.size}")
    if gravity is Gravity.ATTENTION:
        left, top = _most_seen(image, size)
    else:
        across, down = _PLACES[gravity]
        left = (across * (image.width - size[0]) + 1) // 2
        top = (down * (image.height - size[1]) + 1) // 2
    return left, top, left + size[0], top + size[1]


def _most_seen(image: Image.Image, size: tuple[int, int]) -> tuple[int, int]:
    place = [0, 0]
    cut = [axis for axis in (0, 1) if size[axis] < image.size[axis]]
    maps: tuple[Image.Image, ...] = _interest(image) if cut else ()
    # the axis that loses more goes first, the other sees only what is left
    above = _ABOVE_UPRIGHT if image.height > image.width else _ABOVE
    for axis in sorted(cut, key=lambda axis: size[axis] / image.size[axis]):
        length = maps[0].size[axis]
        window = max(1, length * size[axis] // image.size[axis])
        window += (length - window) % 2  # so that there is a middle one
        start = _best_start(_profile(maps, axis), window, above if axis == 1 else 0)
        place[axis] = _spread(start, length - window, image.size[axis] - size[axis])
        width, height = maps[0].size
        end = start + window
        box = (start, 0, end, height) if axis == 0 else (0, start, width, end)
        maps = tuple(each.crop(box) for each in maps)
    return place[0], place[1]


def _interest(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return maps of the skin with edges in it, and of all edges, of a small copy."""
    scale = max(1, *image.size) / _SMALL
    reduced = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
    small = image.convert("RGBA") if image.mode == "LA" else image
    if scale > 1:  # not by box, which takes pixels on a border to one side
        small = small.resize(reduced, Image.Resampling.BILINEAR)
    edges, skin = _edges_and_skin(small)
    standing_out = ImageChops.subtract(_blurred(skin, 1), _blurred(skin, _SURROUND))
    strong = edges.point([min(255, 4 * value) for value in range(256)])
    seen = _blurred(ImageChops.multiply(standing_out, strong), _HEAD)
    most = max(_FAINT, *seen.tobytes())
    return seen.point([min(255, value * value * 255 // most**2) for value in range(256)]), edges


def _edges_and_skin(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    edges = Image.new("L", image.size)
    if image.mode == "RGBA":  # what is hidden is not seen, but the outline of the rest is
        alpha = image.getchannel("A")
        edges = _contrast(alpha)
        image = Image.composite(image, Image.new("RGBA", image.size, "#808080"), alpha)
    luma, blue, red = image.convert("RGB").convert("YCbCr").split()
    edges = ImageChops.lighter(edges, _contrast(luma))
    skin = Image.new("L", image.size, 255)
    for channel, (low, high) in ((luma, _SKIN_LUMA), (blue, _SKIN_CB), (red, _SKIN_CR)):
        inside = channel.point([255 * (low <= value <= high) for value in range(256)])
        skin = ImageChops.darker(skin, inside)
    return _blurred(edges, 1), skin


def _blurred(image: Image.Image, radius: int) -> Image.Image:
    return image.filter(ImageFilter.BoxBlur(radius))


def _contrast(image: Image.Image) -> Image.Image:
    """Return for each pixel how much it and its neighbours differ."""
    return ImageChops.difference(
        image.filter(ImageFilter.MaxFilter(3)), image.filter(ImageFilter.MinFilter(3))
    )


def _profile(maps: tuple[Image.Image, ...], axis: int) -> list[int]:
    """Return the interest of each column (axis 0) or row (1), a little less off the middle."""
    skin, edges = (_sums(each, axis) for each in maps)
    # a share of what there is, so that a small face counts in a busy picture
    area = maps[0].width * maps[0].height
    of_skin, of_edges = (_ONE // (sum(each) + area) for each in (skin, edges))
    length = len(skin)
    return [
        (10 * a * of_skin + _EDGES * b * of_edges)
        * (10 * length**2 - 3 * (2 * at + 1 - length) ** 2)
        for at, (a, b) in enumerate(zip(skin, edges, strict=True))
    ]


def _sums(image: Image.Image, axis: int) -> list[int]:
    data, width = image.tobytes(), image.width
    if axis == 0:
        return [sum(data[at::width]) for at in range(width)]
    return [sum(data[at : at + width]) for at in range(0, len(data), width)]


def _best_start(profile: list[int], window: int, above: int) -> int:
    """Return where a window over the profile keeps most, the middle one of equals.

    Its outer quarters count half, what is cut off before it `above` times: there are heads.
    """
    if above:
        below = profile[_HAIR:] + [0] * min(_HAIR, len(profile))
        profile = [sum(pair) for pair in zip(profile, below, strict=True)]
    before = [0, *accumulate(profile)]
    margin = window // 4
    last = len(profile) - window

    def kept(start: int) -> int:
        end = start + window
        inner = before[end - margin] - before[start + margin]
        return before[end] - before[start] + inner - above * before[start]

    return max(range(last + 1), key=lambda start: (kept(start), -abs(2 * start - last)))


def _spread(start: int, last: int, surplus: int) -> int:
    """Return a start of 0 to `last` on the scale of the picture, alike from both ends."""
    if 2 * start == last:
        return (surplus + 1) // 2
    if 2 * start > last:
        return surplus - _spread(last - start, last, surplus)
    return (2 * start * surplus + last) // (2 * last)


def fit_to_canvas(image: Image.Image, size: tuple[int, int], preset: Preset) -> Image.Image:
    """Crop an upright picture by the preset's gravity, or centre it on a canvas of its background.

    The canvas of a picture with transparency is transparent.
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
