"""How like two pictures are: SSIM of their light, in windows of 8 x 8 pixels.

Source: Wang, Bovik, Sheikh and Simoncelli, Image quality assessment: from error visibility to
structural similarity (IEEE Transactions on Image Processing, 2004).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOW = 8
_STEADY_MEAN, _STEADY_CONTRAST = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the mean SSIM of two planes of one size: 1 for equal ones."""
    if min(one.shape) < _WINDOW:
        return 1.0 if np.array_equal(one, other) else 0.0
    first, second = one.astype(np.float32), other.astype(np.float32)
    mean, other_mean = _windows(first), _windows(second)
    product = mean * other_mean
    squares = mean * mean + other_mean * other_mean
    spread = _windows(first * first + second * second) - squares
    shared = _windows(first * second) - product
    above = (2 * product + _STEADY_MEAN) * (2 * shared + _STEADY_CONTRAST)
    below = (squares + _STEADY_MEAN) * (spread + _STEADY_CONTRAST)
    return float(np.mean(above / below))


def _windows(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the means of all windows, by sums that run along each side."""
    summed = np.cumsum(plane, axis=0, dtype=np.float64)
    summed[_WINDOW:] -= summed[:-_WINDOW].copy()
    summed = np.cumsum(summed[_WINDOW - 1 :], axis=1)
    summed[:, _WINDOW:] -= summed[:, :-_WINDOW].copy()
    return (summed[:, _WINDOW - 1 :] / _WINDOW**2).astype(np.float32)
