"""What files and addresses mean on each kind of site."""

from __future__ import annotations

import pytest

from mediakit.base.errors import ConfigError
from mediakit.site.kinds.eleventy import EleventySite
from mediakit.site.kinds.hugo import HugoSite
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.markdown_folder import MarkdownFolder
from mediakit.site.paths import locate_among
from mediakit.site.trees.yaml import Mapping

BLOG = EleventySite(input="src", roots=("src", "public", ""), copied=(("public", ""),))


def places(kind: SiteKind, page: str, address: str, *, in_body: bool = False) -> list[str | None]:
    folders = kind.folders(page, Mapping({}, 1), in_body=in_body)
    found = locate_among(address, kind.address, folders.absolute, folders.relative)
    return [found.path, *found.others]


@pytest.mark.parametrize(
    ("kind", "page", "address", "expected"),
    [
        (HugoSite(), "content/a/index.md", "x.jpg", ["content/a/x.jpg", "static/x.jpg"]),
        (HugoSite(), "content/a/_index.da.md", "i/x.jpg", ["content/a/i/x.jpg", "static/i/x.jpg"]),
        (HugoSite(), "content/a.md", "x.jpg", ["static/x.jpg", "assets/x.jpg", "content/x.jpg"]),
        (HugoSite(), "content/a.md", "/i/x.jpg", ["static/i/x.jpg", "assets/i/x.jpg"]),
        (HugoSite(), "content/a/index.md", "../x.jpg", ["content/x.jpg"]),
        (BLOG, "src/p/a.md", "x.jpg", ["src/p/x.jpg", "src/x.jpg", "public/x.jpg", "x.jpg"]),
        (BLOG, "src/p/a.md", "/x.jpg", ["src/x.jpg", "public/x.jpg", "x.jpg"]),
        (MarkdownFolder(), "a/b.md", "x.jpg", ["a/x.jpg", "x.jpg"]),
        (MarkdownFolder(), "a/b.md", "../x.jpg", ["x.jpg"]),
        (MarkdownFolder(), "a/b.md", "/x.jpg", ["x.jpg"]),
        (JekyllConfig(), "_a/b.md", "x.jpg", ["x.jpg"]),
        (JekyllConfig(roots=("media", "")), "_a/b.md", "/x.jpg", ["media/x.jpg", "x.jpg"]),
    ],
)
def test_places(kind: SiteKind, page: str, address: str, expected: list[str]) -> None:
    """An address has its places in the order in which the site would have them."""
    assert places(kind, page, address)[: len(expected)] == expected


def test_hugo_body() -> None:
    """In a text, a page of its own is at its address, as a browser sees it."""
    found = places(HugoSite(), "content/blog/a.md", "x.jpg", in_body=True)
    assert found[:3] == ["static/blog/a/x.jpg", "assets/blog/a/x.jpg", "content/blog/x.jpg"]


