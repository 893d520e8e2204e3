"""Whether two pictures that are the same as a whole differ in a detail: a digit, a line, a switch.

Screenshots of an app, tables and charts differ in little that counts for much: at the size of the
grey copies nothing of it is left. So each small window is looked at by itself, near full size: how
much differs there, held against the contrast that is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mediakit.matching.compare import levels_between, scaled, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediakit.images.grey import Grey

    Floats = NDArray[np.float32]

DETAIL_SIDE = 1920
"""Longer side in pixels of what is looked at: letters of a screenshot are still legible."""

_CELL = 4
"""Pixels a side; a window is two by two of them, about a letter, and windows overlap by half."""

_NOISE = 400.0
"""Variance that compression adds to a window, of no meaning."""

_MOST = 0.17
_MOST_TONED = 3.0
"""How much may differ, of the contrast of a window: 1 is another content of as much contrast. Where
light or contrast was changed, parts have lost theirs; see docs/performance.md for the figures."""

_TONED = 6.0
"""Mean change of luma from which on the tone was changed: compression changes it by 2 at most."""


def differs_in_detail(one: Grey, other: Grey) -> bool:
    """Return whether any window of two pictures of one frame shows something else."""
    if one.size > other.size:
        one, other = other, one
    other = scaled(other, one.shape)
    ways = [(a, b, levels_between(a, b)) for a, b in ((one, other), (other, one))]
    changes = [float(np.abs(levels - np.arange(256))[a].mean()) for a, _, levels in ways]
    most = _MOST_TONED if min(changes) > _TONED else _MOST
    # what was clipped in one can only be made of the other
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
    cells = whole.reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3))
    found: Floats = (cells[1:, 1:] + cells[:-1, 1:] + cells[1:, :-1] + cells[:-1, :-1]) / 4
    return found
