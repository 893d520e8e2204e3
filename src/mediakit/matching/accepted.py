"""Groups that somebody accepted as they are: a file to commit. Does no I/O.

A group is identified by the digests of its pictures. A new member or a changed picture reopens it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mediakit.base.own_files import ACCEPTED_NAME
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.matching.groups import CopyGroup

VERSION = 1


class _AcceptedGroup(msgspec.Struct, frozen=True):
    contents: list[str]
    paths: list[str] = []


class _AcceptedDocument(msgspec.Struct, frozen=True):
    version: int
    groups: list[_AcceptedGroup] = []


_DOCUMENT = TypedReader(_AcceptedDocument)


class Accepted:
    """The accepted groups."""

    def __init__(self, groups: Iterable[tuple[frozenset[str], tuple[str, ...]]] = ()) -> None:
        self._groups = dict(groups)

    @classmethod
    def load(cls, data: bytes, name: str = ACCEPTED_NAME) -> Accepted:
        """Parse the file, which messages call `name`; raises UsageError if it is broken."""
        document = read_document(data, _DOCUMENT, name, VERSION, "restore it, or delete it")
        return cls((frozenset(each.contents), tuple(each.paths)) for each in document.groups)

    def dump(self) -> bytes:
        """Return the file: JSON with one group a line."""
        lines = [
            msgspec.json.encode(_AcceptedGroup(sorted(contents), list(paths)))
            for contents, paths in sorted(self._groups.items(), key=lambda each: each[1])
        ]
        return b'{"version":%d,"groups":[\n%s\n]}\n' % (VERSION, b",\n".join(lines))

    def covers(self, group: CopyGroup) -> bool:
        """Return whether all members of a group were accepted together."""
        return any(group.contents <= each for each in self._groups)

    def with_group(self, group: CopyGroup) -> Accepted:
        """Return these groups and one more, which replaces its parts."""
        kept = {each: paths for each, paths in self._groups.items() if not each <= group.contents}
        return Accepted({**kept, group.contents: tuple(sorted(group.paths))}.items())
