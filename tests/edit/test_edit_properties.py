"""Edits of front matter in all styles: only what was to change changes."""

from __future__ import annotations

import codecs
import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SHARED
from mediakit.base.errors import ManifestError
from mediakit.edit.front_matter import append_item, remove_item, set_value
from mediakit.edit.yaml_write import reads_as_text, scalar
from mediakit.site.front_matter import read_page
from mediakit.site.trees.yaml import Node, Scalar, Sequence

KEYS = ("title", "header", "gallery", "tags", "video", "note")
TEXTS = st.text(max_size=12)
WORDS = st.sampled_from(
    ["Ben", "/a/b-0.jpg", "Baglår, løft", "x y", "12_3", "yes", "it's", 'say "x"']
)
COMMENTS = st.sampled_from(["", "", "", "  # c", " #d"])


@st.composite
def scalars(draw: Any) -> str:
    """A scalar as text, in one of the styles."""
    word: str = draw(WORDS)
    style = draw(st.sampled_from(["", "'", '"', '"']))
    if style == "'":
        return "'" + word.replace("'", "''") + "'"
    if style == '"' or re.search(r"[:#\"',]", word):
        return '"' + word.replace('"', '\\"') + '"'
    return word


@st.composite
def mappings(draw: Any, indent: int) -> list[str]:
    """The lines of a mapping of scalars at `indent`."""
    keys = draw(
        st.lists(st.sampled_from(["url", "alt", "k", "z"]), min_size=1, max_size=3, unique=True)
    )
    lines = []
    for key in keys:
        lines.append(" " * indent + f"{key}: {draw(scalars())}{draw(COMMENTS)}")
        if draw(st.integers(0, 9)) == 0:
            lines.append(" " * indent + "# between")
    return lines


@st.composite
def values(draw: Any) -> list[str]:
    """What stands behind a top-level key: the rest of its line, and the lines below."""
    kind = draw(
        st.sampled_from(["scalar", "null", "flow", "map", "list", "dense", "maps", "block"])
    )
    if kind == "scalar":
        return [f" {draw(scalars())}{draw(COMMENTS)}"]
    if kind == "null":
        return [draw(st.sampled_from(["", " ", " ~", "  # none"]))]
    if kind == "flow":
        inner = ", ".join(draw(st.lists(scalars(), max_size=3)))
        return [
            draw(
                st.sampled_from(
                    [f" [{inner}]", f" [ {inner} ]", " {}", f" {{k: {draw(scalars())}}}"]
                )
            )
        ]
    if kind == "block":
        return [draw(st.sampled_from([" |", " >-", " |+"])), "  one", "", "  two", ""]
    if kind == "map":
        return [draw(COMMENTS), *draw(mappings(draw(st.sampled_from([1, 2, 4]))))]
    indent = 0 if kind == "dense" else draw(st.sampled_from([2, 3]))
    gap = draw(st.sampled_from([1, 1, 3]))
    lines = [draw(COMMENTS)]
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 5)) == 0:
            lines.append(" " * indent + "# above")
        if kind == "maps":
            inner = draw(mappings(indent + 1 + gap))
            lines += [" " * indent + "-" + inner[0][indent + 1 :], *inner[1:]]
        else:
            lines.append(" " * indent + "-" + " " * gap + draw(scalars()) + draw(COMMENTS))
    return lines


@st.composite
def pages(draw: Any) -> bytes:
    """A content file."""
    lines = []
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=5, unique=True)):
        value = draw(values())
        lines += [key + ":" + value[0], *value[1:]]
        if draw(st.integers(0, 5)) == 0:
            lines.append(draw(st.sampled_from(["# comment", "", "#  - url: /old.jpg"])))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    body = draw(st.sampled_from(["", "\n", "\nText.\n\n---\n\nMore: [x]\n", "\nno end"]))
    text = "\n".join(["---", *lines, "---"]) + body
    bom = draw(st.sampled_from([b"", b"", codecs.BOM_UTF8]))
    data: bytes = bom + text.replace("\n", newline).encode()
    return data


