"""Lay a picture on another one of the same place: a hand that shook, moved closer, or turned.

Features propose a similarity, then corners all over the picture are followed to a tenth of a pixel.
A camera that was turned in the hand also changes perspective a little: that is taken out too where
it explains far more of the corners. Needs OpenCV (the extra `align`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.float32]
    Matrix = NDArray[np.float64]

ALIGN_SIDE = 640
"""Longer side in pixels of what is aligned."""

_FEATURES = 1500
_FAINTEST = 0.02
_CLEARER = 0.8  # than the second best match
_FEWEST = 10  # features, or corners, that agree: fewer agree by chance
_ROUGH = 3.0  # pixels
_FINE = 0.8
_TRIALS = 4000
_SURE = 0.999
_CELLS = 8  # a side: the background has as many corners as a person of many colours
_CORNERS = 16  # of a cell
_WINDOW = 15
_BACK = 0.3  # pixels that a corner may miss when it is followed there and back
_ROUNDS = 3
_ZOOM = (0.7, 1.43)
_TILT = 15.0  # degrees
_MORE_BY_TURNING = 1.2
_MOST_TURNING = 0.03  # of the longer side: how far perspective may move a corner of the picture
_SEED = 1


@dataclass(frozen=True, slots=True)
class View:
    """A picture made ready: its colours, in luma, and its features (None: it has none)."""

    pixels: Pixels
    grey: Pixels
    places: Points
    descriptors: NDArray[np.float32] | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.grey.shape[1], self.grey.shape[0]


@dataclass(frozen=True, slots=True)
class Overlay:
    """How a picture lies on another: `matrix` takes its points there.

    Of the corners that could be `followed` from one to the other, so many `agree`.
    """

    matrix: Matrix
    agree: int
    followed: int

    @property
    def zoom(self) -> float:
        """By how much the picture is made larger."""
        return float(np.hypot(self.matrix[0, 0], self.matrix[1, 0]))

    def at_scale(self, one: float, other: float) -> Matrix:
        """Return the matrix for pictures that are so many times larger than what was aligned."""
        found: Matrix = np.diag([other, other, 1.0]) @ self.matrix @ np.diag([1 / one, 1 / one, 1])
        return found


class StepAligner:
    """Lays pictures on each other; equal pictures give equal results."""

    def __init__(self) -> None:
        import cv2  # noqa: PLC0415 - an extra

        self._cv2: Any = cv2
        self._sift = self._cv2.SIFT_create(nfeatures=_FEATURES, contrastThreshold=_FAINTEST)
        self._matcher = self._cv2.BFMatcher(self._cv2.NORM_L2)

    def view(self, pixels: Pixels) -> View:
        """Make a picture of about `ALIGN_SIDE` pixels ready, in RGB."""
        grey = self._cv2.cvtColor(pixels, self._cv2.COLOR_RGB2GRAY)
        points, descriptors = self._sift.detectAndCompute(grey, None)
        places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
        return View(pixels, grey, places, descriptors)

    def lay(self, one: View, base: View) -> Overlay | None:
        """Return how one picture lies on another, None if it does not."""
        rough = self._rough(one, base)
        if rough is None or not _is_likely(rough):
            return None
        corners = self._corners(base.grey)
        found: Overlay | None = Overlay(rough, 0, 0)
        for _ in range(_ROUNDS):
            if found is not None:
                found = self._finer(one, base, corners, found.matrix)
        if found is None or not _is_likely(found.matrix):
            return None
        turned = self._turned(one, base, corners, found)
        return turned or found

    def laid(self, pixels: Pixels, matrix: Matrix, size: tuple[int, int]) -> Pixels:
        """Return a picture moved by a matrix; what it does not cover repeats its edge."""
        cv2 = self._cv2
        moved: Pixels = cv2.warpPerspective(
            pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return moved

    def covers(
        self, shape: tuple[int, ...], matrix: Matrix, size: tuple[int, int]
    ) -> NDArray[np.bool_]:
        """Return where a picture of this shape is, moved by a matrix."""
        whole = np.full(shape[:2], 255, np.uint8)
        covered: NDArray[np.bool_] = self._cv2.warpPerspective(whole, matrix, size) == 255
        return covered

    def soft(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return pixels without grain, as numbers to count with."""
        blurred: Pixels = self._cv2.GaussianBlur(pixels, (0, 0), 1.0)
        return blurred.astype(np.float32)

    def lab(self, pixels: NDArray[np.float32]) -> Pixels:
        """Return RGB as the eye tells colours apart."""
        found: Pixels = self._cv2.cvtColor(
            self._cv2.GaussianBlur(pixels.astype(np.uint8), (0, 0), 1.5), self._cv2.COLOR_RGB2LAB
        )
        return found

    def spread(self, mask: NDArray[np.bool_]) -> Pixels:
        """Return a mask with its neighbours."""
        found: Pixels = self._cv2.dilate(mask.astype(np.uint8), np.ones((3, 3)))
        return found

    def _rough(self, one: View, base: View) -> Matrix | None:
        if one.descriptors is None or base.descriptors is None or len(base.descriptors) < 2:
            return None
        near = self._matcher.knnMatch(one.descriptors, base.descriptors, k=2)
        sure = [best for best, second in near if best.distance < _CLEARER * second.distance]
        return self._similarity(
            one.places[[each.queryIdx for each in sure]],
            base.places[[each.trainIdx for each in sure]],
            _ROUGH,
        )[0]

    def _similarity(
        self, there: Points, here: Points, tolerance: float
    ) -> tuple[Matrix | None, int]:
        """Return the similarity from `there` to `here`, and how many points agree with it."""
        if len(there) < _FEWEST:
            return None, 0
        self._cv2.setRNGSeed(_SEED)  # the same answer for the same pictures
        matrix, agree = self._cv2.estimateAffinePartial2D(
            there, here, method=self._cv2.RANSAC, ransacReprojThreshold=tolerance,
            maxIters=_TRIALS, confidence=_SURE,
        )  # fmt: skip
        count = 0 if agree is None else int(agree.sum())
        if matrix is None or count < _FEWEST:
            return None, count
        return np.vstack([matrix, [0.0, 0.0, 1.0]]), count

    def _corners(self, grey: Pixels) -> Points:
        """Return corners of all parts of a picture."""
        found = []
        for y, x in np.ndindex(_CELLS, _CELLS):
            (top, bottom), (left, right) = (
                (side * at // _CELLS, side * (at + 1) // _CELLS)
                for side, at in zip(grey.shape, (y, x), strict=True)
            )
            cell = np.ascontiguousarray(grey[top:bottom, left:right])
            corners = self._cv2.goodFeaturesToTrack(cell, _CORNERS, 0.02, 6)
            if corners is not None:
                found.append(corners.reshape(-1, 2) + np.array([left, top], np.float32))
        return np.concatenate(found) if found else np.zeros((0, 2), np.float32)

    def _finer(self, one: View, base: View, corners: Points, matrix: Matrix) -> Overlay | None:
        here, there = self._follow(one, base, corners, matrix)
        rest, agree = self._similarity(there, here, _FINE)
        return None if rest is None else Overlay(rest @ matrix, agree, len(here))

    def _turned(self, one: View, base: View, corners: Points, found: Overlay) -> Overlay | None:
        """Return the overlay with perspective, None where that explains little more."""
        here, there = self._follow(one, base, corners, found.matrix)
        if len(here) < _FEWEST:
            return None
        self._cv2.setRNGSeed(_SEED)
        rest, agree = self._cv2.findHomography(
            there, here, self._cv2.RANSAC, _FINE, maxIters=_TRIALS, confidence=_SURE
        )
        if rest is None or agree.sum() < _MORE_BY_TURNING * found.agree:
            return None
        width, height = base.size
        ends = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        moved = self._cv2.perspectiveTransform(ends[None], rest)[0]
        if np.linalg.norm(moved - ends, axis=1).max() > _MOST_TURNING * max(width, height):
            return None
        matrix: Matrix = rest @ found.matrix
        return Overlay(matrix / matrix[2, 2], int(agree.sum()), len(here))

    def _follow(
        self, one: View, base: View, corners: Points, matrix: Matrix
    ) -> tuple[Points, Points]:
        """Return the corners that are found in the moved picture, and where they are in it."""
        moved = self.laid(one.grey, matrix, base.size)
        inside = self.covers(one.grey.shape, matrix, base.size)
        inside = self._cv2.erode(inside.astype(np.uint8), np.ones((_WINDOW, _WINDOW))) > 0
        columns, rows = corners.astype(int).T
        here = corners[inside[rows, columns]]
        if not len(here):
            return here, here
        moved = _lit_like(moved, base.grey, inside)
        options = {"winSize": (_WINDOW, _WINDOW), "maxLevel": 2}
        there, known, _ = self._cv2.calcOpticalFlowPyrLK(base.grey, moved, here, None, **options)
        back, sure, _ = self._cv2.calcOpticalFlowPyrLK(moved, base.grey, there, None, **options)
        holds = (known.ravel() == 1) & (sure.ravel() == 1)
        holds &= np.linalg.norm(back - here, axis=1) < _BACK
        return here[holds], there[holds]


def _lit_like(one: Pixels, other: Pixels, inside: NDArray[np.bool_]) -> Pixels:
    """Return a picture as bright, and of the same contrast, as another one: corners look alike."""
    here, there = one[inside], other[inside]
    stretch = there.std() / max(here.std(), 1.0)
    lit = (one.astype(np.float32) - here.mean()) * stretch + there.mean()
    found: Pixels = np.clip(lit, 0, 255).astype(np.uint8)
    return found


def _is_likely(matrix: Matrix) -> bool:
    """Return whether a hand may move a camera so between two pictures."""
    zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    tilt = abs(float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))))
    return _ZOOM[0] <= zoom <= _ZOOM[1] and tilt <= _TILT
