from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile_site import ACTS, add_names, page
from playwright.sync_api import Browser

from browser_wait import wait_for_frame, wait_until
from conftest import SiteBuilder, draw
from mediakit.cli.main import main
from mediakit.report.html import escaped, ground

BREAKING = (
    "</title></style></script><script>window.hit=1</script><img src=x onerror=window.hit=1>"
    '\\" onload=window.hit=1 x=\\"'
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return our two pages of a site whose every text is hostile, its committed catalog too."""
    site = SiteBuilder(tmp_path_factory.mktemp("pages"))
    add_names(site)
    for number in range(2):
        site.write(f"assets/images/twice-{number}.jpg", draw((400, 300)))
        text = page(f"/assets/images/twice-{number}.jpg", BREAKING, BREAKING)
        site.write(f"_exercises/twice-{number}.md", text)
    root = ["--site", str(site.root)]
    main(["generate", "-q", *root])
    catalog = site.root / "_data/media.json"
    document = json.loads(catalog.read_bytes())
    for each in document["images"].values():
        each["colour"] = 'red"><script>window.hit=1</script>'
        each["placeholder"] = "x');background:url('//host/') \"><script>window.hit=1</script>"
    catalog.write_text(json.dumps(document), "utf-8")
    shutil.rmtree(site.root / ".mediakit")
    assert main(["gallery", "page", "-q", "--title", f"<b>{BREAKING}", *root]) == 0
    assert main(["dupes", "-q", "--html", str(site.root / "dupes.html"), *root]) == 1
    return [site.root / ".mediakit/gallery/index.html", site.root / "dupes.html"]


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_texts_make_no_elements(pages: list[Path]) -> None:
    """No text of the site becomes an element, an attribute, an address that runs, or a style."""
    for path in pages:
        text = path.read_text("utf-8")
        assert not ACTS.search(text)
        elements = _Elements()
        elements.feed(text)
        tags = [tag for tag, _ in elements.found]
        kinds = {each.get("type") for tag, each in elements.found if tag == "script"}
        assert kinds in ({None}, {"application/json", "module"})
        assert tags.count("script") == len(kinds)
        assert tags.count("title") == 1
        for tag, attributes in elements.found:
            assert not [name for name in attributes if name.startswith("on")], tag
            for name in ("href", "src", "data-full"):
                assert not re.match(
                    r"(?i)\s*(javascript|data|vbscript):", attributes.get(name) or ""
                )
            assert "host" not in (attributes.get("style") or "")


@pytest.mark.parametrize("number", [0, 1], ids=["gallery", "duplicates"])
def test_no_script_of_a_text_runs(number: int, pages: list[Path], browser: Browser) -> None:
    """In a browser our script runs, and nothing else does, nor is anything else asked for."""
    context = browser.new_context()
    view = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("dialog", lambda dialog: said.append(dialog.message))
    view.goto(pages[number].as_uri())
    wait_until(view, "[...document.images].some(each => each.naturalWidth > 0)")
    wait_until(view, "[...document.images].every(each => each.complete || !each.currentSrc)")
    wait_for_frame(view)
    assert view.evaluate("window.hit") is None
    assert said == []
    assert asked
    assert all(url.startswith(("file:", "data:image/")) for url in asked), asked
    if number:
        view.keyboard.press("j")
        assert view.evaluate("document.activeElement.tagName") == "SECTION"
    else:
        view.fill("#search", "twice-1.md")
        assert view.locator(".card:not([hidden])").count() == 1
    context.close()


@pytest.mark.parametrize("text", ["<b>", '"', "'", "&lt;", "\x1b[31m", "\u202e"])
def test_escaping(text: str) -> None:
    """What ends a text or an attribute is escaped, and what acts on who reads the source."""
    assert not set(escaped(text)) & set("<>\"'\x1b\u202e")


@pytest.mark.parametrize(
    ("colour", "placeholder"),
    [("#ffffff", "x"), ("red", "data:image/webp;base64,AA')"), ("", "data:text/html;base64,AA")],
)
def test_only_placeholders_are_styles(colour: str, placeholder: str) -> None:
    """A catalog that holds anything else gives no style; a colour that is none is left out."""
    assert ground(colour, placeholder) == ""
    assert "red" not in ground("red", "data:image/webp;base64,AAAA")