@pytest.mark.parametrize(
    ("kind", "path", "key", "page", "spelling"),
    [
        (HugoSite(), "static/i/x.jpg", "i/x.jpg", "content/a.md", "/i/x.jpg"),
        (HugoSite(), "content/a/x.jpg", "a/x.jpg", "content/a/index.md", "x.jpg"),
        (HugoSite(), "content/b/x.jpg", "b/x.jpg", "content/a/index.md", "/b/x.jpg"),
        (BLOG, "src/i/x.jpg", "i/x.jpg", "src/p/a.md", "/i/x.jpg"),
        (BLOG, "public/x.jpg", "x.jpg", "src/p/a.md", "/x.jpg"),
        (BLOG, "src/p/x.jpg", "p/x.jpg", "src/p/a.md", "x.jpg"),
        (MarkdownFolder(), "a/x.jpg", "a/x.jpg", "a/b.md", "x.jpg"),
        (MarkdownFolder(), "i/x.jpg", "i/x.jpg", "a/b.md", "/i/x.jpg"),
        (JekyllConfig(), "i/x.jpg", "i/x.jpg", "_a/b.md", "/i/x.jpg"),
    ],
)
def test_keys_and_spellings(kind: SiteKind, path: str, key: str, page: str, spelling: str) -> None:
    """A file has a public path, and a page names it so that the file is found again."""
    assert kind.key(path) == key
    assert kind.spelling(path, page) == spelling
    assert path in places(kind, page, spelling)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("content/leaf/a.jpg", "content/leaf/index.da.md"),
        ("content/leaf/deep/a.jpg", "content/leaf/index.da.md"),
        ("content/section/a.jpg", "content/section/_index.md"),
        ("content/section/deep/a.jpg", ""),
        ("content/a.jpg", "content/_index.md"),
        ("content/blog/a.jpg", ""),
        ("static/leaf/a.jpg", ""),
    ],
)
def test_hugo_bundles(path: str, page: str) -> None:
    """Hugo hands the files of a bundle to its templates, which show them without their names."""
    names = {
        "content": ["_index.md"], "content/leaf": ["a.jpg", "index.da.md"],
        "content/section": ["_index.md", "deep"], "static/leaf": ["index.md"],
    }  # fmt: skip
    assert HugoSite().page_of(path, lambda folder: names.get(folder, [])) == page


def test_hugo_settings() -> None:
    """Folders and address come from the settings, in any format and in any capital letters."""
    toml = b'baseURL = "https://example.org/sub/"\nstaticDir = ["a", "/b/"]\ncontentdir = "text"\n'
    site = HugoSite.read([("hugo.toml", toml)])
    assert (site.address.url, site.address.baseurl) == ("https://example.org", "/sub")
    assert (site.roots, site.content) == (("a", "b", "assets"), ("text",))
    assert HugoSite.read([("hugo.yaml", b"staticDir: x\n")]).roots == ("x", "assets")
    assert HugoSite.read([("hugo.json", b'{"assetDir": "../x"}')]).roots == ("static",)
    languages = b"[languages.da]\ncontentDir = 'content/da'\n[languages.en]\nweight = 1\n"
    assert HugoSite.read([("hugo.toml", languages)]).content == ("content", "content/da")
    with pytest.raises(ConfigError, match=r"hugo\.toml:2: not valid TOML"):
        HugoSite.read([("hugo.toml", b"a = 1\nb = \n")])


def test_hugo_content() -> None:
    """Pages are below the content folder: not archetypes, themes, nor what Hugo wrote."""
    site = HugoSite()
    assert site.content_type("content/blog/a.md") == "blog"
    assert site.content_type("content/about.md") == "pages"
    for path in ("archetypes/default.md", "themes/x/content/a.md", "README.md", "content/a.jpg"):
        assert site.content_type(path) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("", "_site", ("",))),
        ('return { dir: { input: "src", output: "dist" } }', ("src", "dist", ("src", ""))),
        ("eleventyConfig.setInputDirectory('./views/');", ("views", "_site", ("views", ""))),
        ('// input: "old"\n/* output: "x" */', ("", "_site", ("",))),
        (
            'x.addPassthroughCopy({ "./public/": "/", "node_modules/a/*": "/a" })',
            ("", "_site", ("", "public")),
        ),
        ('dir: { input: "../x" }', ("", "_site", ("",))),
    ],
)
def test_eleventy_settings(text: str, expected: tuple[str, str, tuple[str, ...]]) -> None:
    """Folders are found in the text of the configuration, not in its comments."""
    site = EleventySite.read([(".eleventy.js", text.encode())])
    assert (site.input, site.output_folder, site.roots) == expected


def test_eleventy_content() -> None:
    """Pages are below the input folder: not templates, data, packages, nor what was written."""
    site = EleventySite.read([(".eleventy.js", b"dir: {input: 'src', output: 'src/out'}")])
    assert site.content_type("src/posts/a.md") == "posts"
    for path in (
        "README.md", "src/_includes/a.html", "src/node_modules/x/README.md", "src/out/a.html"
    ):  # fmt: skip
        assert site.content_type(path) is None
