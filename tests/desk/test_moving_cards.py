"""Steps in motion on the page of pictures, in a real browser, with motion and with less of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser_wait import wait_until
from conftest import SiteBuilder
from desk_working import browsing, desk_at
from filmed_clips import drawn, gif, phone_film
from mediakit.cli.main import main
from step_scenes import Camera, jpeg, step

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PAGE = """\
---
title: Squat
gallery:
  - {image_path: /assets/images/up.jpg, url: /assets/images/up.jpg, alt: Standing}
  - {image_path: /assets/images/down.jpg, url: /assets/images/down.jpg, alt: Down}
---
"""
ROW = """\
---
title: Row
gallery:
  - {image_path: /assets/images/sit.gif, url: /assets/images/sit.gif, alt: Drawn}
  - {image_path: /assets/images/row.mov, url: /assets/images/row.mov, alt: Filmed, start: 0.1}
---
"""
SETTINGS = """\
[movement.loop]
side = 320
hold = 300
fade = 80
formats = ["webm"]
[clips.loops]
longest = 64
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = SiteBuilder(tmp_path_factory.mktemp("loops") / "site")
    site.write("_exercises/squat.md", PAGE)
    site.write("_exercises/row.md", ROW)
    site.write("mediakit.toml", SETTINGS)
    site.write("assets/images/sit.gif", gif(drawn()))
    site.write("assets/images/row.mov", phone_film())
    site.write("assets/images/up.jpg", jpeg(step()))
    site.write("assets/images/down.jpg", jpeg(step(pose=1, camera=Camera(right=4, tilt=1))))
    site.run()
    to = site.root.parent / "page"
    assert main(["gallery", "page", "-q", "-o", str(to), "--site", str(site.root)]) == 0
    return to / "index.html"


def opened(browser: Browser, written: Path, motion: str) -> Page:
    page = browser.new_page(reduced_motion=motion)  # type: ignore[arg-type]
    page.goto(written.as_uri())
    return page


def test_a_card_moves_under_the_pointer(browser: Browser, written: Path) -> None:
    """The first step plays as long as the pointer is there, and no longer."""
    page = opened(browser, written, "no-preference")
    assert page.locator(".badges").first.inner_text() == "in motion"
    assert page.locator("video").count() == 0
    page.locator(".picture").first.hover()
    wait_until(page, "document.querySelector('.picture video').currentTime > 0")
    page.mouse.move(1, 1)
    assert page.locator("video").count() == 0
    page.close()


def test_what_has_a_clip_is_still_before(browser: Browser, written: Path) -> None:
    """A GIF and a film show their poster, and the clip under the pointer."""
    page = opened(browser, written, "no-preference")
    pictures = page.locator('.card[data-page="_exercises/row.md"] .picture')
    shown = [each.get_attribute("src") or "" for each in pictures.locator("img").all()]
    assert [each.rpartition("/")[2] for each in shown] == ["sit-clip.jpg", "row-clip.jpg"]
    loops = [each.get_attribute("data-loop") or "" for each in pictures.all()]
    assert [each.rpartition("/")[2] for each in loops] == ["sit-clip.mp4", "row-clip.mp4"]
    page.close()


