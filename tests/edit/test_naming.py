"""How pictures of an exercise are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.base.slug import slug_of
from mediakit.edit.style import PictureName, picture_name


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
    assert picture_name(page) == PictureName("a", "squåt")


def test_as_the_page() -> None:
    """Without pictures it is that of the page, without a date, in the site's usual folder."""
    others = [manifest("_exercises/x.md", "img/x-0.jpg", "img/x-1.jpg", "old/x-9.jpg")]
    page = Manifest("_posts/2026-01-31-Knæbøj.md", "Knæbøj")
    assert picture_name(page, others) == PictureName("img", "knaeboej")
    assert picture_name(page).folder == "assets/images/exercises"


def test_numbers() -> None:
    """Only names of just this form belong to an exercise; they are in the order of numbers."""
    name = PictureName("img", "squat")
    paths = ["img/squat-10.jpg", "img/squat-2.png", "img/squat-2-320.jpg", "img/squat.jpg",
             "img/front-squat-1.jpg", "other/squat-3.jpg", "img/squat-x.jpg"]  # fmt: skip
    assert name.numbered(paths) == [(2, "img/squat-2.png"), (10, "img/squat-10.jpg")]
    assert PictureName("", "squat").numbered(["squat-1.jpg"]) == [(1, "squat-1.jpg")]
