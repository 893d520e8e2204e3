"""Groups that somebody looked at and wants to keep as they are: a file to commit. Pure.

A group is known by the contents of its pictures. A new member, or another content, opens it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mediakit.base.own_files import ACCEPTED_NAME
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.matching.groups import Group

VERSION = 1


class _Accepted(msgspec.Struct, frozen=True):
    contents: list[str]
    paths: list[str] = []


class _Document(msgspec.Struct, frozen=True):
    version: int
    groups: list[_Accepted] = []


_DOCUMENT = TypedReader(_Document)


class Accepted:
    """The groups of the file."""

    def __init__(self, groups: Iterable[tuple[frozenset[str], tuple[str, ...]]] = ()) -> None:
        self._groups = dict(groups)

    @classmethod
    def load(cls, data: bytes, name: str = ACCEPTED_NAME) -> Accepted:
        """Read a file called `name` in messages; raises UsageError where it cannot be trusted."""
        document = read_document(data, _DOCUMENT, name, VERSION, "restore it, or delete it")
        return cls((frozenset(each.contents), tuple(each.paths)) for each in document.groups)

    def dump(self) -> bytes:
        """Return the file: JSON, a line a group."""
        lines = [
            msgspec.json.encode(_Accepted(sorted(contents), list(paths)))
            for contents, paths in sorted(self._groups.items(), key=lambda each: each[1])
        ]
        return b'{"version":%d,"groups":[\n%s\n]}\n' % (VERSION, b",\n".join(lines))

    def covers(self, group: Group) -> bool:
        """Return whether all of a group was accepted together."""
        return any(group.contents <= each for each in self._groups)

    def with_group(self, group: Group) -> Accepted:
        """Return these and one more; what it replaces is left out."""
        kept = {each: paths for each, paths in self._groups.items() if not each <= group.contents}
        return Accepted({**kept, group.contents: tuple(sorted(group.paths))}.items())
