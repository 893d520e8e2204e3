"""Side by side: everyone takes a turn in each round, and ratios are taken within rounds."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Timed = Callable[[], float]


@dataclass(frozen=True)
class Spread:
    """The median of some values, and their quartiles."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def spread(values: list[float]) -> Spread:
    """Return median and quartiles."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def alternate(entries: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each entry in each round; every other round runs backwards.

    One turn each before that does not count: it warms caches and memory.
    """
    seconds: dict[str, list[float]] = {name: [] for name in entries}
    for run in entries.values():
        run()
    for number in range(rounds):
        order = list(entries)
        for name in order if number % 2 else reversed(order):
            seconds[name].append(entries[name]())
    return seconds


def ratios(ours: list[float], theirs: list[float]) -> Spread:
    """Return how many times as fast `ours` is, round by round."""
    return spread([their / our for our, their in zip(ours, theirs, strict=True)])


def best(entries: Mapping[str, Timed], rounds: int = 3) -> str:
    """Return the name of the quickest entry, by its median."""
    seconds = alternate(entries, rounds)
    return min(seconds, key=lambda name: statistics.median(seconds[name]))


def table(head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table; all columns but the first are numbers."""
    lines = [tuple(head), ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
