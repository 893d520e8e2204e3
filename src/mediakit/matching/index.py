"""Find all pairs of hashes within a Hamming distance, without comparing each with each.

Multi-index hashing (Norouzi, Punjani, Fleet: Fast exact search in Hamming space): of 256 bits in
16 slots, two hashes that differ in at most 31 bits differ by at most one bit in some slot. Each
slot is sorted, and hashes are compared that are equal or one bit apart in it.

Beyond 31 bits no such index is quicker than none, so `probable_pairs` looks where the bits of true
copies hardly differ: at low frequencies, of which each of its tables takes some by lot.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from mediakit.matching.hashes import SLICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mediakit.matching.hashes import Bits

    Ints = NDArray[np.int64]
    Keys = NDArray[np.int32]

MOST = 31
"""The greatest distance that the index finds: 16 slots, one bit in each."""

_SLOTS = 16
_SLOT_BITS = 16
_CHUNK = 2_000_000
"""Pairs that are compared at once: this bounds the memory."""

_FEW = 3000
"""Number of hashes up to which comparing each with each is faster."""

_ROWS = 256

_LOW = 12
"""Rows and columns of the frequencies, of 16, that the tables take their bits from."""

_TABLES = 32
_TABLE_BITS = 20
_AT_ONCE = 4096
_STEP = 40_503
"""From one row to the next, where they start among very many others."""

_MOST_EQUAL = 64


def pairs_within(hashes: Bits, distance: int = MOST) -> tuple[Ints, Ints]:
    """Return (pairs of row numbers, the lower first and sorted; their distances).

    `hashes`: n x 32 bytes. Of more than `_MOST_EQUAL` equal rows only the first is paired,
    with each of them and with what is near.

    Raises:
        ValueError: the distance is greater than `MOST`.
    """
    if distance > MOST:
        raise ValueError(f"the index finds distances up to {MOST}, not {distance}")
    words, inverse = np.unique(_words(hashes), axis=0, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    ends = np.searchsorted(inverse[order], np.arange(len(words) + 1))
    apart = _brute(words, distance) if len(words) <= _FEW else _indexed(words, distance)
    found = [np.empty((0, 2), np.int64)]
    for one, other in apart.tolist():
        rows = (order[ends[each] : ends[each + 1]] for each in (one, other))
        found.append(_crossed(*(each if len(each) <= _MOST_EQUAL else each[:1] for each in rows)))
    for each in np.flatnonzero(np.diff(ends) > 1).tolist():
        equal = order[ends[each] : ends[each + 1]]
        centers = equal if len(equal) <= _MOST_EQUAL else equal[:1]
        pairs = _crossed(centers, equal)
        found.append(pairs[pairs[:, 0] < pairs[:, 1]])
    pairs = _each_once(np.concatenate(found), len(hashes))
    return pairs, _distances(_words(hashes), pairs)


def _each_once(pairs: Ints, count: int) -> Ints:
    """Return the different pairs among numbers below `count`, the lower first and sorted."""
    ones, others = np.sort(pairs, axis=1).T
    return np.stack(np.divmod(distinct(ones * count + others), count), axis=1)


def distinct(numbers: Ints) -> Ints:
    """Return the different numbers from 0 on, sorted, in a tenth of the time of `np.unique`."""
    numbers = np.sort(numbers)
    return numbers[np.diff(numbers, prepend=-1) > 0]


def _crossed(ones: Ints, others: Ints) -> Ints:
    """Return the pairs of each of the first with each of the second."""
    return np.stack([np.repeat(ones, len(others)), np.tile(others, len(ones))], axis=1)


def _words(hashes: Bits) -> NDArray[np.uint64]:
    return np.ascontiguousarray(hashes).view(np.uint64).reshape(len(hashes), -1)


def _distances(words: NDArray[np.uint64], pairs: Ints) -> Ints:
    counts = np.bitwise_count(words[pairs[:, 0]] ^ words[pairs[:, 1]])
    apart: Ints = counts.sum(axis=1, dtype=np.int64)
    return apart


def _brute(words: NDArray[np.uint64], distance: int) -> Ints:
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, len(words), _ROWS):
        block = words[start : start + _ROWS]
        apart = np.zeros((len(block), len(words) - start), np.uint16)
        for column in range(words.shape[1]):
            apart += np.bitwise_count(block[:, None, column] ^ words[None, start:, column])
        rows, columns = np.nonzero(apart <= distance)
        later = columns > rows
        found.append(np.stack([rows[later], columns[later]], axis=1) + start)
    return np.concatenate(found)


def probable_pairs(ones: Bits, others: Bits, distance: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield row numbers of the first and of the second that are near; a pair may come again.

    A pair is missed that differs by two bits and more in each table: about one in twelve between 50
    and 60 bits apart by chance, none of the copies that docs/performance.md measures. Where very
    many have the same bits, a row is compared with some of these in each table.
    """
    words = _words(ones), _words(others)
    flips = np.array([0, *(1 << np.arange(_TABLE_BITS))], np.int32)
    rows = np.tile(np.arange(len(ones)), len(flips))
    for asked, stored in zip(_keys(ones), _keys(others), strict=True):
        order, places = np.argsort(asked), np.argsort(stored)
        starts, stops = _found(stored[places], (asked[order] ^ flips[:, None]).ravel())
        starts = starts + rows * _STEP % np.maximum(stops - starts - (_MOST_EQUAL - 1), 1)
        stops = np.minimum(stops, starts + _MOST_EQUAL)
        near_by = words[0][order], words[1][places]
        for row, partner in _expanded(rows, starts, stops):
            near = _near(*near_by, row, partner, distance)
            yield order[row[near]], places[partner[near]]


