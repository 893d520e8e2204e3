"""TOML and JSON front matter: the values, their lines, and what cannot be read."""

from __future__ import annotations

import json
import time
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.edit.front_matter import append_item, set_value
from mediakit.site.front_matter import read_page
from mediakit.site.kinds.kind import FrontMatterFormat
from mediakit.site.trees.json import parse_json
from mediakit.site.trees.toml import parse_toml, value_lines
from mediakit.site.trees.yaml import MAX_DEPTH, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

TOML = """\
title = "Squat"
weight = 1_000
[cover]
image = 'squat.jpg'  # a comment with "quotes" and [brackets]
alt = \"\"\"
two "lines"
\"\"\"
a."b.c".d = true
[[resources]]
src = "a.jpg"
sizes = [320,
  768, { w = 1280 }]
[resources.params]
order = 1
[[resources]]
src = "b.jpg"
day = 2024-05-27 07:32:00Z
"""


def line_at(node: Node, *path: str | int) -> int:
    for key in path:
        if isinstance(key, str):
            assert isinstance(node, Mapping)
            node = node.entries[key]
        else:
            assert isinstance(node, Sequence)
            node = node.items[key]
    return node.line


def test_lines_of_toml() -> None:
    """Each value knows its line: in tables, lists of tables, dotted keys and behind long texts."""
    root = parse_toml(TOML, 2).root
    lines = {
        ("title",): 2,
        ("cover",): 4,
        ("cover", "image"): 5,
        ("cover", "a", "b.c", "d"): 9,
        ("resources", 0, "src"): 11,
        ("resources", 0, "sizes", 1): 13,
        ("resources", 0, "sizes", 2, "w"): 13,
        ("resources", 0, "params", "order"): 15,
        ("resources", 1): 16,
        ("resources", 1, "day"): 18,
    }
    assert {path: line_at(root, *path) for path in lines} == lines


def test_lines_of_json() -> None:
    """Each value knows its line, and texts come out as they are meant."""
    text = '{\n  "a": "\\u00e6",\n  "b": [1.50,\n    {"c": "}\\" {"}],\n  "d": null\n}'
    root = parse_json(text).root
    assert isinstance(root, Mapping)
    assert (root.text("a"), root.text("d")) == ("æ", None)
    assert [line_at(root, *path) for path in (("a",), ("b", 0), ("b", 1, "c"), ("d",))] == [
        2, 3, 4, 5,
    ]  # fmt: skip
    entry = root.entries["b"]
    assert isinstance(entry, Sequence)
    assert entry.items[0] == Scalar("1.50", 3, plain=True)


@pytest.mark.parametrize(
    ("text", "format_", "title", "body", "line"),
    [
        ('+++\ntitle = "x"\n+++\nBody', FrontMatterFormat.TOML, "x", "Body", 4),
        ('+++ \ntitle = "x"\n+++', FrontMatterFormat.TOML, "x", "", 3),
        ('{\n"title": "x"\n}\n\nBody', FrontMatterFormat.JSON, "x", "\nBody", 4),
        ('{"title": "}"}', FrontMatterFormat.JSON, "}", "", 1),
        ('---json\n{"title": "x"}\n---\nBody', FrontMatterFormat.NAMED, "x", "Body", 4),
        ('---toml\ntitle = "x"\n---\nBody', FrontMatterFormat.NAMED, "x", "Body", 4),
        ("---yaml\ntitle: x\n---\nBody", FrontMatterFormat.NAMED, "x", "Body", 4),
    ],
)
def test_blocks(text: str, format_: FrontMatterFormat, title: str, body: str, line: int) -> None:
    """Each way to delimit front matter gives its values, and the body with its line."""
    page = read_page(text.encode())
    assert page is not None
    assert (page.format, page.front_matter.text("title")) == (format_, title)
    assert (page.body, page.body_line) == (body, line)


@pytest.mark.parametrize("text", ["{{< figure >}}", "{% include x %}", "{ x }", "++\n", "----\n"])
def test_no_front_matter(text: str) -> None:
    """A page may begin with a shortcode, a tag or a rule."""
    assert read_page(text.encode()) is None


