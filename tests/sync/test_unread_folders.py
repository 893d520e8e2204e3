"""What `list` and `init` say of files that are not read."""

from __future__ import annotations

import json

import pytest

from conftest import SiteBuilder
from mediakit.base.files import FileTree
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.unread_folders import unread_folders

PAGE = "---\ntitle: A\n---\n"


@pytest.fixture
def partly(site: SiteBuilder) -> SiteBuilder:
    """Return a site of which one page is read and 17 are not, beside what are no pages."""
    site.write("_config.yml", "exclude: [old]\n")
    site.write("index.md", PAGE)
    for number in range(16):
        site.write(f"_pages/{number % 3}/{number}.md", PAGE)
    site.write("_books/a.html", PAGE)
    for path in ("_layouts/a.html", "_includes/a.html", "_drafts/a.md", "old/a.md", "sub/_a.md",
                 "node_modules/x/a.md", "_site/a.html", ".git/a.md"):  # fmt: skip
        site.write(path, PAGE)
    site.write("README.md", "no front matter\n")
    return site


def test_folders(partly: SiteBuilder) -> None:
    """Each topmost folder without a page counts; parts of pages and what is excluded do not."""
    found = unread_folders(load_config(partly.root), FileTree(partly.root))
    assert found == [("_pages", 16), ("_books", 1)]
    partly.write("mediakit.toml", 'content = ["_pages/*/*.md"]\n')
    found = unread_folders(load_config(partly.root), FileTree(partly.root))
    assert found == [(".", 1), ("_books", 1)]
    partly.write("tests/a.html", PAGE)  # of the repository
    partly.write("pages/tests/a.html", PAGE)
    found = unread_folders(load_config(partly.root), FileTree(partly.root))
    assert found == [(".", 1), ("_books", 1), ("pages", 1)]


def test_what_is_said(partly: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A site of 18 pages of which one is read does not look clean."""
    root = str(partly.root)
    line = "not read: 17 files with front matter in _pages (16), _books (1)"
    assert main(["list", "--site", root]) == 0
    said = capsys.readouterr().err
    assert said.startswith("2 content files, of them 1 not published\n")
    assert line in said
    assert main(["init", "--dry-run", "--site", root]) == 0
    assert line in capsys.readouterr().out
    assert main(["list", "--format", "json", "--site", root]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["unpublished"] == 1
    assert document["unread_folders"][0] == {"path": "_pages", "count": 16}


def test_pages_that_are_named(partly: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Where `list` is given pages, nothing is said of others."""
    assert main(["list", str(partly.root / "index.md"), "--site", str(partly.root)]) == 0
    assert capsys.readouterr().err == "1 content file\n"
