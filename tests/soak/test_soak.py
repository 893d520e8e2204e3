"""Much of what happens to a site, in a few seconds; `scripts/soak` does it for longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from soak_machine import Place, soak_in

from disks import disk
from processes import Nursery

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Prefix

STEPS = 25


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_soak(tmp_path: Path, prefix: Prefix) -> None:
    """Random operations and faults: nothing is lost, and one clean run ends as from scratch."""
    (tmp_path / "scratch").mkdir()
    with (
        Nursery(tmp_path / "scratch") as nursery,
        disk(tmp_path / "site", 24) as is_disk,
        disk(tmp_path / "target", 16),
    ):
        place = Place(tmp_path / "site", tmp_path / "target", is_disk, nursery, prefix)
        machine = seed(1)(soak_in(place))
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=3, stateful_step_count=STEPS, deadline=None, database=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    assert sum(place.counts.values()) > STEPS