def _found(ordered: Keys, wanted: Keys) -> tuple[Ints, Ints]:
    """Return where each of some values starts and ends among sorted ones."""
    if len(wanted) < 1 << _TABLE_BITS - 3:
        return np.searchsorted(ordered, wanted), np.searchsorted(ordered, wanted, "right")
    ends = np.zeros((1 << _TABLE_BITS) + 1, np.int64)
    np.cumsum(np.bincount(ordered, minlength=1 << _TABLE_BITS), out=ends[1:])
    return ends[wanted], ends[wanted + 1]


def _keys(hashes: Bits) -> Keys:
    """Return for each table the bits that it takes of each hash, as one number."""
    weights = _weights()
    keys = np.empty((_TABLES, len(hashes)), np.int32)
    for start in range(0, len(hashes), _AT_ONCE):
        block = hashes[start : start + _AT_ONCE]
        rows = np.pad(block, ((0, -len(block) % SLICE), (0, 0))).reshape(-1, _SLOTS, 2)
        bits = np.unpackbits(rows[:, :_LOW], axis=2)[..., :_LOW].astype(np.float32)
        found = bits.reshape(-1, SLICE, len(weights)) @ weights
        keys[:, start : start + _AT_ONCE] = found.reshape(-1, _TABLES)[: len(block)].T
    return keys


def _weights() -> NDArray[np.float32]:
    """Return what a bit counts in the number of each table; all bits are taken equally often."""
    dice, left = random.Random(1), list[int]()  # noqa: S311
    weights = np.zeros((_LOW * _LOW, _TABLES), np.float32)
    for table in range(_TABLES):
        if len(left) < _TABLE_BITS:
            left = dice.sample(range(len(weights)), len(weights))
        weights[left[:_TABLE_BITS], table] = 1 << np.arange(_TABLE_BITS)
        left = left[_TABLE_BITS:]
    return weights


def _indexed(words: NDArray[np.uint64], distance: int) -> Ints:
    slots = words.view(np.uint16)
    found = [np.empty((0, 2), np.int64)]
    for slot in range(_SLOTS):
        order = np.argsort(slots[:, slot], kind="stable")
        keys = slots[order, slot]
        ordered = words[order]
        ends = np.searchsorted(keys, np.arange((1 << _SLOT_BITS) + 1))
        for rows, partners in _candidates(keys, ends):
            near = _near(ordered, ordered, rows, partners, distance)
            found.append(order[np.stack([rows[near], partners[near]], axis=1)])
    return _each_once(np.concatenate(found), len(words))


def _candidates(keys: NDArray[np.uint16], ends: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of places, in the order of a slot, that are equal or one bit apart in it."""
    places = np.arange(len(keys))
    yield from _expanded(places, places + 1, ends[keys.astype(np.int64) + 1])
    for bit in range(_SLOT_BITS):
        lower = np.flatnonzero(~keys >> bit & 1)  # each pair once, from the one without the bit
        other = keys[lower].astype(np.int64) | 1 << bit
        yield from _expanded(lower, ends[other], ends[other + 1])


def _expanded(rows: Ints, starts: Ints, stops: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield each row with each place from its start to its stop, `_CHUNK` pairs at a time."""
    counts = stops - starts
    some = counts > 0
    rows, starts, counts = rows[some], starts[some], counts[some]
    total = np.cumsum(counts)
    begin = 0
    while begin < len(rows):
        done = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + _CHUNK, "right")))
        part = counts[begin:end]
        offsets = np.arange(part.sum()) - np.repeat(total[begin:end] - part - done, part)
        yield np.repeat(rows[begin:end], part), np.repeat(starts[begin:end], part) + offsets
        begin = end


def _near(
    ones: NDArray[np.uint64], others: NDArray[np.uint64], rows: Ints, partners: Ints, distance: int
) -> Ints:
    """Return which candidates are near; half of the bits exclude most that are not."""
    left = np.arange(len(rows))
    apart = np.zeros(len(rows), np.uint16)
    for column in range(ones.shape[1]):
        apart += np.bitwise_count(ones[rows[left], column] ^ others[partners[left], column])
        if column:
            near = apart <= distance
            left, apart = left[near], apart[near]
    return left
