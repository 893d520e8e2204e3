"""A content file taken apart for editing, and put together again if nothing else has changed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.edit.tree_change import KeyPath, same
from mediakit.edit.yaml_spans import (
    AliasSpan,
    MappingSpan,
    ScalarSpan,
    SequenceSpan,
    read_spans,
)
from mediakit.edit.yaml_splice import UnsafeError, habits_of, splice
from mediakit.site.front_matter import Format, read_page, take_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.edit.yaml_spans import Span
    from mediakit.edit.yaml_splice import Splice
    from mediakit.edit.yaml_write import Habits
    from mediakit.site.trees.yaml import Node

_BREAK = re.compile(r"\r\n|\r|\n")
_WHY = {
    Format.TOML: "from TOML front matter nothing is taken out, and nothing in it is moved",
    Format.JSON: "front matter in JSON is read, but not written",
    Format.NAMED: "front matter in a named language is read, but not written",
}
_BY_HAND = "change it by hand, or write that part of the front matter in a simpler way"


@dataclass(frozen=True)
class EditableFile:
    """A content file taken apart: what is before its front matter, that, and what is behind."""

    data: bytes
    head: str
    block: str
    tail: str
    newline: str
    tree: Node
    root: Span | None

    @classmethod
    def of(cls, data: bytes) -> EditableFile:
        """Take a file apart; raises ManifestError if it cannot be read."""
        page = read_page(data)
        if page is not None and page.format is not Format.YAML:
            raise ManifestError(
                "cannot-edit", _WHY[page.format], 1,
                "change it by hand, or write the front matter as YAML between lines of ---",
            )  # fmt: skip
        parts = take_apart(data.decode("utf-8-sig"))
        if page is None or parts is None:
            raise ManifestError(
                "cannot-edit", "there is no front matter", 1, "begin the file with two lines of ---"
            )
        root = read_spans(parts.block)
        return cls(
            data, parts.head, parts.block, parts.tail, parts.newline, page.front_matter,
            None if isinstance(root, ScalarSpan) else root,
        )  # fmt: skip

    @property
    def habits(self) -> Habits:
        """How this front matter is written."""
        return habits_of(self.block, self.root, self.newline)

    def find(self, path: KeyPath) -> Span | None:
        """Return the value at `path`; None where a key is missing."""
        at = self.root
        for depth, key in enumerate(path):
            if isinstance(at, AliasSpan):
                raise UnsafeError(f"`{dotted(path[:depth])}` is written as *{at.name}", at.start)
            if isinstance(at, SequenceSpan) and isinstance(key, int) and key < len(at.items):
                at = at.items[key]
            elif isinstance(at, MappingSpan) and isinstance(key, str):
                index = at.find(key)
                at = None if index is None else at.entries[index][1]
            else:
                return None
        return at

    def child(self, path: KeyPath) -> tuple[MappingSpan | SequenceSpan, int]:
        """Return the parent of the value at `path`, and which of its children that is."""
        parent, key = self.find(path[:-1]), path[-1]
        if isinstance(parent, SequenceSpan) and isinstance(key, int) and key < len(parent.items):
            return parent, key
        if isinstance(parent, MappingSpan) and isinstance(key, str):
            index = parent.find(key)
            if index is not None:
                return parent, index
        raise UnsafeError(f"there is no `{dotted(path)}`", parent.start if parent else 0)

    def edited(
        self, path: KeyPath, splices: Callable[[], list[Splice]], expected: Callable[[], Node]
    ) -> bytes:
        """Return the file with the splices made, if it then says what is expected."""
        try:
            block = splice(self.block, splices())
            wanted = expected()
            if same(wanted, self.tree):
                return self.data
            self._check(block, wanted)
        except UnsafeError as error:
            line = 2 + len(_BREAK.findall(self.block[: error.index]))
            raise ManifestError(
                "cannot-edit", f"`{dotted(path)}` cannot be changed: {error.why}", line, _BY_HAND
            ) from error
        bom = codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""
        return bom + (self.head + block + self.tail).encode()

    def _check(self, block: str, wanted: Node) -> None:
        """Raise UnsafeError unless the new text says what is wanted, and ends where it did."""
        pairs = zip(block, self.block, strict=False)
        at = next((index for index, (new, old) in enumerate(pairs) if new != old), 0)
        try:
            page = read_page((self.head + block + self.tail).encode())
            old = read_page(self.data)
        except ManifestError as error:
            raise UnsafeError(error.message, at) from error
        if (
            page is None
            or old is None
            or page.body != old.body
            or len(page.repeated) > len(old.repeated)
            or not same(wanted, page.front_matter)
        ):
            raise UnsafeError("other values would change with it", at)


def dotted(path: KeyPath) -> str:
    """Return a path as people write it, such as `gallery[0].alt`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")
