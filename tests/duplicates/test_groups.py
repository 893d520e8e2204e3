"""Groups without chains, the copy to keep, and what was accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.duplicates.accepted import Accepted
from mediakit.duplicates.groups import Copy, Group, Level, Match, Use, group_copies
from mediakit.errors import UsageError

USE = Use("_exercises/squat.md", 4, "gallery")


def copy(path: str, sha256: str, width: int = 100, *, uses: int = 0, kind: str = "JPEG") -> Copy:
    return Copy(path, sha256, width, 100, width * 10, kind, (USE,) * uses)


def shape(groups: list[Group]) -> list[tuple[str, list[str]]]:
    return [(each.keeper.path, [member.copy.path for member in each.others]) for each in groups]


def test_no_chains() -> None:
    """A is B and B is C, but A is not C: two groups, of pictures that were compared."""
    copies = [copy("a", "A", 300), copy("b", "B", 200), copy("c", "C", 100)]
    matches = [Match("A", "B", Level.SAME), Match("B", "C", Level.SAME)]
    assert sorted(shape(group_copies(copies, matches))) == [("a", ["b"]), ("b", ["c"])]


def test_which_to_keep() -> None:
    """Most pixels first, then the quality, then what pages name."""
    match = [Match("A", "B", Level.SAME)]
    assert shape(group_copies([copy("a", "A"), copy("b", "B", 200)], match)) == [("b", ["a"])]
    lossless = [copy("a", "A"), copy("b", "B", kind="PNG")]
    assert shape(group_copies(lossless, match)) == [("b", ["a"])]
    named = [copy("a", "A"), copy("b", "B", uses=2)]
    assert shape(group_copies(named, match)) == [("b", ["a"])]


def test_equal_bytes_need_no_match() -> None:
    """Copies of one content are a group; with a match, all copies of both contents are."""
    copies = [copy("a", "A"), copy("b", "A", uses=1), copy("c", "C", 50), copy("d", "D")]
    (group,) = [each for each in group_copies(copies, []) if each.others]
    assert (group.keeper.path, group.level, group.saved) == ("b", Level.BYTES, 1000)
    (group, _) = group_copies(copies, [Match("C", "A", Level.TRANSFORMED, 9, 0.1, "mirrored")])
    assert [(each.copy.path, each.level) for each in group.others] == [
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
