"""How pictures of an exercise are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.base.slug import slug_of
from mediakit.edit.style import PictureName, PictureNames

if TYPE_CHECKING:
    from collections.abc import Iterator


def manifest(path: str, *sources: str) -> Manifest:
    images = tuple(ImageRef(Role.GALLERY, "gallery", 1, each, each) for each in sources)
    return Manifest(path, "Title", images)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Knæbøj på gulv", "knaeboej-paa-gulv"),
        ("Knæbøj", "knaeboej"),  # with å as a letter and a ring in other words
        ("a\u030arets o\u0308velse", "aarets-oevelse"),
        ("90/90 Hamstring", "90-90-hamstring"),
        ("Café — crème", "cafe-creme"),
        ("深蹲", "exercise"),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    """Letters beyond ASCII are spelt as people spell them, in whatever form they come."""
    assert slug_of(text) == slug


@given(st.text(max_size=40))
def test_slugs_are_fixed_points(text: str) -> None:
    """A slug is a name for addresses, and its own slug."""
    slug = slug_of(text)
    assert slug
    assert slug.isascii()
    assert slug_of(slug) == slug


def test_as_the_pictures_that_are_there() -> None:
    """The stem is that of most pictures, whatever the page is called."""
    page = manifest("_exercises/squat-17.md", "a/squåt-0.jpg", "a/squåt-1.png", "b/other-1.jpg")
    assert PictureNames().of(page) == PictureName("a", "squåt")


def test_as_the_page() -> None:
    """Without pictures it is that of the page, without a date, in the site's usual folder."""
    others = [manifest("_exercises/x.md", "img/x-0.jpg", "img/x-1.jpg", "old/x-9.jpg")]
    page = Manifest("_posts/2026-01-31-Knæbøj.md", "Knæbøj")
    assert PictureNames(others).of(page) == PictureName("img", "knaeboej")
    assert PictureNames().of(page).folder == "assets/images/exercises"


def test_the_pages_of_a_site_are_looked_at_once() -> None:
    """A fill asks for the name of each page: of many pages it would look at each from each."""
    looked = []

    class Noting(list[Manifest]):
        def __iter__(self) -> Iterator[Manifest]:
            looked.append(1)
            return super().__iter__()

    pages = Noting(Manifest(f"_exercises/page-{number}.md", "x") for number in range(50))
    names = PictureNames(pages)
    for page in list(pages):
        assert names.is_own(page, names.of(page))
    assert len(looked) < 10


def test_numbers() -> None:
    """Only names of just this form belong to an exercise; they are in the order of numbers."""
    name = PictureName("img", "squat")
    paths = ["img/squat-10.jpg", "img/squat-2.png", "img/squat-2-320.jpg", "img/squat.jpg",
             "img/front-squat-1.jpg", "other/squat-3.jpg", "img/squat-x.jpg"]  # fmt: skip
    assert name.numbered(paths) == [(2, "img/squat-2.png"), (10, "img/squat-10.jpg")]
    assert PictureName("", "squat").numbered(["squat-1.jpg"]) == [(1, "squat-1.jpg")]
