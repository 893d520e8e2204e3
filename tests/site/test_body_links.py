"""Links are not pictures: only one with a picture's ending is a use of it."""

from __future__ import annotations

import pytest

from mediakit.site.kinds.jekyll import read_config
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_page

NO_PICTURES = (
    "mailto:coach@club.example", "tel:+4512345678", "ftp://files.example/a.jpg",
    "irc://irc.example/lift", "javascript:void(0)", "doi:10.1000/182", "/", "#top", "?page=2",
    "../", "../../..", "./", "https://club.example", "https://club.example/", "//club.example/",
    "https://other.example/a.jpg", "mailto:a@b.jpg", "{{ site.data.x }}", "{{ page.url }}",
    "C:\\lift", "about:blank", "/a%E6/", "data:image/png;base64,AAAA",
)  # fmt: skip
CONFIG = "url: https://club.example\n"


def read(text: str) -> ParsedPage:
    settings = ReaderSettings(read_config(CONFIG.encode()))
    reading = parse_page("_exercises/x.md", text.encode(), settings)
    assert reading is not None
    return reading


def found(reading: ParsedPage) -> tuple[list[str | None], list[str]]:
    paths = [image.path or image.url for image in reading.manifest.images]
    return paths, [problem.code for problem in reading.problems]


@pytest.mark.parametrize("target", NO_PICTURES)
@pytest.mark.parametrize("body", ["[text]({})", "[text][r]\n\n[r]: {}", '<a href="{}">text</a>'])
def test_a_link_in_a_body_is_no_problem(target: str, body: str) -> None:
    """A link that leads to no picture of the site is neither a use nor a problem."""
    assert found(read(f"---\ntitle: x\n---\n{body.format(target)}\n")) == ([], [])


def test_a_mail_address_is_no_problem() -> None:
    """An address in angle brackets is a link to a mailbox."""
    assert found(read("---\ntitle: x\n---\n<a@b.org> <https://club.example>\n")) == ([], [])


@pytest.mark.parametrize("target", NO_PICTURES)
@pytest.mark.parametrize("key", ["feature_row", "gallery", "other"])
def test_the_url_of_an_entry_is_no_problem(target: str, key: str) -> None:
    """Feature rows and galleries lead anywhere; the picture that they show counts."""
    entry = f"---\n{key}:\n  - image_path: /a.jpg\n    url: '{target}'\n---\n"
    assert found(read(entry)) == (["a.jpg"], [])


def test_a_link_to_a_picture_is_a_use() -> None:
    """The ending of a picture makes a link a use of it; then a wrong path is told."""
    body = "[a](/a.jpg?v=2#top) [b](https://club.example/b.PNG) <a href='c.webp'>c</a>\n"
    reading = read(f"---\ntitle: x\n---\n{body}[d](/../d.jpg) [e]({{{{ page.x | y }}}}/e.jpg)\n")
    assert found(reading)[0] == ["a.jpg", "b.PNG", "_exercises/c.webp"]
    assert [problem.code for problem in reading.problems] == ["leaves-root", "unknown-liquid"]
    entry = "---\ngallery:\n  - image_path: /a-1.jpg\n    url: /../a.jpg\n---\n"
    assert found(read(entry)) == (["a-1.jpg"], ["leaves-root"])
