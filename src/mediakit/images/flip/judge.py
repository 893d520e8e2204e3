"""Do two pictures of an exercise belong together: one place, one camera, one light, one person?

Looked at is what one picture shows at the places of the other, in blocks: those of the background
agree, and those where somebody moved do not. All limits were set by looking at the flips of 150
exercises, and at pairs of pictures from different ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediakit.images.flip.align import Overlay, StepAligner, View

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

NOTHING_MOVES = "nothing moves between them"
"""Why two pictures alone make no flip; a third one may go back to the first."""

_LEAST_COMMON = 0.85
"""Share of a picture that all must show: less cuts off a head or a foot."""

_LEAST_SHARE = 0.45
"""Of the corners that are found again, so many move as one: a camera that stood elsewhere has a
background that shifts in itself."""

_FEWEST_CORNERS = 40
_LEAST_STILL = 0.55
_LEAST_STILL_AT_EDGE = 0.74
_EDGE = 0.15  # of the shorter side: somebody is mostly in the middle
_LEAST_MOVED = 0.004

_BLOCK = 16
_PLAIN = 6.0  # deviation of luma below which a block has no structure
_LIKE = 0.75  # correlation of structures
_TONES = (12.0, 25.0)  # that plain blocks, and others, may differ by
_NEAR = 60  # percentile of differences: the background

_LIGHTER = 1.22
_TINTED = 1.07
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_DARK = 8.0  # added before dividing: black has no tone

_STRANGE = 0.12
_COLOURS = (8, 16, 16)
_RANGES = ((0, 256), (64, 192), (64, 192))


@dataclass(frozen=True, slots=True)
class Cutout:
    """A part of a picture in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Its pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Its pixels from top to bottom."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What two overlaid pictures have in common, as shares; `gain` is by channel."""

    still: float
    still_at_edge: float
    strange: float
    gain: tuple[float, float, float]


def common_box(covered: Mask) -> Cutout:
    """Return the part that has pictures everywhere, cut from the sides that lack most."""
    top, left, bottom, right = 0, 0, *covered.shape
    while bottom - top > 1 and right - left > 1:
        part = ~covered[top:bottom, left:right]
        sides = (part[0], part[-1], part[:, 0], part[:, -1])
        lacks = [float(side.mean()) for side in sides]
        worst = lacks.index(max(lacks))
        if not lacks[worst]:
            break
        top, bottom = top + (worst == 0), bottom - (worst == 1)
        left, right = left + (worst == 2), right - (worst == 3)
    return Cutout(left, top, right, bottom)


def objection(aligner: StepAligner, one: View, base: View, found: Overlay | None) -> str:
    """Return why two pictures make no flip, empty if they do."""
    if found is None:
        return "they do not show one place"
    if found.agree < max(_FEWEST_CORNERS, _LEAST_SHARE * found.followed):
        return "the camera stood elsewhere, so the background would jump"
    box = _shown_by_both(aligner, one, base, found)
    share = box.width * box.height / base.grey.size
    if share < _LEAST_COMMON:
        return f"only {100 * share:.0f} % of the picture is on both"
    return _unlike(resemblance(aligner, one, base, found))


def _unlike(alike: Resemblance) -> str:
    lighter = float(np.mean(alike.gain))
    if not 1 / _LIGHTER < lighter < _LIGHTER:
        return f"the light differs: one is {100 * abs(lighter - 1):.0f} % brighter or darker"
    if max(alike.gain) / min(alike.gain) > _TINTED:
        return "the light differs: it has another colour"
    if alike.still < _LEAST_STILL or alike.still_at_edge < _LEAST_STILL_AT_EDGE:
        return "too much of the background differs"
    if alike.strange > _STRANGE:
        return "the person looks different: other clothes, or somebody else"
    if 1 - alike.still < _LEAST_MOVED:
        return NOTHING_MOVES
    return ""


