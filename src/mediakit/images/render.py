"""All variants of a picture, from as few decodes as their sizes allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.formats import format_of
from mediakit.images.animation import variant_reel
from mediakit.images.bare import bare
from mediakit.images.decode import OVERSAMPLE, Raster, Size, jpeg_scale, load, probe
from mediakit.images.encode import Reel, encode
from mediakit.images.exif import read_credits
from mediakit.images.look import Limits, look_of
from mediakit.images.opening import UnreadableError, is_svg
from mediakit.images.preset import Animation, Preset, Truncated, scale_to_width
from mediakit.images.resize import fit_to_canvas, resize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mediakit.base.artifacts import Look


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


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a product, and its size in pixels (0 x 0: no raster).

    `lacks` say what is not on it that was asked for. A film lasts `milliseconds`.
    """

    data: bytes
    width: int
    height: int
    lacks: tuple[str, ...] = ()
    milliseconds: int = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


Output = tuple[str, Preset]
"""The site path of a variant, and its preset."""


def render(source: PictureSource, outputs: Sequence[Output]) -> list[Rendered | Failure]:
    """Make variants of a picture, in the order of `outputs`; what cannot be made is a Failure.

    Each depends on the source and its own preset only.
    """
    data = source.data
    try:
        size = source.size
    except UnreadableError as error:
        broken = unreadable(error)
        return [Rendered(data, 0, 0) if is_svg(path, data) else broken for path, _ in outputs]
    made = {
        path: _variant(source, size, (path, preset))
        for path, preset in sorted(outputs, key=lambda output: source.loading(output[1]))
    }
    return [made[path] for path, _ in outputs]


def describe(source: PictureSource, limits: Limits) -> Look | Failure:
    """Return the look of a picture; never raises."""
    try:
        size = source.size
        if size.width * size.height > limits.max_pixels:
            return too_large(size, limits.max_pixels, "a preset")
        base = source.base(keep_truncated=limits.truncated is Truncated.KEEP)
        return look_of(base, moves=size.frames > 1)
    except UnreadableError as error:
        return unreadable(error)


def unreadable(error: UnreadableError) -> Failure:
    """Return the failure of whatever is made of an unreadable picture."""
    return Failure("unreadable-picture", str(error), "replace the file with a whole one")


def unwritable(error: Exception) -> Failure:
    """Return the failure of what cannot be encoded."""
    return Failure("cannot-write-picture", str(error) or "the encoder gives no reason")


def _variant(source: PictureSource, size: Size, output: Output) -> Rendered | Failure:
    path, preset = output
    kind = format_of(path)
    moves = bool(preset.animation is Animation.KEEP and kind and kind.animated)
    frames = size.frames if moves else 1
    if size.width * size.height * frames > preset.max_pixels:
        return too_large(size, preset.max_pixels, f"preset {preset.name}", frames)
    try:
        if frames > 1:
            return _encoded(variant_reel(source.data, preset), source.data, size, output)
        placement = preset.place(size.width, size.height)
        image = source.cut(preset)
        if image.size != placement.size:
            image = fit_to_canvas(image, placement.size, preset)
    except UnreadableError as error:
        return unreadable(error)
    made = _encoded(Reel((image,)), source.data, size, output)
    return _lighter_of(made, source, output) if image.size == placement.scaled else made


def _lighter_of(
    made: Rendered | Failure, source: PictureSource, output: Output
) -> Rendered | Failure:
    """Return the source's own pixels, as they are coded there, where these are no heavier."""
    path, preset = output
    kind = format_of(path)
    size = source.size
    if (
        isinstance(made, Failure)
        or kind is None
        or (kind.name, made.width, made.height) != (size.format, size.width, size.height)
        or size.frames > 1
        or preset.credits
        or not source.shows_what_it_stores(preset)
    ):
        return made
    own = bare(source.data, kind.name)
    return made if own is None or len(own) > len(made.data) else replace(made, data=own)


def _encoded(reel: Reel, data: bytes, size: Size, output: Output) -> Rendered | Failure:
    path, preset = output
    width, height = reel.frames[0].size
    is_padded = width > size.width or height > size.height
    own = None if is_padded else (data, size.format)
    try:
        kept = read_credits(data, frozenset(preset.credits)) if preset.credits else b""
        made = encode(reel, path, preset, exif=kept, source=own)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - an encoder's failure is one picture's
        return unwritable(error)
    if preset.max_bytes is not None and len(made) > preset.max_bytes:
        what = f"{len(made):,} bytes at the lowest quality is over the limit"
        hint = f"raise max_bytes of preset {preset.name}, or make the variant smaller"
        return Failure("over-max-bytes", f"{what} of {preset.max_bytes:,}", hint)
    return Rendered(made, width, height)


def too_large(size: Size, limit: int, whose: str, frames: int = 1) -> Failure:
    """Return the failure of what has more pixels than `whose` limit allows."""
    what = f"{size.width:,} x {size.height:,} pixels"
    what += f" in {frames:,} frames are" if frames > 1 else " is"
    hint = f"make the picture smaller, or raise max_pixels of {whose}"
    return Failure("too-many-pixels", f"{what} over the limit of {limit:,}", hint)
