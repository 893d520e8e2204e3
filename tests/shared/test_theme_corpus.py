"""The figures of docs/how-to/theme.md, on the corpus: real Jekyll, a real browser."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from conftest import SHARED
from measured_theme import measured

if TYPE_CHECKING:
    from pathlib import Path


def test_before_and_after(tmp_path: Path) -> None:
    """All pictures get their size and WebP, no page jumps, each address is at the target."""
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    before, after = measured(SHARED / "corpus/site", tmp_path, most=2)
    assert (before.pages, before.sized, before.webp) == (151, 0, 0)
    assert before.shifted
    assert after.sized == after.pictures > before.pictures
    assert after.webp == after.pictured == 151
    assert (after.missing, after.shifted, after.foreign) == (0, 0, 0)
