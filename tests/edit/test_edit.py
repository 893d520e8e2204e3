from __future__ import annotations

import codecs

import pytest

from mediakit.base.errors import ManifestError
from mediakit.edit.front_matter import append_item, remove_item, set_value
from mediakit.site.front_matter import read_page
from mediakit.site.trees.yaml import Scalar

PAGE = """---
# on top
title: &t "Spring, 180"   # the title
header:
  teaser: /a-0-320.jpg
  caption: *t
tags: [Ben, 'på tværs', ]
empty:   # nothing yet
#  - url: /old.jpg
gallery:
  # the first one
  - url: /a-0.jpg
    alt: 'It''s one'
  # the second one
  - url: /a-1.jpg
    alt: "To" # to
list:
-   one
-   two
text: |
  Two
  lines
---
Body with gallery: [] and title: x
"""
TAGS = "tags: [Ben, 'på tværs', ]"


def lines_changed(new: bytes, old: str = PAGE) -> tuple[list[str], list[str]]:
    """Return the lines taken out and those put in, and check that the rest stands in order."""
    before, after = old.splitlines(keepends=True), new.decode().splitlines(keepends=True)
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return [line.rstrip() for line in before], [line.rstrip() for line in after]


@pytest.mark.parametrize(
    ("path", "value", "out", "into"),
    [
        (("header", "teaser"), "/b.jpg", ["  teaser: /a-0-320.jpg"], ["  teaser: /b.jpg"]),
        (("header", "teaser"), "yes", ["  teaser: /a-0-320.jpg"], ['  teaser: "yes"']),
        (("header", "caption"), "Ø", ["  caption: *t"], ["  caption: Ø"]),
        (("gallery", 0, "alt"), "It's", ["    alt: 'It''s one'"], ["    alt: 'It''s'"]),
        (("gallery", 1, "alt"), 'a "b"', ['    alt: "To" # to'], ['    alt: "a \\"b\\"" # to']),
        (("tags", 1), "ny", [TAGS], ["tags: [Ben, 'ny', ]"]),
        (("empty",), "no", ["empty:   # nothing yet"], ['empty: "no"   # nothing yet']),
        (("empty",), ["a"], [], ["  - a"]),
        (("list", 1), "Tre fire", ["-   two"], ["-   Tre fire"]),
        (("header", "new"), "x: y", [], ['  new: "x: y"']),
        (("text",), "Three\nmore\n", ["text: |", "  Two", "  lines"], ['text: "Three\\nmore\\n"']),
        (("videos", "teaser"), "a b", [], ["videos:", '  teaser: "a b"']),
        (("gallery", 0, "title"), "T", [], ["    title: T"]),
        (("list",), {"a": "b"}, ["-   one", "-   two"], ["  a: b"]),
    ],
)  # fmt: skip
def test_set(path: tuple[str | int, ...], value: object, out: list[str], into: list[str]) -> None:
    """A value is changed in its own quotes, and a new key stands as its neighbours do."""
    changed = lines_changed(set_value(PAGE.encode(), path, value))  # type: ignore[arg-type]
    assert changed == (out, into)


@pytest.mark.parametrize(
    ("path", "value", "out", "into"),
    [
        (("gallery",), {"url": "/n", "alt": "N"}, [], ["  - url: /n", '    alt: "N"']),
        (("list",), "three four", [], ["-   three four"]),
        (("list",), {"a": "b", "c": "d"}, [], ["-   a: b", "    c: d"]),
        (("tags",), "a, b", [TAGS], ["tags: [Ben, 'på tværs', 'a, b', ]"]),
        (("empty",), {"url": "/n.jpg"}, [], ["  - url: /n.jpg"]),
        (("header", "actions"), {"label": "L"}, [], ["  actions:", "    - label: L"]),
    ],
)  # fmt: skip
def test_append(
    path: tuple[str | int, ...], value: object, out: list[str], into: list[str]
) -> None:
    """A new item has the indentation and the quotes of those beside it."""
    new = append_item(PAGE.encode(), path, value)  # type: ignore[arg-type]
    assert lines_changed(new) == (out, into)


@pytest.mark.parametrize(
    ("path", "out", "into"),
    [
        (("gallery", 1), ["  - url: /a-1.jpg", '    alt: "To" # to'], []),
        (("tags", 0), [TAGS], ["tags: ['på tværs', ]"]),
        (("tags", 1), [TAGS], ["tags: [Ben, ]"]),
    ],
)  # fmt: skip
def test_remove(path: tuple[str | int, ...], out: list[str], into: list[str]) -> None:
    """What is removed leaves nothing behind but the comments above it."""
    assert lines_changed(remove_item(PAGE.encode(), path)) == (out, into)


def test_removing_all() -> None:
    """The last item leaves an empty list, which the next one takes the place of."""
    data = PAGE.encode()
    for _ in range(2):
        data = remove_item(data, ("gallery", 0))
    assert b"\ngallery: []\n" in data
    data = append_item(data, ("gallery",), {"url": "/n.jpg"})
    assert b"\ngallery:\n-   url: /n.jpg\nlist:\n" in data


