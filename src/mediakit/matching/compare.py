"""Compare two pictures in luma: the worst blocks decide, not the mean.

Two poses that differ by an arm differ in a few blocks, which a mean would hide. Tone is removed
first: the levels of one picture are matched to those of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from mediakit.matching.hashes import resampling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mediakit.images.look import Chroma, Grey

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

BLOCK = 8
"""Pixels a side of a block, at the size of the grey copies."""

SAME = 0.27
"""Score up to which two pictures are the same; docs/performance.md says how it was found."""

RECOLOURED = 32.0
"""Degrees of hue that mean another colour: clipped copies come to 26."""

_CHROMA_BLOCK = 4  # pixels a side
_LEAST_CHROMA = 12.0  # below, a colour is hardly seen, and its hue is noise
_HUES = 2  # blocks that differ most

_WORST = 32  # one block in so many counts
_LEAST_CONTRAST = 12.0
_MOST_STRETCH = 0.03
"""Difference of shapes up to which one picture is scaled to the other."""

_BANDS = 0.20
_CORNERS = (0.25, 0.36)
"""Shares of height and width that a caption or a mark may cover."""

DETAIL_SIDE = 1920
"""Longer side in pixels at which details are compared: letters of a screenshot stay legible."""

_CELL = 4
"""Pixels a side of a cell. A window has two by two cells, about a letter; windows overlap."""

_NOISE = 400.0
"""Variance that compression adds to a window."""

_MOST_APART = 0.17
_MOST_TONED = 3.0
"""Difference that a window may have, as a share of its contrast: 1 is another content of equal
contrast. A changed tone takes contrast away; docs/performance.md has the figures."""

_TONED = 6.0
"""Mean change of luma that means another tone: compression changes it by 2 at most."""


@dataclass(frozen=True, slots=True)
class Score:
    """How much two pictures differ; 0 is not at all.

    `covered` leaves out the band or corner that differs most: a caption or a mark.
    """

    whole: float
    covered: float

    @property
    def is_same(self) -> bool:
        """Whether the two are one picture."""
        return self.whole <= SAME

    @property
    def is_covered(self) -> bool:
        """Whether the two are one picture, apart from a caption or a mark on one."""
        return not self.is_same and self.covered <= SAME


DIFFERENT = Score(9.0, 9.0)


def compare(one: Grey, other: Grey, *, cover: bool = False) -> Score:
    """Return how much two pictures of the same frame differ.

    `cover` also leaves out parts, which takes several times as long.
    """
    fitted = _fitted(one, other)
    if fitted is None:
        return DIFFERENT
    return score(fitted, other, np.ones(other.shape, np.bool_), BLOCK, cover=cover)


def score(one: Grey, other: Grey, mask: Mask, block: int, *, cover: bool = False) -> Score:
    """Return how much two arrays of one shape differ, in blocks of `block` pixels.

    Only pixels of `mask` count. Each is matched to the levels of the other, and the better result
    counts: levels that were clipped in one cannot be brought back.
    """
    scores = []
    for number, left_out in enumerate(_left_out(other.shape)):
        inside = mask & ~left_out if number else mask
        ways = [_worst(a, b, inside, block) for a, b in ((one, other), (other, one))]
        scores.append(min(ways))
        if number == 0 and (scores[0] <= SAME or not cover):
            break
    return Score(scores[0], min(scores))


def hue_apart(one: Chroma, other: Chroma) -> float:
    """Return by how many degrees the hues of two pictures differ where they differ most.

    Only parts with colour in both count: a grey or faded copy is still the same picture.
    """
    vectors = [_mean_blocks(each) for each in (one, other)]
    lengths = [np.linalg.norm(each, axis=1) for each in vectors]
    coloured = (lengths[0] > _LEAST_CHROMA) & (lengths[1] > _LEAST_CHROMA)
    if coloured.sum() < _HUES:
        return 0.0
    product = (vectors[0] * vectors[1]).sum(axis=1)[coloured]
    cosines = product / (lengths[0] * lengths[1])[coloured]
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    return float(np.sort(angles)[-_HUES:].mean())


def _mean_blocks(chroma: Chroma) -> Floats:
    side = chroma.shape[0] // _CHROMA_BLOCK
    shape = (side, _CHROMA_BLOCK, side, _CHROMA_BLOCK, 2)
    found: Floats = chroma.reshape(shape).mean(axis=(1, 3)).reshape(-1, 2)
    return found


def differences(one: Grey, other: Grey) -> list[tuple[float, float, float, float]]:
    """Return the blocks that differ, as (left, top, width, height) from 0 to 1."""
    fitted = _fitted(one, other)
    if fitted is None:
        return []
    mask = np.ones(other.shape, np.bool_)
    blocks, _ = _blocks(fitted, other, mask, BLOCK)
    height, width = other.shape
    return [
        (float(x * BLOCK / width), float(y * BLOCK / height), BLOCK / width, BLOCK / height)
        for y, x in np.argwhere(blocks > SAME)
    ]


def _fitted(one: Grey, other: Grey) -> Grey | None:
    """Return `one` at the size of `other`, None if the shapes differ."""
    return scaled(one, other.shape) if have_one_shape(one, other) else None


def have_one_shape(one: Grey, other: Grey) -> bool:
    """Return whether two pictures have the same proportions, so that they may be compared."""
    stretch = (one.shape[0] / one.shape[1]) / (other.shape[0] / other.shape[1])
    return bool(abs(stretch - 1) <= _MOST_STRETCH)


def scaled(grey: Grey, shape: tuple[int, ...]) -> Grey:
    """Return a picture at another size, averaged by area."""
    if grey.shape == shape:
        return grey
    rows = resampling(grey.shape[0], shape[0], 0, 1)
    columns = resampling(grey.shape[1], shape[1], 0, 1)
    found: Grey = np.rint(rows @ grey.astype(np.float32) @ columns.T).astype(np.uint8)
    return found


def _left_out(shape: tuple[int, ...]) -> Iterator[Mask]:
    """Yield an empty mask, then each band and corner that a caption or a mark may cover."""
    height, width = shape
    band = int(np.ceil(height * _BANDS))
    high, wide = int(np.ceil(height * _CORNERS[0])), int(np.ceil(width * _CORNERS[1]))
    areas = [
        (slice(0), slice(0)),
        (slice(0, band), slice(None)),
        (slice(height - band, None), slice(None)),
        *((rows, columns)
          for rows in (slice(0, high), slice(height - high, None))
          for columns in (slice(0, wide), slice(width - wide, None))),
    ]  # fmt: skip
    for area in areas:
        mask = np.zeros(shape, np.bool_)
        mask[area] = True
        yield mask


def _worst(one: Grey, other: Grey, mask: Mask, block: int) -> float:
    values, counted = _blocks(one, other, mask, block)
    found = np.sort(values[counted])
    if not found.size:
        return DIFFERENT.whole
    return float(found[-max(1, found.size // _WORST) :].mean())


def _blocks(one: Grey, other: Grey, mask: Mask, block: int) -> tuple[Floats, Mask]:
    """Return the mean difference of each block, in standard deviations, and which blocks count."""
    levels = levels_between(one[mask], other[mask])
    apart = np.abs(smooth(levels[one]) - smooth(other)) * mask
    rows, columns = other.shape[0] // block, other.shape[1] // block
    area = (slice(rows * block), slice(columns * block))
    shape = (rows, block, columns, block)
    pixels = mask[area].reshape(shape).sum(axis=(1, 3))
    sums = apart[area].reshape(shape).sum(axis=(1, 3))
    contrast = max(_LEAST_CONTRAST, float(other[mask].std()))
    return sums / np.maximum(pixels, 1) / contrast, pixels > block * block // 2


def levels_between(one: Grey, other: Grey) -> Floats:
    """Return for each level of `one` the level of `other` with the same cumulative share."""
    counts = [np.bincount(each.ravel(), minlength=256) for each in (one, other)]
    shares = [np.cumsum(each) / max(each.sum(), 1) for each in counts]
    found = np.searchsorted(shares[1], shares[0] - 1e-9)
    levels: Floats = np.clip(found, 0, 255).astype(np.float32)
    return levels


def smooth(values: NDArray[np.generic]) -> Floats:
    """Return luma without the noise of single pixels."""
    found: Floats = values.astype(np.float32)
    for axis in (0, 1):
        found = np.moveaxis(found, axis, 0)
        padded = np.concatenate([found[:1], found, found[-1:]])
        found = (padded[:-2] + 2 * found + padded[2:]) / np.float32(4)
        found = np.moveaxis(found, 0, axis)
    return found


def differs_in_detail(one: Grey, other: Grey) -> bool:
    """Return whether two pictures of one frame differ in a detail: a digit, a line, a switch.

    Screenshots, tables and charts differ in little that counts for much, and at the size of grey
    copies nothing of it is left. So each small window is compared by itself, near full size, as a
    share of the contrast in it.
    """
    if one.size > other.size:
        one, other = other, one
    other = scaled(other, one.shape)
    ways = [(a, b, levels_between(a, b)) for a, b in ((one, other), (other, one))]
    changes = [float(np.abs(levels - np.arange(256))[a].mean()) for a, _, levels in ways]
    most = _MOST_TONED if min(changes) > _TONED else _MOST_APART
    # levels that one picture has lost can only be made from the other
    return all(_worst_window(levels[a], b) > most for a, b, levels in ways)


def _worst_window(one: Floats, other: Grey) -> float:
    first, second = smooth(one), smooth(other)
    if min(first.shape) < 2 * _CELL:
        return 0.0
    apart = first - second
    different = _windows(apart * apart)
    contrast = _windows(first * first) - _windows(first) ** 2
    contrast += _windows(second * second) - _windows(second) ** 2
    return float((different / (contrast + _NOISE)).max())


def _windows(values: Floats) -> Floats:
    """Return the mean of each window."""
    rows, columns = values.shape[0] // _CELL, values.shape[1] // _CELL
    whole = values[: rows * _CELL, : columns * _CELL]
    # sums of slices take an eighth of the time of a mean over two axes
    lines = reduce(np.add, (whole[at::_CELL] for at in range(_CELL)))
    cells = reduce(np.add, (lines[:, at::_CELL] for at in range(_CELL))) / np.float32(_CELL**2)
    found: Floats = (cells[1:, 1:] + cells[:-1, 1:] + cells[1:, :-1] + cells[:-1, :-1]) / 4
    return found
