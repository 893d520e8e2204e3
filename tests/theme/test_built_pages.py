"""The includes in real pages: Jekyll builds them, Chromium looks at them."""

from __future__ import annotations

import functools
import json
import re
import shutil
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import pytest
from clinic import FILES, SETTINGS, clinic

from mediakit.cli.main import main
from seen import ORIGIN, addresses, images, look_at, pages
from site_builds import build as built_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

    from seen import Seen

PAGES = ("exercises/squat.html", "exercises/row.html", "exercises/plank.html", "index.html",
         "exercises/lunge.html")  # fmt: skip

PLAIN = {
    "_includes/mediakit/picture.html": '<img src="{{ include.path | relative_url }}" alt="">',
    "_layouts/mediakit.html": "---\nlayout: single\n---\n{{ content }}",
}
"""What the site has in place of our includes before they are installed."""

ODD = """\
---
title: Odd
header: {image: https://elsewhere.example.org/top.jpg, teaser: /assets/images/squat-0-320.jpg}
gallery:
  - {image_path: https://elsewhere.example.org/a.jpg, alt: 'A "b" <i>', url: /exercises/row.html}
  - {image_path: /assets/images/unknown.jpg, alt: U}
  - {image_path: /assets/images/squat-0-card.jpg, alt: Card}
  - {image_path: "https://clinic.example.org/site/assets/images/squat%20wide.jpg?v=1", alt: Wide}
---
{% include gallery %}

{% include mediakit/credits.html label="Photos:" %}

{% include mediakit/credits.html path="/assets/images/squat-0-320.jpg" class="one" %}

`<img src="/assets/images/squat-1.jpg">` and
<img src="/site/assets/images/squat-1.jpg" width="90" alt="">
"""
HOME = "https://media.example.org/m"
LEDGER = {
    "assets/images/squat-0.jpg": {
        "title": "A <b>", "author": "Ann", "source": "https://photos.example.org/1",
    },
    "assets/images/squat wide.jpg": {
        "author": "Bo", "licence": "CC BY", "licence_url": "https://licences.example.org/by",
    },
    "assets/images/row-0.png": {"author": "Not on this page"},
}  # fmt: skip
CARD = """
[presets.card]
roles = ["og_image"]
suffix = "-card"
width = 300
height = 300
fit = "cover"
"""


class Built(NamedTuple):
    """The site without the includes and with them, and the target of a sync."""

    before: Path
    after: Path
    out: Path


def build(site: Path, to: Path) -> Path:
    """Build as GitHub Pages does."""
    built_by(site, "jekyll", "build", "--safe", "--quiet", "--destination", str(to))
    return to


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    top = tmp_path_factory.mktemp("theme")
    site = clinic(top / "site")
    for path, text in PLAIN.items():
        site.write(path, text)
    site.run()
    before = build(site.root, top / "before")
    assert main(["theme", "install", "--force", "--quiet", "--site", str(site.root)]) == 0
    site.write("_includes/head/custom.html", "{% include mediakit/social.html details=true %}")
    site.run("sync", target=str(top / "out"))
    return Built(before, build(site.root, top / "after"), top / "out")


def test_every_picture_has_its_size(built: Built) -> None:
    """None before, all after: galleries, figures, features, heroes, lists, texts and videos."""
    before = [each for text in pages(built.before).values() for each in images(text)]
    after = [each for text in pages(built.after).values() for each in images(text)]
    assert len(before) > 15
    assert not [each for each in before if "width=" in each]
    assert len(after) > len(before)
    assert not [each for each in after if not re.search(r' width="\d+" height="\d+"', each)]


def test_webp_on_every_page(built: Built) -> None:
    """By the recipe of the how-to, the first source of pictures is WebP."""
    page = Path(__file__).parents[2] / "docs/how-to/theme.md"
    assert SETTINGS.partition("\n\n")[2] in page.read_text("utf-8")
    for path, text in pages(built.after).items():
        assert '<source type="image/webp"' in text, path


