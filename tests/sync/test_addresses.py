"""Which of the files that an address may mean is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.files import Absent, FileTree
from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.sync.pictures import resolve_locations

if TYPE_CHECKING:
    from conftest import SiteBuilder

SUFFIXES = (("-320", "teaser"),)
PLACES = ("content/a/x.jpg", "static/x.jpg", "assets/x.jpg")


class Tree:
    """A tree of names."""

    def __init__(self, *paths: str) -> None:
        self.paths = set(paths)

    def has(self, path: str) -> bool:
        return path in self.paths

    def find(self, path: str) -> Absent:
        near = [each for each in self.paths if each.casefold() == path.casefold() != each]
        return Absent(near[0] if near else None)


def place(tree: Tree | FileTree, image: ImageRef, *places: str) -> list[ImageRef]:
    elsewhere = (places or PLACES,)
    return list(
        resolve_locations(
            Manifest("content/a/index.md", "x", (image,), (), elsewhere), tree, SUFFIXES
        ).images
    )


def named(path: str, source: str | None = None, link: str | None = None) -> ImageRef:
    preset = "teaser" if source else None
    return ImageRef(Role.GALLERY, "gallery", 3, path, source or path, preset, link=link)


@given(st.sets(st.sampled_from(PLACES)))
def test_the_first_that_is_there(there: set[str]) -> None:
    """The first place that has a file counts, and the first of all where none has."""
    (image,) = place(Tree(*there), named(PLACES[0]))
    assert image.path == next((each for each in PLACES if each in there), PLACES[0])
    assert image.source == image.path


def test_a_variant_is_where_its_source_is() -> None:
    """A variant that is yet to be made is beside its source, in whatever format that is."""
    places = tuple(each.replace("x.", "x-320.") for each in PLACES)
    variant = named(places[0], PLACES[0])
    for source, found in (("static/x.jpg", "static/x.jpg"), ("assets/x.png", "assets/x.jpg")):
        (image,) = place(Tree(source), variant, *places)
        assert (image.path, image.source) == (found.replace("x.", "x-320."), found)


def test_a_link_has_its_own_place() -> None:
    """The picture that a click leads to is looked for too, and stays the source."""
    places = ("content/a/x-320.jpg", "static/x-320.jpg")
    image = named(places[0], "content/a/x.png", "content/a/x.png")
    manifest = Manifest(
        "content/a/index.md", "x", (image,), (), (places, ("content/a/x.png", "static/x.png"))
    )
    (found,) = resolve_locations(manifest, Tree("static/x.png"), SUFFIXES).images
    assert (found.path, found.source, found.link) == (
        "static/x-320.jpg", "static/x.png", "static/x.png",
    )  # fmt: skip


def test_capital_letters() -> None:
    """Where no place has the file, one that differs only in capital letters is the one meant."""
    (image,) = place(Tree("assets/X.jpg"), named(PLACES[0]))
    assert image.path == "assets/x.jpg"


def test_globs_of_resources(site: SiteBuilder) -> None:
    """A glob stands for the pictures that match: not for variants, nor for files below."""
    for path in ("a.jpg", "a-320.jpg", "b-320.jpg", "notes.txt", "below/c.jpg"):
        site.write(f"content/a/{path}", b"")

    def found(glob: str) -> list[str | None]:
        image = ImageRef(Role.GALLERY, "resources", 3, f"content/a/{glob}", f"content/a/{glob}")
        tree = FileTree(site.root)
        return [each.path for each in place(tree, image, f"content/a/{glob}", f"static/{glob}")]

    assert found("*.jpg") == ["content/a/a.jpg", "content/a/b-320.jpg"]
    assert found("**.jpg") == [
        "content/a/a.jpg", "content/a/b-320.jpg", "content/a/below/c.jpg",
    ]  # fmt: skip
    assert found("no/*.jpg") == []
