"""What `check` finds and advises, in each language of the desk."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mediakit
from conftest import draw
from mediakit.base.model import Problem, Severity, problem_codes
from mediakit.desk.card_html import AT_DESK, CardHtml
from mediakit.desk.cards import Card
from mediakit.desk.words import languages, words_in
from problems_in_words import english_left, is_half_english
from source_texts import texts_in

if TYPE_CHECKING:
    from conftest import SiteBuilder

PACKAGE = Path(mediakit.__file__).parent
SITES = [each for each in (Path(__file__).parents[1] / "sites").iterdir() if each.is_dir()]
OTHERS = [each for each in languages() if each != "en"]
TELLING = (
    "base/cut", "base/files", "base/regular_file", "checks/check", "checks/clips", "checks/files",
    "checks/rules", "images/bmp", "images/decode", "images/filmed", "images/frames",
    "images/opening", "images/private", "images/vector", "site/alts", "site/cuts", "site/data",
    "site/front_matter", "site/galleries", "site/kinds/settings", "site/paths", "site/providers",
    "site/reader", "site/tags", "site/templates/expanded", "site/trees/json", "site/trees/toml",
    "site/trees/yaml", "site/videos", "state/cache_file", "state/database", "sync/content",
    "sync/declined", "sync/examine", "sync/mentions", "sync/picture_problems", "sync/plan",
    "sync/products",
)  # fmt: skip
"""The modules whose texts are in problems that the desk shows."""

TELLING_COMMANDS = (
    "alts/", "checks/remote", "cli/", "credit/", "duplicates/", "edit/", "pages/", "storage/",
    "sync/make", "sync/orphans", "sync/publish", "sync/session", "sync/undo", "sync/verify",
    "sync/worker", "theme/", "videos/",
)  # fmt: skip
"""The modules whose problems a command tells as it ends, and no look at a site finds."""

BY_COMMANDS = frozenset({
    "slips 1", "a film opens no other file", "its entities make it too large",
    "what its `end` asks for", "it has more frames than clips may have", "{}:{}: not a mapping",
    "write `key: value` lines",
    "{}: cannot be used ({}), and no new one can be made: {}", "delete it: it only saves time",
    "mediakit gallery undo brings the files back as they were",
    "the files still have it: mediakit check --fix takes it out of them too",
    "not all of the site could be read", "{} where {} taken: {}", "picture tells",
    "pictures tell", "they were", "the place is taken out of the files",
    "the place is not published", "{}, and is not published", "nothing is deleted, since {}",
    "mend the errors, then run again", "{} is made without {}", "plan again",
    "give another font, or another title", "take `sound` out, or write `loop: repeat`",
    "the site has changed since the plan was made: {}", " and {} more",
})  # fmt: skip
"""What these modules say to others: to commands, or to mediakit itself."""

BY_RUNS = frozenset({"deletes-held-back", "location-removed", "missing-letters", "no-sound"})
"""Codes that a run tells, and no look at a site."""

NO_MESSAGE = re.compile(r"[A-Z]{3,} .*|\s*CREATE .*|.*[\\|?].*|[A-Z]\w+ \S+|.*\(CR3\)", re.DOTALL)
"""Statements of SQL, patterns, and names of programs and formats."""


@pytest.mark.parametrize("lang", OTHERS)
def test_each_text_has_its_words(lang: str) -> None:
    """Whatever a module says of a page or a picture, as a message, a part of one, or advice."""
    words = words_in(lang)
    rows = [*words.messages]
    left = set()
    for text in {text for name in TELLING for text in texts_in(PACKAGE / f"{name}.py")}:
        is_message = text not in BY_COMMANDS and not NO_MESSAGE.fullmatch(text)
        (said,), spoken = words.told(text.replace("{}", "X"))
        if not is_message or (spoken == lang and not is_half_english(said)):
            continue
        part = re.compile(".*".join(map(re.escape, text.strip("`: ").split("{}"))))
        if not any(map(part.search, rows)):
            left.add(text)
    assert left == set()


def test_each_module_is_known() -> None:
    """A module that makes problems tells them at the desk, or by a command."""
    makes = re.compile(r"(?<!class )\b(?:Problem|Oddity|AltFault)\(\s*[^):]")
    unknown = {
        name for module in PACKAGE.rglob("*.py")
        if makes.search(module.read_text("utf-8"))
        if (name := str(module.relative_to(PACKAGE).with_suffix(""))) not in TELLING
        if not name.startswith(TELLING_COMMANDS)
    }  # fmt: skip
    assert unknown == set()


@pytest.mark.parametrize("lang", OTHERS)
def test_each_advice_has_its_words(lang: str) -> None:
    """Also that of a code, which is told where a problem has none, and what is said at the desk.

    The code itself has a name in the list of what to show.
    """
    codes = problem_codes()
    quoted = {code for name in TELLING for code in re.findall(
        r'"([a-z]+(?:-[a-z0-9]+)+)"', (PACKAGE / f"{name}.py").read_text("utf-8")
    )}  # fmt: skip
    found = quoted & codes.keys()
    assert len(found) > 70
    words = words_in(lang)
    assert found - BY_RUNS - words.texts.keys() == set()
    said = {codes[code].advice for code in found - BY_RUNS} | set(AT_DESK.values())
    assert {each for each in said if words.told(each)[1] != lang} == set()


@pytest.mark.parametrize("lang", OTHERS)
def test_each_message_can_be_said(lang: str) -> None:
    """Whatever its values and its own signs are: braces of YAML are none of its places."""
    words = words_in(lang)
    for value in ("X", "{0} {lang}", "a; b: c, d"):
        said = [re.sub(r"\{\w+\}", value, each) for each in words.messages]
        assert all(words.told(each)[1] == lang for each in said)


def test_what_a_language_lacks() -> None:
    """It is said in English, marked so, beside what the language has; names act on nothing."""
    problem = Problem("a.md", 3, "odd", Severity.NOTE, "<b> is odd", "run mediakit generate")
    card = Card("Squat", "a.md", "a.md", problems=(problem,))
    html = CardHtml(words_in("da"), problem_codes(), is_desk=False).card(card)
    assert '<span lang="en">&lt;b&gt; is odd</span>' in html
    assert "<p>kør mediakit generate</p>" in html
    html = CardHtml(words_in("en"), problem_codes(), is_desk=True).card(card)
    assert "lang=" not in html
    assert "<p>“Mend all of these” makes it</p>" in html


def test_advice_for_the_desk_is_still_given() -> None:
    """Each that names a command, with what to do at the desk in its place."""
    texts = {text for name in TELLING for text in texts_in(PACKAGE / f"{name}.py")}
    assert AT_DESK.keys() - texts == set()


BROKEN = {
    "a": "title: A\nheader: x.jpg\ngallery:\n  -\n  - /assets/images/a.jpg\n  - url: /b.jpg",
    "b": "title: B\ngallery: [{image_path: ../../c.jpg}, {image_path: 'file:c.jpg', alt: b}]",
    "c": "title: C\nvideo: {provider: youtube, id: abc}\n"
    "videos: [https://b.example/1, 0_123456789]",
    "d": "title: C: D",
    "e": "title: 'E",
    "f": "- title",
    "o": "title: {O: 1\ntags",
    "g": "title: G\n\tx: 1",
    "h": "title: H\ntags: [a, b\nx: 1",
    "i": "title: I\ngallery:\n  - image_path: /assets/images/i.jpg\n   alt: I",
    "j": "title: J\ntitle: J\nheader: {teaser: '/{{ page.nothing }}.jpg', image: 'foo:x.jpg'}",
    "k": "title: K\nheader: {overlay_image: /assets/images/small.jpg}\nthumbnail: k.jpg",
    "l": "title: L\nlayout: !ruby/object:A b",
    "m": "title: M\na: &a [1]\nb: *c",
    "n": "title: N\ngallery:\n  - {image_path: https://u:p@a.example/n.jpg, alt: n.jpg}\n"
    "  - {image_path: https://a.example/n.jpg, url: /assets/images/small.jpg, alt: N}\n"
    "  - {image_path: /assets/images/small.jpg, alt: ''}\n"
    "  - {image_path: /assets/images/small.jpg, alt: ''}\n"
    "  - {image_path: /assets/images/Small.jpg, alt: ''}\n"
    "  - {image_path: /assets/images/cut.jpg, alt: ''}\n"
    "  - {image_path: /assets/images/text.jpg, alt: ''}\n"
    "  - {image_path: /assets/images/empty.jpg, alt: ''}",
}
"""Front matter of pages, each broken in some way."""

BODY = """
{% include gallery id="grip" %} {% include figure %} {% include video id=page.x provider="vimeo" %}
[plan](/plan.pdf) <img src="/assets/images/gone.png">
<iframe src="https://www.youtube.com/watch?v=aIZuK2cX4FA"></iframe>
"""


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("source", SITES, ids=lambda each: each.name)
def test_each_kind_of_site(source: Path, tmp_path: Path, lang: str) -> None:
    """What is found on sites of all kinds is said whole in the language too."""
    shutil.copytree(source, tmp_path / "site")
    assert english_left(tmp_path / "site", lang)[1] == set()


@pytest.mark.parametrize("lang", OTHERS)
def test_a_broken_site(site: SiteBuilder, lang: str) -> None:
    """No problem of a site with many is told in English, nor the half of it."""
    for name, front in BROKEN.items():
        site.write(f"_exercises/{name}.md", f"---\n{front}\n---\n{BODY}")
    site.write("_exercises/open.md", "---\ntitle: Open\n")
    site.write("_exercises/latin.md", "---\ntitle: kn\xe6b\xf8j\n---\n".encode("latin-1"))
    site.write("_exercises/t.md", "+++\ntitle = T\n+++\n")
    site.write("_exercises/js.md", "---js\n{}\n---\n")
    site.write("_data/broken.json", '{"title": "x" "y": 1}')
    small = draw((300, 200))
    site.write("assets/images/small.jpg", small)
    site.write("assets/images/unused.jpg", draw((90, 60)))
    site.write("assets/images/cut.jpg", small[: len(small) // 2])
    site.write("assets/images/text.jpg", b"no picture")
    site.write("assets/images/empty.jpg", b"")
    site.write("assets/images/cut-320.jpg", small[:900])
    found, left = english_left(site.root, lang)
    assert left == set()
    assert len(found) > 28
