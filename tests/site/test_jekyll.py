from __future__ import annotations

import pytest

from mediakit.base.errors import ConfigError
from mediakit.site.kinds.jekyll import JekyllConfig, read_config

CONFIG = b"""
url: https://example.org
baseurl: /site
collections:
  exercises: {output: true}
markdown_ext: md,txt
exclude: [drafts, "*.tmp.md", README.md]
include: [.well-known]
destination: ./public
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("_exercises/a.md", "exercises"),
        ("_exercises/legs/a.md", "exercises"),
        ("_posts/2020-01-01-a.md", "posts"),
        ("blog/_posts/2020-01-01-a.md", "posts"),
        ("_drafts/a.md", "drafts"),
        ("about.txt", "pages"),
        ("sub/index.html", "pages"),
        (".well-known/a.md", None),
        ("_other/a.md", None),
        ("_includes/a.md", None),
        ("sub/_exercises/a.md", None),
        ("_exercises/_hidden/a.md", None),
        (".git/a.md", None),
        ("drafts/a.md", None),
        ("notes.tmp.md", None),
        ("README.md", None),
        ("node_modules/x/a.md", None),
        ("vendor/bundle/x/a.md", None),
        ("public/a.html", None),
        ("assets/a.jpg", None),
        ("a.markdown", None),
    ],
)
def test_what_is_content(path: str, kind: str | None) -> None:
    """Jekyll's rules say which files are exercises, and of which kind."""
    assert read_config(CONFIG).content_type(path) == kind


def test_without_a_config_every_collection_counts() -> None:
    """A site without _config.yml: each folder `_name` is a collection, but for Jekyll's own."""
    config = JekyllConfig()
    assert config.content_type("_exercises/a.md") == "exercises"
    assert config.content_type("_layouts/a.html") is None
    assert config.content_type("_site/a.html") is None


def test_collections_dir() -> None:
    """Collections may live in a folder of their own."""
    config = read_config(b"collections_dir: content\ncollections: [exercises]\n")
    assert config.content_type("content/_exercises/a.md") == "exercises"


def test_globs_in_scopes() -> None:
    """A scope's path may hold a `*` for one folder."""
    config = read_config(b"defaults:\n  - scope: {path: 'a/*/c'}\n    values: {title: T}\n")
    (scope,) = config.defaults
    assert scope.applies("a/b/c/d.md", "pages")
    assert not scope.applies("a/b/x/d.md", "pages")


@pytest.mark.parametrize(
    ("text", "where"),
    [(b"a: [\n", "_config.yml:2"), (b"- a\n", "_config.yml:1"), (b"\xff", "_config.yml:1")],
)
def test_broken_config(text: bytes, where: str) -> None:
    """A broken _config.yml stops the run with its line."""
    with pytest.raises(ConfigError, match=where):
        read_config(text)


def test_empty_config() -> None:
    """An empty file is all defaults."""
    assert read_config(b"").content_type("a.md") == "pages"


@pytest.mark.parametrize(
    ("source", "folder"),
    [("src", "src"), ("./a/b/", "a/b"), (".tmp/src", "src"), (".", ""), ("../x", ""), ("~", "")],
)
def test_source(source: str, folder: str) -> None:
    """The source is a folder of the site; what a task copies into a hidden folder counts there."""
    config = read_config(f"source: {source}\n".encode())
    assert (config.source, config.roots) == (folder, (folder,))
    assert config.content_type(f"{folder}/index.md".lstrip("/")) == "pages"
    assert config.data_folder == f"{folder}/_data".lstrip("/")