def plain(node: Node) -> Any:
    """Return a tree as Python's own values."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def fields(data: bytes) -> dict[str, Any]:
    page = read_page(data)
    assert page is not None
    found: dict[str, Any] = plain(page.front_matter)
    return found


def chunks(data: bytes) -> dict[str, bytes]:
    """Return the lines of each top-level key, comments below it included, and of the rest."""
    text = data.removeprefix(codecs.BOM_UTF8)
    end = re.search(rb"(?m)^---[ \t]*\r?$", text[3:])
    assert end is not None
    head, tail = text[: end.start() + 3], text[end.start() + 3 :]
    parts = re.split(rb"(?m)^(?=[a-z_]+:)", head)
    return {"": tail, "---": parts[0]} | {
        part.split(b":", 1)[0].decode(): part for part in parts[1:]
    }


def lists(data: bytes) -> list[str]:
    return [key for key, value in fields(data).items() if isinstance(value, list)]


NEW = st.one_of(
    TEXTS, WORDS, st.fixed_dictionaries({"url": WORDS, "alt": TEXTS}), st.lists(WORDS, max_size=2)
)


@settings(deadline=None)
@given(pages(), st.sampled_from([*KEYS, "fresh"]), NEW)
def test_set_changes_one_value(data: bytes, key: str, value: Any) -> None:
    """Setting any key to anything gives that value, and all other keys keep their bytes."""
    new = set_value(data, (key,), value)
    assert fields(new) == fields(data) | {key: value}
    if key in fields(data):
        assert {**chunks(new), key: b""} == {**chunks(data), key: b""}
    else:
        assert not _taken_out(data, new)
    assert set_value(new, (key,), value) == new


def _taken_out(old: bytes, new: bytes) -> list[bytes]:
    """Return the lines of the old file between what both start and what both end with."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for end in (0, -1):
        while before and after and before[end] == after[end]:
            del before[end], after[end]
    return before


@settings(deadline=None)
@given(pages(), WORDS)
def test_set_and_set_back(data: bytes, value: str) -> None:
    """Changing a quoted text and changing it back gives the same bytes."""
    for key, node in _quoted(data):
        new = set_value(data, (key,), value)
        assert set_value(new, (key,), node.text) == data


@settings(deadline=None)
@given(pages(), st.data())
def test_set_in_depth(data: bytes, chance: st.DataObject) -> None:
    """A value within an item or a mapping is changed or added, and its neighbours stay."""
    for key, value in fields(data).items():
        if isinstance(value, list) and value:
            index = chance.draw(st.integers(0, len(value) - 1))
            path: tuple[Any, ...] = (key, index)
        elif isinstance(value, dict):
            path = (key,)
        else:
            continue
        name, text = chance.draw(st.sampled_from(["url", "alt", "new"])), chance.draw(TEXTS)
        wanted = fields(data)
        holder = wanted[key] if len(path) == 1 else wanted[key][path[1]]
        if not isinstance(holder, dict):
            continue
        holder[name] = text
        new = set_value(data, (*path, name), text)
        assert fields(new) == wanted
        assert {**chunks(new), key: b""} == {**chunks(data), key: b""}


def _quoted(data: bytes) -> list[tuple[str, Scalar]]:
    page = read_page(data)
    assert page is not None
    return [
        (key, node)
        for key, node in page.front_matter.entries.items()
        if isinstance(node, Scalar) and not node.plain and "\n" not in node.text
    ]


@settings(deadline=None)
@given(pages(), st.data())
def test_append_and_remove(data: bytes, chance: st.DataObject) -> None:
    """An item that is added and removed again leaves the same bytes."""
    for key in lists(data):
        before = fields(data)[key]
        value = chance.draw(NEW)
        new = append_item(data, (key,), value)
        assert fields(new) == fields(data) | {key: [*before, value]}
        old_chunks, new_chunks = chunks(data), chunks(new)
        assert {**new_chunks, key: b""} == {**old_chunks, key: b""}
        if before:
            assert remove_item(new, (key, len(before))) == data


