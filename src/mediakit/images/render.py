"""One source to all its variants, from as few decodes as their sizes allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Look
from mediakit.base.formats import format_of
from mediakit.images.canvas import placed
from mediakit.images.credits import read_credits
from mediakit.images.decode import Size, UnreadableError, probe
from mediakit.images.encode import Reel, encode
from mediakit.images.look import Limits, look_of
from mediakit.images.moving import moving
from mediakit.images.preset import Animation, Preset, Truncated
from mediakit.images.scaling import Rasters
from mediakit.images.vector import is_svg


@dataclass(frozen=True, slots=True)
class Rendered:
    """A variant's bytes, their SHA-256, and its size in pixels (0 x 0: no raster)."""

    path: str
    data: bytes
    sha256: str
    width: int
    height: int


Output = tuple[str, Preset]
"""The site path of a variant, and its preset."""

Made = Rendered | Look | Failure


def render(
    data: bytes, outputs: tuple[Output, ...], describe: Limits | None = None
) -> tuple[Made, ...]:
    """Make variants of the source `data`, in the order of `outputs`, and last, its look if asked.

    Each depends on the source and its own preset only. Never raises: what cannot be made is
    a Failure, so that it travels between machines.
    """
    try:
        size = probe(data)
    except UnreadableError as error:
        broken = _unreadable(error)
        made = [_copy(path, data) if is_svg(path, data) else broken for path, _ in outputs]
        return (*made, broken) if describe else tuple(made)
    rasters = Rasters(data, size)
    by_path: dict[str, Made] = {}
    for path, preset in sorted(outputs, key=lambda output: rasters.loading(output[1])):
        by_path[path] = _variant(rasters, data, size, (path, preset))
    in_order = [by_path[path] for path, _ in outputs]
    return (*in_order, _look(rasters, size, describe)) if describe else tuple(in_order)


def _variant(rasters: Rasters, data: bytes, size: Size, output: Output) -> Rendered | Failure:
    path, preset = output
    kind = format_of(path)
    moves = bool(preset.animation is Animation.KEEP and kind and kind.animated)
    frames = size.frames if moves else 1
    if size.width * size.height * frames > preset.max_pixels:
        return _too_large(size, preset.max_pixels, f"preset {preset.name}", frames)
    try:
        if frames > 1:
            return _encoded(moving(data, preset), data, size, output)
        placement = preset.place(size.width, size.height)
        image = placed(rasters.cut(preset), placement.size, preset)
    except UnreadableError as error:
        return _unreadable(error)
    return _encoded(Reel((image,)), data, size, output)


def _encoded(reel: Reel, data: bytes, size: Size, output: Output) -> Rendered | Failure:
    path, preset = output
    kind = format_of(path)
    limits = [preset.max_bytes] if preset.max_bytes else []
    width, height = reel.frames[0].size
    is_padded = width > size.width or height > size.height
    # resized colours are many, so that a picture of few would be heavier than its source
    if kind is not None and kind.palette and kind.name == size.format and not is_padded:
        limits.append(len(data))
    try:
        kept = read_credits(data, frozenset(preset.credits)) if preset.credits else b""
        made = encode(reel, path, preset, exif=kept, aim=min(limits, default=None))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - an encoder's failure is one picture's
        return Failure("cannot-write-picture", f"{type(error).__name__}: {error}")
    if preset.max_bytes is not None and len(made) > preset.max_bytes:
        return _too_heavy(len(made), preset.max_bytes, preset.name)
    return Rendered(path, made, hashlib.sha256(made).hexdigest(), width, height)


def _look(rasters: Rasters, size: Size, limits: Limits) -> Look | Failure:
    if size.width * size.height > limits.max_pixels:
        return _too_large(size, limits.max_pixels, "a preset")
    try:
        base = rasters.base(keep_truncated=limits.truncated is Truncated.KEEP)
        return look_of(base, moves=size.frames > 1)
    except UnreadableError as error:
        return _unreadable(error)


def _copy(path: str, data: bytes) -> Rendered:
    return Rendered(path, data, hashlib.sha256(data).hexdigest(), 0, 0)


def _unreadable(error: UnreadableError) -> Failure:
    return Failure("unreadable-picture", str(error), "replace the file with a whole one")


def _too_large(size: Size, limit: int, whose: str, frames: int = 1) -> Failure:
    what = f"{size.width:,} x {size.height:,} pixels"
    what += f" in {frames:,} frames are" if frames > 1 else " is"
    return Failure(
        "too-many-pixels",
        f"{what} over the limit of {limit:,}",
        f"make the picture smaller, or raise max_pixels of {whose}",
    )


def _too_heavy(bytes_: int, limit: int, preset: str) -> Failure:
    return Failure(
        "over-max-bytes",
        f"{bytes_:,} bytes at the lowest quality is over the limit of {limit:,}",
        f"raise max_bytes of preset {preset}, or make the variant smaller",
    )
