"""The page of all pictures, in a real browser: from a file, without a network."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from browser_wait import wait_until
from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from scenes import scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

PAGE = """\
---
title: "{title}"
tags: [{tags}]
equipment: mat
gallery:
  - url: /assets/images/{name}-0.jpg
    image_path: /assets/images/{name}-0-320.jpg
    alt: "{name}, <b>low</b>"
  - url: /assets/images/{name}-1.jpg
    image_path: /assets/images/{name}-1-320.jpg
    alt: "{name}, high"
{more}---
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    """Return a site of three exercises: one with a video, one with a problem and a duplicate."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    video = "video:\n  id: aIZuK2cX4FA\n"
    pages = {
        "knaeboej": ("Knæbøj <script>alert(1)</script>", "legs", video),
        "lunge": ("Lunge", "legs", "header:\n  teaser: /assets/images/gone.jpg\n"),
        "plank": ("Plank", "core", ""),
    }
    for room, (name, (title, tags, more)) in enumerate(pages.items()):
        site.write(
            f"_exercises/{name}.md", PAGE.format(name=name, title=title, tags=tags, more=more)
        )
        for pose in range(2):
            out = io.BytesIO()
            scene(room, pose).save(out, "JPEG", quality=90)
            site.write(f"assets/images/{name}-{pose}.jpg", out.getvalue())
    site.write("assets/images/lunge-1.jpg", (site.root / "assets/images/plank-1.jpg").read_bytes())
    site.write("assets/images/videos/aIZuK2cX4FA.jpg", draw((1280, 720)))
    site.run()
    return site


@pytest.fixture
def page(site: SiteBuilder, browser: Browser) -> Iterator[Page]:
    """Return the page of the site, opened from its file; errors of its script fail the test."""
    assert main(["gallery", "page", "-q", "--site", str(site.root)]) == 0
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site.root / ".mediakit/gallery/index.html").as_uri())
    yield page
    context.close()
    assert errors == []


def titles(page: Page) -> list[str]:
    return page.locator(".card:not([hidden]) h2").all_text_contents()


def test_all_is_shown(page: Page) -> None:
    """Each exercise with its pictures in a size that fits; text is text, whatever is in it."""
    assert titles(page) == ["Knæbøj <script>alert(1)</script>", "Lunge", "Plank"]
    first = page.locator(".card").first.locator(".picture img")
    assert first.count() == 2
    assert first.first.get_attribute("alt") == "knaeboej, <b>low</b>"
    assert "-320.jpg 320w" in (first.first.get_attribute("srcset") or "")
    first.first.scroll_into_view_if_needed()
    loaded = "[...document.querySelector('.card').querySelectorAll('img')].every(IS_LOADED)"
    wait_until(page, loaded.replace("IS_LOADED", "image => image.naturalWidth > 0"))
    link = page.locator("a.video")
    assert link.get_attribute("href") == "https://www.youtube.com/watch?v=aIZuK2cX4FA"
    assert page.evaluate("getComputedStyle(document.querySelector('.picture img')).objectFit") == (
        "contain"
    )


def test_search(page: Page) -> None:
    """Words are found in any order and spelling; the address keeps them."""
    for words in ("knæbøj", "knaeboej", "knaebøj", "knaboj", "knæboj", "LEGS knaeb"):
        page.fill("#search", words)
        assert len(titles(page)) == 1, words
    assert "1 exercise / 3" in page.inner_text("#count")
    assert "q=LEGS" in page.url
    page.reload()
    assert len(titles(page)) == 1
    page.fill("#search", "nothing like that")
    assert page.locator(".none").is_visible()


def test_filters_and_order(page: Page) -> None:
    """By label, by what is wrong or missing and by the code of a problem; each with its advice."""
    page.select_option("#choice", "legs")
    assert len(titles(page)) == 2
    page.click(".card:not([hidden]) .label >> text=legs")
    assert len(titles(page)) == 3
    page.select_option("#state", "code:missing-picture")
    assert titles(page) == ["Lunge"]
    shown = page.text_content(".card:not([hidden]) .problems") or ""
    assert "gone.jpg is missing" in shown
    assert "add the picture" in shown
    for state, expected in {
        "duplicate": ["Lunge", "Plank"], "no-video": ["Lunge", "Plank"], "no-alt": [],
        "": ["Knæbøj <script>alert(1)</script>", "Lunge", "Plank"],
    }.items():  # fmt: skip
        page.select_option("#state", state)
        assert titles(page) == expected
    page.select_option("#sort", "problems")
    assert titles(page)[0] == "Lunge"


def test_the_large_view(page: Page) -> None:
    """By keyboard alone: the steps of an exercise, around, two beside each other, and back."""
    page.locator(".picture").first.focus()
    page.keyboard.press("Enter")
    caption = page.locator("#caption")
    assert "knaeboej, <b>low</b> · 1 of 2" in caption.inner_text()
    page.keyboard.press("ArrowRight")
    assert "2 of 2 · knaeboej-1.jpg" in caption.inner_text()
    assert (page.locator("#one").get_attribute("src") or "").endswith("knaeboej-1.jpg")
    page.keyboard.press("ArrowRight")
    assert "1 of 2" in caption.inner_text()
    page.keyboard.press("c")
    assert (page.locator("#other").get_attribute("src") or "").endswith("knaeboej-1.jpg")
    page.keyboard.press("z")
    assert page.locator("#large.zoomed").count() == 1
    page.keyboard.press("PageDown")
    assert "Lunge" in caption.inner_text()
    page.keyboard.press("Escape")
    page.locator("#large").wait_for(state="hidden")
    wait_until(page, "(document.activeElement.dataset.full || '').endsWith('lunge-0.jpg')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


def test_the_menu_of_a_card(page: Page) -> None:
    """By keyboard: it is behind its button, and Escape leads back; one is open at a time."""
    button = page.locator(".card").nth(1).locator(".menu")
    button.focus()
    page.keyboard.press("Enter")
    menu = page.locator("#menu:popover-open")
    assert menu.locator("a, button").all_inner_texts() == ["Show the file", "Copy the path"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href").endswith("_exercises/lunge.md")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    assert menu.count() == 0
    assert button.evaluate("button => button === document.activeElement")
    button.click()
    assert menu.count() == 1
    page.locator(".card").nth(2).locator(".menu").click()
    assert page.locator(".card").nth(2).locator("#menu:popover-open").count() == 1
    page.locator(".card").nth(2).locator(".menu").click()
    assert menu.count() == 0


def test_swipe(page: Page) -> None:
    """A stroke of the finger goes on."""
    page.locator(".picture").first.click()
    page.mouse.move(800, 450)
    page.mouse.down()
    page.mouse.move(500, 450)
    page.mouse.up()
    assert "2 of 2" in page.locator("#caption").inner_text()


def test_in_danish(site: SiteBuilder, browser: Browser, tmp_path: Path) -> None:
    """The page speaks Danish, also of what is wrong and what to do about it."""
    assert main(["gallery", "page", "-q", "--lang", "da", "-o", str(tmp_path),
                 "--site", str(site.root)]) == 0  # fmt: skip
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.evaluate("document.documentElement.lang") == "da"
    assert "3 øvelser · 6 billeder" in page.inner_text("#count")
    assert "mangler" in (page.locator(".problems li span").first.text_content() or "")
    assert page.locator("[lang]").count() == 1
    names = page.locator("#state option").all_text_contents()
    assert "Billede mangler" in names
    assert "missing-picture" not in names
    page.close()


def test_in_the_language_of_the_exercises(tmp_path: Path) -> None:
    """The page of a site speaks the language of most exercises, as far as it can."""
    for settings, lang, title in (
        ("lang: da-DK\n", "da", "Billeder"), ("title: Squats\n", "en", "Pictures"),
        ("locale: fi\n", "en", "Pictures"),
    ):  # fmt: skip
        site = SiteBuilder(tmp_path / settings[:6])
        site.write("_config.yml", f"collections: {{exercises: }}\n{settings}")
        site.write("_exercises/squat.md", "---\ntitle: Squat\n---\n")
        assert main(["gallery", "page", "-q", "--site", str(site.root)]) == 0
        text = (site.root / ".mediakit/gallery/index.html").read_text("utf-8")
        assert f'<html lang="{lang}">' in text
        assert f"<h1>{title}</h1>" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_for_everybody(page: Page, scheme: str) -> None:
    """Axe finds nothing, light or dark, with the large view open too."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert Axe().run(page).response["violations"] == []
    page.locator(".picture").first.click()
    assert Axe().run(page).response["violations"] == []


