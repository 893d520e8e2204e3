"""Loops of steps in a page: Jekyll builds it, Chromium looks at it with and without motion."""

from __future__ import annotations

import json
import mimetypes
import re
import shutil
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from browser_wait import wait_for_frame
from conftest import SiteBuilder
from filmed_clips import drawn, gif, phone_film
from mediakit.cli.main import main
from seen import ORIGIN
from site_builds import build
from step_scenes import Camera, jpeg, step

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SETTINGS = """\
[theme]
data = true
[images]
gallery = ["gallery"]
[movement.loop]
side = 320
hold = 300
fade = 80
formats = ["mp4"]
[clips.small]
longest = 64
formats = ["mp4", "webm"]
"""
MORE = """\
[movement.moving]
side = 320
pages = "asked"
formats = ["webp"]
"""
FRONT = """\
---
title: Squat & press
layout: plain
cover: row.gif
gallery:
  - {image_path: up.jpg, url: up.jpg, alt: 'Standing "tall"'}
  - {image_path: down.jpg, url: down.jpg, alt: Down}
  - {image_path: press.mov, alt: Heard, sound: true}
more:
  - {image_path: row.gif, url: row.gif, alt: Rowing}
  - {image_path: ADDED, alt: Added}
---
"""
FAR = '<p style="height: 2500px">Far above.</p>'
JEKYLL_PAGE = (
    FRONT.replace("---\n", "---\nheader: {teaser: row.gif}\n", 1)
    + f"""\
{FAR}

{{% include mediakit/movement.html play="Afspil" %}}

{{% include gallery id="more" %}}

![A row & more](row.gif)

{{% include mediakit/movement.html path="/assets/images/row.gif" alt="Again" caption="" %}}

{{% include mediakit/movement.html path="/assets/images/press.mov" alt="Heard" caption="" %}}

{{% include mediakit/movement.html path="/assets/images/up.jpg" %}}

After.
"""
)
HUGO_LAYOUT = f"""<!doctype html><title>t</title>{FAR}
{{{{ partial "mediakit/movement.html" (dict "page" . "play" "Afspil") }}}}
{{{{ partial "mediakit/hero.html" . }}}}
{{{{ partial "mediakit/gallery.html" (dict "page" . "pictures" .Params.more) }}}}
{{{{ .Content }}}}"""
HUGO_TEXT = """\
![A row & more](row.gif)

{{< mediakit/movement src="row.gif" alt="Again" caption="" >}}

{{< mediakit/movement src="press.mov" alt="Heard" caption="" >}}

{{< mediakit/movement src="up.jpg" >}}
"""
ELEVENTY_LAYOUT = f"""<!doctype html><title>t</title>{FAR}
{{% movement %}}{{% hero cover %}}{{% gallery more %}}{{{{ content }}}}"""
ELEVENTY_TEXT = """\
![A row & more](row.gif)

{% movement "row.gif", "Again", "" %}

{% movement "press.mov", "Heard", "" %}

{% movement "up.jpg" %}
"""
ELEVENTY_SETTINGS = """\
module.exports = function (eleventyConfig) {
  eleventyConfig.addPlugin(require("./mediakit.cjs"), { play: "Afspil" });
  eleventyConfig.addPassthroughCopy("src/**/*.{jpg,gif,mp4}");
  return { pathPrefix: "/site/", dir: { input: "src", output: "public_html" } };
};
"""
SITES = {
    "jekyll": {
        "_config.yml": "source: docs\nbaseurl: /site\ncollections: {exercises: {output: true}}\n",
        "docs/_layouts/plain.html": "<!doctype html><title>t</title>{% assign post = page %}"
        "{% include archive-single.html type='grid' %}{% include mediakit/content.html %}",
        "docs/_includes/page__meta.html": "",
        "docs/_exercises/squat.md": JEKYLL_PAGE,
        "docs/_exercises/alone.md": JEKYLL_PAGE.replace("up.", "alone.").replace("down.", "alone."),
    },
    "hugo": {
        "hugo.toml": 'baseURL = "https://clinic.example.org/site/"\n'
        'disableKinds = ["taxonomy", "term", "section", "home"]\n',
        "layouts/_default/single.html": HUGO_LAYOUT,
        "content/exercises/squat/index.md": FRONT + HUGO_TEXT,
    },
    "eleventy": {
        "eleventy.config.js": ELEVENTY_SETTINGS, "package.json": "{}",
        "src/_includes/plain.html": ELEVENTY_LAYOUT,
        "src/exercises/squat/index.md": FRONT.replace("plain", "plain.html") + ELEVENTY_TEXT,
    },
}  # fmt: skip
FOLDERS = {
    "jekyll": "docs/assets/images/", "hugo": "content/exercises/squat/",
    "eleventy": "src/exercises/squat/",
}  # fmt: skip
COMMANDS = {
    "jekyll": ("jekyll", "build", "--safe", "--quiet", "--destination"),
    "hugo": ("hugo", "--quiet", "--destination"),
    "eleventy": ("eleventy", "--quiet", "--output"),
}


