"""scripts/links.py, which holds the links of all pages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
PAGE = """\
# A page

## What `_config.yml` gives

## Twice

## Twice

[a](#what-_configyml-gives) [b](#twice-1) [c](other.md#its-heading) [d](https://example.com/x#y)
[e](picture.png) ![f](missing.png) [g](other.md#nothing) [h](#no) [i](missing.md)

`[code](nowhere.md)`
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("links", ROOT / "scripts/links.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dead_links_are_found(script: ModuleType, tmp_path: Path) -> None:
    """Files and headings that are not there are told with their line; code is no link."""
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    (tmp_path / "other.md").write_text("# Its heading\n", "utf-8")
    (tmp_path / "picture.png").touch()
    assert list(script.dead_links([page])) == [
        f"{page}:9: {fault}"
        for fault in (
            "missing.png is not there",
            "other.md#nothing is no heading there",
            "#no is no heading there",
            "missing.md is not there",
        )
    ]


def test_the_links_of_this_project(script: ModuleType) -> None:
    """No page of the project leads to nothing."""
    pages = [page for pattern in script.PATTERNS for page in ROOT.glob(pattern)]
    assert {"README.md", "CONTRIBUTING.md", "tutorial.md"} <= {page.name for page in pages}
    assert list(script.dead_links(pages)) == []


def test_what_a_site_loads(script: ModuleType, tmp_path: Path) -> None:
    """Scripts, styles, fonts and pictures of other hosts are told; links to them are not."""
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><link rel="canonical" href="https://a.example">'
        '<a href="https://b.example">b</a><script src="https://c.example/x.js"></script>'
        '<img src="//d.example/x.png"><img src="data:image/png;base64,AA"><img src="x.png">'
    )
    (tmp_path / "style.css").write_text("a{background:url(https://e.example/x)}b{src:url(x.woff)}")
    told = " ".join(script.loaded_from_elsewhere(tmp_path))
    assert [host in told for host in ("a.", "b.", "c.", "d.", "e.", "data:")] == [
        False, False, True, True, True, False,
    ]  # fmt: skip
    assert list(script.loaded_from_elsewhere(tmp_path / "empty")) != []


def test_each_page_has_its_place() -> None:
    """A page that the site's contents do not lead to would not be found by anybody."""

    def pages(tree: object) -> list[str]:
        if isinstance(tree, str):
            return [tree]
        inner = tree.values() if isinstance(tree, dict) else tree
        return [page for each in inner for page in pages(each)]  # type: ignore[attr-defined]

    text = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    found = pages(yaml.safe_load("nav:" + text)["nav"])
    there = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert sorted(found) == sorted(there)
