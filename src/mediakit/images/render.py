"""One source to all its variants, from as few decodes as their sizes allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.images.decode import Raster, Size, UnreadableError, jpeg_scale, load, probe
from mediakit.images.encode import encode
from mediakit.images.preset import scaled
from mediakit.images.resize import resize
from mediakit.model import Failure

if TYPE_CHECKING:
    from PIL import Image

    from mediakit.images.preset import Preset


@dataclass(frozen=True, slots=True)
class Rendered:
    """A variant's bytes, their SHA-256, and its size in pixels."""

    path: str
    data: bytes
    sha256: str
    width: int
    height: int


BASE = 768
"""Small variants are cut from a raster of this many pixels' width, not from the whole one.

What a variant looks like must not depend on which others are made in the same run, so the
way to each width is fixed: less than half of `BASE` goes by way of that raster (which then
serves the 768 px variant too), anything else straight from the decoded picture.
"""


def render(data: bytes, outputs: tuple[tuple[str, Preset], ...]) -> tuple[Rendered | Failure, ...]:
    """Make the variants `outputs` (site path, preset) of the source `data`, in their order.

    Each depends on the source and its own preset only. Never raises: what cannot be made is
    a Failure, so that it travels between machines.
    """
    try:
        size = probe(data)
        allowed = tuple(output for output in outputs if _fits(size, output[1]))
        made = _render(data, size, allowed)
    except UnreadableError as error:
        failure = Failure("unreadable-picture", str(error), "replace the file with a whole one")
        return (failure,) * len(outputs)
    return tuple(made.get(path) or _too_large(size, preset) for path, preset in outputs)


def _fits(size: Size, preset: Preset) -> bool:
    return size.width * size.height <= preset.max_pixels


def _too_large(size: Size, preset: Preset) -> Failure:
    return Failure(
        "too-many-pixels",
        f"{size.width:,} x {size.height:,} pixels is over the limit of {preset.max_pixels:,}",
        f"make the picture smaller, or raise max_pixels of preset {preset.name}",
    )


def _render(
    data: bytes, size: Size, outputs: tuple[tuple[str, Preset], ...]
) -> dict[str, Rendered | Failure]:
    by_scale: dict[int, list[tuple[str, Preset]]] = {}
    for path, preset in outputs:
        scale = jpeg_scale(size, max(preset.width, BASE))
        by_scale.setdefault(scale, []).append((path, preset))
    made: dict[str, Rendered | Failure] = {}
    for scale, group in sorted(by_scale.items()):
        made.update(_cut(load(data, scale), size, group))
    return made


def _cut(
    whole: Raster, size: Size, outputs: list[tuple[str, Preset]]
) -> dict[str, Rendered | Failure]:
    made: dict[str, Rendered | Failure] = {}
    cuts: dict[tuple[int, int], Image.Image] = {}
    for path, preset in outputs:
        target = preset.size(size.width, size.height)
        via_base = 2 * preset.width < BASE < size.width
        straight = scaled(size.width, size.height, BASE) if via_base else target
        if straight not in cuts:
            cuts[straight] = _shrink(whole, straight)
        made[path] = _variant(resize(cuts[straight], target), path, preset)
    return made


def _shrink(whole: Raster, size: tuple[int, int]) -> Image.Image:
    """Return the picture upright and in sRGB at `size`: small pictures are turned faster."""
    stored = size[::-1] if whole.is_sideways else size
    return whole.finish(resize(whole.image, stored))


def _variant(small: Image.Image, path: str, preset: Preset) -> Rendered | Failure:
    try:
        encoded = encode(small, path, preset)
    except Exception as error:  # noqa: BLE001 - an encoder's failure is one picture's
        return Failure("cannot-write-picture", f"{type(error).__name__}: {error}")
    digest = hashlib.sha256(encoded).hexdigest()
    return Rendered(path, encoded, digest, small.width, small.height)
