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

    Words = NDArray[np.uint64]

NEAR = 31
"""Distance, of 256 bits, up to which pictures may be one in another quality or tone."""

PARTS = 60
"""Distance up to which parts of two pictures may be the same."""

_ROWS = 64
_COLUMNS = 1024
"""Pictures that are compared with each other at once: their distances stay near the processor."""


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
    found = [*_turned(hashes), *_parts([each.windows for each in hashes])]
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


def _parts(windows: Sequence[Bits]) -> Iterator[Proposal]:
    """Yield the pairs of which a part of one may be the other, or both have a half in common."""
    # hash by hash, word by word, then the pictures side by side: the fastest order to go through
    words = np.stack([np.ascontiguousarray(each).view(np.uint64) for each in windows], axis=-1)
    parts, _, count = words.shape
    inside = parts - 1
    framed = np.flatnonzero((words[0] != words[inside]).any(axis=0))  # else inside is the whole
    for start in range(0, count, _ROWS):
        block, rest = words[..., start : start + _ROWS], words[..., start:]
        later = framed[framed >= start] - start
        own = later[later < block.shape[-1]]
        best = np.full((block.shape[-1], rest.shape[-1]), 255, np.uint8)
        rows, columns = best[own], best[:, later]
        for half in range(len(WINDOWS), inside):
            _lower(best, block[half], rest[half])
        for part in range(len(WINDOWS)):
            _lower(best, block[0], rest[part])
            _lower(best, block[part], rest[0])
        for part in (*range(len(WINDOWS)), inside):
            _lower(rows, block[inside][:, own], rest[part])
            _lower(columns, block[part], rest[inside][:, later])
        best[own] = np.minimum(best[own], rows)
        best[:, later] = np.minimum(best[:, later], columns)
        for row, column in np.argwhere(best <= PARTS).tolist():
            if column > row:
                yield Proposal(start + row, start + column, int(best[row, column]))


def _lower(best: NDArray[np.uint8], ones: Words, others: Words) -> None:
    """Lower `best` to the distances of each of the first to each of the others."""
    for start in range(0, others.shape[1], _COLUMNS):
        part = slice(start, start + _COLUMNS)
        apart = np.zeros(best[:, part].shape, np.uint8)
        for one, other in zip(ones, others, strict=True):
            apart += np.bitwise_count(one[:, None] ^ other[part])
        np.minimum(best[:, part], apart, out=best[:, part])
