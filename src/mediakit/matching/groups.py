"""Groups of duplicates: the picture to keep and its copies. Does no I/O.

Groups do not chain: each member matches the picture to keep. If A matches B and B matches C, but
A does not match C, there are two groups.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Level(StrEnum):
    """How sure it is that two pictures are one, the surest first."""

    BYTES = "bytes"
    PIXELS = "pixels"
    SAME = "same"
    TRANSFORMED = "transformed"


ORDER = tuple(Level)
LEVELS = {"exact": Level.PIXELS, "near": Level.SAME, "transformed": Level.TRANSFORMED}
"""How far a search goes, by the words of users."""

_LOSSLESS = frozenset({"PNG", "BMP", "TIFF"})

_ICON_NAMES = re.compile(
    r"(?:favicon|(?:apple-|android-|site-|ms-|maskable[-_])?(?:touch-)?icon|android-chrome|mstile"
    r"|safari-pinned-tab|web-app-manifest)"
    r"(?:[-_.@]?(?:\d+(?:x\d+)?|[23]x|precomposed|maskable|dark|light))*",
    re.IGNORECASE,
)
_LARGEST_ICON = 1024
"""Pixels a side of the largest icon that app stores ask for."""

_LARGEST_SQUARE = 512
_SIZE = re.compile(r"[-_.@ ]?(\d{2,4})(?:x(\d{2,4}))?(?:px)?$", re.IGNORECASE)
_SCALE = re.compile(r"@[1-4](?:\.\d+)?x$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageUse:
    """A place that names a picture: content file, line and role."""

    manifest: str
    line: int
    role: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture of the site: digest, size in pixels and bytes, format, and its uses.

    `is_raw`: the file still has what a camera writes, such as the place and the device.
    """

    path: str
    sha256: str
    width: int
    height: int
    bytes: int
    format: str
    uses: tuple[PageUse, ...] = ()
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Two digests whose contents show one picture.

    `distance`: Hamming distance of their hashes, of 256 bits. `score`: how much the pixels
    differ. `how`: what was done to one of them, in words.
    """

    one: str
    other: str
    level: Level
    distance: int = 0
    score: float = 0.0
    how: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A copy, and how it matches the picture to keep."""

    copy: Copy
    match: Match


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """The picture to keep, and its copies, the surest first."""

    keeper: Copy
    others: tuple[Member, ...]

    @property
    def level(self) -> Level:
        """The least sure level of the members."""
        return max((each.match.level for each in self.others), key=ORDER.index)

    @property
    def saved(self) -> int:
        """The bytes of the copies."""
        return sum(each.copy.bytes for each in self.others)

    @property
    def paths(self) -> tuple[str, ...]:
        """The site paths, the picture to keep first."""
        return (self.keeper.path, *(each.copy.path for each in self.others))

    @property
    def contents(self) -> frozenset[str]:
        """The digests of all members."""
        return frozenset({self.keeper.sha256, *(each.copy.sha256 for each in self.others)})

    def keeping(self, path: str) -> CopyGroup:
        """Return the group with another picture to keep, or itself if it has no such picture.

        The others are those that are certain to match it: the one that was kept before, and files
        of the same bytes as one of the two.
        """
        kept = next((each for each in self.others if each.copy.path == path), None)
        if kept is None:
            return self
        same = Match(kept.copy.sha256, kept.copy.sha256, Level.BYTES)
        back = Member(self.keeper, kept.match)
        others = [
            Member(each.copy, same if each.copy.sha256 == kept.copy.sha256 else kept.match)
            for each in self.others
            if each is not kept and each.copy.sha256 in {kept.copy.sha256, self.keeper.sha256}
        ]
        return CopyGroup(kept.copy, (back, *others))


def group_copies(copies: Iterable[Copy], matches: Iterable[Match]) -> list[CopyGroup]:
    """Return the groups, those that save most bytes first; sizes of one icon are no group."""
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
    """Yield each center with its members; a content belongs to one center, the best."""
    taken: set[str] = set()
    for content in ranked:
        free = [each for each in near[content] if each not in taken]
        if content in taken:
            continue
        taken |= {content, *free}
        if near[content] and not free:
            # its matches belong to another group, whose center it does not match
            yield min(near[content], key=ranked.index), [content]
        else:
            yield content, sorted(free, key=ranked.index)


def _group(
    by_content: Mapping[str, list[Copy]],
    center: str,
    members: Iterable[str],
    near: Mapping[str, Match],
) -> CopyGroup:
    keeper, *same = by_content[center]
    others = [Member(copy, Match(center, center, Level.BYTES)) for copy in same]
    for content in members:
        others += [Member(copy, near[content]) for copy in by_content[content]]
    others.sort(key=lambda each: (ORDER.index(each.match.level), each.match.score, each.copy.path))
    return CopyGroup(keeper, tuple(others))


def _worth(copy: Copy) -> tuple[bool, bool, int, bool, int, int, str]:
    """Return the sort key of the best copy: pages name it, it is clean, then it has most pixels."""
    return (
        not copy.uses,
        copy.is_raw,
        -copy.width * copy.height,
        copy.format not in _LOSSLESS,
        -copy.bytes,
        -len(copy.uses),
        copy.path,
    )


def is_site_icon(copy: Copy) -> bool:
    """Return whether a picture has the name of a site's icon.

    Browsers and phones ask for icons by name, so no page has to name them.
    """
    return max(copy.width, copy.height) <= _LARGEST_ICON and has_icon_name(copy.path)


def has_icon_name(path: str) -> bool:
    """Return whether a file is called as icons of sites are."""
    return _ICON_NAMES.fullmatch(PurePosixPath(path).stem) is not None


def are_sizes(one: Copy, other: Copy) -> bool:
    """Return whether two names say that the pictures are sizes of one.

    That is `logo@2x.png` beside `logo.png`, and small squares whose names end with their size:
    `badge-32.png` beside `badge-64.png` or `badge.png`.
    """
    if (one.width, one.height) == (other.width, other.height):
        return False
    names = [_base(each) for each in (one, other)]
    return names[0][0] == names[1][0] and any(has_size for _, has_size in names)


def _base(copy: Copy) -> tuple[str, bool]:
    """Return the path without extension and size, and whether its name has a size."""
    path = str(PurePosixPath(copy.path).with_suffix(""))
    scale = _SCALE.search(path)
    if scale is not None:
        return path[: scale.start()], True
    size = _SIZE.search(path)
    is_small = copy.width == copy.height <= _LARGEST_SQUARE
    if size is not None and is_small and int(size[1]) == copy.width:
        return path[: size.start()], True
    return path, False