class Built(NamedTuple):
    """A site, where it was built, and the path of the page."""

    kind: str
    site: Path
    folder: Path
    page: str

    @property
    def html(self) -> str:
        return (self.folder / self.page).read_text("utf-8")

    @property
    def told(self) -> dict[str, Any]:
        """What templates are told."""
        (path,) = self.site.rglob("mediakit.json")
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found


@pytest.fixture(scope="module", params=[*SITES])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    kind: str = request.param
    if shutil.which(kind) is None:
        pytest.skip(f"{kind} is not installed")
    site = SiteBuilder(tmp_path_factory.mktemp("loops") / "site")
    place = "/assets/images/" if kind == "jekyll" else ""
    added = "row-clip.jpg, url: row-clip.mp4" if kind == "jekyll" else "row-clip.jpg"
    for path, text in SITES[kind].items():
        page = text.replace("ADDED", added)  # as `add` writes it
        names = r"(?<![\w/])(up|down|alone|row|press)(-clip)?\.(jpg|gif|mov|mp4)"
        site.write(path, re.sub(names, rf"{place}\g<0>", page) if path.endswith(".md") else text)
    site.write("mediakit.toml", SETTINGS + (MORE if kind == "jekyll" else ""))
    photos = {"up": step(), "down": step(pose=1, camera=Camera(right=4, tilt=1)), "alone": step(2)}
    for name, photo in photos.items():
        if name != "alone" or kind == "jekyll":
            site.write(f"{FOLDERS[kind]}{name}.jpg", jpeg(photo))
    site.write(f"{FOLDERS[kind]}row.gif", gif(drawn()))
    site.write(f"{FOLDERS[kind]}press.mov", phone_film(tone=440, count=10))
    assert main(["theme", "install", "--all", "--quiet", "--site", str(site.root)]) == 0
    assert site.run().problems == ()
    folder = site.root.parent / "built"
    build(site.root, *COMMANDS[kind], str(folder))
    page = "exercises/squat.html" if kind == "jekyll" else "exercises/squat/index.html"
    return Built(kind, site.root, folder, page)


def opened(browser: Browser, built: Built, motion: str, asked: list[str]) -> Page:
    context = browser.new_context(
        viewport={"width": 800, "height": 700},
        reduced_motion=motion,  # type: ignore[arg-type]
    )
    page = context.new_page()

    def answer(route: Route) -> None:
        path = unquote(urlsplit(route.request.url).path).removeprefix("/site/")
        asked.append(path)
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(body=(built.folder / path).read_bytes(), content_type=kind)

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/site/{built.page}")
    page.wait_for_load_state("networkidle")
    return page


def films(asked: list[str]) -> list[str]:
    return [each for each in asked if each.endswith((".mp4", ".webm"))]


def test_templates_are_told(built: Built) -> None:
    """Pixels, seconds, poster, text and films, by page and by film; steps are no picture."""
    (loop,), clips = built.told["loops"].values(), built.told["clips"]
    (path,) = (each[:-4] for each in clips if each.endswith(".gif"))
    clip = clips[f"{path}.gif"]
    assert [each for each in clips if clips[each] == clip] == [
        f"{path}-clip.jpg", f"{path}-clip.mp4", f"{path}-clip.webm", f"{path}.gif"
    ]  # fmt: skip
    assert [*loop["films"]] == ["video/mp4"]
    assert [*clip["films"]] == ["video/webm", "video/mp4"]
    assert (loop["alt"], loop["seconds"]) == ('Standing "tall"', 0.76)
    assert (clip["width"], clip["height"], clip["seconds"]) == (64, 42, 0.68)
    assert (clip["poster"], clip["films"]["video/mp4"]) == (f"{path}-clip.jpg", f"{path}-clip.mp4")
    assert set(films([*built.told["pictures"]])) <= built.told["clips"].keys()


