"""docs/reliability.md: what it says is tested is tested."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text("utf-8")


def test_each_row_has_its_test() -> None:
    """Every row of every table names a test in its last cell, and that test exists."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    faults = [row for row in rows if not row.startswith(("| Fault ", "| --- "))]
    assert len(faults) >= 30
    for row in faults:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row.rstrip(" |").rpartition(" | ")[2])
        assert named, row
        for file, name in named:
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            functions = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
            assert name in functions, f"{file}::{name}"