def test_on_a_phone(page: Page) -> None:
    """Nothing is wider than a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_page_of_duplicates(site: SiteBuilder, browser: Browser, tmp_path: Path) -> None:
    """The page of duplicates loads its pictures, and is walked through by keyboard."""
    place = tmp_path / "dupes.html"
    main(["dupes", "-q", "--html", str(place), "--site", str(site.root)])
    page = browser.new_page()
    page.goto(place.as_uri())
    assert page.locator("section").count() == 1
    images = "[...document.querySelectorAll('section img')]"
    wait_until(page, f"{images}.every(image => image.naturalWidth > 0)")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "group 1"
    page.keyboard.press("Space")
    assert page.locator("section.blink").count() == 1
    page.keyboard.press("m")
    assert page.locator("body.plain").count() == 1
    assert Axe().run(page).response["violations"] == []
    page.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a page of 120 exercises."""
    site = SiteBuilder(tmp_path_factory.mktemp("large"))
    small = io.BytesIO()
    Image.new("RGB", (60, 40), "#3366cc").save(small, "JPEG")
    for number in range(120):
        picture = f"assets/images/e{number:03}-0.jpg"
        site.write(picture, small.getvalue() + b"%d" % number)
        site.write(
            f"_exercises/e{number:03}.md",
            f"---\ntitle: E {number}\ntags: [t{number % 7}]\n"
            f"gallery:\n  - image_path: /{picture}\n---\n",
        )
    assert main(["gallery", "page", "-q", "--site", str(site.root)]) == 0
    return (site.root / ".mediakit/gallery/index.html").as_uri()


