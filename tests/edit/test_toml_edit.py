"""TOML front matter changed in place."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.edit.front_matter import append_item, remove_item, set_value

PAGE = """\
+++
title = "Squat" # a comment
tags = ["legs", 'bar']
photos = [
  "a.jpg", # the first
  "b.jpg",
]

[cover] # of the page
image = 'a.jpg'

[[gallery]]
src = "a.jpg"
[gallery.size]
w = 1

# the second
[[gallery]]
src = "b.jpg"

[params]
empty = []
+++
Text with +++ in it
"""


def edited(old: str, new: str) -> str:
    assert PAGE.count(old) == 1
    return PAGE.replace(old, new)


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("title",), "Knæbøj", '"Squat" #', '"Knæbøj" #'),
        (("cover", "image"), "b.jpg", "'a.jpg'", '"b.jpg"'),
        (("tags", 1), 'a "b"', "'bar'", '"a \\"b\\""'),
        (("gallery", 1, "src"), "c.jpg", 'src = "b.jpg"', 'src = "c.jpg"'),
        (("draft",), "x", "]\n\n[cover]", ']\ndraft = "x"\n\n[cover]'),
        (("cover", "alt"), "x", "'a.jpg'\n", "'a.jpg'\nalt = \"x\"\n"),
        (("gallery", 0, "alt"), "x", 'src = "a.jpg"\n[', 'src = "a.jpg"\nalt = "x"\n['),
        (("seo", "a b"), "x", "empty = []\n", 'empty = []\n\n[seo]\n"a b" = "x"\n'),
        (("video",), {"id": "x"}, "empty = []\n", 'empty = []\n\n[video]\nid = "x"\n'),
    ],
)
def test_set(path: tuple[str | int, ...], value: str, old: str, new: str) -> None:
    """A value changes in its place, a new one goes behind those of its table."""
    assert set_value(PAGE.encode(), path, value).decode() == edited(old, new)


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("tags",), "x", "'bar'", "'bar', \"x\""),
        (("photos",), "x", '"b.jpg",\n', '"b.jpg",\n  "x",\n'),
        (("params", "empty"), "x", "[]", '["x"]'),
        (
            ("gallery",),
            {"src": "x"},
            'src = "b.jpg"\n',
            'src = "b.jpg"\n\n[[gallery]]\nsrc = "x"\n',
        ),
        (("more",), "x", "]\n\n[cover]", ']\nmore = ["x"]\n\n[cover]'),
        (("a", "b"), {"c": "x"}, "empty = []\n", 'empty = []\n\n[[a.b]]\nc = "x"\n'),
    ],
)
def test_append(path: tuple[str | int, ...], value: object, old: str, new: str) -> None:
    """An item goes behind the last one, in the form that the list has."""
    assert append_item(PAGE.encode(), path, value).decode() == edited(old, new)  # type: ignore[arg-type]


def test_line_ends_and_mark() -> None:
    """Line ends and a byte order mark stay."""
    data = b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode()
    after = append_item(data, ("gallery",), {"src": "x"})
    assert after == data.replace(
        b'src = "b.jpg"\r\n', b'src = "b.jpg"\r\n\r\n[[gallery]]\r\nsrc = "x"\r\n'
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("title", "x"), "y"),
        (("cover",), "y"),
        (("gallery", "src"), "y"),
        (("tags", 7), "y"),
        (("title",), "\ud800"),
    ],
)
def test_refused(path: tuple[str | int, ...], value: str) -> None:
    """What cannot be said without touching more is refused."""
    with pytest.raises(ManifestError) as caught:
        set_value(PAGE.encode(), path, value)
    assert caught.value.code == "cannot-edit"


def test_nothing_is_taken_out() -> None:
    """Removing is refused."""
    with pytest.raises(ManifestError, match="nothing is removed"):
        remove_item(PAGE.encode(), ("tags", 0))


KEYS = st.sampled_from(["title", "tags", "photos", "cover", "gallery", "params", "x", "a b", ""])


@given(
    st.lists(KEYS, min_size=1, max_size=3),
    st.text(max_size=12),
    st.booleans(),
    st.sampled_from([PAGE, "+++\n+++\n", "+++\na.b = 1\n+++", "+++\nx = {y = 1}\n[z]\n+++\nText"]),
)
def test_any_edit(keys: list[str], text: str, item: bool, page: str) -> None:  # noqa: FBT001 - drawn
    """The result says the change and nothing else, or the edit is refused."""
    data = page.encode()
    try:
        after = (append_item if item else set_value)(data, tuple(keys), text)
    except ManifestError as error:
        assert error.code == "cannot-edit"
        return
    before, found = (tomllib.loads(each.decode().split("+++")[1]) for each in (data, after))
    at = before
    for key in keys[:-1]:
        at = at.setdefault(key, {})
    at[keys[-1]] = [*at.get(keys[-1], []), text] if item else text
    assert found == before
    assert after.decode().partition("+++\n")[2].endswith(page.rpartition("+++")[2])
