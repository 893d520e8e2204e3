from __future__ import annotations

import pytest
from msgspec.structs import replace

from mediakit.base.artifacts import CATALOG_KEY, PICTURE, Input, Product, SourcePicture
from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.images.recipes.resize import Resize, variant_paths
from mediakit.state.catalog_file import shard_folder
from mediakit.sync.products import products_of, refused_keys
from mediakit.sync.selection import Selection

TEASER = DEFAULT_PRESETS[0]


def picture(path: str, width: int = 2000) -> SourcePicture:
    return SourcePicture(path, "0" * 64, 1, width, width // 2)


def wanted(*images: ImageRef, width: int = 2000) -> dict[str, Product]:
    pictures = {image.source: picture(image.source, width) for image in images if image.source}
    found, problems = products_of(
        [Resize(DEFAULT_PRESETS)], [Manifest("x.md", "X", images)], pictures
    )
    assert problems == []
    return found


def bare(role: Role, path: str = "a.jpg") -> ImageRef:
    return ImageRef(role, "k", 1, path, path)


def named(
    role: Role, path: str = "a-320.jpg", source: str = "a.jpg", preset: str = "teaser"
) -> ImageRef:
    return ImageRef(role, "k", 1, path, source, preset)


def test_overlays_get_all_smaller_sizes() -> None:
    """A header overlay is made in each size below its own."""
    assert list(wanted(bare(Role.OVERLAY))) == ["a-1280.jpg", "a-1920.jpg", "a-768.jpg"]
    assert list(wanted(bare(Role.OVERLAY), width=850)) == ["a-768.jpg"]
    assert list(wanted(bare(Role.OVERLAY), width=768)) == []


def test_a_minimum_step() -> None:
    """A source only slightly wider gets no such size, unless a page names it."""
    stepped = [replace(preset, min_step=1.25) for preset in DEFAULT_PRESETS]
    pictures = {"a.jpg": picture("a.jpg", 960), "b.jpg": picture("b.jpg", 961)}
    images = (bare(Role.OVERLAY), bare(Role.OVERLAY, "b.jpg"))
    found, _ = products_of([Resize(tuple(stepped))], [Manifest("x.md", "X", images)], pictures)
    assert list(found) == ["b-768.jpg"]
    page = Manifest("x.md", "X", (named(Role.OVERLAY, "a-768.jpg", preset="overlay-768"),))
    found, _ = products_of([Resize(tuple(stepped))], [page], pictures)
    assert list(found) == ["a-768.jpg"]


def test_gallery_and_teaser_get_the_teaser() -> None:
    """Also where the page names no variant of the picture."""
    assert list(wanted(bare(Role.GALLERY))) == ["a-320.jpg"]
    assert list(wanted(bare(Role.TEASER))) == ["a-320.jpg"]


def test_named_variants_are_always_made() -> None:
    """The page would be broken without them, however small the source."""
    assert list(wanted(named(Role.TEASER), width=100)) == ["a-320.jpg"]
    assert list(wanted(named(Role.OVERLAY, "a-768.jpg", preset="overlay-768"), width=100)) == [
        "a-768.jpg"
    ]


def test_other_roles_ask_for_nothing() -> None:
    """Feature rows, og images and the body's pictures are only published."""
    for role in (Role.FEATURE_ROW, Role.OG_IMAGE, Role.HEADER, Role.BODY):
        assert wanted(bare(role)) == {}
    assert wanted(named(Role.BODY)) == {}


def test_a_named_file_serves_its_purpose() -> None:
    """Where the page names a JPEG teaser of a PNG, no PNG teaser is made beside it."""
    assert list(wanted(named(Role.GALLERY, "a-320.jpg", "a.png"))) == ["a-320.jpg"]


def test_formats_that_browsers_do_not_show() -> None:
    """HEIC and TIFF get JPEG variants, SVG none."""
    assert variant_paths("x/a.HEIC", TEASER) == ("x/a-320.jpg",)
    assert variant_paths("a.tiff", TEASER) == ("a-320.jpg",)
    assert variant_paths("v1.2_a.JPG", TEASER) == ("v1.2_a-320.JPG",)
    assert variant_paths("a.svg", TEASER) == ()


def test_two_sources_for_one_file() -> None:
    """A collision is found before anything is made, and neither side wins."""
    first = Manifest("a.md", "A", (named(Role.TEASER),))
    second = Manifest("b.md", "B", (named(Role.GALLERY, "a-320.jpg", "a.png"),))
    pictures = {path: picture(path) for path in ("a.jpg", "a.png")}
    found, problems = products_of([Resize(DEFAULT_PRESETS)], [first, second], pictures)
    assert found == {}
    assert [(each.path, each.code) for each in problems] == [("b.md", "name-collision")]
    assert "a.jpg (a.md:1)" in problems[0].message


def test_selection() -> None:
    """Globs take exercises and pictures, by path, name or stem; presets by name."""
    each = Product(
        "i/a-0-320.jpg", "teaser", (Input(PICTURE, "i/a-0.jpg"),), "_exercises/squat.md", 1
    )
    users = ["_exercises/squat.md"]
    for glob in ("squat", "squat.md", "_exercises/*", "a-0.jpg", "i/a-?.jpg", "a-*"):
        assert Selection((glob,)).takes(each, users), glob
    for glob in ("bench", "b-*", "exercises"):
        assert not Selection((glob,)).takes(each, users), glob
    assert not Selection((), ("overlay-768",)).takes(each, users)


def code(key: str) -> str:
    refused = refused_keys([key], str)
    return refused[key].code if refused else ""


@pytest.mark.parametrize(
    "key",
    [
        ".ssh/authorized_keys", ".bashrc", "index.html", "h.js", "a/.htaccess", "a/.b/c.jpg",
        ".well-known/x.jpg", ".jpg", "a/.jpg", "jpg", "a.jpg/b", "a.jpg.php", "a.jpg ", "a.jpg.",
        "a.json", "a.jpg%00.js", ".mediakit-tmp/a.jpg", "README", "a/web.config", "a.css", "a.wasm",
    ],
)  # fmt: skip
def test_only_names_of_pictures(key: str) -> None:
    """At a target a name is an order: to a shell, a web server, a browser."""
    assert code(key) == "refused-name"


@pytest.mark.parametrize(
    "key", ["media.json", "Media.JSON", "media_shards/a.jpg", "MEDIA.json/a.jpg"]
)
def test_our_own_names(key: str) -> None:
    """A picture in the place of the catalog would break the target for ever."""
    assert code(key) == "name-collision"
    assert code(f"{shard_folder(CATALOG_KEY)}/a.jpg") == "name-collision"


@pytest.mark.parametrize(
    "key",
    ["a.jpg", "x/a.JPEG", "a.jfif", "a.svg", "a/media.json.png", "x/media_shards/a.jpg",
     "a.b/c..d.png", "media.jpg", "æ ø+å & (1)/#?%20.webp"],
)  # fmt: skip
def test_pictures_are_put(key: str) -> None:
    """Any name that ends as a picture's does is a picture's."""
    assert code(key) == ""


def test_keys_count_not_paths() -> None:
    """What is refused is the name at the target."""
    assert refused_keys(["static/.well-known/a.jpg"], lambda path: path.removeprefix("static/"))
    assert not refused_keys([".public/a.jpg"], lambda path: path.removeprefix(".public/"))