def resemblance(aligner: StepAligner, one: View, base: View, found: Overlay) -> Resemblance:
    """Return what a picture has in common with the one it lies on, where both are."""
    box = _shown_by_both(aligner, one, base, found)
    laid = aligner.laid(one.pixels, found.matrix, base.size)
    a, b = (aligner.soft(_cut(each, box)) for each in (laid, base.pixels))
    gain = _gain(a, b)
    lit = (a + _DARK) * gain - _DARK
    agree = _agreeing(lit, b)
    edge = np.ones_like(agree)
    rim = max(1, round(min(agree.shape) * _EDGE))
    edge[rim:-rim, rim:-rim] = False
    strange = _strange(aligner, np.clip(lit, 0, 255), b, ~agree)
    return Resemblance(
        float(agree.mean()), float(agree[edge].mean()), strange,
        (float(gain[0]), float(gain[1]), float(gain[2])),
    )  # fmt: skip


def _shown_by_both(aligner: StepAligner, one: View, base: View, found: Overlay) -> Cutout:
    return common_box(aligner.covers(one.grey.shape, found.matrix, base.size))


def _cut(pixels: NDArray[np.uint8], box: Cutout) -> NDArray[np.uint8]:
    """Return a part, with as many pixels as whole blocks have."""
    height = (box.bottom - box.top) // _BLOCK * _BLOCK
    width = (box.right - box.left) // _BLOCK * _BLOCK
    return pixels[box.top : box.top + height, box.left : box.left + width]


def _gain(one: Floats, other: Floats) -> Floats:
    """Return what the colours of one are multiplied by to be those of the other's background."""
    ratios = (other + _DARK) / (one + _DARK)
    gain = np.median(ratios, axis=(0, 1))
    for _ in range(2):
        apart = np.abs((one + _DARK) * gain - other - _DARK).max(axis=2)
        gain = np.median(ratios[apart <= np.percentile(apart, _NEAR)], axis=0)
    found: Floats = gain.astype(np.float32)
    return found


def _agreeing(one: Floats, other: Floats) -> Mask:
    """Return which blocks of two pictures show the same."""
    tone = np.abs(_blocks(one).mean(axis=(2, 3)) - _blocks(other).mean(axis=(2, 3))).max(axis=-1)
    a, b = (_blocks(each @ _LUMA) for each in (one, other))
    a, b = (each - each.mean(axis=(2, 3), keepdims=True) for each in (a, b))
    deviations = [each.std(axis=(2, 3)) for each in (a, b)]
    like = (a * b).mean(axis=(2, 3)) / (deviations[0] * deviations[1] + 1e-6)
    plain = np.maximum(*deviations) <= _PLAIN
    agree: Mask = np.where(plain, tone < _TONES[0], (like > _LIKE) & (tone < _TONES[1]))
    return agree


def _blocks(pixels: Floats) -> Floats:
    """Return pixels by blocks: rows and columns of blocks, then of pixels in each."""
    height, width = (side // _BLOCK for side in pixels.shape[:2])
    return pixels.reshape(height, _BLOCK, width, _BLOCK, *pixels.shape[2:]).swapaxes(1, 2)


def _strange(aligner: StepAligner, one: Floats, other: Floats, moved: Mask) -> float:
    """Return which share of what moved has colours in one picture that the other lacks.

    Who moves keeps the colours of skin and clothes; what is behind them is like what is beside.
    """
    if not moved.any():
        return 0.0
    around = aligner.spread(moved)
    inside = np.kron(around, np.ones((_BLOCK, _BLOCK))) > 0
    a, b = (_histogram(aligner.lab(each)[inside]) for each in (one, other))
    return float(max(np.maximum(0, a - 2 * b).sum(), np.maximum(0, b - 2 * a).sum()))


def _histogram(colours: NDArray[np.uint8]) -> Floats:
    """Return the shares of colours, each counted in part for its neighbours."""
    counts, _ = np.histogramdd(colours.astype(np.float32), bins=_COLOURS, range=_RANGES)
    shares = counts / max(1, len(colours))
    for axis in range(3):
        padded = np.pad(shares, [(int(each == axis),) * 2 for each in range(3)])
        near = (padded.take(range(at, at + shares.shape[axis]), axis) for at in range(3))
        shares = np.mean([*near], axis=0)
    found: Floats = shares.astype(np.float32)
    return found
