"""An exercise is found by what people call it."""

from __future__ import annotations

import pytest

from conftest import SiteBuilder
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree
from mediakit.config.config import load_config
from mediakit.sync.exercise import find_page

PAGES = {
    "ab-roller-4.md": "title: Ab Roller",
    "squat-17.md": "title: Squat",
    "squat-jump-18.md": "title: Squat Jump",
    "knaeboej-19.md": "title: Knæbøj\npermalink: /da/bensvinger/",
    "bench.md": "title: Press\ngallery:\n  - url: /assets/images/floor-press-1.jpg",
    "2024-01-05-plank.md": "title: Hold it\npermalink: /ex/:title/",
    "twice-1.md": "title: Twice",
    "twice-2.md": "title: Twice",
    "depth.md": "title: 深蹲",
}  # fmt: skip


def found(site: SiteBuilder, exercise: str) -> str:
    for name, front in PAGES.items():
        site.write(f"_exercises/{name}", f"---\n{front}\n---\n")
    page, _ = find_page(load_config(site.root), FileTree(site.root), exercise)
    return page.path.removeprefix("_exercises/")


@pytest.mark.parametrize(
    ("exercise", "page"),
    [
        ("_exercises/squat-17.md", "squat-17.md"),
        ("SQUAT", "squat-17.md"),
        ("ab-roller", "ab-roller-4.md"),
        ("ab roller", "ab-roller-4.md"),
        ("ab-roller-4", "ab-roller-4.md"),
        ("squat j", "squat-jump-18.md"),
        ("knæbøj", "knaeboej-19.md"),
        ("knaboj", "knaeboej-19.md"),
        ("knaebøj", "knaeboej-19.md"),
        ("Bensvinger", "knaeboej-19.md"),
        ("floor-press", "bench.md"),
        ("plank", "2024-01-05-plank.md"),
        ("ab", "ab-roller-4.md"),
        ("深", "depth.md"),
    ],
)
def test_by_what_people_call_it(site: SiteBuilder, exercise: str, page: str) -> None:
    """Path, name, title, address, pictures and a beginning each mean one page."""
    assert found(site, exercise) == page


def test_several_are_listed(site: SiteBuilder) -> None:
    """A word that may mean several pages lists them with their titles, and takes none."""
    with pytest.raises(UsageError, match=r"twice-1.md \(Twice\), _exercises/twice-2.md"):
        found(site, "twice")


@pytest.mark.parametrize("exercise", ["squart", "-", "title"])
def test_none_is_meant(site: SiteBuilder, exercise: str) -> None:
    """A word that means no page is an error, also a placeholder of an address."""
    with pytest.raises(UsageError, match="there is no exercise"):
        found(site, exercise)
