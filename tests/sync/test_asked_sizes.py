"""Sizes that only a role asks for are made where the site shows them, and nowhere else."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = """\
---
header:
  teaser: /assets/images/a.jpg
gallery:
  - image_path: /{}
    alt: A
---
"""
GALLERY = "assets/images/b.jpg"


@pytest.fixture
def blog(site: SiteBuilder) -> SiteBuilder:
    """Return a site of one page, which names two large pictures and no variant."""
    site.write("_config.yml", "title: x\n")
    site.write("_posts/2024-01-01-a.md", PAGE.format(GALLERY))
    for name in "ab":
        site.write(f"assets/images/{name}.jpg", draw((900, 600)))
    return site


def small(site: SiteBuilder) -> set[str]:
    result = site.run()
    assert not result.problems
    return {path for path in site.tree() if "-320." in path}


BOTH = {"assets/images/a-320.jpg", "assets/images/b-320.jpg"}


def test_a_site_that_names_none_gets_none(blog: SiteBuilder) -> None:
    """Nobody would see them; a second run has nothing to do either."""
    assert small(blog) == set()
    assert blog.run().summary.made == 0


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("_posts/2024-01-02-b.md", "---\nheader:\n  teaser: /assets/images/b-320.jpg\n---\n"),
        ("_layouts/home.html", "{{ x | replace: '.jpg', '-320.jpg' }}"),
        ("_includes/mediakit/picture.html", "path: photo-320.jpg will do"),
        ("mediakit.toml", "[presets.teaser]\nquality = 80\n"),
        ("assets/images/a-320.jpg", draw((320, 213))),
    ],
)  # fmt: skip
def test_a_site_that_shows_them_gets_all(blog: SiteBuilder, file: str, text: str | bytes) -> None:
    """A page, a template, the configuration or a file that is there asks for them."""
    assert small(blog) == set()
    blog.write(file, text)
    assert small(blog) == BOTH


def test_what_was_made_goes_on(blog: SiteBuilder) -> None:
    """A site whose catalog has such variants keeps them, new pictures included."""
    blog.write("mediakit.toml", "[presets.teaser]\nwidth = 320\n")
    assert small(blog) == BOTH
    for path in ("mediakit.toml", *BOTH):
        (blog.root / path).unlink()
    blog.write("_posts/2024-01-02-b.md", PAGE.format("assets/images/c.jpg"))
    blog.write("assets/images/c.jpg", draw((900, 600)))
    assert small(blog) == BOTH | {"assets/images/c-320.jpg"}


def test_the_include_of_mediakit_shows_them(blog: SiteBuilder) -> None:
    """It gives browsers all sizes of the catalog, so the sizes are made."""
    assert main(["init", "--include", "--site", str(blog.root)]) == 0
    assert small(blog) == BOTH


def test_a_gif_has_no_still_that_nobody_asked_for(blog: SiteBuilder) -> None:
    """In place of an animation nobody wants its first frame, unless a page names it."""
    blog.write("assets/images/c.gif", draw((900, 600), kind="GIF"))
    blog.write("_posts/2024-01-01-a.md", PAGE.format("assets/images/c.gif"))
    blog.write("_posts/2024-01-02-b.md", "---\nheader:\n  teaser: /assets/images/b-320.jpg\n---\n")
    assert small(blog) == BOTH
    blog.write("_posts/2024-01-03-c.md", "---\nheader:\n  teaser: /assets/images/c-320.gif\n---\n")
    assert small(blog) == {*BOTH, "assets/images/c-320.gif"}


@pytest.mark.parametrize(("text", "roles"), [("", ["video"]), ("<!-- x-320.jpg -->", None)])
def test_init_decides_by_what_it_sees(
    site: SiteBuilder, text: str, roles: Iterable[str] | None
) -> None:
    """Templates of Hugo may show any size by the catalog: the configuration says what is made."""
    site.write("hugo.toml", "title = 'x'\n")
    site.write("content/a/index.md", f"---\nthumbnail: a.jpg\n---\n{text}\n")
    site.write("content/a/a.jpg", draw((900, 600)))
    assert main(["init", "--site", str(site.root)]) == 0
    settings = tomllib.loads((site.root / "mediakit.toml").read_text("utf-8"))
    assert settings.get("presets", {}).get("teaser", {}).get("roles") == roles
    assert small(site) == (set() if roles else {"content/a/a-320.jpg"})
