"""Real builds as the judge: the JSON-LD that reaches a page, from a title that would break out."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from schema_org import faults
from site_builds import build

if TYPE_CHECKING:
    from collections.abc import Iterable

HOSTILE = "</script><script>alert(1)</script><!-- {{ site.url }} &amp; \u2028 'x' \"y\" \\"
STILL = "images/aaaaaaaaaaa.jpg"
LAYOUT = '<head>{{ partial "mediakit/structured.html" . }}</head><body></body>'
SITES = {
    "jekyll": {
        "_config.yml": "url: https://moves.example\nbaseurl: /b\npermalink: /:categories/:title/\n"
        "collections: {exercises: {output: true}}\ndefaults: [{scope: {path: ''}, "
        "values: {layout: x}}]\n",
        "_layouts/x.html": "<head>{% include mediakit/structured.html %}</head>"
        "<body>{{ content }}</body>",
        "_exercises/rows.md": "---\nvideo: aaaaaaaaaaa\n---\n",
    },
    "hugo": {
        "config.toml": 'baseURL = "https://moves.example/b/"\n',
        "layouts/_default/single.html": LAYOUT,
        "layouts/_default/list.html": LAYOUT,
        "content/exercises/rows.md": "---\nvideo: aaaaaaaaaaa\n---\n",
    },
}
COMMANDS = {
    "jekyll": ("jekyll", "build", "--safe", "--quiet", "--destination"),
    "hugo": ("hugo", "--quiet", "--destination"),
}


class _Reader(HTMLParser):
    """Collects the elements of a page, and the texts of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, _attributes: Iterable[object]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1] == "script":
            self.scripts.append(data)


@pytest.mark.parametrize("generator", ["hugo", "jekyll"])
def test_a_built_page(generator: str, site: SiteBuilder) -> None:
    """One element, whose JSON says what schema.org knows, with the title as it was."""
    if shutil.which(generator) is None:
        pytest.skip(f"{generator} is not installed")
    for path, text in SITES[generator].items():
        site.write(path, text)
    folder, data = ("static/", "data") if generator == "hugo" else ("", "_data")
    site.write(f"{folder}{STILL}", draw((320, 180)))
    about = {"title": HOSTILE, "thumbnail": f"{folder}{STILL}", "uploaded": "2020-02-29"}
    videos = {"youtube/aaaaaaaaaaa": about}
    site.write(f"{data}/media.json", json.dumps({"version": 1, "images": {}, "videos": videos}))
    site.write("mediakit.toml", f'[structured]\ndata = true\n[videos]\nfolder = "{folder}images"\n')
    assert main(["theme", "install", "--quiet", "--site", str(site.root)]) == 0
    site.run()
    built = site.root / "built"
    build(site.root, *COMMANDS[generator], str(built))
    page = _Reader()
    page.feed((built / "exercises/rows/index.html").read_text("utf-8"))
    assert page.tags == ["head", "script", "body"]
    found = json.loads("".join(page.scripts))["@graph"]
    assert [fault for each in found for fault in faults(each)] == []
    assert found[0]["name"] == " ".join(HOSTILE.split())
    assert found[0]["thumbnailUrl"] == [f"https://moves.example/b/{STILL}"]
