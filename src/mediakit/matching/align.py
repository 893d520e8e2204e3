"""Align two pictures by local features, to find crops, bars, borders and small tilts.

ORB features and a similarity transform by RANSAC; then blocks are compared. Needs OpenCV (the extra
`align`).
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mediakit.matching.compare import DIFFERENT, Score, score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediakit.images.look import Grey

ALIGN_SIDE = 320
"""Longer side in pixels for aligning: grey copies are too small to have features."""

_FEATURES = 500
_FEWEST = 12  # matches that agree: fewer agree by chance
_TOLERANCE = 2.0  # pixels
_TRIALS = 1000
_BLOCK = 16  # the same share of a picture as without aligning
_LEAST_OVERLAP = 0.4  # of the smaller picture
_SCALES = (0.5, 2.0)
_SEED = 1


@dataclass(frozen=True, slots=True)
class Features:
    """A picture, the places of its features and their descriptors (None: no features)."""

    grey: Grey
    places: NDArray[np.float32]
    descriptors: NDArray[np.uint8] | None


def can_align() -> bool:
    """Return whether OpenCV is installed."""
    return importlib.util.find_spec("cv2") is not None


class Aligner:
    """Aligns pictures by their features; equal pictures give equal results."""

    def __init__(self) -> None:
        import cv2  # noqa: PLC0415 - an extra

        self._cv2: Any = cv2
        self._orb = self._cv2.ORB_create(nfeatures=_FEATURES)
        self._matcher = self._cv2.BFMatcher(self._cv2.NORM_HAMMING, crossCheck=True)

    def features(self, grey: Grey) -> Features:
        """Return the features of a picture of about `ALIGN_SIDE` pixels."""
        grey = np.ascontiguousarray(grey)
        points, descriptors = self._orb.detectAndCompute(grey, None)
        places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
        return Features(grey, places, descriptors)

    def compare(self, one: Features, other: Features) -> Score:
        """Return how much two pictures differ where they overlap."""
        matrix = self._matrix(one, other)
        if matrix is None:
            return DIFFERENT
        cv2 = self._cv2
        size = other.grey.shape[1], other.grey.shape[0]
        moved = cv2.warpAffine(one.grey, matrix, size, flags=cv2.INTER_AREA)
        inside = cv2.warpAffine(np.full_like(one.grey, 255), matrix, size) == 255
        inside = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        scale = abs(float(np.linalg.det(matrix[:, :2]))) ** 0.5
        smaller = min(one.grey.size * scale * scale, other.grey.size)
        if inside.sum() < _LEAST_OVERLAP * smaller:
            return DIFFERENT
        return score(moved, other.grey, inside, _BLOCK)

    def _matrix(self, one: Features, other: Features) -> NDArray[np.float64] | None:
        """Return the similarity that maps `one` to `other`, None if none is sure."""
        if one.descriptors is None or other.descriptors is None:
            return None
        matches = self._matcher.match(one.descriptors, other.descriptors)
        if len(matches) < _FEWEST:
            return None
        cv2 = self._cv2
        cv2.setRNGSeed(_SEED)  # the same answer for the same pictures
        matrix, agree = cv2.estimateAffinePartial2D(
            one.places[[match.queryIdx for match in matches]],
            other.places[[match.trainIdx for match in matches]],
            method=cv2.RANSAC, ransacReprojThreshold=_TOLERANCE, maxIters=_TRIALS,
        )  # fmt: skip
        if matrix is None or int(agree.sum()) < _FEWEST:
            return None
        scale = abs(float(np.linalg.det(matrix[:, :2]))) ** 0.5
        found: NDArray[np.float64] = matrix
        return found if _SCALES[0] <= scale <= _SCALES[1] else None
