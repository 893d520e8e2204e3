"""The figures of docs/how-to/theme.md, on the sample site: real Jekyll, a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from measured_theme import measured

ROOT = Path(__file__).parents[2]


def test_before_and_after(tmp_path: Path) -> None:
    """No picture has a size before, all have one after; nothing jumps, no other host is asked."""
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    before, after = measured(ROOT, tmp_path, most=1)
    assert before.sized == 0
    assert before.webp == 0
    assert before.foreign
    assert before.pictures < after.pictures == after.sized
    assert after.webp == after.pictured == before.pictured
    assert after.addresses > 100
    assert (after.missing, after.shifted, after.foreign) == (0, 0, 0)
    assert before.most > 0.1
