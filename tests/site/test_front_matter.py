from __future__ import annotations

import time

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.site.front_matter import JEKYLL, read_page
from mediakit.site.trees.yaml import MAX_NODES, Mapping, Scalar, Sequence, parse_yaml


def page(text: str) -> Mapping:
    found = read_page(text.encode())
    assert found is not None
    return found.front_matter


@pytest.mark.parametrize(
    "text", ["12_34567890", "1:30", "2020-07-14", "yes", "0x1F", "007", "1e3", "~x", "off", ".5"]
)
def test_scalars_stay_as_written(text: str) -> None:
    """A title that looks like a number, date or boolean is the text that its author typed."""
    assert page(f"---\ntitle: {text}\n---\n").text("title") == text


def test_lines_count_from_the_file() -> None:
    """Each value knows its line, whatever stands before it."""
    root = page("---\na: 1\n\n# comment\nb:\n  - x\n  - y: |\n      text\n---\nBody")
    items = root.entries["b"]
    assert isinstance(items, Sequence)
    assert [root.entries["a"].line, items.items[0].line, items.items[1].line] == [2, 6, 7]


def test_body_line() -> None:
    """The body starts in the line behind the closing mark."""
    found = read_page(b"---\na: 1\n---\nBody")
    assert found is not None
    assert (found.body, found.body_line) == ("Body", 4)


def test_dots_close_too() -> None:
    """Jekyll ends front matter at `...` as well."""
    found = read_page(b"---\na: 1\n...\nBody")
    assert found is not None
    assert found.body == "Body"


def test_only_the_first_line_opens() -> None:
    """A rule in the text is no front matter, nor is one behind an empty line."""
    assert read_page(b"\n---\na: 1\n---\n") is None
    assert read_page(b"Text\n\n---\n\nmore") is None


def test_empty_front_matter() -> None:
    """An empty block is a page without keys."""
    assert page("---\n---\nText").entries == {}


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_nulls(text: str) -> None:
    """Nothing is nothing in all its spellings, and a quoted null is a text."""
    assert page(f"---\na: {text}\n---\n").get("a") is None
    assert page('---\na: "null"\n---\n').text("a") == "null"


def test_merge_keys() -> None:
    """`<<` brings in another mapping, whose keys give way."""
    root = page("---\nbase: &b {x: 1, y: 2}\nhere:\n  <<: *b\n  y: 3\n---\n")
    here = root.get("here")
    assert isinstance(here, Mapping)
    assert (here.text("x"), here.text("y")) == ("1", "3")


def test_repeated_keys() -> None:
    """The last of two equal keys counts, and both are known."""
    found = read_page(b"---\na: 1\na: 2\n---\n")
    assert found is not None
    assert found.front_matter.text("a") == "2"
    assert [(each.code, each.line) for each in found.oddities] == [("repeated-key", 3)]


@pytest.mark.parametrize("tag", ["!red", "!", "!!int", "!e!tint", "!<tag:example.org,2024:x>"])
def test_tags_are_passed_over(tag: str) -> None:
    """A tag that makes no object leaves its value as it is written, as in Jekyll."""
    root = page(f"---\na: {tag} 5\nb: {tag} null\nc: {tag} [/x.jpg]\n---\n".replace("!e!", "!e"))
    assert root.text("a") == "5"
    assert root.get("b") is None
    assert isinstance(root.get("c"), Sequence)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n--- |\nb: 2\n", 3),
        ("{a: 1} b\n", 2),
        ("{a: 1}\nb: 2\n", 3),
        ("a: 1\n--- {b: [\n", 3),
        ("a: 1\n... # the end\n]: [\n", 4),
    ],
)
def test_only_the_first_document_counts(text: str, line: int) -> None:
    """Jekyll stops at the end of the first document, and we say so."""
    found = read_page(f"---\n{text}---\nbody\n".encode())
    assert found is not None
    assert (list(found.front_matter.entries), found.body) == (["a"], "body\n")
    assert [(each.code, each.line) for each in found.oddities] == [("text-after-end", line)]


