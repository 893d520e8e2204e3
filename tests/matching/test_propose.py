from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediakit.matching import propose
from mediakit.matching.hashes import BYTES, COUNT, TURNS, WINDOWS, Hashes
from mediakit.matching.propose import PARTS, Proposal, propose_transformed


def test_a_pair_that_is_near_in_two_ways() -> None:
    """A pair that is near as it is and turned too, at one distance, has its place in the order."""
    one_hash = np.arange(BYTES, dtype=np.uint8)
    every_way = Hashes(np.tile(one_hash, (COUNT, 1)), np.tile(one_hash, (2, TURNS, 1)))
    first, second = propose_transformed([every_way, every_way])
    assert first == Proposal(0, 1, 0)
    assert (second.one, second.other, second.distance) == (0, 1, 0)
    assert second.turn is not None


@settings(max_examples=5)
@given(st.integers(0, 2**32), st.integers(2, 70), st.data())
def test_parts_are_the_nearest_of_all(seed: int, count: int, data: st.DataObject) -> None:
    """What is left out, as the inside of a picture without borders, changes no proposal."""
    dice = np.random.default_rng(seed)
    windows = dice.integers(0, 256, (count, COUNT, BYTES), dtype=np.uint8)
    borderless = dice.random(count) < data.draw(st.sampled_from((0, 0.5, 1)))
    windows[borderless, -1] = windows[borderless, 0]
    for _ in range(12):
        one, other = dice.integers(0, count, 2)
        part, place = dice.integers(0, COUNT, 2)
        flips = np.packbits(dice.permutation(256) < dice.integers(0, 90))
        windows[one, dice.choice([0, COUNT - 1, part])] = windows[other, place] ^ flips
    turned = dice.integers(0, 256, (count, 2, TURNS, BYTES), dtype=np.uint8)
    found = propose_transformed([Hashes(*each) for each in zip(windows, turned, strict=True)])
    assert {
        (each.one, each.other): each.distance for each in found if each.turn is None
    } == nearest_parts(windows)


def nearest_parts(windows: np.ndarray) -> dict[tuple[int, int], int]:
    """Return the distance of the nearest parts of the pairs that are to be proposed."""
    halves = [(half, half) for half in range(len(WINDOWS), COUNT - 1)]
    crops = [(whole, part) for whole in (0, COUNT - 1) for part in range(COUNT) if part not in
             dict(halves)]  # fmt: skip
    kinds = [*halves, *crops, *(each[::-1] for each in crops)]
    ones, others = np.array(kinds).T
    expected = {}
    for one in range(len(windows)):
        apart = np.bitwise_count(windows[one, ones] ^ windows[one + 1 :, others]).sum(axis=2)
        for other, least in enumerate(apart.min(axis=1).tolist(), one + 1):
            if least <= PARTS:
                expected[one, other] = least
    return expected


def test_the_index_finds_what_is_like_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among many pictures parts are found by an index: all whose high frequencies differ most.

    Of the highest bits three in ten differ, of the lowest a tenth of that: so it is with copies. By
    chance bits differ evenly; of such pairs at most one in ten is missed up to 40 bits.
    """
    monkeypatch.setattr(propose, "_FEW", 0)
    monkeypatch.setattr(propose, "_PICTURES", 50)
    dice = np.random.default_rng(1)
    count = 120
    windows = dice.integers(0, 256, (count, COUNT, BYTES), dtype=np.uint8)
    windows[::3, -1] = windows[::3, 0]
    rows, columns = np.divmod(np.arange(256), 16)
    rates = 0.3 * (0.1 + 0.9 * (rows + columns) / 30)
    for pair in range(count // 2):
        kind = pair % 4
        place = dice.integers(0, len(WINDOWS)) if kind else len(WINDOWS) + pair // 4 % 4
        part = (place, 0, COUNT - 1, 0)[kind]
        flips = np.packbits(dice.random(256) < (rates if kind < 3 else 0.12))
        windows[pair, part] = windows[count - 1 - pair, place] ^ flips
    turned = dice.integers(0, 256, (count, 2, TURNS, BYTES), dtype=np.uint8)
    found = propose_transformed([Hashes(*each) for each in zip(windows, turned, strict=True)])
    nearest = nearest_parts(windows)
    proposed = {(each.one, each.other): each.distance for each in found if each.turn is None}
    assert proposed.items() <= nearest.items()
    missed = {pair: apart for pair, apart in nearest.items() if pair not in proposed}
    assert not [pair for pair in missed if pair[0] % 4 < 3]
    assert len([apart for apart in missed.values() if apart <= 40]) <= 1


def test_very_many_like_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many pictures with the same bits each finds some, and what costs too much is left."""
    monkeypatch.setattr(propose, "_FEW", 0)
    windows = np.random.default_rng(1).integers(0, 256, (1, COUNT, BYTES), dtype=np.uint8)
    ones, others = propose._probable(np.repeat(windows, 100, axis=0))
    partners = np.bincount(np.concatenate([ones, others]), minlength=100)
    assert partners.min() >= 64
