"""A Jekyll site whose files are in a folder of their own (`source: src`)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from mediakit.site.kinds.registry import find_root

PAGE = """\
---
header: {overlay_image: /assets/a.jpg, teaser: assets/b-320.jpg}
---
![c](/assets/c.jpg) ![d](d.jpg)
{% include mediakit/picture.html path="/assets/a.jpg" alt="A" %}
"""


@pytest.fixture
def sourced(site: SiteBuilder) -> SiteBuilder:
    site.write("_config.yml", "source: src\ncollections: {ex: {output: true}}\n"
                              "defaults: [{scope: {path: _ex}, values: {thumbnail: /x.jpg}}]\n"
                              "include: [_pages]\n")  # fmt: skip
    site.write("mediakit.toml", 'target = "target"\n[images]\nheader = ["thumbnail"]\n')
    site.write("src/_ex/p.md", PAGE)
    site.write("src/_pages/q.md", "---\npermalink: /q/\n---\n![e](e.jpg)\n")
    site.write("README.md", "---\n---\n![none](none.jpg)\n")
    for name in ("assets/a", "assets/b", "assets/c", "x", "_ex/d", "q/e"):
        site.write(f"src/{name}.jpg", draw((2000, 1000)))
    return site


def test_a_run(sourced: SiteBuilder) -> None:
    """Pages, pictures, the catalog and defaults are found in the source; keys are the addresses."""
    result = sourced.run("sync", target="target")
    assert result.problems == ()
    keys = {path for path in sourced.tree("target") if path.endswith(".jpg")}
    assert keys >= {"assets/a.jpg", "assets/b.jpg", "assets/b-320.jpg", "x.jpg", "q/e.jpg"}
    assert not any(key.startswith("src") for key in keys)
    assert "src/_data/media.json" in sourced.tree()
    assert find_root(sourced.root / "src" / "_ex") == sourced.root


@pytest.mark.skipif(shutil.which("jekyll") is None, reason="jekyll is not installed")
def test_the_include(sourced: SiteBuilder, tmp_path: Path) -> None:
    """`init --include` writes the include into the source; it finds its picture in the catalog."""
    root = str(sourced.root)
    assert main(["init", "--include", "--site", root]) == 0
    assert main(["sync", "--site", root, "--quiet"]) == 0
    built = tmp_path / "built"
    command = ["jekyll", "build", "--safe", "--quiet", "--destination", str(built)]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=60)
    html = (built / "ex/p.html").read_text("utf-8")
    assert '<img src="/assets/a.jpg" alt="A" width="2000" height="1000"' in html
    assert "/assets/a-1280.jpg 1280w" in html
