"""The cases of the workplace and the corpus: the Danish desk says nothing in English of them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from conftest import SHARED
from problems_in_words import english_left

if TYPE_CHECKING:
    from pathlib import Path

SITES = [each for each in (*(SHARED / "cases/sites").glob("*"), SHARED / "corpus/site")
         if each.is_dir()]  # fmt: skip


@pytest.mark.parametrize("source", SITES, ids=lambda each: each.name)
def test_each_site(source: Path, tmp_path: Path) -> None:
    """What `check` finds on it is said in Danish."""
    shutil.copytree(source, tmp_path / "site", copy_function=shutil.copyfile)
    assert english_left(tmp_path / "site", "da")[1] == set()


def test_each_page(tmp_path: Path) -> None:
    """The pages that are odd each in its way, on one site."""
    folder = tmp_path / "_exercises"
    folder.mkdir()
    for page in (SHARED / "cases").glob("[em]*/*.md"):
        shutil.copyfile(page, folder / f"{page.parent.name}-{page.name}")
    codes, left = english_left(tmp_path, "da")
    assert left == set()
    assert len(codes) > 15
