"""Content files taken apart for editing, and put together again if nothing else changes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.edit.yaml_write import Value, reads_as_text
from mediakit.site.data import read_document
from mediakit.site.front_matter import Parts, read_page, take_apart
from mediakit.site.kinds.kind import FrontMatterFormat
from mediakit.site.trees.yaml import TEXT_AFTER_END, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from mediakit.site.front_matter import Page
    from mediakit.site.trees.walk import KeyPath

_NEW = -1
"""The line of a node that a change adds."""

_EMPTY = Mapping({}, _NEW)
_BREAK = re.compile(r"\r\n|\r|\n")
_WHY = {
    FrontMatterFormat.TOML: "nothing is removed from front matter in TOML",
    FrontMatterFormat.JSON: "front matter in JSON is read, but not written",
    FrontMatterFormat.NAMED: "front matter in a named language is read, but not written",
}
_BY_HAND = "change it by hand, or write that part of the file in a simpler way"


class UnsafeError(Exception):
    """A change that this text does not allow: why, and at which index of the front matter."""

    def __init__(self, why: str, index: int) -> None:
        super().__init__(why, index)
        self.why = why
        self.index = index


@dataclass(frozen=True)
class EditableFile:
    """A content file: its bytes, the texts of its parts, and what it says.

    That is its tree, its body, and the number of oddities in it, as `read` finds them.
    """

    data: bytes
    parts: Parts
    says: tuple[Node, str, int]
    read: Callable[[bytes], tuple[Node, str, int]]

    @classmethod
    def of(cls, data: bytes, formats: tuple[FrontMatterFormat, ...]) -> EditableFile:
        """Take a page apart; raises ManifestError if it cannot be read, or has another format."""
        page = read_page(data)
        parts = take_apart(data.decode("utf-8-sig"))
        if page is None or parts is None:
            raise ManifestError(
                "cannot-edit", "there is no front matter", 1, "begin the file with two lines of ---"
            )
        if parts.format not in formats:
            raise ManifestError(
                "cannot-edit", _WHY[parts.format], 1,
                "change it by hand, or write the front matter as YAML between lines of ---",
            )  # fmt: skip
        for each in page.oddities:
            if each.code == TEXT_AFTER_END:
                hint = "delete what the generator ignores, or write it as `key: value` lines"
                raise ManifestError("cannot-edit", each.message, each.line, hint)
        return cls(data, parts, _said(page), lambda new: _said(read_page(new)))

    @classmethod
    def of_data(cls, path: str, data: bytes) -> EditableFile:
        """Take the data file at `path`, all of which is a block; raises ManifestError."""

        def read(data: bytes) -> tuple[Node, str, int]:
            return read_document(path, data).root, "", 0

        says, text = read(data), data.decode("utf-8-sig")
        newline = "\r\n" if "\r\n" in text else "\n"
        language = PurePosixPath(path).suffix[1:].casefold()
        parts = Parts(FrontMatterFormat.YAML, language, "", text, "", "", newline)
        return cls(data, parts, says, read)

    def edited(
        self, path: KeyPath, block: Callable[[], str], expected: Callable[[Node], Node]
    ) -> bytes:
        """Return the file with a new block of front matter, if it reads as expected.

        Raises:
            ManifestError: more would change (`cannot-edit`).
        """
        root, parts = self.says[0], self.parts
        try:
            _refuse_twin(root, path)
            new = block()
            wanted = expected(root)
            return self.data if same(wanted, root) else self._checked(new, wanted)
        except UnsafeError as error:
            line = 1 + len(_BREAK.findall(parts.head + parts.block[: error.index]))
            raise ManifestError(
                "cannot-edit", f"`{dotted(path)}` cannot be changed: {error.why}", line, _BY_HAND
            ) from error

    def _checked(self, block: str, wanted: Node) -> bytes:
        pairs = zip(block, self.parts.block, strict=False)
        at = next((index for index, (new, old) in enumerate(pairs) if new != old), 0)
        bom = codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""
        try:
            data = bom + (self.parts.head + block + self.parts.tail).encode()
            root, body, oddities = self.read(data)
        except ManifestError as error:
            raise UnsafeError(error.message, at) from error
        except UnicodeEncodeError as error:
            raise UnsafeError("the new text is not UTF-8", at) from error
        if body != self.says[1] or oddities > self.says[2] or not same(wanted, root):
            raise UnsafeError("other values would change with it", at)
        return data


def _said(page: Page | None) -> tuple[Node, str, int]:
    return (page.front_matter, page.body, len(page.oddities)) if page else (_EMPTY, "", 0)


def _refuse_twin(root: Node, path: KeyPath) -> None:
    """Refuse to add a key beside the same one in other letters, which Hugo takes for one key."""
    at: Node | None = root
    for key in path:
        if isinstance(at, Mapping) and key not in at.entries:
            twin = next((each for each in at.entries if each.lower() == str(key).lower()), None)
            if twin is not None:
                raise UnsafeError(f"`{twin}` is there, in other letters", 0)
        at = at.entries.get(str(key)) if isinstance(at, Mapping) else None


def dotted(path: KeyPath) -> str:
    """Return a path as people write it, such as `gallery[0].alt`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def node_at(root: Node, path: KeyPath) -> Node | None:
    """Return the value at a path of keys, None if there is none."""
    at: Node | None = root
    for key in path:
        at = at.get(str(key)) if isinstance(at, Mapping) else None
    return at


def node(value: Value) -> Node:
    """Return a value as a tree."""
    if isinstance(value, str):
        return Scalar(value, _NEW, plain=False)
    if isinstance(value, AnyMapping):
        return Mapping({key: node(each) for key, each in value.items()}, _NEW)
    return Sequence(tuple(map(node, value)), _NEW)


def changed(root: Node, path: KeyPath, change: Callable[[Node | None], Node | None]) -> Node:
    """Return the tree with the value at `path` changed; None means no value.

    Mappings on the way are made if they are missing.
    """
    if not path:
        return change(root) or _EMPTY
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = list(root.items) if isinstance(root, Sequence) else []
        below = _below(items[head], rest, change)
        items[head : head + 1] = [] if below is None else [below]
        return Sequence(tuple(items), _NEW)
    entries = dict(root.entries) if isinstance(root, Mapping) else {}
    below = _below(entries.get(head), rest, change)
    if below is None:
        entries.pop(head, None)
    else:
        entries[head] = below
    return Mapping(entries, _NEW)


def _below(
    at: Node | None, rest: KeyPath, change: Callable[[Node | None], Node | None]
) -> Node | None:
    return changed(at or _EMPTY, rest, change) if rest else change(at)


def same(expected: Node, found: Node) -> bool:
    """Return whether two trees say the same, whatever their lines and the quotes of new values.

    A new text has to read as text.
    """
    if isinstance(expected, Scalar) and isinstance(found, Scalar):
        if expected.text != found.text:
            return False
        return expected.plain == found.plain or (
            expected.line == _NEW and reads_as_text(found.text)
        )
    if isinstance(expected, Sequence) and isinstance(found, Sequence):
        return len(expected.items) == len(found.items) and all(
            map(same, expected.items, found.items)
        )
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.entries.keys() == found.entries.keys() and all(
            same(value, found.entries[key]) for key, value in expected.entries.items()
        )
    return False
