from __future__ import annotations

import numpy as np

from mediakit.matching.hashes import BYTES, COUNT, TURNS, Hashes
from mediakit.matching.propose import Proposal, propose_transformed


def test_a_pair_that_is_near_in_two_ways() -> None:
    """A pair that is near as it is and turned too, at one distance, has its place in the order."""
    one_hash = np.arange(BYTES, dtype=np.uint8)
    every_way = Hashes(np.tile(one_hash, (COUNT, 1)), np.tile(one_hash, (2, TURNS, 1)))
    first, second = propose_transformed([every_way, every_way])
    assert first == Proposal(0, 1, 0)
    assert (second.one, second.other, second.distance) == (0, 1, 0)
    assert second.turn is not None
