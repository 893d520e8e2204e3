"""Groups of duplicates: a picture to keep, and those that are it again. Pure.

No chains: each member was compared with the one that is kept. Where A is B and B is C, but A is
not C, there are two groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from mediakit.matching.icons import are_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Level(StrEnum):
    """How a picture is another one again, the surest first."""

    BYTES = "bytes"
    PIXELS = "pixels"
    SAME = "same"
    TRANSFORMED = "transformed"


ORDER = tuple(Level)
_LOSSLESS = frozenset({"PNG", "BMP", "TIFF"})


@dataclass(frozen=True, slots=True)
class Use:
    """Where a picture is named: content file, line, role."""

    manifest: str
    line: int
    role: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture of the site: its digest, size in pixels and bytes, format, and who uses it.

    `is_raw`: as a camera gave it, with what it tells of places and devices.
    """

    path: str
    sha256: str
    width: int
    height: int
    bytes: int
    format: str
    uses: tuple[Use, ...] = ()
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Two contents, by digest, that are one picture.

    `distance` is that of their hashes (bits of 256), `score` how much the pixels differ, `how`
    says what was done to one of them.
    """

    one: str
    other: str
    level: Level
    distance: int = 0
    score: float = 0.0
    how: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A copy, and how it is the picture that is kept."""

    copy: Copy
    level: Level
    distance: int = 0
    score: float = 0.0
    how: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The picture to keep, and the others, the surest first."""

    keeper: Copy
    others: tuple[Member, ...]

    @property
    def level(self) -> Level:
        """The least sure level of all members."""
        return max((each.level for each in self.others), key=ORDER.index)

    @property
    def saved(self) -> int:
        """The bytes of the others."""
        return sum(each.copy.bytes for each in self.others)

    @property
    def paths(self) -> tuple[str, ...]:
        """The site paths of all copies, the one to keep first."""
        return (self.keeper.path, *(each.copy.path for each in self.others))

    @property
    def contents(self) -> frozenset[str]:
        """The digests of all copies."""
        return frozenset({self.keeper.sha256, *(each.copy.sha256 for each in self.others)})


def group_copies(copies: Iterable[Copy], matches: Iterable[Match]) -> list[Group]:
    """Return the groups, those with the most bytes to save first; sizes of one icon are none."""
    by_content: dict[str, list[Copy]] = {}
    for copy in sorted(copies, key=_worth):
        by_content.setdefault(copy.sha256, []).append(copy)
    near: dict[str, dict[str, Match]] = {content: {} for content in by_content}
    for match in matches:
        if any(
            are_sizes(*pair) for pair in product(by_content[match.one], by_content[match.other])
        ):
            continue
        near[match.one][match.other] = near[match.other][match.one] = match
    ranked = sorted(by_content, key=lambda content: _worth(by_content[content][0]))
    groups = [
        _group(by_content, center, members, near[center])
        for center, members in _stars(ranked, near)
    ]
    return sorted(groups, key=lambda each: (-each.saved, each.keeper.path))


def _stars(
    ranked: Sequence[str], near: Mapping[str, Mapping[str, Match]]
) -> Iterable[tuple[str, list[str]]]:
    """Yield centers with what is near them; a content is a member once, of the best center."""
    taken: set[str] = set()
    for content in ranked:
        free = [each for each in near[content] if each not in taken]
        if content in taken:
            continue
        taken |= {content, *free}
        if near[content] and not free:
            # what it is near to belongs to another group, whose center it is not near to
            yield min(near[content], key=ranked.index), [content]
        else:
            yield content, sorted(free, key=ranked.index)


def _group(
    by_content: Mapping[str, list[Copy]],
    center: str,
    members: Iterable[str],
    near: Mapping[str, Match],
) -> Group:
    keeper, *same = by_content[center]
    others = [Member(copy, Level.BYTES) for copy in same]
    for content in members:
        match = near[content]
        others += [
            Member(copy, match.level, match.distance, match.score, match.how)
            for copy in by_content[content]
        ]
    others.sort(key=lambda each: (ORDER.index(each.level), each.score, each.copy.path))
    return Group(keeper, tuple(others))


def _worth(copy: Copy) -> tuple[bool, bool, int, bool, int, int, str]:
    """Return what the best copy is first by: a page names it, it is clean, and only then pixels."""
    return (
        not copy.uses,
        copy.is_raw,
        -copy.width * copy.height,
        copy.format not in _LOSSLESS,
        -copy.bytes,
        -len(copy.uses),
        copy.path,
    )
