"""Pages led from one picture to another: that very picture, its spelling, and nothing else."""

from __future__ import annotations

import string
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.files import FileTree
from mediakit.config.config import load_config
from mediakit.edit.redirect import AddressReader, Redirection, renamed, respelled
from mediakit.site.reader import parse_page
from mediakit.sync.content import read_content, settings_of
from mediakit.sync.pictures import resolver

if TYPE_CHECKING:
    from conftest import SiteBuilder

OLD, NEW = "assets/images/b-1.jpg", "assets/images/a-1.jpg"
PAGE = "_exercises/b.md"
CONFIG = "url: https://site.example\nbaseurl: /base\ncollections: {exercises: {output: true}}\n"


@pytest.fixture
def pages(site: SiteBuilder) -> SiteBuilder:
    """Return a site with both pictures, and others of the same name."""
    site.write("_config.yml", CONFIG)
    for path in (OLD, NEW, f"backup/{OLD}", f"images/{OLD}", "b-1.jpg"):
        site.write(path, path)
    return site


def led(site: SiteBuilder, text: str, old: str = OLD, new: str = NEW, page: str = PAGE) -> str:
    config, tree = load_config(site.root), FileTree(site.root)
    reader = AddressReader(settings_of(config), resolver(tree, config))
    return Redirection(reader, old, new).apply(page, text.encode()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/assets/images/b-1.jpg", "/assets/images/a-1.jpg"),
        ("'/assets/images/b-1-320.jpg'", "'/assets/images/a-1-320.jpg'"),
        ("/assets/images/b-1-320.webp", "/assets/images/a-1-320.webp"),
        ("/base/assets/images/b-1.jpg", "/base/assets/images/a-1.jpg"),
        ("https://site.example/base/assets/images/b-1.jpg",
         "https://site.example/base/assets/images/a-1.jpg"),
        ("http://www.site.example/assets/images/b-1.jpg",
         "http://www.site.example/assets/images/a-1.jpg"),
        ("//SITE.example/assets/images/b-1.jpg", "//SITE.example/assets/images/a-1.jpg"),
        ("/assets/images/b-1.jpg?v=2#x", "/assets/images/a-1.jpg?v=2#x"),
        ('"{{ site.baseurl }}/assets/images/b-1.jpg"',
         '"{{ site.baseurl }}/assets/images/a-1.jpg"'),
        ("'{{ \"/assets/images/b-1.jpg\" | relative_url }}'",
         "'{{ \"/assets/images/a-1.jpg\" | relative_url }}'"),
        ("'{{ page.none }}/assets/images/b-1.jpg'", "'{{ page.none }}/assets/images/a-1.jpg'"),
        ("/assets/images/b%2D1.jpg", "/assets/images/a-1.jpg"),
        ("/assets//images/./b-1.jpg", "/assets/images/a-1.jpg"),
        ("https://site.example/assets//images/./b-1.jpg?/assets/images/b-1.jpg",
         "https://site.example/assets/images/a-1.jpg?/assets/images/b-1.jpg"),
        ("'\\assets\\images\\b-1.jpg'", "'\\assets/images/a-1.jpg'"),
        ("/assets/images/b-1.jpg # kept", "/assets/images/a-1.jpg # kept"),
    ],
)  # fmt: skip
def test_addresses_of_the_picture(pages: SiteBuilder, before: str, after: str) -> None:
    """Whatever resolves to the picture is led to the other one, written as it was."""
    page = "---\nother: {0}\nheader:\n  teaser: {0}\ngallery:\n  - url: {0}\n---\n{0}\n"
    expected = "---\nother: {1}\nheader:\n  teaser: {1}\ngallery:\n  - url: {1}\n---\n{0}\n"
    assert led(pages, page.format(before)) == expected.format(before, after)


@pytest.mark.parametrize(
    "text",
    [
        "/backup/assets/images/b-1.jpg",
        "backup/assets/images/b-1.jpg",
        "/assets/images/b-10.jpg",
        "/assets/images/ab-1.jpg",
        "/assets/images/B-1.jpg",
        "https://cdn.example.com/assets/images/b-1.jpg",
        "//cdn.example.com/assets/images/b-1.jpg",
        "see /assets/images/b-1.jpg",
        "the old picture was at https://site.example/assets/images/b-1.jpg",
        "/assets/images/b-1.jpg is old",
        "'{{ include.folder }}/assets/images/b-1.jpg'",
        "../assets/images/b-1.jpg",
        "b-1.jpg",
    ],
)
def test_other_texts(pages: SiteBuilder, text: str) -> None:
    """Other folders, other hosts, longer names and prose stay, at whatever key."""
    page = (
        f"---\nother: {text}\nheader:\n  teaser: {text}\ngallery:\n  - url: {text}\n---\n{text}\n"
    )
    assert led(pages, page) == page


def test_words_stay(pages: SiteBuilder) -> None:
    """A text for people stays, even where it is nothing but the path."""
    page = f"---\ntitle: /{OLD}\ngallery:\n  - image_path: /assets/x.jpg\n    alt: /{OLD}\n---\n"
    assert led(pages, page) == page


def test_relative_addresses(pages: SiteBuilder) -> None:
    """What counts from the page is led where pictures are read; elsewhere a template may use it."""
    page = f"---\nheader:\n  teaser: {OLD}\nmine: {OLD}\ngallery:\n  - image_path: {OLD}\n---\n"
    assert led(pages, page) == page.replace(OLD, NEW).replace(f"mine: {NEW}", f"mine: {OLD}")


