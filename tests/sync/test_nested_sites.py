"""A site below another one is its own: nothing of it counts in the outer one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit.base.files import FileTree
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.site_files import content_paths, skipper

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "---\ntitle: x\nheader:\n  teaser: /assets/images/gone.jpg\n---\n"
MARKS = {
    "mediakit.toml": "",
    "pyproject.toml": "[tool.mediakit]\n",
    "_config.yml": "title: x\n",
    "hugo.toml": "",
    "eleventy.config.js": "",
}


def nest(site: SiteBuilder, mark: str, text: str) -> None:
    """Put a site into a folder: a page with a fault, a copy of a picture, one to fill in."""
    site.exercise("squat", 1)
    site.write("_config.yml", "collections: [exercises]\n")
    picture = (site.root / "assets/images/squat-0.jpg").read_bytes()
    site.write(f"demo/{mark}", text)
    site.write("demo/about.md", PAGE)
    site.write("demo/assets/images/copy.jpg", picture)
    site.write("demo/assets/images/other.jpg", draw(colour="#00ff00"))


@pytest.mark.parametrize(("mark", "text"), MARKS.items(), ids=list(MARKS))
def test_nothing_of_it_counts(
    mark: str, text: str, site: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither its faults and unused pictures, nor its copies, nor its pages are the outer one's."""
    nest(site, mark, text)
    where = ["--site", str(site.root), "--format", "json"]
    main(["check", *where])
    found = json.loads(capsys.readouterr().out)["problems"]
    assert [each for each in found if each["path"].startswith("demo")] == []
    main(["dupes", *where])
    assert "demo/" not in capsys.readouterr().out
    main(["list", *where])
    assert "demo/" not in capsys.readouterr().out


COMMANDS = ["list", "check", "status", "init", "desk"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_around_a_site_is_none(
    command: str, site: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """The own texts of a repository are no pages: the site is in a folder of it, which is told."""
    site.write("README.md", "# Our club\n![](logo.png)\n")
    site.write("docs/_config.yml", "title: x\n")
    assert main([command, "--site", str(site.root)]) == 2
    told = capsys.readouterr().err
    assert "docs in it is one" in told
    assert f"--site {site.root / 'docs'}" in told
    assert not (site.root / "mediakit.toml").exists()


def test_a_theme_is_no_site(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A theme of Hugo shows itself in a site of its own, whatever else it has of Markdown."""
    site.write("theme.toml", "name = 'Ananke'\n")
    site.write("archetypes/default.md", "---\ntitle: x\n---\n")
    assert main(["list", "--site", str(site.root)]) == 2
    assert "it is a theme" in capsys.readouterr().err
    site.write("exampleSite/hugo.toml", "title = 'x'\n")
    assert main(["list", "--site", str(site.root)]) == 2
    assert "exampleSite in it is one" in capsys.readouterr().err


@pytest.mark.parametrize("page", ["mediakit.toml", "notes/a.md"])
def test_a_site_around_a_site_is_one(page: str, site: SiteBuilder) -> None:
    """One with settings, or with a folder of pages."""
    site.write("README.md", "# Notes\n")
    site.write(page, "")
    site.write("docs/_config.yml", "title: x\n")
    assert main(["list", "--site", str(site.root)]) == 0


def test_without_a_mark_it_does(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder like any other counts, also one in which mediakit has run by mistake."""
    nest(site, ".mediakit/cache.db", "")
    site.write("demo/pyproject.toml", "[tool.other]\n")
    site.write("demo/config.toml", "")
    main(["check", "--site", str(site.root), "--format", "json"])
    found = {each["path"] for each in json.loads(capsys.readouterr().out)["problems"]}
    assert {"demo/about.md", "demo/assets/images/other.jpg"} <= found


@pytest.mark.parametrize(
    ("files", "page"),
    [
        ({"hugo.toml": "", "content/hugo.toml": ""}, "content/a.md"),
        ({"hugo.toml": 'contentDir = "src/pages"\n', "src/hugo.toml": ""}, "src/pages/a.md"),
        (
            {
                "eleventy.config.js": 'module.exports = {dir: {input: "src"}};',
                "src/mediakit.toml": "",
            },
            "src/a.md",
        ),
        ({"_config.yml": "collections: [exercises]\n", "_exercises/mediakit.toml": ""},
         "_exercises/a.md"),
        ({"mediakit.toml": 'content = ["docs/posts/*.md"]\n', "docs/_config.yml": ""},
         "docs/posts/a.md"),
        ({"mediakit.toml": 'site = "markdown"\nroots = ["docs"]\n', "docs/mediakit.toml": ""},
         "docs/a.md"),
    ],
)  # fmt: skip
def test_where_the_site_is_itself(files: dict[str, str], page: str, site: SiteBuilder) -> None:
    """Where the site's own pages and pictures are is no other site, whatever lies there."""
    for name, text in files.items():
        site.write(name, text)
    site.write(page, PAGE)
    config, tree = load_config(site.root), FileTree(site.root)
    assert list(content_paths(config, tree)) == [page]
    assert page in set(tree.walk(skipper(config, tree)))


def test_fill_takes_none_of_its_pictures(site: SiteBuilder) -> None:
    """A picture of the inner site does not get into a gallery of the outer one."""
    nest(site, "_config.yml", "")
    site.write("demo/assets/images/squat-1.jpg", draw())
    page = site.root / "_exercises/squat.md"
    before = page.read_bytes()
    main(["gallery", "fill", "--yes", "--site", str(site.root)])
    assert b"demo" not in page.read_bytes()
    assert page.read_bytes() == before


def test_inside_it_is_a_site(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """From within, the inner one is the site, and all of it counts."""
    nest(site, "_config.yml", "")
    inner: Path = site.root / "demo"
    monkeypatch.chdir(inner)
    assert list(content_paths(load_config(inner), FileTree(inner))) == ["about.md"]
    assert main(["check"]) == 1
