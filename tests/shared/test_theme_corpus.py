"""The figures of docs/how-to/theme.md, on the corpus: real Jekyll, a real browser.

Each photo is of one colour, in its own size, and WebP is coded in haste: what
they show is all the same here.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from conftest import SHARED
from measured_theme import measured

if TYPE_CHECKING:
    from pathlib import Path


def flat(source: Path, to: Path) -> Path:
    """Copy pages, and photos as one colour."""
    shutil.copytree(source / "_exercises", to / "_exercises", copy_function=shutil.copyfile)
    for photo in (source / "assets/images").rglob("*.jpg"):
        copy = to / photo.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(photo) as image:
            Image.new(image.mode, image.size, 99).save(copy)
    return to


def test_before_and_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pictures get their size and WebP, no page jumps, each address is at the target."""
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    Image.init()
    code = Image.SAVE["WEBP"]

    def hasty(image: Image.Image, file: Any, name: Any) -> None:
        image.encoderinfo.setdefault("method", 0)
        code(image, file, name)

    monkeypatch.setitem(Image.SAVE, "WEBP", hasty)
    site = flat(SHARED / "corpus/site", tmp_path / "corpus")
    before, after = measured(site, tmp_path, most=2, once_before=True)
    assert (before.pages, before.sized, before.webp) == (151, 0, 0)
    assert before.shifted
    assert after.sized == after.pictures > before.pictures
    assert after.webp == after.pictured == 151
    assert (after.missing, after.shifted, after.foreign) == (0, 0, 0)