def test_a_poster_has_the_text_of_what_moves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry of its clip and poster is one picture of the exercise, with its alt text."""
    site = SiteBuilder(tmp_path)
    site.write("mediakit.toml", SETTINGS)
    site.write("assets/images/sit.gif", gif(drawn(3)))
    entry = "{url: /assets/images/sit-clip.mp4, image_path: /assets/images/sit-clip.jpg, alt: Low}"
    site.write("_exercises/sit.md", f"---\ntitle: Sit\ngallery:\n  - {entry}\n---\n")
    site.run()
    assert main(["gallery", "page", "-q", "--lang", "en", "--site", str(site.root)]) == 0
    page = (site.root / ".mediakit/gallery/index.html").read_text()
    assert page.count("<li data-source") == 1
    assert 'data-alt="Low"' in page
    assert "no alt text</b>" not in page
    assert main(["list", "--site", str(site.root)]) == 0
    assert "     1       0  _exercises/sit.md" in capsys.readouterr().out


def test_the_large_view_moves_step_by_step(browser: Browser, written: Path) -> None:
    """`m` plays, comma and full stop go by a tenth of a second, an arrow shows a step again."""
    page = opened(browser, written, "no-preference")
    page.locator(".picture").nth(1).click()
    page.keyboard.press("m")
    wait_until(page, "document.querySelector('.stage video').currentTime > 0")
    assert page.locator("#move").get_attribute("aria-pressed") == "true"
    film = page.locator(".stage video")
    page.keyboard.press(".")
    at = film.evaluate("film => film.currentTime")
    page.keyboard.press(".")
    length = film.evaluate("film => film.duration")  # at whose end it begins again
    now = film.evaluate("film => film.paused && film.currentTime")
    assert now == pytest.approx((at + 0.1) % length, abs=0.02)
    page.keyboard.press(",")
    assert film.evaluate("film => film.currentTime") == pytest.approx(at, abs=0.02)
    page.keyboard.press("ArrowRight")
    assert page.locator(".stage video").count() == 0
    assert page.locator("#one").is_visible()
    page.close()


def test_a_film_plays_in_the_large_view(browser: Browser, written: Path) -> None:
    """At once and with controls, also where one comes to it by an arrow; `m` plays it anew."""
    page = opened(browser, written, "no-preference")
    page.locator('[data-page="_exercises/row.md"] .picture').nth(0).click()
    assert page.locator("#one").is_visible()
    page.keyboard.press("ArrowRight")
    film = page.locator(".stage video")
    wait_until(page, "document.querySelector('.stage video').currentTime > 0")
    assert (film.get_attribute("src") or "").endswith("row-clip.mp4")
    assert film.evaluate("film => film.controls && film.getAttribute('aria-label')") == "Filmed"
    page.keyboard.press("m")
    assert film.count() == 1
    page.keyboard.press("c")
    assert film.count() == 0  # beside another step it stands still
    page.close()


def test_a_film_without_a_poster_plays_itself(browser: Browser, tmp_path: Path) -> None:
    """Its clip is not made yet: no broken picture stands for it, and the large view shows it."""
    site = SiteBuilder(tmp_path)
    site.write("_exercises/row.md", ROW)
    site.write("mediakit.toml", SETTINGS)
    site.write("assets/images/sit.gif", gif(drawn()))
    site.write("assets/images/row.mov", phone_film())
    assert main(["gallery", "page", "-q", "--site", str(site.root)]) == 0
    page = opened(browser, tmp_path / ".mediakit/gallery/index.html", "no-preference")
    picture = page.locator("li[data-film] .picture")
    assert picture.locator("img").get_attribute("src") is None
    picture.click()
    assert (page.locator(".stage video").get_attribute("src") or "").endswith("row.mov")
    page.close()


def test_less_motion_waits_for_a_click(browser: Browser, written: Path) -> None:
    """Nothing moves by itself: not under the pointer, and in the large view not before a click."""
    page = opened(browser, written, "reduce")
    page.locator(".picture").first.hover()
    assert page.locator("video").count() == 0
    page.locator(".picture").first.click()
    page.locator("#move").click()
    wait_until(page, "document.querySelector('.stage video').readyState === 4")
    assert page.locator(".stage video").evaluate("film => film.paused && film.controls")
    page.keyboard.press("ArrowRight")
    assert page.locator(".stage video").evaluate("film => film.paused && film.controls")
    page.close()


def test_a_film_is_not_cropped(browser: Browser, written: Path) -> None:
    """The desk offers it for pictures alone, and says why where one cannot be cropped."""
    with desk_at(written.parents[1] / "site") as address, browsing(browser, address) as desk:
        desk.picture("row", 1).click()
        assert not desk.page.locator("[data-act=crop]").is_visible()
        assert desk.page.locator("[data-act=teaser]").is_visible()
        desk.page.keyboard.press("ArrowLeft")
        desk.page.click("[data-act=crop]")
        assert "crop another picture" in desk.said("sit.gif: it moves")
