"""Propose pairs of pictures to compare, by their hashes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mediakit.matching.hashes import COUNT, TURNS, WINDOWS
from mediakit.matching.index import distinct, pairs_within, probable_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mediakit.matching.hashes import Bits, Hashes

    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]

NEAR = 31
"""Distance, of 256 bits, up to which pictures may be one in another quality or tone."""

PARTS = 60
"""Distance up to which parts of two pictures may be the same."""

_FEW = 400
"""Number of pictures up to which the parts of each are compared with those of each."""

_PICTURES = 4096
"""Pictures whose parts are in the index at once, which bounds the memory."""

_PAIRS = 256
"""Pairs whose parts are compared at once: they stay near the processor."""

_INSIDE = COUNT - 1
_HALVES = slice(len(WINDOWS), _INSIDE)


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

    The index finds all turned pictures, and parts as `probable_pairs` says; among few pictures, all
    pairs with parts up to `PARTS` bits apart.
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
    stacked, count = np.stack(windows), len(windows)
    ones, others = np.triu_indices(count, 1) if count <= _FEW else _probable(stacked)
    for start in range(0, len(ones), _PAIRS):
        pair = ones[start : start + _PAIRS], others[start : start + _PAIRS]
        least = _least(*(_words_first(stacked[numbers]) for numbers in pair))
        near = least <= PARTS
        found = (each[near].tolist() for each in (*pair, least))
        yield from (Proposal(*each) for each in zip(*found, strict=True))


def _probable(windows: Bits) -> tuple[Ints, Ints]:
    """Return the pairs, the lower number first, of which the index finds parts."""
    count = len(windows)
    framed = np.flatnonzero((windows[:, 0] != windows[:, _INSIDE]).any(axis=1))
    wholes = np.concatenate([windows[:, 0], windows[framed, _INSIDE]])  # else inside is the whole
    owners = np.concatenate([np.arange(count), framed])
    codes = [np.empty(0, np.int64)]

    def note(numbers: Ints, others: Ints, pairs: Iterator[tuple[Ints, Ints]]) -> None:
        found = [np.empty(0, np.int64)]
        for row, partner in pairs:
            one, other = numbers[row], others[partner]
            found.append(distinct(np.minimum(one, other) * count + np.maximum(one, other)))
        codes.append(distinct(np.concatenate(found)))

    for start in range(0, count, _PICTURES):
        block = windows[start : start + _PICTURES]
        inside = framed[(framed >= start) & (framed < start + len(block))]
        parts = np.concatenate([*block[:, : len(WINDOWS)], windows[inside, _INSIDE]])
        numbers = np.repeat(np.arange(start, start + len(block)), len(WINDOWS))
        note(owners, np.concatenate([numbers, inside]), probable_pairs(wholes, parts, PARTS))
    for halves in windows[:, _HALVES].swapaxes(0, 1):
        note(owners, owners, probable_pairs(halves, halves, PARTS))
    ones, others = np.divmod(distinct(np.concatenate(codes)), count)
    return ones[ones != others], others[ones != others]


def _words_first(windows: Bits) -> Words:
    return np.ascontiguousarray(np.moveaxis(windows.view(np.uint64), 2, 0))


def _least(ones: Words, others: Words) -> Ints:
    """Return the least distance of the parts of pictures to those of others, word by word."""
    least = _apart(ones[..., _HALVES], others[..., _HALVES])
    windows, inside = slice(len(WINDOWS)), slice(_INSIDE, None)
    for one, other in ((ones, others), (others, ones)):
        for whole in (slice(1), inside):
            for part in (windows, inside):
                np.minimum(least, _apart(one[..., whole], other[..., part]), out=least)
    return least


def _apart(ones: Words, others: Words) -> Ints:
    found: Ints = np.bitwise_count(ones ^ others).sum(axis=0, dtype=np.uint16).min(axis=-1)
    return found
