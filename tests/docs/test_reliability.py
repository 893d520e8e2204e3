"""docs/reliability.md: what it says is tested is tested."""

from __future__ import annotations

import functools
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text("utf-8")


@functools.cache
def functions(file: str) -> set[str]:
    return set(re.findall(r"^def (\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))


def test_each_row_has_its_test() -> None:
    """Every row of every table names a test in its last cell, and that test exists."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    faults = [row for row in rows if not row.startswith(("| Fault ", "| --- "))]
    assert len(faults) >= 30
    for row in faults:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row.rstrip(" |").rpartition(" | ")[2])
        assert named, row
        for file, name in named:
            assert name in functions(file), f"{file}::{name}"