def test_the_opening_line_opens_the_document() -> None:
    """A directive or a `---` below it ends a document without any values."""
    for text in ("%YAML 1.2\n--- {a: 1}\n", "--- {a: 1}\n", "--- a\n"):
        found = read_page(f"---\n{text}---\n".encode())
        assert found is not None
        assert not found.front_matter.entries
        assert len(found.oddities) == 1


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("---\na: [1\n---\n", "bad-yaml", 3),
        ("---\na: b: c\n---\n", "bad-yaml", 2),
        ("---\na: 'x\n---\n", "bad-yaml", 2),
        ("---\nb: 1\n\ta: 1\n---\n", "bad-yaml", 3),
        ("---\na: *nobody\n---\n", "bad-yaml", 2),
        ("---\na: &a [*a]\n---\n", "bad-yaml", 2),
        ("---\na: !ruby/object:Gem x\n---\n", "yaml-tag", 2),
        ("---\na: 1\n", "unclosed-front-matter", 1),
        ("---\njust text\n---\n", "not-a-mapping", 2),
        ("---\na: \x01\n---\n", "bad-yaml", 2),
        pytest.param("---\na: " + "[" * 100 + "]" * 100 + "\n---\n", "too-large", 2, id="deep"),
    ],
)
def test_one_clear_error(text: str, code: str, line: int) -> None:
    """What cannot be read says where and what, and never crashes."""
    with pytest.raises(ManifestError) as caught:
        read_page(text.encode())
    assert (caught.value.code, caught.value.line) == (code, line)


def test_endless_nesting() -> None:
    """However deep, it is refused, by the parser or by us; nothing recurses."""
    with pytest.raises(ManifestError) as caught:
        read_page(b"---\na: " + b"[" * 50_000 + b"\n---\n")
    assert caught.value.line == 2


def test_many_real_entries_are_fine() -> None:
    """Ten thousand gallery entries are legal; only what multiplies is refused."""
    entry = "  - {url: /a.jpg, image_path: /a-320.jpg, alt: x, title: y}\n"
    root = page("---\ngallery:\n" + entry * 10_000 + "---\n")
    gallery = root.get("gallery")
    assert isinstance(gallery, Sequence)
    assert len(gallery.items) == 10_000


def test_aliases_are_shared_not_copied() -> None:
    """An expansion is counted before it is made: refused in no time."""
    bomb = "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 64))
    start = time.process_time()
    with pytest.raises(ManifestError, match=f"more than {MAX_NODES:,}"):
        parse_yaml(bomb)
    assert time.process_time() - start < 1


def test_handler_works_with_the_library() -> None:
    """The format is a python-frontmatter handler: its users can read the same way."""
    post = frontmatter.loads("---\nid: 12_3\n---\nText", handler=JEKYLL)
    assert post.content == "Text"
    root = JEKYLL.load("id: 12_3").root
    assert root.entries["id"] == Scalar("12_3", 2, plain=True)


YAML_PARTS = st.sampled_from(
    [*"-:[]{},&*!|>'\"%@`#?~ \n\t", "a", "b: ", "- ", "&x ", "*x", "<<: ", "---\n", "!!str "]
)


@given(st.lists(YAML_PARTS, max_size=60).map("".join))
def test_arbitrary_yaml(text: str) -> None:
    """The parser raises nothing but its own error on text made of YAML's own signs."""
    try:
        parse_yaml(text)
    except ManifestError as error:
        assert error.code in {"bad-yaml", "yaml-tag", "too-large"}


@given(st.binary() | st.text().map(lambda text: f"---\n{text}\n---\n".encode("utf-8", "replace")))
def test_arbitrary_bytes(data: bytes) -> None:
    """Whatever a file holds, it is a page, no page, or a ManifestError."""
    try:
        read_page(data)
    except ManifestError as error:
        assert error.message
