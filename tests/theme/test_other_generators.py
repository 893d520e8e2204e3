"""The partials of Hugo and the shortcodes of Eleventy in real pages, which Chromium looks at."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import pytest
from clinic import SETTINGS, saved

from conftest import SiteBuilder
from mediakit.cli.main import main
from scenes import scene
from seen import addresses, images, look_at, pages
from site_builds import build

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

HOSTILE = """'"><script>alert(1)</script>{{ .Site }} & <b>"""
SIZED = re.compile(r' width="\d+" height="\d+"')
QUOTED = json.dumps(HOSTILE)
STYLE = "<style>img { max-width: 100%; height: auto } body { max-width: 900px }</style>"
HUGO_LAYOUT = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{{{ .Title }}}}</title>{STYLE}
{{{{ partial "mediakit/social.html" . }}}}{{{{ partial "mediakit/structured.html" . }}}}</head>
<body>{{{{ partial "mediakit/hero.html" (dict "page" .) }}}}<h1>{{{{ .Title }}}}</h1>
{{{{ partial "mediakit/gallery.html" (dict "page" . "pictures" .Params.gallery) }}}}
{{{{ .Content }}}}{{{{ partial "mediakit/credits.html" (dict "page" . "label" "Photos:") }}}}
<p>The end.</p></body></html>
"""
HUGO = {
    "hugo.toml": 'baseURL = "https://clinic.example.org/site/"\ntitle = "Clinic"\n'
                 'disableKinds = ["taxonomy", "term", "section"]\n',
    "layouts/_default/single.html": HUGO_LAYOUT,
    "layouts/index.html": HUGO_LAYOUT,
    "content/_index.md": '---\ntitle: All\ncover: "/images/100% top.jpg"\n---\n',
    "content/exercises/Squat/index.md": f"""\
---
title: {QUOTED}
slug: deep-squat
cover: {{image: squat-0.jpg, alt: {QUOTED}}}
images: [/images/card.jpg]
gallery:
  - {{src: squat-0-320.jpg, alt: {QUOTED}, title: {QUOTED}, url: squat-0.jpg}}
  - {{src: steps/half way.jpg, alt: Half way}}
  - /images/card.jpg
