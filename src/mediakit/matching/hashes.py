"""Perceptual hashes of a picture, of its parts, and of its mirror images.

Each is a pHash of 256 bits: for each of the 16 x 16 lowest frequencies of a discrete cosine
transform of 64 x 64 samples, whether it is above their median. `imagehash.phash` with a hash size
of 16 gives the same bits, apart from a few. Windows match cropped pictures, halves match pictures
with a caption or a mark, and the inside of even borders matches pictures with bars. The eight
symmetries follow from the signs and the transposition of one transform.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mediakit.images.look import Grey

    Floats = NDArray[np.float32]
    Bits = NDArray[np.uint8]

VERSION = 1
"""Version of the stored hashes."""

BYTES = 32
"""Bytes of one hash."""

_GRID = 128  # samples a side; windows are cut from it
_SAMPLES = 64
_LOWEST = 16
SLICE = 8
"""Rows of a product of matrices, of more than which BLAS makes threads."""

_STRIPS = (0.0, 0.05, 0.10, 0.15)
_MARGINS = (0.025, 0.075)
_HALVES = 0.4

_EVEN = 6.0
"""Highest standard deviation of luma in a row or column of a border."""

_MOST_BORDER = 0.7
_LEAST_CONTRAST = 8.0
_LEAST_DETAIL = 1.0
"""Least standard deviation of luma and mean step between neighbours: hashes of even pictures are
noise."""

Interval = tuple[float, float]
"""Start and end of a part, as shares of a side."""

INTERVALS = (
    *(
        (before, 1 - behind)
        for before in _STRIPS
        for behind in _STRIPS
        if before + behind <= max(_STRIPS)
    ),
    *((margin, 1 - margin) for margin in _MARGINS),
)
"""Parts of a side that a crop may leave; the first is the whole side."""

WINDOWS = tuple((rows, columns) for rows in INTERVALS for columns in INTERVALS)
"""Parts of a picture that a crop may leave; the first is the whole picture."""

HALVES = (
    ((0.0, 1.0), (_HALVES, 1.0)),
    ((_HALVES, 1.0), (0.0, 1.0)),
    ((0.0, 1.0), (0.0, 1 - _HALVES)),
    ((0.0, 1 - _HALVES), (0.0, 1.0)),
)
"""Parts; a caption or a mark leaves at least one of them free."""

COUNT = len(WINDOWS) + len(HALVES) + 1
"""Hashes of one picture: windows, halves, and last the inside of its borders."""

TURNS = 7
"""Number of symmetries besides the picture itself; `turned` makes each."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """`windows`: `COUNT` hashes; `turned`: the symmetries, whole and inside the borders."""

    windows: Bits
    turned: Bits

    def distance(self, other: Hashes) -> int:
        """Return the Hamming distance of two whole pictures, of 256 bits."""
        return int(np.bitwise_count(self.windows[0] ^ other.windows[0]).sum())

    def dump(self) -> bytes:
        """Return the hashes as bytes."""
        return self.windows.tobytes() + self.turned.tobytes()

    @classmethod
    def load(cls, data: bytes) -> Hashes:
        """Read what `dump` wrote."""
        rows = np.frombuffer(data, np.uint8).reshape(-1, BYTES)
        return cls(rows[:COUNT], rows[COUNT:].reshape(2, TURNS, BYTES))


class Hasher:
    """Makes hashes, and keeps the matrices, which depend on sizes only."""

    def __init__(self) -> None:
        self._resampling: dict[int, Floats] = {}
        self._cosines = _cosines()
        self._cuts: dict[Interval, Floats] = {}
        self._windows = np.concatenate([self._cut(interval) for interval in INTERVALS])

    def hashes(self, grey: Grey) -> Hashes | None:
        """Return the hashes of a picture in luma, None if it has too little detail."""
        if not has_detail(grey):
            return None
        grid = _transformed(self._to_grid(grey.shape[0]), grey, self._to_grid(grey.shape[1]))
        side = len(INTERVALS)
        all_at_once = _transformed(self._windows, grid, self._windows)
        windows = all_at_once.reshape(side, _LOWEST, side, _LOWEST).transpose(0, 2, 1, 3)
        found = list(windows.reshape(-1, _LOWEST, _LOWEST))
        found += [
            _transformed(self._cut(rows), grid, self._cut(columns)) for rows, columns in HALVES
        ]
        found.append(self._inside(grid, grey, found[0]))
        turns = [each for of in (found[0], found[-1]) for each in _turned_frequencies(of)]
        bits = _bits(np.stack([*found, *turns]))
        return Hashes(bits[:COUNT], bits[COUNT:].reshape(2, TURNS, BYTES))

    def _cut(self, interval: Interval) -> Floats:
        """Return the matrix from the grid to the lowest frequencies of a part of a side."""
        if interval not in self._cuts:
            self._cuts[interval] = self._cosines @ resampling(_GRID, _SAMPLES, *interval)
        return self._cuts[interval]

    def _to_grid(self, samples: int) -> Floats:
        if samples not in self._resampling:
            self._resampling[samples] = resampling(samples, _GRID, 0, 1)
        return self._resampling[samples]

    def _inside(self, grid: Floats, grey: Grey, whole: Floats) -> Floats:
        box = inside_of(grey)
        if box is None:
            return whole
        (top, bottom), (left, right) = box
        rows, columns = (
            self._cosines @ resampling(_GRID, _SAMPLES, start / size, end / size)
            for start, end, size in ((top, bottom, grey.shape[0]), (left, right, grey.shape[1]))
        )
        return _transformed(rows, grid, columns)


def has_detail(grey: Grey) -> bool:
    """Return whether a picture has enough detail to be recognized."""
    values = grey.astype(np.float32)
    steps = np.abs(np.diff(values, axis=0)).mean() + np.abs(np.diff(values, axis=1)).mean()
    return bool(values.std() >= _LEAST_CONTRAST and steps >= _LEAST_DETAIL)


def inside_of(grey: Grey) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the rows and columns inside even borders, None if there are no borders."""
    ends = [_inside_rows(each) for each in (grey, grey.T)]
    if ends == [(0, grey.shape[0]), (0, grey.shape[1])]:
        return None
    enough = all(
        end - start >= (1 - _MOST_BORDER) * size
        for (start, end), size in zip(ends, grey.shape, strict=True)
    )
    return (ends[0], ends[1]) if enough else None