def test_a_language_that_has_to_be_run() -> None:
    """Front matter in JavaScript is not read, and this is said; the text below it counts."""
    page = read_page(b"---js\n{ title: 1 }\n---\nText\n")
    assert page is not None
    assert (page.front_matter.entries, page.body, page.body_line) == ({}, "Text\n", 4)
    assert [(each.code, each.line) for each in page.oddities] == [("foreign-front-matter", 1)]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('+++\ntitle = "x"\n', "unclosed-front-matter", 1),
        ('+++\na = 1\ntitle = "x\n+++\n', "bad-toml", 3),
        ("+++\na = 1\n\na = 2\n+++\n", "bad-toml", 4),
        ("+++\na = [\n+++\n", "bad-toml", 3),
        ("+++\na = " + "[" * 2000 + "\n+++\n", "too-large", 2),
        ("+++\n" + ".".join(["a"] * 5000) + " = 1\n+++\n", "too-large", 2),
        ("+++\nx = " + "9" * 5000 + "\n+++\n", "bad-toml", 2),
        ('{\n"a": 1\n"b": 2\n}', "bad-json", 3),
        ('{"a": ' + "[" * 200_000, "too-large", 1),
        ('{"a": ' + "[" * 150 + "]" * 150 + "}", "too-large", 1),
        ('{"a": ' + "9" * 5000 + "}", "bad-json", 1),
        ("---json\n[1]\n---\n", "not-a-mapping", 2),
    ],
)
def test_unreadable(text: str, code: str, line: int) -> None:
    """What is wrong with a file is said with its line, and soon."""
    start = time.process_time()
    with pytest.raises(ManifestError) as caught:
        read_page(text.encode())
    assert time.process_time() - start < 5
    assert caught.value.code == code
    assert caught.value.line == line


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a = [" + "1, " * 20_000 + "]",
        "\n".join(f"[[a]]\nb = {number}" for number in range(3_000)),
        "\n".join(f"[a{number}]\nb = 1" for number in range(3_000)),
        'a = "' + "\\\\" * 200_000 + '"',
        "a" * 900_000 + " = 1",
        "# " + "x" * 900_000,
        "a = '''" + "'' " * 200_000 + "'''",
    ],
)
def test_large_toml(text: str) -> None:
    """The time grows with the text, not with its square."""
    start = time.process_time()
    try:
        parse_toml(text)
    except ManifestError as error:
        assert error.code == "too-large"
    assert time.process_time() - start < 3


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), min_size=1, max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: plain(each) for key, each in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(each) for each in node.items]
    return node.text if not node.plain else json.loads(node.text)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.sampled_from([None, 1]))
def test_any_json(tree: dict[str, object], indent: int | None) -> None:
    """The tree says what JSON says."""
    assert plain(parse_json(json.dumps(tree, indent=indent)).root) == tree


def as_toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{as_toml(k)} = {as_toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[\n" + ",\n".join(map(as_toml, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case _:
            return str(value)


TOML_VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, TOML_VALUES, max_size=4))
def test_any_toml(tree: dict[str, object]) -> None:
    """Every value has a line of its own finding, and each key the line in which it stands."""
    text = "\n".join(f"{as_toml(key)} = {as_toml(value)}" for key, value in tree.items())
    lines = value_lines(text)

    def paths(value: object, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
        inner = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        )
        return [path, *(each for key, below in inner for each in paths(below, (*path, key)))]

    assert set(lines) == set(paths(tomllib.loads(text), ()))
    starts = [1]
    for key, value in tree.items():
        starts.append(starts[-1] + f"{as_toml(key)} = {as_toml(value)}".count("\n") + 1)
    assert [lines[(key,)] for key in tree] == starts[:-1]


@given(
    st.sampled_from(["+++\n", "---json\n", "---toml\n", "{", '{"', "---\n"]),
    st.text(alphabet="ab\"'[]{}=:.,\n\\ #0-+", max_size=60),
    st.sampled_from(["", "\n+++\n", "\n---\n", "}\n"]),
)
def test_any_text(opening: str, text: str, closing: str) -> None:
    """Whatever stands there, it is read, or refused by a ManifestError."""
    try:
        read_page(f"{opening}{text}{closing}".encode())
    except ManifestError as error:
        assert error.line is not None


@pytest.mark.parametrize("text", ['{"a": 1}\n', '---json\n{"a": 1}\n---\n'])
@pytest.mark.parametrize(
    "edit",
    [
        lambda data: set_value(data, ("header", "teaser"), "/a.jpg"),
        lambda data: append_item(data, ("gallery",), {"url": "/a.jpg"}),
    ],
)
def test_not_edited(text: str, edit: Callable[[bytes], bytes]) -> None:
    """JSON is never written, nor what is named."""
    with pytest.raises(ManifestError, match="read, but not written") as caught:
        edit(text.encode())
    assert (caught.value.code, bool(caught.value.hint)) == ("cannot-edit", True)


def test_deep_is_the_same_everywhere() -> None:
    """All formats have one bound of nesting."""
    deep = MAX_DEPTH + 1
    for parse, text in (
        (parse_toml, "a = " + "[" * deep + "]" * deep),
        (parse_json, '{"a": ' + "[" * deep + "]" * deep + "}"),
    ):
        with pytest.raises(ManifestError, match="nested deeper"):
            parse(text)
