"""A text of a data file is changed in place, and no other byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.edit.front_matter import set_text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '[{"n": 1, "images": ["x", "a.jpg"]}]'),
        ("a.json", '[{"n":1,"images":["x","a.jpg"]}]'),
        ("a.json", '[\r\n\t{\r\n\t\t"n": 1,\r\n\t\t"images": ["x", "a.jpg"]\r\n\t}\r\n]\r\n'),
        ("a.json", '\ufeff[{"n": 1e5, "images": ["\\u00e5\\/", "a.jpg"]}]\n'),
        ("a.yml", "---\n# first\n- n: 1  # kept\n  images:\n    - x\n    - a.jpg\n"),
        ("a.yaml", "- images: [x, 'a.jpg']\n  n: ~\n"),
    ],
)
def test_only_the_text_changes(path: str, text: str) -> None:
    """Spaces, tabs, line ends, a byte order mark, escapes and comments stay."""
    changed = set_text(path, text.encode(), (0, "images", 1), "b/c.jpg")
    assert changed.decode() == text.replace("a.jpg", "b/c.jpg")


def test_toml() -> None:
    """A text in TOML is changed likewise."""
    text = b'[lift]\nimage = "a.jpg" # kept\n'
    assert set_text("a.toml", text, ("lift", "image"), "b.jpg") == text.replace(b"a.jpg", b"b.jpg")


def test_escapes() -> None:
    """Letters are escaped where all are; emoji in two escapes are in nobody's way."""
    text = b'{"name": "\\ud83d\\ude00", "image": "a.jpg"}'
    assert set_text("a.json", text, ("image",), "\u00e5.jpg") == text.replace(
        b"a.jpg", b"\\u00e5.jpg"
    )


def test_what_cannot_be_changed_is_said_with_its_line() -> None:
    """A text that is written once for two places stays as it is."""
    text = b"a:\n  image: &one a.jpg\nb:\n  image: *one\n"
    with pytest.raises(ManifestError) as caught:
        set_text("a.yml", text, ("a", "image"), "b.jpg")
    assert (caught.value.code, caught.value.line) == ("cannot-edit", 2)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.dictionaries(_TEXTS, _TEXTS | st.integers(), max_size=4), _TEXTS, st.booleans())
def test_any_record(fields: dict[str, object], value: str, tight: bool) -> None:  # noqa: FBT001
    """Any JSON reads as before but for the text."""
    record = {**fields, "image": "a.jpg"}
    text = json.dumps([record], ensure_ascii=tight, indent=None if tight else 2)
    changed = set_text("a.json", text.encode(), (0, "image"), value)
    assert json.loads(changed) == [record | {"image": value}]
