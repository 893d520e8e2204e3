"""Whatever people and machines do to a site, in any order; after each step, nothing is lost.

Most operations change what people made, or break something, and run nothing. Runs come with a
fault, or without one, and then all has to be as made from scratch.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import shutil
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from breakage import Breakage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from operations import Operation, weights_of
from people import People
from runs import Runs
from world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Prefix
    from processes import Nursery

_KINDS = (People, Runs, Breakage)
_WEIGHTS = {name: weight for kind in _KINDS for name, weight in weights_of(kind).items()}
_SEEDS = st.integers(0, 2**32)
_NAMES = _SEEDS.map(
    # hypothesis likes the first of a list too much
    lambda seed: random.Random(seed).choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
)


@dataclass
class Place:
    """Where a soak takes place; `has_disks`: site and target are on small disks of their own.

    `counts` says how often each operation ran.
    """

    site_disk: Path
    target_disk: Path
    has_disks: bool
    nursery: Nursery
    bucket: Prefix | None = None
    counts: Counter[str] = field(default_factory=Counter)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_bucket(self) -> Prefix | None:
        """Return a part of the bucket that no history before has written to."""
        if self.bucket is None:
            return None
        number = str(next(self._numbers))
        url, folder = f"{self.bucket.url}/{number}", self.bucket.folder / number
        return replace(self.bucket, url=url, folder=folder)


class Soak(RuleBasedStateMachine):
    """Operations on one site; `soak_in` makes a machine of it.

    There is one rule, with a name in it: hypothesis would leave out most of many rules in any
    one history, and it is their mixture that finds faults.
    """

    place: ClassVar[Place]

    def __init__(self) -> None:
        super().__init__()
        place = self.place
        for disk in (place.site_disk, place.target_disk):
            shutil.rmtree(disk / "x", ignore_errors=True)
            (disk / "x").mkdir()
        self._world = World(place.site_disk / "x", place.target_disk / "x", place.nursery)
        self._operations: dict[str, Operation] = {}
        self._history: list[str] = []

    @initialize(seed=_SEEDS)
    def begin(self, seed: int) -> None:
        """Make a site of three pages with a few pictures."""
        place = self.place
        self._world.clock = random.Random(seed).choice([0, 10, 10])
        disks = (place.site_disk, place.target_disk) if place.has_disks else None
        parts = (
            People(self._world, random.Random(seed)),
            Runs(self._world, disks, place.new_bucket()),
            Breakage(self._world),
        )
        for part in parts:
            self._operations |= {name: getattr(part, name) for name in weights_of(type(part))}

    @rule(name=_NAMES, seed=_SEEDS)
    def step(self, name: str, seed: int) -> None:
        """Do one thing, and hold what always holds."""
        with self._telling():
            done = self._operations[name](random.Random(seed))
            if done is not None:
                self._history.append(f"{done} ({name}, {seed})")
                self.place.counts[done] += 1
                self._world.check()

    def teardown(self) -> None:
        """Hold that in the end one run mends all."""
        if self._operations:
            with self._telling():
                self._world.sync()
                self._world.check()

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """Say what came before a fault: times differ, so hypothesis may not meet it again."""
        try:
            yield
        except Exception:
            print("\n".join(["after:", *self._history]), file=sys.stderr)  # noqa: T201
            traceback.print_exc()
            raise


def soak_in(place: Place) -> type[Soak]:
    """Return the machine that works in this place."""
    return type("SoakHere", (Soak,), {"place": place})
