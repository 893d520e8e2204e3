"""The index answers as comparing all with all does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.matching import index
from mediakit.matching.index import MOST, pairs_within


def plain(hashes: np.ndarray, distance: int) -> set[tuple[int, int]]:
    return {
        (one, other)
        for one in range(len(hashes))
        for other in range(one + 1, len(hashes))
        if np.bitwise_count(hashes[one] ^ hashes[other]).sum() <= distance
    }


def sample(seed: int, count: int, kind: str) -> np.ndarray:
    """Return hashes at random, in clusters, in one slot alike, or all equal."""
    dice = np.random.default_rng(seed)
    hashes = dice.integers(0, 256, (count, 32), dtype=np.uint8)
    if kind == "clusters":
        hashes[:] = hashes[dice.integers(0, max(1, count // 8), count)]
        for row in hashes:
            for bit in dice.choice(256, dice.integers(0, 24), replace=False):
                row[bit // 8] ^= 1 << bit % 8
    if kind == "one slot":
        hashes[:, 4:6] = 7
    if kind == "equal":
        hashes[:] = hashes[0]
    return hashes


@given(
    st.integers(0, 2**32), st.integers(1, 60),
    st.sampled_from(["random", "clusters", "one slot", "equal"]), st.integers(0, MOST),
)  # fmt: skip
def test_as_all_with_all(seed: int, count: int, kind: str, distance: int) -> None:
    """By the index and by brute force: the same pairs and distances, whatever the hashes."""
    hashes = sample(seed, count, kind)
    pairs, distances = pairs_within(hashes, distance)
    assert set(map(tuple, pairs.tolist())) == plain(hashes, distance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_FEW", 0)
        patch.setattr(index, "_CHUNK", 5)
        again, same = pairs_within(hashes, distance)
    assert again.tolist() == pairs.tolist()
    assert same.tolist() == distances.tolist()


def test_many_equal_hashes() -> None:
    """Of very many equal ones the first stands for all: the pairs do not grow with the square."""
    hashes = sample(1, 500, "equal")
    pairs, _ = pairs_within(hashes)
    assert {tuple(pair) for pair in pairs.tolist()} == {(0, other) for other in range(1, 500)}


def test_too_far() -> None:
    """A distance that the index would not answer exactly is refused."""
    with pytest.raises(ValueError, match="up to 31"):
        pairs_within(sample(1, 4, "random"), MOST + 1)