@settings(deadline=None)
@given(pages(), st.data())
def test_remove_any_item(data: bytes, chance: st.DataObject) -> None:
    """Any item can be removed, and only that is gone."""
    found = fields(data)
    paths = [(key, index) for key in lists(data) for index in range(len(found[key]))]
    if not paths:
        return
    key, index = chance.draw(st.sampled_from(paths))
    try:
        new = remove_item(data, (key, index))
    except ManifestError as error:
        assert "a comment stands in the way" in error.message
        return
    del found[key][index]
    assert fields(new) == found
    assert {**chunks(new), key: b""} == {**chunks(data), key: b""}


@settings(deadline=None)
@given(st.binary(max_size=80) | st.text("-:[]{},&*!|>'\"#? \n\tab", max_size=60).map(
    lambda text: f"---\n{text}\n---\n".encode()
), st.sampled_from([("a",), ("a", "b"), ("a", 0)]), TEXTS)  # fmt: skip
def test_nonsense(data: bytes, path: Any, value: str) -> None:
    """Whatever the file holds, it is edited to what was asked for, or refused."""
    try:
        new = set_value(data, path, value)
    except ManifestError:
        return
    at: Any = fields(new)
    for key in path:
        at = at[key]
    assert at == value or (not value and at is None)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the corpus is not here")
def test_real_pages_go_round() -> None:
    """Each corpus file and case is edited and edited back byte for byte."""
    for path in sorted(SHARED.rglob("*.md")):
        data = path.read_bytes()
        try:
            found = fields(data)
        except (ManifestError, AssertionError):
            continue
        for key, value in found.items():
            if isinstance(value, str) and reads_as_text(value):
                assert set_value(data, (key,), value) == data
        added = append_item(data, ("zzz",), {"url": "/x.jpg", "alt": "Æ"})
        assert fields(added) == {**found, "zzz": [{"url": "/x.jpg", "alt": "Æ"}]}
        if isinstance(found.get("gallery"), list):
            count = len(found["gallery"])
            longer = append_item(data, ("gallery",), {"url": "/x.jpg", "alt": "Æ"})
            assert remove_item(longer, ("gallery", count)) == data


PARSERS = [each for name in ("SafeLoader", "CSafeLoader") if (each := getattr(yaml, name, None))]


@given(st.text(st.sampled_from("abZø/.:?#-!,;&=@()+'\" _%|>*[]{}~1\\\t"), max_size=8))
def test_every_parser_reads_what_is_written(text: str) -> None:
    """What is written is read alike by PyYAML's two parsers, one of which is that of Ruby's Psych.

    A plain `?` within brackets is not: the one that is Python throughout takes it for a key.
    """
    inside = scalar(text, "", flow=True)
    for parser in PARSERS:
        assert yaml.load(f"a: {scalar(text, '')}\nb: 1", parser) == {"a": text, "b": 1}  # noqa: S506 - safe ones
        assert yaml.load(f"{{a: {inside}, {inside}: 1}}", parser) == {"a": text, text: 1}  # noqa: S506 - safe ones
        assert yaml.load(f"[{inside}, b]", parser) == [text, "b"]  # noqa: S506 - safe ones


def test_an_address_with_a_query_in_brackets() -> None:
    """The address of a video with its start goes into a flow mapping in quotes."""
    page = b"---\nvideo: {provider: youtube, id: aIZuK2cX4FA}\n---\n"
    after = set_value(page, ("video", "id"), "https://youtu.be/cccccccccc1?t=30")
    assert (
        after == b'---\nvideo: {provider: youtube, id: "https://youtu.be/cccccccccc1?t=30"}\n---\n'
    )
