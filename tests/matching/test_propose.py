from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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
    halves = [(half, half) for half in range(len(WINDOWS), COUNT - 1)]
    crops = [(whole, part) for whole in (0, COUNT - 1) for part in range(COUNT) if part not in
             dict(halves)]  # fmt: skip
    kinds = [*halves, *crops, *(each[::-1] for each in crops)]
    ones, others = np.array(kinds).T
    expected = {}
    for one in range(count):
        apart = np.bitwise_count(windows[one, ones] ^ windows[one + 1 :, others]).sum(axis=2)
        for other, least in enumerate(apart.min(axis=1).tolist(), one + 1):
            if least <= PARTS:
                expected[one, other] = least
    assert {
        (each.one, each.other): each.distance for each in found if each.turn is None
    } == expected
