from __future__ import annotations

import time

import pytest
from fuzz_targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutation import damaged

SECONDS = 10
"""The longest that one input of a few kilobytes may take, on any machine."""

EXAMPLES = {"image": 60}


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_held(name: str) -> None:
    """What once broke a part, and what it is made for, ends in an answer or in its own error."""
    target = TARGETS[name]
    for data in target.seeds():
        target.hold(data)


@pytest.mark.parametrize("name", TARGETS)
def test_any_damage_is_held(name: str) -> None:
    """Whatever becomes of a file, a part raises its own error or none, and soon."""
    target = TARGETS[name]

    @settings(
        max_examples=EXAMPLES.get(name, 150),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        database=None,
    )
    @given(damaged(target.seeds(), target.words) | st.binary(max_size=300))
    def law(data: bytes) -> None:
        start = time.process_time()
        target.hold(data)
        assert time.process_time() - start < SECONDS

    law()
