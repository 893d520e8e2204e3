"""Loops of steps in a page: Jekyll builds it, Chromium looks at it with and without motion."""

from __future__ import annotations

import json
import mimetypes
import shutil
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from test_built_pages import build

from conftest import SiteBuilder
from mediakit.cli.main import main
from seen import ORIGIN, chromium
from step_scenes import Camera, jpeg, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

SETTINGS = """\
[theme]
data = true
[movement.loop]
side = 320
hold = 300
fade = 80
formats = ["mp4", "webm"]
[movement.moving]
side = 320
pages = "asked"
formats = ["webp"]
"""
PAGE = """\
---
title: Squat & press
layout: plain
gallery:
  - {image_path: /assets/images/up.jpg, url: /assets/images/up.jpg, alt: 'Standing "tall"'}
  - {image_path: /assets/images/down.jpg, url: /assets/images/down.jpg, alt: Down}
---
<p style="height: 2500px">Far above.</p>

{% include mediakit/movement.html play="Afspil" %}

After.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    site = SiteBuilder(tmp_path_factory.mktemp("loops") / "site")
    site.write("_config.yml", "baseurl: /site\ncollections: {exercises: {output: true}}\n")
    site.write("_layouts/plain.html", "<!doctype html><title>t</title>{{ content }}")
    site.write("_exercises/squat.md", PAGE)
    other = PAGE.replace("up.jpg", "alone.jpg").replace("down.jpg", "alone.jpg")
    site.write("_exercises/alone.md", other)
    site.write("mediakit.toml", SETTINGS)
    photos = {"up": step(), "down": step(pose=1, camera=Camera(right=4, tilt=1)), "alone": step(2)}
    for name, photo in photos.items():
        site.write(f"assets/images/{name}.jpg", jpeg(photo))
    assert main(["theme", "install", "--quiet", "--site", str(site.root)]) == 0
    assert site.run().problems == ()
    return build(site.root, site.root.parent / "built")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


def opened(browser: Browser, built: Path, motion: str, asked: list[str]) -> Page:
    context = browser.new_context(
        viewport={"width": 800, "height": 700},
        reduced_motion=motion,  # type: ignore[arg-type]
    )
    page = context.new_page()

    def answer(route: Route) -> None:
        path = unquote(urlsplit(route.request.url).path).removeprefix("/site/")
        asked.append(path)
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(body=(built / path).read_bytes(), content_type=kind)

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/site/exercises/squat.html")
    page.wait_for_load_state("networkidle")
    return page


def films(asked: list[str]) -> list[str]:
    return [each for each in asked if each.endswith((".mp4", ".webm"))]


def test_templates_are_told_of_loops(built: Path) -> None:
    """Pixels, poster, text and films by page; no film is taken for a picture."""
    told = json.loads((built.parent / "site/_data/mediakit.json").read_text("utf-8"))
    (loop,) = told["loops"].values()
    assert [*told["loops"]] == ["_exercises/squat.md"]
    assert [*loop["films"]] == ["video/webm", "video/mp4"]
    assert loop["alt"] == 'Standing "tall"'
    assert not films([*told["pictures"]])


def test_page_without_a_loop_shows_nothing(built: Path) -> None:
    """The include can stand in a layout."""
    assert "<video" not in (built / "exercises/alone.html").read_text("utf-8")


def test_loop_plays_when_a_visitor_comes_near(built: Path, browser: Browser) -> None:
    """Nothing is asked for before; it plays without sound, for ever, and the button stops it."""
    asked: list[str] = []
    page = opened(browser, built, "no-preference", asked)
    film = page.locator("video")
    assert films(asked) == []
    sizes = ("width", "height", "poster", "muted", "loop", "playsinline")
    assert all(film.get_attribute(each) is not None for each in sizes)
    film.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    assert film.evaluate("film => film.autoplay && film.muted && film.loop && !film.controls")
    button = page.get_by_role("button", name='Pause: Standing "tall"')
    assert button.is_visible()
    button.click()
    assert film.evaluate("film => film.paused")
    assert page.locator("figcaption").inner_text() == 'Standing "tall"'
    page.context.close()


def test_less_motion_has_a_poster_and_a_button(built: Path, browser: Browser) -> None:
    """Who asked for less motion sees the first step, and plays it by a click."""
    asked: list[str] = []
    page = opened(browser, built, "reduce", asked)
    film = page.locator("video")
    film.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert film.evaluate("film => film.paused && film.currentTime === 0 && !film.autoplay")
    assert films(asked) == []
    assert film.get_attribute("poster") == "/site/assets/images/movement/loop/exercises/squat.jpg"
    page.get_by_role("button", name='Afspil: Standing "tall"').click()
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    page.context.close()
