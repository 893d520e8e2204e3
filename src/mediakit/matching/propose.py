"""Which pairs of pictures are worth looking at: by hashes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mediakit.matching.hashes import TURNS, WINDOWS
from mediakit.matching.index import pairs_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mediakit.matching.hashes import Bits, Hashes

NEAR = 31
"""Distance, of 256, up to which whole pictures may be the same one in another quality or tone."""

PARTS = 60
"""Distance up to which a part of a picture may be a part of another one."""

_ROWS = 64


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two pictures by number, the lower first; `turn` is the symmetry of the first one, if any."""

    one: int
    other: int
    distance: int
    turn: int | None = None


def propose_near(hashes: Sequence[Hashes]) -> list[Proposal]:
    """Return the pairs whose whole pictures are near: of any number of pictures."""
    if not hashes:
        return []
    pairs, distances = pairs_within(np.stack([each.windows[0] for each in hashes]), NEAR)
    return [
        Proposal(int(one), int(other), int(distance))
        for (one, other), distance in zip(pairs, distances, strict=True)
    ]


def propose_transformed(hashes: Sequence[Hashes]) -> list[Proposal]:
    """Return the pairs that may be mirrored, rotated, cropped, framed, captioned or marked.

    Turned ones by the index; for parts all are compared with all, so that the time grows with
    the square of the number of pictures.
    """
    if not hashes:
        return []
    found = [*_turned(hashes), *_parts(np.stack([each.windows for each in hashes]))]
    return sorted(found, key=_order)


def _order(each: Proposal) -> tuple[int, int, int, int]:
    """Return what proposals are sorted by; of one pair at one distance, as it is comes first."""
    return each.one, each.other, each.distance, -1 if each.turn is None else each.turn


def _turned(hashes: Sequence[Hashes]) -> Iterator[Proposal]:
    count = len(hashes)
    # first the pictures, then each symmetry of all of them
    rows = [each.windows[0] for each in hashes]
    rows += [each.turned[0, turn] for turn in range(TURNS) for each in hashes]
    pairs, distances = pairs_within(np.stack(rows), NEAR)
    seen = set()
    for (plain, other), distance in zip(pairs.tolist(), distances.tolist(), strict=True):
        turn, number = divmod(other, count)
        if plain < count and turn and number != plain and (plain, number) not in seen:
            seen |= {(plain, number), (number, plain)}
            yield _ordered(number, plain, distance, turn - 1)


def _ordered(turned: int, plain: int, distance: int, turn: int) -> Proposal:
    """Return the proposal with the lower number first: the turn is then undone."""
    if turned < plain:
        return Proposal(turned, plain, distance, turn)
    return Proposal(plain, turned, distance, inverse(turn))


def inverse(turn: int) -> int:
    """Return the symmetry that undoes one: of a quarter turn the other, else itself."""
    number = turn + 1
    if number in {5, 6}:
        return 11 - number - 1
    return turn


def _parts(windows: Bits) -> Iterator[Proposal]:
    words = np.ascontiguousarray(windows).view(np.uint64)
    count, parts = words.shape[:2]
    first_half = len(WINDOWS)
    kinds = [(half, half) for half in range(first_half, parts - 1)]
    # the whole, or what is within borders, of the one may be a window of the other
    cropped = [
        (whole, part) for whole in (0, parts - 1) for part in (*range(first_half), parts - 1)
    ]
    kinds += [*cropped, *((part, whole) for whole, part in cropped if part != whole)]
    for start in range(0, count, _ROWS):
        block = words[start : start + _ROWS]
        best = np.full((len(block), count - start), 255, np.uint8)
        for one, other in kinds:
            best = np.minimum(best, _distances(block[:, one], words[start:, other]))
        rows, columns = np.nonzero(best <= PARTS)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if column > row:
                yield Proposal(start + row, start + column, int(best[row, column]))


def _distances(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint8]:
    apart = np.zeros((len(one), len(other)), np.uint16)
    for word in range(one.shape[1]):
        apart += np.bitwise_count(one[:, None, word] ^ other[None, :, word])
    return np.minimum(apart, 255).astype(np.uint8)
