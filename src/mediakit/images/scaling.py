"""Pictures to smaller sizes: each raster of a source is decoded once, one at a time is alive."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from PIL import Image

from mediakit.images.decode import OVERSAMPLE, Raster, Size, jpeg_scale, load, probe
from mediakit.images.preset import Preset, Truncated, scale_to_width

try:
    import cykooz_resizer as simd
except ImportError:  # no wheel for this platform: three times slower, the same picture
    simd = None


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


BASE = 768
"""Width in pixels of the raster that smaller variants are cut from.

A variant must not depend on which others are made in the same run, so the way to each width is
fixed: less than half of `BASE` from that raster, which is the 768 px variant too, and all others
from the decoded picture at the smallest scale that serves. A picture that is hardly wider is its
own raster.
"""

Loading = tuple[int, bool, int]
"""How a source comes to a raster: the scale of its decoder, whether it is decoded also if
truncated, and how often the raster is halved after that."""


class PictureSource:
    """The bytes of a picture, cut to sizes in pixels, upright and in sRGB.

    It is decoded once for all widths up to `widest` that its site needs, at the scale of that one.
    """

    def __init__(self, data: bytes, widest: int = 0) -> None:
        self.data = data
        self._widest = widest
        self._whole: tuple[Loading, Raster] | None = None
        self._cuts: dict[tuple[int, int], Image.Image] = {}

    @cached_property
    def size(self) -> Size:
        """What its header says; raises UnreadableError."""
        return probe(self.data)

    def loading(self, preset: Preset) -> Loading:
        """Return how the source is decoded for a preset: what shares that is cut in a row."""
        width, _ = preset.place(self.size.width, self.size.height).scaled
        return self._loading(width, keep_truncated=preset.truncated is Truncated.KEEP)

    def _loading(self, width: int, *, keep_truncated: bool) -> Loading:
        scale, shared = (jpeg_scale(self.size, max(each, BASE)) for each in (width, self._widest))
        decoded = min(scale, shared)
        return decoded, keep_truncated, (scale // decoded).bit_length() - 1

    def cut(self, preset: Preset) -> Image.Image:
        """Return the whole picture at the scale of a preset; raises UnreadableError."""
        scaled = preset.place(self.size.width, self.size.height).scaled
        loading = self.loading(preset)
        if 2 * scaled[0] < BASE < self.size.width:
            return resize(self._straight(self._base, loading), scaled)
        return self._straight(scaled, loading)

    def shows_what_it_stores(self, preset: Preset) -> bool:
        """Return whether its pixels are decoded without a turn, or a change of colours."""
        loading = self.loading(preset)
        if loading != (1, False, 0):
            return False
        self._straight((self.size.width, self.size.height), loading)
        return self._whole is not None and self._whole[1].is_as_stored

    def base(self, *, keep_truncated: bool) -> Image.Image:
        """Return the raster of about `BASE` pixels' width, or less; raises UnreadableError."""
        return self._straight(self._base, self._loading(0, keep_truncated=keep_truncated))

    @property
    def _base(self) -> tuple[int, int]:
        width, height = self.size.width, self.size.height
        is_near = width < OVERSAMPLE * BASE  # a raster between would cost more than it saves
        return (width, height) if is_near else scale_to_width(width, height, BASE)

    def _straight(self, size: tuple[int, int], loading: Loading) -> Image.Image:
        if self._whole is None or self._whole[0] != loading:
            self._cuts.clear()
            self._whole = loading, self._raster(*loading)
        if size not in self._cuts:
            # turned and converted when small: both cost time by the pixel
            whole = self._whole[1]
            stored = size[::-1] if whole.is_sideways else size
            self._cuts[size] = whole.finish(resize(whole.image, stored))
        return self._cuts[size]

    def _raster(self, scale: int, keep_truncated: bool, halvings: int) -> Raster:  # noqa: FBT001
        """Return the decoded picture, halved from the one that is there where that serves."""
        there, self._whole = self._whole, None
        if there is None or there[0][:2] != (scale, keep_truncated) or there[0][2] > halvings:
            there = None  # let go of one before the next
            raster, halved = load(self.data, scale, keep_truncated=keep_truncated), 0
        else:
            raster, halved = there[1], there[0][2]
        for _ in range(halvings - halved):
            raster = replace(raster, image=raster.image.reduce(2))
        return raster