@pytest.mark.parametrize("above", ["|+\n  one", ">+\n  one\n", "|\n  one"])
def test_remove_below_a_text_that_would_grow(above: str) -> None:
    """Where a text above would take the lines below, nothing is removed."""
    comment = "" if "+" in above else "  # c\n"
    data = f"---\na:\n- {above}\n- two\n{comment}\nlast: 1\n---\n".encode()
    with pytest.raises(ManifestError, match="other values would change with it"):
        remove_item(data, ("a", 1))
    plain = b"---\na:\n- |\n  one\n- two\n\nlast: 1\n---\n"
    assert remove_item(plain, ("a", 1)) == b"---\na:\n- |\n  one\n\nlast: 1\n---\n"


def test_dialects_of_files() -> None:
    """Byte order mark, CRLF and a missing last newline stay, and new lines end as the others."""
    data = codecs.BOM_UTF8 + b"---\r\ntitle: A\r\ngallery:\r\n---\r\nText"
    new = append_item(data, ("gallery",), {"url": "/a.jpg", "alt": "x"})
    assert new == (
        codecs.BOM_UTF8
        + b"---\r\ntitle: A\r\ngallery:\r\n  - url: /a.jpg\r\n    alt: x\r\n---\r\nText"
    )
    assert set_value(b"---\n---", ("a",), "b") == b"---\na: b\n---"


def test_new_key_behind_its_neighbour() -> None:
    """A key can be put where people look for it."""
    new = append_item(PAGE.encode(), ("gallery_grip",), {"url": "/g.jpg"}, after="gallery")
    assert lines_changed(new) == ([], ["gallery_grip:", "  - url: /g.jpg"])
    assert new.index(b"gallery_grip") < new.index(b"list:")


def test_nothing_to_change() -> None:
    """A value that is there already changes no byte, in whatever quotes it stands."""
    assert set_value(PAGE.encode(), ("gallery", 0, "alt"), "It's one") == PAGE.encode()


@pytest.mark.parametrize(
    ("text", "path", "value", "line"),
    [
        ("---\na: &x 1\nb: *x\n---\n", ("a",), "2", 2),
        ("---\na: &x {b: 1}\nc: *x\n---\n", ("c", "b"), "2", 3),
        ("---\na: text\n---\n", ("a", "b"), "2", 2),
        ("---\na: [1]\n---\n", ("a", 3), "2", 2),
        ("---\nb: &b {x: 1, y: 2}\nc:\n  <<: *b\n---\n", ("b", "x"), "2", 2),
        ("---\na: 1\nb: !!binary AAAA\n---\n", ("b",), "2", 3),
        ("---\nA: 1\n---\n", ("a",), "2", 2),
        ("---\nb: {C: 1}\n---\n", ("b", "c"), "2", 2),
        ("+++\nA = 1\n+++\n", ("a",), "2", 2),
        ("---\na: 1\n--- |\nb: 1\n---\n", ("a",), "2", 3),
    ],
)
def test_refusals(text: str, path: tuple[str | int, ...], value: str, line: int) -> None:
    """What would change another value too is refused, with its line."""
    with pytest.raises(ManifestError) as caught:
        set_value(text.encode(), path, value)
    assert (caught.value.code, caught.value.line) == ("cannot-edit", line)


@pytest.mark.parametrize(
    "path", [("no",), ("header", "no"), ("gallery", 5), ("title", "x"), ("t", 0), ("header",)]
)
def test_nothing_to_remove(path: tuple[str | int, ...]) -> None:
    """Removing what is not there is refused, not passed over."""
    with pytest.raises(ManifestError, match="there is no"):
        remove_item(PAGE.encode(), path)


def test_no_front_matter() -> None:
    """A file without front matter is not edited."""
    for data in (b"", b"Text\n", b"\n---\na: 1\n---\n"):
        with pytest.raises(ManifestError, match="no front matter"):
            set_value(data, ("a",), "b")


@pytest.mark.parametrize(
    "text",
    ["yes", "12_34567890", "1:30", "2020-07-14", "~", "null", "a: b", "a #b", "- x", " x ", "",
     "x\ny", "---", "...", "%x", "@x", "*x", "&x", "!x", "é\x85\u2028", "🏋", "a\\b", "'", "\t",
     "-320", "1,000", ":a", "y", "=", "<<", "?", "| x", "{{ site.url }}/a.jpg", "\ufeff", "\x7f"],
)  # fmt: skip
@pytest.mark.parametrize("old", ["x", "'x'", '"x"', "|\n  x", ">\n  x", "", "&a x", "*t", "{}"])
def test_any_text_reads_as_text(text: str, old: str) -> None:
    """Whatever a caption holds, YAML reads it back as that text, also as Ruby's reader would."""
    data = f"---\nt: &t 1\na: {old}\nb: 2\n---\n".encode()
    page = read_page(set_value(data, ("a",), text))
    assert page is not None
    found = page.front_matter.entries["a"]
    assert isinstance(found, Scalar)
    assert found.text == text
    assert not found.plain or text.isalpha()
    assert page.front_matter.text("b") == "2"


def test_flow_root() -> None:
    """Front matter written as one mapping in braces can be edited too."""
    data = b"---\n{a: 1, g: []}\n---\n"
    assert set_value(data, ("b",), "x") == b"---\n{a: 1, g: [], b: x}\n---\n"
    assert append_item(data, ("g",), {"u": "/x"}) == b"---\n{a: 1, g: [{u: /x}]}\n---\n"
