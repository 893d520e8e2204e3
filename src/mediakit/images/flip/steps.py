"""The pictures of an exercise's steps as one loop: laid on each other, cut to what all show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mediakit.images.animation import ShownFrame
from mediakit.images.flip.align import ALIGN_SIDE, StepAligner
from mediakit.images.flip.judge import NOTHING_MOVES, common_box, objection, resemblance
from mediakit.images.resize import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mediakit.images.flip.align import Overlay, Pixels, View

_FRAME = 40
"""Milliseconds of a frame while one step fades into the next."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why pictures make no loop: the number of the first that does not fit the first one."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long a step stays, and how long it fades, in milliseconds (0: it is cut).

    A `boomerang` goes back through the steps, instead of from the last one to the first.
    """

    hold: int
    fade: int
    boomerang: bool = True


def laid_steps(pictures: Sequence[Image.Image]) -> tuple[Image.Image, ...] | Misfit:
    """Return pictures in RGB as if a still camera had taken them, as bright as the first one."""
    aligner = StepAligner()
    small = [within(each, ALIGN_SIDE) for each in pictures]
    views = [aligner.view(np.asarray(each)) for each in small]
    base, size = views[0], pictures[0].size
    laid = [np.asarray(pictures[0])]
    covered = [np.ones(size[::-1], np.bool_)]
    for number, one in enumerate(views[1:], 1):
        found = aligner.lay(one, base)
        why = objection(aligner, one, base, found)
        if found is None or (why and (why != NOTHING_MOVES or number == 1)):
            return Misfit(number, why)
        scales = pictures[number].width / one.size[0], size[0] / base.size[0]
        matrix, pixels = found.at_scale(*scales), np.asarray(pictures[number])
        covered.append(aligner.covers(pixels.shape, matrix, size))
        laid.append(_lit(aligner.laid(pixels, matrix, size), aligner, one, base, found))
    box = common_box(reduce(np.logical_and, covered))
    whole = (box.left, box.top, box.right - box.width % 2, box.bottom - box.height % 2)
    return tuple(Image.fromarray(each).crop(whole) for each in laid)


def _lit(pixels: Pixels, aligner: StepAligner, one: View, base: View, found: Overlay) -> Pixels:
    """Return a picture with the light of the one that it lies on."""
    gain = resemblance(aligner, one, base, found).gain
    table = np.arange(256)[:, None] * np.array(gain)
    lit = np.clip(np.round(table), 0, 255).astype(np.uint8)
    found_pixels: Pixels = lit[pixels, np.arange(3)]
    return found_pixels


def loop(steps: Sequence[Image.Image], rhythm: Rhythm) -> tuple[ShownFrame, ...]:
    """Return the frames of a loop: its last one goes over into its first one."""
    order = [*steps, *(steps[-2:0:-1] if rhythm.boomerang else ())]
    following = [*order[1:], order[0]]
    return tuple(
        frame
        for one, other in zip(order, following, strict=True)
        for frame in (ShownFrame(one, rhythm.hold), *_faded(one, other, rhythm.fade))
    )


def _faded(one: Image.Image, other: Image.Image, milliseconds: int) -> Iterator[ShownFrame]:
    count = milliseconds // _FRAME
    for number in range(1, count + 1):
        part = number / (count + 1)
        yield ShownFrame(Image.blend(one, other, part * part * (3 - 2 * part)), _FRAME)
