"""Groups without chains, the copy to keep, and what was accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import UsageError
from mediakit.matching.groups import (
    Copy,
    CopyGroup,
    Level,
    Match,
    PageUse,
    are_sizes,
    group_copies,
    is_site_icon,
)
from mediakit.sync.copies import Accepted

USE = PageUse("_exercises/squat.md", 4, "gallery")


def copy(
    path: str,
    sha256: str,
    width: int = 100,
    *,
    uses: int = 0,
    kind: str = "JPEG",
    raw: bool = False,
) -> Copy:
    return Copy(path, sha256, width, 100, width * 10, kind, (USE,) * uses, is_raw=raw)


def icon(path: str, side: int) -> Copy:
    return Copy(path, path, side, side, side * 10, "PNG")


def shape(groups: list[CopyGroup]) -> list[tuple[str, list[str]]]:
    return [(each.keeper.path, [member.copy.path for member in each.others]) for each in groups]


def test_no_chains() -> None:
    """A is B and B is C, but A is not C: two groups, of pictures that were compared."""
    copies = [copy("a", "A", 300), copy("b", "B", 200), copy("c", "C", 100)]
    matches = [Match("A", "B", Level.SAME), Match("B", "C", Level.SAME)]
    assert sorted(shape(group_copies(copies, matches))) == [("a", ["b"]), ("b", ["c"])]


def test_which_to_keep() -> None:
    """What a page names first, then what is clean, then most pixels and the quality."""
    match = [Match("A", "B", Level.SAME)]
    assert shape(group_copies([copy("a", "A"), copy("b", "B", 200)], match)) == [("b", ["a"])]
    lossless = [copy("a", "A"), copy("b", "B", kind="PNG")]
    assert shape(group_copies(lossless, match)) == [("b", ["a"])]
    named = [copy("a", "A", 4000, kind="PNG"), copy("b", "B", uses=1, raw=True)]
    assert shape(group_copies(named, match)) == [("b", ["a"])]
    clean = [copy("a", "A", 4000, uses=9, raw=True), copy("b", "B", uses=1)]
    assert shape(group_copies(clean, match)) == [("b", ["a"])]
    more_pages = [copy("a", "A", uses=1), copy("b", "B", uses=2)]
    assert shape(group_copies(more_pages, match)) == [("b", ["a"])]


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (icon("i/logo-16.png", 16), icon("i/logo-512.png", 512), True),
        (icon("i/logo_32x32.png", 32), icon("i/logo.png", 512), True),
        (icon("i/logo64px.webp", 64), icon("i/logo128px.png", 128), True),
        (Copy("a@2x.png", "A", 900, 300, 1, "PNG"), Copy("a.png", "B", 450, 150, 1, "PNG"), True),
        (icon("i/logo-16.png", 16), icon("j/logo-32.png", 32), False),
        (icon("i/logo-16.png", 16), icon("i/badge-32.png", 32), False),
        (icon("i/squat-1.png", 300), icon("i/squat-2.png", 600), False),
        (icon("i/squat-600.png", 600), icon("i/squat-300.png", 600), False),
        (icon("i/squat.png", 300), icon("i/squat.webp", 300), False),
        (icon("i/squat-2.png", 900), icon("i/squat.png", 900), False),
    ],
)
def test_sizes_of_an_icon(one: Copy, other: Copy, are: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """Small square pictures whose names end with their own sizes are one icon, no duplicates."""
    match = Match(one.sha256, other.sha256, Level.SAME)
    groups = [each for each in group_copies([one, other], [match]) if each.others]
    assert are_sizes(one, other) is are_sizes(other, one) is are
    assert bool(groups) is not are


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("favicon-16x16.png", True), ("favicon.png", True), ("apple-touch-icon.png", True),
        ("apple-touch-icon-180x180-precomposed.png", True), ("android-chrome-512x512.png", True),
        ("mstile-310x150.png", True), ("icon-192.png", True), ("maskable_icon_x192.png", False),
        ("maskable-icon.png", True), ("icons.png", False), ("squat-icon.png", False),
    ],
)  # fmt: skip
def test_icons_of_a_site(name: str, is_one: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """What browsers ask for by its name is known by that; a large picture is none."""
    assert is_site_icon(icon(f"assets/{name}", 192)) is is_one
    assert not is_site_icon(icon(f"assets/{name}", 1600))


def test_equal_bytes_need_no_match() -> None:
    """Copies of one content are a group; with a match, all copies of both contents are."""
    copies = [copy("a", "A"), copy("b", "A", uses=1), copy("c", "C", 50), copy("d", "D")]
    (group,) = [each for each in group_copies(copies, []) if each.others]
    assert (group.keeper.path, group.level, group.saved) == ("b", Level.BYTES, 1000)
    (group, _) = group_copies(copies, [Match("C", "A", Level.TRANSFORMED, 9, 0.1, "mirrored")])
    assert [(each.copy.path, each.match.level) for each in group.others] == [
        ("a", Level.BYTES),
        ("c", Level.TRANSFORMED),
    ]
    assert group.level is Level.TRANSFORMED


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14))
def test_each_member_was_compared(pairs: set[tuple[int, int]]) -> None:
    """Whatever matches: a member always matches the one that is kept, and no match is lost."""
    contents = "ABCDEFGH"
    copies = [copy(each.lower(), each, 100 + number) for number, each in enumerate(contents)]
    ordered = {(min(pair), max(pair)) for pair in pairs if len(set(pair)) == 2}
    matches = [Match(contents[one], contents[other], Level.SAME) for one, other in ordered]
    edges = {frozenset({match.one, match.other}) for match in matches}
    groups = group_copies(copies, matches)
    for group in groups:
        for member in group.others:
            assert frozenset({group.keeper.sha256, member.copy.sha256}) in edges
    listed = {content for group in groups if group.others for content in group.contents}
    assert listed == set().union(*edges)


def test_accepted_groups() -> None:
    """An accepted group is not shown again, until another picture comes to it."""
    copies = [copy("a", "A", 300), copy("b", "B", 200)]
    match = Match("A", "B", Level.SAME)
    (group,) = group_copies(copies, [match])
    accepted = Accepted.load(Accepted().with_group(group).dump())
    assert accepted.covers(group)
    (wider,) = group_copies([*copies, copy("c", "C", 100)], [match, Match("A", "C", Level.SAME)])
    assert not accepted.covers(wider)
    assert accepted.with_group(wider).covers(group)
    assert accepted.with_group(wider).dump().count(b"contents") == 1


@pytest.mark.parametrize("data", [b"{", b'{"version":9}', b'{"version":1,"groups":[1]}', b"\xff"])
def test_a_broken_file(data: bytes) -> None:
    """A file of accepted groups that cannot be trusted is said, not forgotten."""
    with pytest.raises(UsageError):
        Accepted.load(data)