def test_all_addresses_are_at_the_target(built: Built) -> None:
    """Each address of a picture in the built pages is answered by the target."""
    named = {each for text in pages(built.after).values() for each in addresses(text)}
    assert len(named) > 30
    paths = [unquote(each).removeprefix(ORIGIN).removeprefix("/site/") for each in named]
    missing = [each for each in paths if not (built.out / each).is_file()]
    assert missing == []


@pytest.fixture(scope="module")
def look(browser: Browser) -> Callable[..., Seen]:
    """Return what looks at a page of a built site, at each once."""
    return functools.cache(functools.partial(look_at, browser))


def test_pictures_are_as_large_as_before(built: Built, look: Callable[..., Seen]) -> None:
    """Galleries, features and figures beside the text keep their size; captions are no code."""
    for path in ("exercises/lunge.html", "exercises/plank.html", "index.html"):
        before = look(built.before, path, width=1280)
        after = look(built.after, path, width=1280)
        boxes = zip(before.pictures, after.pictures, strict=True)
        assert [
            (a["alt"], a["box"], b["box"]) for a, b in boxes if far(a["box"], b["box"])
        ] == [], path
    assert "<figcaption>Two <em>and</em> two</figcaption>" in pages(built.after)[PAGES[-1]]


def far(one: list[int], other: list[int]) -> bool:
    """Return whether two boxes are not as large, but for rounding."""
    return any(abs(a - b) > 1 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("width", "paths"), [(1280, PAGES), (390, PAGES[:2])])
def test_nothing_jumps(
    built: Built, look: Callable[..., Seen], width: int, paths: tuple[str, ...]
) -> None:
    """No layout shift by the browser's own account, though pictures come late, and one before."""
    for path in paths:
        seen = look(built.after, path, width=width)
        assert seen.shifted == [], path
        assert all(each["loaded"] for each in seen.pictures), path
        assert seen.foreign == [], path
        assert any(".webp" in each["shown"] for each in seen.pictures), path
    before = look(built.before, PAGES[1], width=width)
    assert before.shift > 0.1


def test_videos_ask_nobody_before_a_click(built: Built, browser: Browser) -> None:
    """The theme's frames ask at once; ours hold a link with a thumbnail, which a click follows."""
    assert look_at(browser, built.before, "exercises/plank.html").foreign
    text = (built.after / "exercises/plank.html").read_text("utf-8")
    frame = unescape(re.findall(r'srcdoc="([^"]+)"', text)[0])
    assert 'href="https://player.vimeo.com/video/76979871?dnt=true&amp;autoplay=1"' in frame
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.route("**/*", lambda route: route.fulfill(body="ok", content_type="text/html"))
    page.goto("https://clinic.example.org/")
    page.set_content(text)
    player = "https://player.vimeo.com/video/76979871"
    with page.expect_request(lambda each: each.url.startswith(player)):
        page.frame_locator("iframe").locator("a").click(force=True)
    assert any(each.startswith(player) for each in asked)
    page.close()


def test_the_hero_comes_first(built: Built) -> None:
    """It is an <img> that loads before the rest, which is lazy; decoration has no alt."""
    text = pages(built.after)["exercises/squat.html"]
    first, *others = re.findall(r"<img\b[^>]*>", text)
    assert 'fetchpriority="high"' in first
    assert 'alt=""' in first
    assert "lazy" not in first
    assert "linear-gradient(rgba(0, 0, 0, 0.4), rgba(0, 0, 0, 0.4))" in text
    assert all('loading="lazy"' in each for each in others)
    described = images(pages(built.after)["exercises/row.html"])[0]
    assert 'alt="A person rows"' in described
    assert 'fetchpriority="high"' in described