def turned(grey: Grey, turn: int) -> Grey:
    """Return the picture in one of the `TURNS` symmetries, in the order of `Hashes.turned`."""
    number = turn + 1
    grey = grey.T if number & 4 else grey
    grey = grey[::-1] if number & 2 else grey
    return grey[:, ::-1] if number & 1 else grey


def _turned_frequencies(found: Floats) -> Iterator[Floats]:
    signs = (-1.0) ** np.arange(_LOWEST, dtype=np.float32)
    for number in range(1, TURNS + 1):
        each = found.T if number & 4 else found
        each = each * signs[:, None] if number & 2 else each
        yield each * signs if number & 1 else each


def _bits(frequencies: Floats) -> Bits:
    """Return the hash of each transform of a stack."""
    values = frequencies.reshape(len(frequencies), -1)
    half = values.shape[1] // 2
    # their median, in a ninth of the time of `np.median`, which does not sort in vectors
    middle = np.sort(values, axis=1)[:, half - 1 : half + 1].mean(axis=1, keepdims=True)
    return np.packbits(values > middle, axis=1)


def _transformed(rows: Floats, values: Grey | Floats, columns: Floats) -> Floats:
    """Return `rows @ values @ columns.T`.

    It is made of products that are too small for more than one thread of BLAS: the others wait for
    work by spinning, which takes ten times the CPU on a busy machine.
    """
    slices = rows.reshape(-1, SLICE, rows.shape[1])
    found: Floats = slices @ values.astype(np.float32) @ columns.T
    return found.reshape(len(rows), len(columns))


def _cosines() -> Floats:
    """Return the matrix of the transform (DCT-II), unscaled: only the order counts."""
    places = np.arange(_SAMPLES) + 0.5
    waves = np.cos(np.pi / _SAMPLES * np.arange(_LOWEST)[:, None] * places)
    found: Floats = waves.astype(np.float32)
    return found


def resampling(samples: int, count: int, start: float, end: float) -> Floats:
    """Return the matrix that averages a part of `samples` into `count` ones, by area."""
    width = (end - start) * samples / count
    middles = start * samples + (np.arange(count) + 0.5) * width
    reach = max(width, 1.0) / 2
    edges = np.arange(samples)
    covered = np.minimum(middles[:, None] + reach, edges + 1) - np.maximum(
        middles[:, None] - reach, edges
    )
    weights = np.clip(covered, 0, None)
    shares: Floats = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _inside_rows(grey: Grey) -> tuple[int, int]:
    """Return the rows between the borders, without one more pixel at each border."""
    varied = np.flatnonzero(grey.astype(np.float32).std(axis=1) > _EVEN)
    if not varied.size:
        return 0, 0
    start, end = int(varied[0]), int(varied[-1]) + 1
    size = grey.shape[0]
    return (start + 1 if start else 0), (end - 1 if end < size else size)
