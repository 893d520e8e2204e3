"""All variants of a picture, from as few decodes as their sizes allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.formats import format_of
from mediakit.images.animation import variant_reel
from mediakit.images.bare import bare
from mediakit.images.crop import fit_to_canvas
from mediakit.images.encode import Reel, encode
from mediakit.images.exif import read_credits
from mediakit.images.look import Limits, look_of
from mediakit.images.opening import UnreadableError, is_svg
from mediakit.images.preset import Animation, Preset, Truncated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.base.artifacts import Look
    from mediakit.images.decode import Size
    from mediakit.images.scaling import PictureSource


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
