"""What a browser sees of a page: requests, pictures, and what jumps while pictures come late."""

from __future__ import annotations

import mimetypes
import re
import shutil
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from browser_wait import wait_for_frame, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

ORIGIN = "https://clinic.example.org"

_OBSERVE = """
window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(each => {
  window.shifts.push([each.value, each.sources.map(s => s.node && s.node.nodeName).join()]);
})).observe({type: "layout-shift", buffered: true});
"""

_PICTURES = """() => [...document.querySelectorAll("img")].map(each => ({
  sized: each.hasAttribute("width") && each.hasAttribute("height"),
  shown: each.currentSrc, alt: each.getAttribute("alt"), loaded: each.naturalWidth > 0,
  box: [each.getBoundingClientRect().width, each.getBoundingClientRect().height].map(Math.round),
}))"""


class Seen(NamedTuple):
    """What a page did."""

    shift: float
    shifted: list[Any]
    requests: list[str]
    pictures: list[dict[str, Any]]

    @property
    def foreign(self) -> list[str]:
        """The requests to other hosts."""
        return [each for each in self.requests if not each.startswith((ORIGIN, "data:"))]


def look_at(
    browser: Browser, built: Path, address: str, *, width: int = 1280, picture: Path | None = None
) -> Seen:
    """Open a page of a site that is served from a folder, pictures late, and scroll it."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    requests: list[str] = []

    def answer(route: Route) -> None:
        requests.append(route.request.url)
        path = unquote(urlsplit(route.request.url).path).removeprefix("/site/")
        file = built / path
        if not route.request.url.startswith(ORIGIN) or not file.is_file():
            route.fulfill(status=404, body="")
            return
        kind = mimetypes.guess_type(file.name)[0] or "text/plain"
        if kind.startswith("image/"):
            _wait_for_paint(page)
        route.fulfill(body=file.read_bytes(), content_type=kind)

    page.route("**/*", answer)
    page.add_init_script(_OBSERVE)
    page.goto(f"{ORIGIN}/site/{address}")
    _scroll(page)
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.shifts")
    pictures = page.evaluate(_PICTURES)
    if picture is not None:
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=picture, full_page=True)
    page.close()
    return Seen(sum(value for value, _ in shifts), shifts, requests, pictures)


def _wait_for_paint(page: Page) -> None:
    """Wait 40 ms, and until the page shows something, which takes longer on a busy machine."""
    for _ in range(250):
        page.wait_for_timeout(40)
        if page.evaluate("performance.getEntriesByType('paint').length"):
            return


_IN_VIEW = """(image) => {
    const { width, top, bottom } = image.getBoundingClientRect();
    return width && bottom > 0 && top < innerHeight;
}"""


def _scroll(page: Page) -> None:
    height = page.evaluate("document.body.scrollHeight")
    for at in range(0, height, 700):
        page.evaluate(f"window.scrollTo(0, {at})")
        wait_until(page, f"[...document.images].filter({_IN_VIEW}).every(each => each.complete)")
        wait_for_frame(page)


def chromium() -> Iterator[Browser]:
    """Yield a browser, where one is installed; the shell without windows takes half the CPU."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as running:
        opened = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


def pages(folder: Path) -> dict[str, str]:
    """Return the built HTML by path."""
    found = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*.html")}
    return {path: file.read_text("utf-8") for path, file in sorted(found.items())}


def images(text: str) -> list[str]:
    """Return the tags of pictures, also of those in frames that hold a page of their own."""
    frames = map(unescape, re.findall(r'srcdoc="([^"]*)"', text))
    return [tag for each in (text, *frames) for tag in re.findall(r"<img\b[^>]*>", each)]


def addresses(text: str) -> set[str]:
    """Return the addresses of all pictures in a page: those shown, linked and shared."""
    text = unescape(unescape(text))
    found = set(re.findall(r'(?:src|href|content)="([^"]+\.(?:jpg|png|webp))"', text))
    for srcset in re.findall(r'srcset="([^"]+)"', text):
        found |= {part.split()[0] for part in srcset.split(", ")}
    return found
