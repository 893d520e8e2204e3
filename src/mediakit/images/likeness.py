"""How like two frames are: SSIM of their light, by Gaussian windows of 11 pixels.

Source: Wang, Bovik, Sheikh and Simoncelli, Image quality assessment: from error visibility to
structural similarity (IEEE Transactions on Image Processing, 2004).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REACH, _DEVIATION = 5, 1.5
_WINDOW = 2 * _REACH + 1
_BLACK, _RANGE = 16, 219  # of light in a film: shown, it is stretched to 0 to 255
_STEADY_MEAN, _STEADY_CONTRAST = (0.01 * _RANGE) ** 2, (0.03 * _RANGE) ** 2


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the mean SSIM of two planes of light, as they are shown: 1 for equal ones."""
    if min(one.shape) < _WINDOW:
        return 1.0 if np.array_equal(one, other) else 0.0
    first, second = (each.astype(np.float32) - _BLACK for each in (one, other))
    mean, other_mean = _windows(first), _windows(second)
    product = mean * other_mean
    squares = mean * mean + other_mean * other_mean
    spread = _windows(first * first + second * second) - squares
    shared = _windows(first * second) - product
    above = (2 * product + _STEADY_MEAN) * (2 * shared + _STEADY_CONTRAST)
    below = (squares + _STEADY_MEAN) * (spread + _STEADY_CONTRAST)
    return float(np.mean(above / below))


def _windows(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the weighted means of all whole windows."""
    down = _along(plane, plane.shape[0] - 2 * _REACH)
    return np.ascontiguousarray(_along(down.T, plane.shape[1] - 2 * _REACH).T)


def _along(plane: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    weights = np.exp(-(np.arange(_REACH + 1) ** 2) / (2 * _DEVIATION**2)).astype(np.float32)
    weights /= weights[0] + 2 * weights[1:].sum()
    total: NDArray[np.float32] = plane[_REACH : _REACH + count] * weights[0]
    for away in range(1, _REACH + 1):
        pair = plane[_REACH - away :][:count] + plane[_REACH + away :][:count]
        pair *= weights[away]
        total += pair
    return total
