"""Real builds as the judge: all that the built pages show is what `tests/sites/*.shown.txt` has.

`tests/sync/test_themed_sites.py` holds mediakit to the same files, also where no generator is.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from built_pages import shown_by

from site_builds import build
from themed_sites import SITE, THEMED, laid_out, shown_of

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = {
    "jekyll": ("jekyll", "build", "--safe", "--quiet", "--destination"),
    "hugo": ("hugo", "--quiet", "--destination"),
    "eleventy": ("eleventy", "--quiet", "--output"),
}


@pytest.mark.parametrize("name", sorted(THEMED))
def test_what_is_shown(name: str, tmp_path: Path) -> None:
    """Each picture and video of the built HTML, page by page, and nothing that is not built."""
    site = THEMED[name]
    if shutil.which(site.generator) is None:
        pytest.skip(f"{site.generator} is not installed")
    root = laid_out(name, tmp_path / "site").root
    built = tmp_path / "built"
    build(root, *COMMANDS[site.generator], str(built))
    expected = shown_of(name)
    shown = {
        _page(page, expected): pictures
        for page, pictures in shown_by(built, site.origin, site.baseurl).items()
    }
    assert shown == expected


def _page(page: str, expected: dict[str, set[str]]) -> str:
    """Return the site path of a page, of which a generator names the end."""
    return next((each for each in expected if each == page or each.endswith(f"/{page}")), page)


def test_a_built_page(tmp_path: Path) -> None:
    """The judge itself: every way in which HTML shows a picture, and what is none."""
    (tmp_path / "index.html").write_text(
        """<img src="/b/logo.png"><!-- page: a.md -->
        <img src="1.jpg" srcset="2.jpg 1x, /b/3.jpg 2x" data-src="4.jpg">
        <picture><source srcset="5.webp 400w,6.webp 800w"></picture>
        <video poster="7.jpg"><source src="v.mp4"></video><object data="8.svg"></object>
        <svg><image href="9.png"/><image xlink:href="10.png"/></svg>
        <a href="11.JPG?x=1">a</a><a href="12.html">b</a><a href="#13.jpg">c</a>
        <div style="background: url('14.jpg'), url(15.jpg)"></div>
        <meta property="og:image" content="https://a.org/b/big%20one.jpg">
        <meta name="twitter:image" content="https://elsewhere.org/17.jpg">
        <iframe src="https://www.youtube-nocookie.com/embed/aIZuK2cX4FA?x=1"></iframe>
        <iframe src="//player.vimeo.com/video/76979871"></iframe>
        """,
        "utf-8",
    )
    shown = shown_by(tmp_path, "https://a.org", "/b")
    assert shown[SITE] == {"logo.png"}
    assert shown["a.md"] == {
        "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.webp", "6.webp", "7.jpg", "8.svg", "9.png", "10.png",
        "11.JPG", "14.jpg", "15.jpg", "big one.jpg", "https://elsewhere.org/17.jpg",
        "youtube:aIZuK2cX4FA", "vimeo:76979871",
    }  # fmt: skip
