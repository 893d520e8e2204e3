"""Markdown as Jekyll's kramdown reads it: each case is what its HTML shows (kramdown 2.4)."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediakit.site.html import AddressUse, read_html
from mediakit.site.kinds.jekyll import read_config
from mediakit.site.kinds.kind import Markup
from mediakit.site.markdown.render import to_html


def pictures(text: str) -> list[str]:
    found = read_html(to_html(text, Markup.KRAMDOWN))
    return [each.text for each in found if each.use in {AddressUse.SHOWN, AddressUse.LIKELY}]


SHOWN = {
    "spaces": ("![a](/my lift 1.jpg)", "/my lift 1.jpg"),
    "a title": ("![a](/my lift 1.jpg 'my title')", "/my lift 1.jpg"),
    "angle brackets": ("![a](</my lift 1.jpg>)", "/my lift 1.jpg"),
    "brackets": ("![a](/my (lift) 1.jpg)", "/my (lift) 1.jpg"),
    "an escape": ("![a \\] b](/my%20lift.jpg)", "/my%20lift.jpg"),
    "the last definition": ("![a][r]\n\n[r]: /no.jpg\n[R]: /my lift.jpg 'title'", "/my lift.jpg"),
    "a title on a line of its own": ("![r]\n\n[r]: /my lift.jpg\n    'title'", "/my lift.jpg"),
    "a footnote": ("Text[^1]\n\n[^1]: ![a](/f.jpg)\n\n    ![b](/g.jpg)", "/f.jpg|/g.jpg"),
    "the last footnote": ("Text[^1]\n\n[^1]: ![a](/no.jpg)\n\n[^1]: ![a](/f.jpg)", "/f.jpg"),
    "attributes": ("![a](/a.jpg){: .left srcset='/b.jpg 2x'}", "/a.jpg|/b.jpg"),
    "attributes of a block": (
        "{: style='background: url(/a.jpg)'}\nText\n{: .x}\n![b](/b.jpg)",
        "/a.jpg|/b.jpg",
    ),
    "a fence without an end": ("```\n![a](/a.jpg)", "/a.jpg"),
    "a lonely backtick": ("a ` ![a](/a.jpg) ` b", "/a.jpg"),
    "a list": ("- a\n\n  ![a](/a.jpg)\n  - b\n\n    ![b](/b.jpg)\n", "/a.jpg|/b.jpg"),
    "a list with tabs": ("*\ta\n\n\t![a](/a.jpg)\n", "/a.jpg"),
    "a lazy line": ("- a\n![a](/a.jpg)\n\n> b\n![b](/b.jpg)", "/a.jpg|/b.jpg"),
    "a definition": ("Term\n: ![a](/a.jpg)\n\n      ![b](/no.jpg)\n", "/a.jpg"),
    "a table": ("![a](/a.jpg) | `b | c` | ![d](/d.jpg)\n--|--|--\ne | f | g", "/a.jpg|/d.jpg"),
    "a heading": ("# ![a](/a.jpg) #\n![b](/b.jpg)\n===\n", "/a.jpg|/b.jpg"),
    "HTML with Markdown": (
        "<div markdown='1'>\n![a](/a.jpg)\n</div>\n![b](/b.jpg)",
        "/a.jpg|/b.jpg",
    ),
    "Markdown in raw HTML": (
        "<div><p markdown='span'>![a](/a.jpg)</p>![b](/no.jpg)</div>",
        "/a.jpg",
    ),
    "HTML in a list": ("- <div>![a](/no.jpg)</div>\n  ![b](/b.jpg)", "/b.jpg"),
    "text behind HTML": ("<div>a</div> ![a](/a.jpg)", "/a.jpg"),
    "an element of a line": (
        "<span>![a](/a.jpg)</span>\n\n<a href='/x'>![b](/b.jpg)</a>",
        "/a.jpg|/b.jpg",
    ),
    "all HTML": ('{::options parse_block_html="true" /}\n<div>![a](/a.jpg)\n</div>', "/a.jpg"),
    "raw text": ("{::nomarkdown}\n<img src='/a.jpg'>\n{:/nomarkdown}", "/a.jpg"),
    "a closing tag too many": ("</div>\n![a](/a.jpg)", "/a.jpg"),
    "a picture in code of HTML": ("<code><img src='/a.jpg'>![b](/no.jpg)</code>", "/a.jpg"),
}
"""Texts with what they show, by what is peculiar in them."""


@pytest.mark.parametrize("name", SHOWN)
def test_what_kramdown_shows(name: str) -> None:
    """A picture is found where kramdown shows it, and only there."""
    text, found = SHOWN[name]
    assert sorted(pictures(text)) == found.split("|")


HIDDEN = {
    "HTML": "<div>\n\n![a](/a.jpg)\n\n</div>",
    "an element without an end": "<div>\n![a](/a.jpg)\n\n![b](/b.jpg)",
    "details": "<details><summary>a</summary>\n\n![a](/a.jpg)\n\n</details>",
    "a block in a line": "a <iframe src='/a'></iframe> <div style='background: url(/a.jpg)'>",
    "a value without quotation marks": "<img src=/a.jpg>",
    "a footnote that nothing refers to": "a\n\n[^1]: ![a](/a.jpg)",
    "code after a blank line": "a\n\n    ![a](/a.jpg)\n![b](/b.jpg)",
    "a fence in a paragraph": "a\n```\n![a](/a.jpg)\n```",
    "a comment": "{::comment}\n![a](/a.jpg)\n{:/comment}\na {::comment}![b](/b.jpg){:/} c",
    "a formula": "$$ ![a](/a.jpg) $$",
    "a pipe in the text of a picture": "![a | b](/a.jpg)",
    "an abbreviation": "*[HTML]: ![a](/a.jpg)",
    "a table of contents": "- ![a](/a.jpg)\n{:toc}",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_kramdown_does_not_show(name: str) -> None:
    """What comes out as text, or not at all, is no picture of the page."""
    assert pictures(HIDDEN[name]) == []


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("", []),
        ("kramdown:\n  parse_block_html: true\n", ["/a.jpg"]),
        ("markdown: CommonMark\n", ["/a.jpg"]),
        ("markdown: kramdown\nkramdown: {input: GFM}\n", []),
    ],
)
def test_settings_of_the_site(setting: str, found: list[str]) -> None:
    """`_config.yml` says what reads Markdown, and whether also in HTML."""
    markup = read_config(setting.encode()).markup("_posts/a.md")
    text = to_html("<div>\n\n![a](/a.jpg)\n\n</div>\n", markup)
    assert [each.text for each in read_html(text) if each.use is AddressUse.SHOWN] == found


PARTS = (
    "![a](/a.jpg)", "![a](/b c.jpg 't')", "[![a](/d.jpg)](/l)", "<img src='/e.jpg'>", "![r]",
    "[r]: /f g.jpg\n", "[^1]", "[^1]: ![h](/h.jpg)\n", "    ", "\n", "\n\n", "- ", "1. ", "> ",
    "```\n", "`", "<div>", "<div markdown='1'>", "</div>\n", "<p>", "</p>", "<pre>", "</pre>",
    "{: .x}", "{: .x}\n", "text", " | ", "# ", "---\n", "$$", "\\", "\t", "<a href='/i.jpg'>",
    "</a>", ": ", "<td>",
)  # fmt: skip
SCRIPT = """
require 'json'; require 'kramdown'; require 'kramdown-parser-gfm'
options = {input: 'GFM', hard_wrap: false, syntax_highlighter: nil}
read = ->(text) { Kramdown::Document.new(text, options).to_html }
print JSON.generate(JSON.parse(STDIN.read).map(&read))
"""


def by_kramdown(texts: list[str]) -> list[str]:
    done = subprocess.run(
        ["ruby", "-E", "UTF-8", "-e", SCRIPT],
        input=json.dumps(texts), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("kramdown is not installed")
    html: list[str] = json.loads(done.stdout)
    return html


def uses(html: str) -> Counter[str]:
    return Counter(found.text for found in read_html(html) if found.use and "#" not in found.text)


@pytest.mark.skipif(shutil.which("ruby") is None, reason="Ruby is not installed")
def test_kramdown_is_the_judge() -> None:
    """The real kramdown shows the same pictures, frames and links, also in mixtures of all."""
    chance = random.Random(11)
    mixed = ["".join(chance.choices(PARTS, k=chance.randint(2, 9))) for _ in range(600)]
    cases = [*(text for text, _ in SHOWN.values()), *HIDDEN.values()]
    texts = [*cases, *mixed]
    judged = by_kramdown(texts)
    wrong = [
        text
        for text, html in zip(texts, judged, strict=True)
        if uses(html) != uses(to_html(text, Markup.KRAMDOWN))
    ]
    assert len(wrong) <= len(mixed) // 200, wrong
    assert not set(wrong) & set(cases)


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=30).map("".join))
@settings(max_examples=200)
def test_any_text_is_read(text: str) -> None:
    """No text makes the reader raise."""
    to_html(text, Markup.KRAMDOWN)


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    ["<!--", "{::comment}\n", "<b>{: a", "[a](<", "[a](((", '[a](b "', "<![", "<a b='", "<div>\n",
     "<div markdown='1'>", "- ", "> ", "```a\n", "$$\n\n", "a|b\n", "![", "[^1]: a\n\n    b\n",
     "<http:", "</div>\n", "<code>", "[a]: <", "{: a", "[a]:" + " " * 500]
)  # fmt: skip
def test_hostile_texts_are_linear(part: str) -> None:
    """A text of beginnings without ends costs no more than its length."""
    begin = time.process_time()
    read_html(to_html("![x](/x.jpg)\n" + part * 4_000, Markup.KRAMDOWN))
    assert time.process_time() - begin < 5
