"""One source to all its variants, from as few decodes as their sizes allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.images.credits import read_credits
from mediakit.images.decode import Raster, Size, UnreadableError, jpeg_scale, load, probe
from mediakit.images.encode import encode
from mediakit.images.preset import Truncated, scaled
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
        return (_unreadable(error),) * len(outputs)
    return tuple(made.get(path) or _too_large(size, preset) for path, preset in outputs)


def _fits(size: Size, preset: Preset) -> bool:
    return size.width * size.height <= preset.max_pixels


def _unreadable(error: UnreadableError) -> Failure:
    return Failure("unreadable-picture", str(error), "replace the file with a whole one")


def _too_large(size: Size, preset: Preset) -> Failure:
    return Failure(
        "too-many-pixels",
        f"{size.width:,} x {size.height:,} pixels is over the limit of {preset.max_pixels:,}",
        f"make the picture smaller, or raise max_pixels of preset {preset.name}",
    )


def _render(
    data: bytes, size: Size, outputs: tuple[tuple[str, Preset], ...]
) -> dict[str, Rendered | Failure]:
    by_load: dict[tuple[int, bool], list[tuple[str, Preset]]] = {}
    for path, preset in outputs:
        scale = jpeg_scale(size, max(preset.width, BASE))
        keep = preset.truncated is Truncated.KEEP
        by_load.setdefault((scale, keep), []).append((path, preset))
    made: dict[str, Rendered | Failure] = {}
    for (scale, keep), group in sorted(by_load.items()):
        try:
            whole = load(data, scale, keep_truncated=keep)
        except UnreadableError as error:
            made.update(dict.fromkeys((path for path, _ in group), _unreadable(error)))
            continue
        made.update(_cut(whole, size, group, data))
    return made


def _cut(
    whole: Raster, size: Size, outputs: list[tuple[str, Preset]], data: bytes
) -> dict[str, Rendered | Failure]:
    made: dict[str, Rendered | Failure] = {}
    cuts: dict[tuple[int, int], Image.Image] = {}
    for path, preset in outputs:
        target = preset.size(size.width, size.height)
        via_base = 2 * preset.width < BASE < size.width
        straight = scaled(size.width, size.height, BASE) if via_base else target
        if straight not in cuts:
            cuts[straight] = _shrink(whole, straight)
        made[path] = _variant(resize(cuts[straight], target), path, preset, data)
    return made


def _shrink(whole: Raster, size: tuple[int, int]) -> Image.Image:
    """Return the picture upright and in sRGB at `size`: small pictures are turned faster."""
    stored = size[::-1] if whole.is_sideways else size
    return whole.finish(resize(whole.image, stored))


def _variant(small: Image.Image, path: str, preset: Preset, data: bytes) -> Rendered | Failure:
    try:
        kept = read_credits(data, frozenset(preset.credits)) if preset.credits else b""
        encoded = encode(small, path, preset, kept)
    except Exception as error:  # noqa: BLE001 - an encoder's failure is one picture's
        return Failure("cannot-write-picture", f"{type(error).__name__}: {error}")
    digest = hashlib.sha256(encoded).hexdigest()
    return Rendered(path, encoded, digest, small.width, small.height)