---
![Low & deep](squat-0.jpg "Seen 'so'") and ![Top](/images/100%25%20top.jpg?v=1#x)

{{{{< figure src="steps/half%20way.jpg" alt="Half" caption="Go *down*" title="Step 1" >}}}}

{{{{< mediakit/picture src="/images/old bench.jpg" alt="Bench" >}}}}

{{{{< youtube aIZuK2cX4FA >}}}}
{{{{< vimeo id="76979871" title="<i>" >}}}}
""",
    "content/exercises/row.md": "---\ntitle: Row\n---\n![Bench](../../images/old%20bench.jpg)\n"
                                '{{< mediakit/picture src="/images/card-320.jpg" >}}\n',
}  # fmt: skip
ELEVENTY_LAYOUT = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{{{ title | escape }}}}</title>{STYLE}
{{% social card, title %}}{{% structured %}}</head>
<body>{{% hero cover, coverAlt %}}<h1>{{{{ title | escape }}}}</h1>
{{% gallery gallery, "Go" %}}{{{{ content }}}}{{% credits "Photos:" %}}<p>The end.</p></body></html>
"""
ELEVENTY = {
    "eleventy.config.js": """\
module.exports = function (eleventyConfig) {
  eleventyConfig.addPlugin(require("./mediakit.cjs"), { url: "https://clinic.example.org/site/" });
  eleventyConfig.addPassthroughCopy("src/**/*.{jpg,webp}");
  eleventyConfig.addPassthroughCopy({ "public": "/" });
  return { pathPrefix: "/site/", dir: { input: "src", output: "public_html" } };
};
""",
    "package.json": "{}",
    "src/_includes/page.html": ELEVENTY_LAYOUT,
    "src/index.md": '---\nlayout: page.html\ntitle: All\ncover: "/images/100% top.jpg"\n---\n',
    "src/exercises/Squat/index.md": f"""\
---
layout: page.html
title: {QUOTED}
cover: squat-0.jpg
coverAlt: {QUOTED}
card: /images/card.jpg
gallery:
  - {{src: squat-0-320.jpg, alt: {QUOTED}, title: {QUOTED}, url: squat-0.jpg}}
  - {{src: steps/half way.jpg, alt: Half way}}
  - /images/card.jpg
---
![Low & deep](squat-0.jpg "Seen 'so'") and ![Top](/images/100%25%20top.jpg?v=1#x)

{{% figure "steps/half%20way.jpg", "Half", "Go <down>" %}}

{{% picture "/images/old bench.jpg", "Bench" %}}

{{% youtube "aIZuK2cX4FA" %}}
{{% vimeo "76979871", "<i>" %}}
""",
    "src/exercises/row.md": "---\nlayout: page.html\ntitle: Row\n---\n"
    '![Bench](/images/old%20bench.jpg)\n{% picture "/images/card-320.jpg" %}\n',
}
PICTURES = {
    "content/exercises/Squat/squat-0.jpg": (1600, 1000),
    "content/exercises/Squat/steps/half way.jpg": (900, 1200),
    "static/images/100% top.jpg": (2000, 900), "static/images/card.jpg": (1200, 630),
    "assets/images/old bench.jpg": (1200, 900),
    "videos/videos/aIZuK2cX4FA.jpg": (1280, 720),
}  # fmt: skip
"""Below these folders, which have other names in each kind of site."""
LEDGER = {
    "images/card.jpg": {
        "title": HOSTILE, "author": "Ann & Bo", "licence": "CC BY 4.0",
        "licence_url": "https://licences.example.org/by", "source": "https://photos.example.org/1",
    },
    "images/100% top.jpg": {"source": "https://photos.example.org/2", "licence_url": "script:0"},
}  # fmt: skip
SITES = {"hugo": HUGO, "eleventy": ELEVENTY}
COMMANDS = {
    "hugo": ("hugo", "--quiet", "--destination"),
    "eleventy": ("eleventy", "--quiet", "--output"),
}
KEYS = {"hugo": "images", "eleventy": "card"}
"""Where the front matter has the picture of a shared page."""
FOLDERS = {
    "eleventy": {"content": "src", "assets": "src", "static": "public", "videos": "src/images"},
    "hugo": {"content": "content", "assets": "assets", "static": "static",
             "videos": "static/images"},
}  # fmt: skip


class Built(NamedTuple):
    """A built site, the folder that a sync filled, and where the page of the squat is."""

    folder: Path
    out: Path
    squat: str

    @property
    def html(self) -> str:
        """The page of the squat."""
        return pages(self.folder)[self.squat]


@pytest.fixture(scope="module", params=["hugo", "eleventy"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    site = SiteBuilder(tmp_path_factory.mktemp(name) / "clinic")
    for path, text in SITES[name].items():
        site.write(path, text)
    for number, (path, size) in enumerate(PICTURES.items()):
        top, _, rest = path.partition("/")
        site.write(f"{FOLDERS[name][top]}/{rest}", saved(scene(number, number % 2, size), path))
    site.write("mediakit.toml", f'{SETTINGS}[cards.og]\n[images]\nog_image = ["{KEYS[name]}"]\n')
    static, data = FOLDERS[name]["static"], "data" if name == "hugo" else "src/_data"
    ledger = {f"{static}/{path}": each for path, each in LEDGER.items()}
    site.write(f"{data}/credits.json", json.dumps({"version": 1, "pictures": ledger}))
    assert main(["theme", "install", "--quiet", "--site", str(site.root)]) == 0
    assert main(["gallery", "fill", "--cards", "--yes", "--quiet", "--site", str(site.root)]) == 0
    site.run("sync", target=str(site.root.parent / "out"))
    folder = site.root.parent / "built"
    build(site.root, *COMMANDS[name], str(folder))
    slug = "deep-squat" if name == "hugo" else "Squat"
    return Built(folder, site.root.parent / "out", f"exercises/{slug}/index.html")


def test_every_picture_has_its_size(built: Built) -> None:
    """Heroes, galleries, figures, pictures of Markdown and of videos: all with WebP and a size."""
    for path, text in pages(built.folder).items():
        assert images(text), path
        assert [each for each in images(text) if not SIZED.search(each)] == []
        assert '<source type="image/webp"' in text, path
    assert len(images(built.html)) == 9


def test_all_addresses_are_there(built: Built) -> None:
    """The built site has each address, and the target those of pages at their own place."""
    named = {each for text in pages(built.folder).values() for each in addresses(text)}
    assert len(named) > 30
    paths = [unquote(each).removeprefix("https://clinic.example.org").removeprefix("/site/")
             for each in named]  # fmt: skip
    assert [each for each in paths if not (built.folder / each).is_file()] == []
    assert [each for each in paths
            if "deep-squat" not in each and not (built.out / each).is_file()] == []  # fmt: skip


def test_hostile_titles(built: Built) -> None:
    """A title of a stranger ends no attribute and no element, and loses nothing."""
    text = built.html
    assert "<script>alert" not in text + unescape(unescape(text)).partition(HOSTILE)[0]
    assert text.count("<script") == 0
    first = next(each for each in re.findall(r"<img\b[^>]*>", text) if "alert" in each)
    assert unescape(re.findall(r'alt="([^"]*)"', first)[0]) == HOSTILE
    assert "<i>" not in text
    frame = unescape(re.findall(r'srcdoc="([^"]+)"', text)[1])
    assert 'href="https://player.vimeo.com/video/76979871?dnt=true&' in frame
    assert "<i>" not in frame


def test_tags_of_the_shared_picture(built: Built) -> None:
    """A picture has an absolute address, size, type and alt; a card that mediakit made does too."""
    found = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', built.html))
    assert found["og:image"] == "https://clinic.example.org/site/images/card.jpg"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:type"] == "image/jpeg"
    assert unescape(found["twitter:image:alt"]) == HOSTILE
    row = pages(built.folder)["exercises/row/index.html"]
    made = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', row))
    assert "/site/images/cards/og/" in made["og:image"]
    assert (made["og:image:width"], made["og:image:height"]) == ("1200", "630")


def test_credits(built: Built) -> None:
    """Title, author, licence and source of each picture of others, of pages that show one."""
    (told,) = re.findall(r'<p class="credits"><small>(.*?)</small></p>', built.html)
    first, second = told.split("; <a")
    assert first.startswith('Photos: <a href="https://photos.example.org/1">')
    assert first.endswith(', <a rel="license" href="https://licences.example.org/by">CC BY 4.0</a>')
    assert HOSTILE in unescape(first)
    assert "Ann & Bo" in unescape(first)
    assert second == ' href="https://photos.example.org/2">photos.example.org</a>'


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps(built: Built, browser: Browser, width: int) -> None:
    """No layout shift, no request to another host, and WebP is shown."""
    for path in (built.squat, "index.html"):
        seen = look_at(browser, built.folder, path, width=width)
        assert seen.shifted == [], path
        assert seen.foreign == [], path
        assert all(each["loaded"] for each in seen.pictures), path
        assert any(".webp" in each["shown"] for each in seen.pictures), path
