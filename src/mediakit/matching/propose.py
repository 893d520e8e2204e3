"""Propose pairs of pictures to compare, by their hashes alone."""

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
"""Distance, of 256 bits, up to which pictures may be one in another quality or tone."""

PARTS = 60
"""Distance up to which parts of two pictures may be the same."""

_ROWS = 64


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two pictures by number, the lower first; `turn` is the symmetry of the first, if any."""

    one: int
    other: int
    distance: int
    turn: int | None = None


def propose_near(hashes: Sequence[Hashes]) -> list[Proposal]:
    """Return the pairs whose whole pictures are near."""
    if not hashes:
        return []
    pairs, distances = pairs_within(np.stack([each.windows[0] for each in hashes]), NEAR)
    return [
        Proposal(int(one), int(other), int(distance))
        for (one, other), distance in zip(pairs, distances, strict=True)
    ]


def propose_transformed(hashes: Sequence[Hashes]) -> list[Proposal]:
    """Return the pairs that may be mirrored, rotated, cropped, framed, captioned or marked.

    The index finds turned pictures. For parts each picture is compared with each, so the time grows
    with the square of their number.
    """
    if not hashes:
        return []
    found = [*_turned(hashes), *_parts(np.stack([each.windows for each in hashes]))]
    return sorted(found, key=_order)


def _order(each: Proposal) -> tuple[int, int, int, int]:
    """Return the sort key of a proposal; of equal pairs the one without a turn comes first."""
    return each.one, each.other, each.distance, -1 if each.turn is None else each.turn


def _turned(hashes: Sequence[Hashes]) -> Iterator[Proposal]:
    count = len(hashes)
    # the pictures first, then each symmetry of all pictures
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
    """Return the proposal with the lower number first, which may invert the turn."""
    if turned < plain:
        return Proposal(turned, plain, distance, turn)
    return Proposal(plain, turned, distance, inverse(turn))


def inverse(turn: int) -> int:
    """Return the inverse symmetry: the other quarter turn, else the same one."""
    number = turn + 1
    if number in {5, 6}:
        return 11 - number - 1
    return turn


def _parts(windows: Bits) -> Iterator[Proposal]:
    words = np.ascontiguousarray(windows).view(np.uint64)
    count, parts = words.shape[:2]
    first_half = len(WINDOWS)
    kinds = [(half, half) for half in range(first_half, parts - 1)]
    # one whole picture, or the inside of its borders, may be a window of the other
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
