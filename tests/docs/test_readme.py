"""The README says what is so."""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def test_figures_are_those_of_the_performance_page() -> None:
    """A figure that was measured anew there cannot stay old here."""
    table = re.findall(r"^\| .* \|$", README.partition("## How fast")[2], re.MULTILINE)[2:]
    assert len(table) > 3
    measured = numbers((ROOT / "docs/performance.md").read_text("utf-8"))
    for row in table:
        _, ours, others = row.strip("| ").split(" | ")
        assert numbers(ours) <= measured, row
        assert numbers(others.replace("s5cmd", "")) <= measured, row


def test_it_says_where_it_loses() -> None:
    """The table is no advertisement: a time below 1 stands in bold."""
    for row in re.findall(r"^\| .* \|$", README.partition("## How fast")[2], re.MULTILINE)[2:]:
        others = row.split("|")[3]
        bold = "".join(re.findall(r"\*\*(.*?)\*\*", others))
        for number in re.findall(r"\b\d+\.\d+\b", others):
            assert (float(number) < 1) == (number in numbers(bold)), row


def test_the_two_commands() -> None:
    """What the README tells to run first can be run."""
    for script in re.findall(r"^    (scripts/\w+)$", README, re.MULTILINE):
        assert os.access(ROOT / script, os.X_OK)
    assert "\n    scripts/demo\n" in README
    assert "\n    scripts/test\n" in README