def test_a_gif_is_its_clip(built: Built) -> None:
    """In a gallery, in the text and by name; where it is one of a list or the top, its poster."""
    text = unescape(built.html)
    assert ".gif" not in text
    assert "<figcaption>Again" not in text
    seen = re.findall(
        r'<video [^>]*width="(\d+)" height="(\d+)"[^>]* aria-label="([^>]*)" data-play', text
    )
    row = [("64", "42", name) for name in ("Rowing", "Added", "A row & more", "Again", "Heard")]
    assert seen[1:] == row
    (still,) = re.findall(r'<img src="[^"]*-clip.jpg"(?! alt="[^>]*></video>)[^>]*>', text)
    assert 'width="64" height="42"' in still
    assert text.count("<script>") == text.count("</script>") == 5


def test_films_as_browsers_choose_and_hear_them(built: Built) -> None:
    """The codec of a WebM is told, so that none is taken in vain; a sound is not muted."""
    films = re.findall(r"<video[^>]*>.*?</video>", unescape(built.html), re.DOTALL)
    webm, mp4 = re.findall(r'<source type="([^"]*)"', films[1])
    assert (webm, mp4) == ("video/webm; codecs=av01.0.08M.08", "video/mp4")
    tags = [each.partition(">")[0] for each in films]
    (heard,) = [each for each in tags if not re.search(r" loop\b.* muted\b", each)]
    assert 'aria-label="Heard"' in heard
    assert " muted" not in heard
    assert " controls" in heard


def test_page_without_a_loop_shows_nothing(built: Built) -> None:
    """The include can stand in a layout."""
    if built.kind != "jekyll":
        pytest.skip("Jekyll's site has the page")
    alone = (built.folder / "exercises/alone.html").read_text("utf-8")
    assert alone.count("<video") == 5
    assert "Afspil" not in alone


def test_loop_plays_when_a_visitor_comes_near(built: Built, browser: Browser) -> None:
    """Nothing is asked for before; it plays without sound, for ever, and the button stops it."""
    asked: list[str] = []
    page = opened(browser, built, "no-preference", asked)
    film = page.locator("video").first
    assert films(asked) == []
    sizes = ("width", "height", "poster", "muted", "loop", "playsinline")
    assert all(film.get_attribute(each) is not None for each in sizes)
    film.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    assert film.evaluate("film => film.autoplay && film.muted && film.loop && !film.controls")
    button = page.get_by_role("button", name='Pause: Standing "tall"')
    assert button.is_visible()
    assert page.locator("a button").count() == 0 or built.kind == "jekyll"
    button.click()
    assert film.evaluate("film => film.paused")
    assert page.locator("figcaption").first.inner_text() == 'Standing "tall"'
    page.context.close()


def test_a_film_is_never_blurred_or_too_high(built: Built, browser: Browser) -> None:
    """However wide its place is; its button stays within it, and narrow windows still hold it."""
    page = opened(browser, built, "reduce", [])
    for width, height in ((1400, 300), (300, 700)):
        page.set_viewport_size({"width": width, "height": height})
        shown = page.locator("video:not([controls])").evaluate_all(
            """films => films.map(film => [
              film.getAttribute("width"),
              ...[film, film.nextElementSibling].map(each => each.getBoundingClientRect()),
            ])"""
        )
        assert len(shown) >= 5
        for wide, film, button in shown:
            assert film["width"] <= min(1.5 * int(wide) + 1, width)
            assert film["height"] <= 0.85 * height + 1
            assert film["left"] <= button["left"] < button["right"] <= film["right"]
    page.context.close()


def test_less_motion_has_a_poster_and_a_button(built: Built, browser: Browser) -> None:
    """Who asked for less motion sees the first step, and plays it by a click."""
    asked: list[str] = []
    page = opened(browser, built, "reduce", asked)
    film = page.locator("video").first
    film.scroll_into_view_if_needed()
    wait_for_frame(page, "document.querySelector('video')")
    assert film.evaluate("film => film.paused && film.currentTime === 0 && !film.autoplay")
    assert films(asked) == []
    (loop,) = built.told["loops"].values()
    assert film.get_attribute("poster") == f"/site/{loop['poster']}"
    page.get_by_role("button", name='Afspil: Standing "tall"').click()
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    page.context.close()