def test_little_of_a_large_site_is_laid_out(browser: Browser, many: str) -> None:
    """Only what is near is laid out, loaded and watched, so that scrolling has 60 frames."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(many)
    assert page.locator(".card").count() == 120
    watched = "document.querySelectorAll('.card img[src]').length"
    assert 0 < page.evaluate(watched) < 60
    chromium = page.context.new_cdp_session(page)
    chromium.send("Performance.enable")
    figures = {each["name"]: each["value"] for each in
               chromium.send("Performance.getMetrics")["metrics"]}  # fmt: skip
    assert figures["LayoutObjects"] < 1500
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    shown = "[...document.querySelectorAll('.card:not([hidden]) img')]"
    wait_until(page, f"{shown}[60].naturalWidth > 0")
    assert page.evaluate(watched) < 100
    page.fill("#search", "E 119")
    wait_until(page, f"{shown}[0].naturalWidth > 0")
    page.fill("#search", "")
    page.locator(".picture").first.click()
    page.keyboard.press("PageUp")  # the last card, which is far
    wait_until(page, "document.querySelector('#steps img').naturalWidth > 0")
    page.close()


def test_groups_of_full_rows(browser: Browser, many: str) -> None:
    """Whatever is filtered, and however wide: full rows, in order, and the focus stays."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(many)
    shown = "[...each.children].filter(card => !card.hidden).length"
    groups = f"[...document.querySelectorAll('.cards:not([hidden])')].map(each => {shown})"
    assert page.evaluate(groups) == [6] * 20
    everything = titles(page)
    page.locator(".card").nth(8).locator(".label").click()
    assert page.evaluate(groups) == [6, 6, 5]
    assert titles(page) == [f"E {number}" for number in range(1, 120, 7)]
    assert page.evaluate("document.activeElement.dataset.label") == "t1"
    page.set_viewport_size({"width": 1920, "height": 900})
    wait_until(page, f"{groups}.join() === '5,5,5,2'")
    page.keyboard.press("Enter")
    assert page.evaluate(groups) == [5] * 24
    assert titles(page) == everything
    page.close()


def test_scrolling_up_is_steady(browser: Browser, many: str) -> None:
    """Cards that come near from above are of another height than was thought; nothing jumps."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(many)
    moved = """async () => {
      const frames = async () => {
        for (let n = 0; n < 3; n += 1) await new Promise(requestAnimationFrame);
      };
      scrollTo(0, document.body.scrollHeight);
      await frames();
      const found = [];
      for (let step = 0; step < 10; step += 1) {
        const card = document.elementFromPoint(200, 500).closest(".card, .cards");
        const top = card.getBoundingClientRect().top;
        scrollBy(0, -400);
        await frames();
        found.push(Math.round(card.getBoundingClientRect().top - top));
      }
      return found;
    }"""
    assert page.evaluate(moved) == [pytest.approx(400, abs=5)] * 10
    page.close()