def test_odd_names(pages: SiteBuilder) -> None:
    """Names that an address must encode are encoded, and those that are so stay so."""
    new = "assets/images/ny bænk #1.jpg"
    pages.write(new, "x")
    page = "---\nheader:\n  teaser: /assets/images/b-1.jpg\n---\n"
    assert led(pages, page, OLD, new) == page.replace(OLD, quote(new))
    encoded = f"---\nheader:\n  teaser: /{quote(new)}\n---\n"
    other = "assets/images/en skrå bænk.jpg"
    pages.write(other, "x")
    assert led(pages, encoded, new, other) == encoded.replace(quote(new), quote(other))
    plain = f"---\nheader:\n  teaser: /{unicodedata.normalize('NFD', other)}\n---\n"
    assert led(pages, plain, other, OLD) == page


def test_a_source_of_another_format(pages: SiteBuilder) -> None:
    """A variant is led by its source, whatever format that has."""
    pages.write("assets/images/c-1.png", "x")
    page = "---\nheader:\n  teaser: /assets/images/c-1-320.webp\n---\n"
    assert led(pages, page, "assets/images/c-1.png", NEW) == page.replace("c-1", "a-1")


def test_a_bundle(site: SiteBuilder) -> None:
    """On other sites an address is led in the page's own manner, from the bundle or the top."""
    site.write("hugo.toml", "")
    for path in ("content/x/b.jpg", "static/images/a.jpg", "content/y/b.jpg"):
        site.write(path, path)
    page = "---\ncover: b.jpg\nresources:\n  - src: b.jpg\nother: /images/b.jpg\n---\n"
    expected = page.replace(" b.jpg", " /images/a.jpg", 1)
    site.write("content/x/index.md", page)
    new = led(site, page, "content/x/b.jpg", "static/images/a.jpg", "content/x/index.md")
    assert new.startswith(expected.partition("resources")[0])
    assert new.endswith("other: /images/b.jpg\n---\n")
    assert led(site, page, "content/y/b.jpg", "static/images/a.jpg", "content/x/index.md") == page


NAMES = st.text(string.ascii_lowercase + "æø -_%+&()", min_size=1, max_size=8).map(str.strip)
FOLDERS = st.sampled_from(["", "assets/", "assets/images/", "backup/assets/images/"])
PREFIXES = st.sampled_from(
    ["/", "", "/base/", "https://site.example/", "https://cdn.example/", "{{ site.baseurl }}/",
     "see /", "/x/"]
)  # fmt: skip


@given(
    st.lists(st.tuples(FOLDERS, NAMES), min_size=2, max_size=4, unique=True),
    st.lists(
        st.tuples(st.integers(0, 3), PREFIXES, st.sampled_from(["", "-320"]), st.booleans()),
        max_size=6,
    ),
)
def test_all_else_stays(
    tmp_path_factory: pytest.TempPathFactory,
    paths: list[tuple[str, str]],
    entries: list[tuple[int, str, str, bool]],
) -> None:
    """After any change the page says the same, but for the one picture; all other bytes stay."""
    from conftest import SiteBuilder  # noqa: PLC0415 - a site for each example

    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    site.write("_config.yml", CONFIG)
    pictures = [f"{folder}{name}.jpg" for folder, name in paths if name]
    if len(pictures) < 2:
        return
    for path in pictures:
        site.write(path, path)
    texts = []
    for index, prefix, suffix, encoded in entries:
        path = pictures[index % len(pictures)].replace(".jpg", f"{suffix}.jpg")
        texts.append(prefix + (quote(path) if encoded or "%" in path else path))
    lines = [f'  - image_path: "{text}"\n    alt: "{text}"' for text in texts]
    page = "\n".join(["---", "title: x", "gallery:", *lines, "---", *texts, ""])
    old, new = pictures[:2]
    after = led(site, page, old, new)
    config = load_config(site.root)

    def shown(data: str) -> list[tuple[str | None, ...]]:
        reading = parse_page(PAGE, data.encode(), settings_of(config))
        assert reading is not None
        return [(each.path, each.source, each.url, each.alt) for each in reading.manifest.images]

    for was, now in zip(shown(page), shown(after), strict=True):
        assert was[2:] == now[2:]
        if was[1] == old and now != was:
            assert now[:2] == (
                renamed(was[0] or "", old=old, new=new, suffixes=config.suffixes),
                new,
            )
        else:
            assert now == was
    changed = [
        (one, two)
        for one, two in zip(page.split("\n"), after.split("\n"), strict=True)
        if one != two
    ]
    assert all(one.lstrip(" -").startswith("image_path") for one, _ in changed)


def test_respelled() -> None:
    """Any mix of spellings is found, the last place comes first, and what is not there is none."""
    text = "/x%2fb%C3%b8.jpg/x/bø.jpg?1"
    assert list(respelled(text, "x/bø.jpg", "y.jpg")) == [
        "/x%2fb%C3%b8.jpg/y.jpg?1", "/y.jpg/x/bø.jpg?1",
    ]  # fmt: skip
    assert list(respelled("/x/b.jpg", "x/c.jpg", "y.jpg")) == []


def test_manifests_are_read_alike(pages: SiteBuilder) -> None:
    """An address alone is read as it is in its page."""
    pages.write(PAGE, f"---\nheader:\n  teaser: /{OLD}\n---\n")
    config, tree = load_config(pages.root), FileTree(pages.root)
    (image,) = read_content(config, tree).manifests[0].images
    assert (image.path, image.source) == (OLD, OLD)
