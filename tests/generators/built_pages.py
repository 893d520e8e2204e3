"""What built pages show: pictures and videos of HTML, by the page of the site that names them.

The layouts of the sites in `tests/sites` write `<!-- page: PATH -->` in front of what they show of
a page, and `<!-- page: (site) -->` in front of what comes of layouts and configuration.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from themed_sites import SITE

if TYPE_CHECKING:
    from pathlib import Path

    from themed_sites import Shown

_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg)$", re.IGNORECASE)
_PAGE = re.compile(r"\s*page: (.+?)\s*$")
_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
_VIDEOS = (
    ("youtube", re.compile(r"//www\.youtube(?:-nocookie)?\.com/embed/([\w-]{11})")),
    ("vimeo", re.compile(r"//player\.vimeo\.com/video/(\d+)")),
)
_ADDRESSES = {
    "img": ("src", "data-src"),
    "source": ("src",),
    "video": ("poster",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "a": ("href",),
}
_CARDS = ("og:image", "twitter:image")


def shown_by(folder: Path, origin: str, baseurl: str = "") -> Shown:
    """Return what the HTML files below `folder` show, a site that is served at `origin`."""
    shown: Shown = defaultdict(set)
    for file in sorted(folder.rglob("*.html")):
        here = f"{origin}{baseurl}/{file.relative_to(folder).as_posix()}"
        reader = _PageReader(here)
        reader.feed(file.read_text("utf-8"))
        for page, address in reader.found:
            if name := _name(address, f"{origin}{baseurl}/"):
                shown[page].add(name)
    return dict(shown)


def _name(address: str, site: str) -> str | None:
    """Return the name of a picture or video, None for other addresses."""
    for provider, pattern in _VIDEOS:
        if match := pattern.search(address):
            return f"{provider}:{match[1]}"
    path = unquote(urlsplit(address).path)
    if not _PICTURE.search(path):
        return None
    return path.removeprefix(urlsplit(site).path) if address.startswith(site) else address


class _PageReader(HTMLParser):
    """Collects (page, address) of all that an HTML file shows."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._here = here
        self._page = SITE

    def handle_comment(self, data: str) -> None:
        if match := _PAGE.match(data):
            self._page = match[1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        texts = [given.get(name, "") for name in _ADDRESSES.get(tag, ())]
        for name in ("srcset", "data-srcset"):
            texts += [part.split()[0] for part in given.get(name, "").split(",") if part.split()]
        texts += _URL.findall(given.get("style", ""))
        if tag == "meta" and (given.get("property") or given.get("name")) in _CARDS:
            texts.append(given.get("content", ""))
        if tag == "iframe":
            texts.append(given.get("src", ""))
        self.found += [(self._page, urljoin(self._here, text)) for text in texts if text]