def test_attributes_are_escaped(built: Built) -> None:
    """A quotation mark in an alt text ends the attribute of the theme's tag, and not of ours."""
    text = pages(built.after)["exercises/squat.html"]
    assert 'alt="Low &quot;position&quot;"' in text
    assert 'title="Low &lt;1&gt;"' in text
    assert "Squat &amp; " in text
    assert "<figcaption>Seen <strong>from the side</strong></figcaption>" in text


def test_tags_of_the_shared_picture(built: Built) -> None:
    """Size, type and alt below the theme's own tag, which is there once; a variant is the whole."""
    text = pages(built.after)["exercises/row.html"]
    assert text.count('"og:image"') == 1
    found = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', text))
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "900")
    assert found["og:image:type"] == "image/jpeg"
    assert found["twitter:image:alt"] == "A person rows"


def test_what_is_not_known(tmp_path: Path) -> None:
    """Pictures that the catalog lacks are as in the theme; known ones may be at another host."""
    if shutil.which("jekyll") is None:
        pytest.skip("jekyll is not installed")
    site = clinic(tmp_path / "site")
    for each in ("gallery", "page__hero.html", "archive-single.html"):
        (site.root / "_includes" / each).unlink()
    main(["theme", "install", "--quiet", "--site", str(site.root)])
    settings = (
        (site.root / "mediakit.toml")
        .read_text()
        .replace("data = true", f'data = true\nbase_url = "{HOME}"')
    )
    site.write("mediakit.toml", settings + CARD + "[cards.og]\n")
    site.write("_includes/seo.html", "{% include mediakit/social.html %}")
    site.write("_exercises/odd.md", ODD)
    site.write("_data/credits.json", json.dumps({"version": 1, "pictures": LEDGER}))
    main(["gallery", "fill", "plank", "--cards", "--yes", "--quiet", "--site", str(site.root)])
    site.run()
    found = pages(build(site.root, tmp_path / "built"))
    text = found["exercises/odd.html"]
    tags = re.findall(r"<img\b[^>]*>", text.replace("&quot;", "'"))
    top, there, unknown, card, wide, small = tags
    assert top == ('<img src="https://elsewhere.example.org/top.jpg" alt="Odd" '
                   'class="page__hero-image" fetchpriority="high">')  # fmt: skip
    assert 'src="https://elsewhere.example.org/a.jpg" alt="A \'b\' ' in there
    assert 'src="/site/assets/images/unknown.jpg" alt="U"' in unknown
    assert "loading" not in there + unknown
    assert 'src="https://media.example.org/m/assets/images/squat-0-card.jpg"' in card
    assert 'width="300" height="300"' in card
    assert 'src="https://media.example.org/m/assets/images/squat%20wide.jpg"' in wide
    assert "https://media.example.org/m/assets/images/squat%20wide-768.webp 768w" in text
    assert 'width="90"' in small
    assert "srcset" not in small
    assert "&lt;img src=" in text  # what is code stays code
    assert 'href="/site/exercises/row.html"' in text
    ours = '<a href="https://photos.example.org/1">A &lt;b&gt;</a>, Ann'
    assert re.findall(r'<p class="one"><small>(.*?)</small></p>', text) == [ours]
    assert re.findall(r'<p class="credits"><small>(.*?)</small></p>', text) == [
        f'Photos: {ours}; Bo, <a rel="license" href="https://licences.example.org/by">CC BY</a>'
    ]
    assert text.count('property="og:image"') == 1
    assert '<meta property="og:image" content="https://elsewhere.example.org/top.jpg">' in text
    plank = found["exercises/plank.html"]
    shared = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', plank))
    assert shared["og:image"] == f"{HOME}/assets/images/cards/og/exercises/plank.jpg"
    assert (shared["og:image:width"], shared["og:image:height"]) == ("1200", "630")


def test_our_styles_are_not_needed() -> None:
    """The site of these tests has only what the theme says of pictures in its styles."""
    assert "mediakit" not in (FILES / "assets/css/main.css").read_text("utf-8")
