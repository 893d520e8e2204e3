"""Real builds as the judge: the address of each page, in all forms that settings give."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mediakit.site.front_matter import read_page
from mediakit.site.kinds.registry import read_kind
from site_builds import build

if TYPE_CHECKING:
    from conftest import SiteBuilder

LISTED = (
    "{% for c in site.collections %}{% for d in c.docs %}{{ d.path }} {{ d.url }}\n{% endfor %}"
    "{% endfor %}{% for p in site.pages %}{{ p.path }} {{ p.url }}\n{% endfor %}"
)
COLLECTIONS = """
collections:
  exercises: {output: true}
  moves: {output: true, permalink: '/:collection/:path/'}
  named: {output: true, permalink: '/n/:name-:slug/:title'}
defaults:
  - {scope: {path: '', type: moves}, values: {permalink: '/m/:title/'}}
"""
NAMES = ("squat.md", "Bench Press.md", "legs/deep_Squat.v2.md", "Øvelse.md", "2020-01-02-old.md")


@pytest.mark.parametrize(
    ("style", "above"),
    [("date", ""), ("pretty", "library/"), ("/:categories/:title/", ""), ("/b/:year/:title", "")],
)
def test_jekyll(style: str, above: str, site: SiteBuilder) -> None:
    """Pages, posts and collections: what is known is what Jekyll says, and all is known."""
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    settings = f"permalink: {style}\ncollections_dir: '{above.rstrip('/')}'\n{COLLECTIONS}"
    site.write("_config.yml", settings)
    site.write("list.txt", f"---\n---\n{LISTED}")
    for name in NAMES:
        for folder in ("_exercises", "_moves", "_named"):
            site.write(f"{above}{folder}/{name}", "---\ntitle: A\n---\n")
    fields = {
        f"{above}_exercises/own.md": "permalink: /exercise/own/",
        f"{above}_exercises/slug.md": "permalink: exercise/:title\nslug: My Slug",
        f"{above}_posts/2020-01-02-first-Post.md": "categories: [Legs, Big]",
        f"{above}_posts/2020-01-03-dated.md": "date: 2019-05-06\ncategory: one",
        f"{above}cat/_posts/2021-11-12-deep.md": "title: A",
        "about.md": "", "index.html": "", "sub/index.md": "", "sub/Page Two.html": "",
        "word.md": "permalink: /ord/å/",
    }  # fmt: skip
    for path, text in fields.items():
        site.write(path, f"---\n{text}\n---\n")
    documents = {path for path in site.tree() if "/_" in f"/{path}" and path.endswith(".md")}
    build(site.root, "jekyll", "build", "--safe", "--quiet")
    lines = (site.root / "_site/list.txt").read_text("utf-8").splitlines()
    real = dict(line.rsplit(" ", 1) for line in lines if "/" in line)
    # paths of documents count from the folder of the collections
    real = {
        (above if above + path in documents else "") + path: each for path, each in real.items()
    }
    pages = {path: each for path, each in real.items() if path.endswith((".md", ".html"))}
    assert len(pages) == 3 * len(NAMES) + len(fields)
    assert {path: told(site, path) for path in pages} == pages


def test_hugo(site: SiteBuilder) -> None:
    """Sections, bundles, slugs and addresses; a name that Hugo changes is not known."""
    if shutil.which("hugo") is None:
        pytest.skip("hugo is not installed")
    site.write("config.toml", 'baseURL = "https://moves.example/"\n')
    site.write("layouts/_default/single.html", "")
    site.write(
        "layouts/index.html",
        "{{ range site.Pages }}{{ with .File }}content/{{ .Path }} {{ end }}{{ .RelPermalink }}\n"
        "{{ end }}",
    )
    pages = {
        "_index.md": "", "exercises/_index.md": "", "exercises/Squat.md": "",
        "exercises/deep/Leg_Press.md": "", "exercises/bundle/index.md": "",
        "exercises/slug.md": "slug: My-Slug", "exercises/other/index.md": "slug: new",
        "exercises/url.md": "url: /own/place/", "exercises/url2.md": "url: own/place2",
        "Top Page.md": "",
    }  # fmt: skip
    for path, text in pages.items():
        site.write(f"content/{path}", f"---\n{text}\n---\n")
    build(site.root, "hugo", "--quiet")
    lines = (site.root / "public/index.html").read_text("utf-8").splitlines()
    real = dict(line.rsplit(" ", 1) for line in lines if line.startswith("content/"))
    assert len(real) == len(pages)
    found = {path: told(site, path) for path in real}
    assert found.pop("content/Top Page.md") == ""
    assert found == {path: real[path] for path in found}


@pytest.mark.parametrize(
    ("path", "fields", "address"),
    [
        ("exercises/rows.md", "", "/exercises/rows/"),
        ("exercises/index.md", "", "/exercises/"),
        ("legs/legs.md", "", "/legs/"),
        ("index.html", "", "/"),
        ("own.md", "permalink: /own/here/index.html", "/own/here/"),
        ("own.md", "permalink: 'own.html'", "/own.html"),
        ("own.md", "permalink: '/{{ title }}/'", ""),
        ("own.md", "permalink: false", ""),
        ("2020-01-02-old.md", "", ""),
    ],
)
def test_eleventy(path: str, fields: str, address: str, site: SiteBuilder) -> None:
    """As Eleventy 2.0.1 has them; an address that a program makes is not known."""
    site.write(".eleventy.js", "")
    site.write(path, f"---\ntitle: A\n{fields}\n---\n")
    assert told(site, path) == address


def told(site: SiteBuilder, path: str) -> str:
    """Return what mediakit says of a page."""
    kind = read_kind(site.root)
    page = read_page((site.root / path).read_bytes())
    type_ = kind.content_type(path)
    assert page is not None
    assert type_ is not None
    return kind.page_address(path, type_, kind.with_defaults(path, type_, page.front_matter))
