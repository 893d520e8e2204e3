"""TOML front matter changed in place: a value set, an item added; all else stays byte for byte.

A change is a piece of text that is put in or replaced, and the result is read again: it has to
say what the old text said, but for that change, or the file stays as it is.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.edit.tree_change import KeyPath, changed, node, same, with_items
from mediakit.site.front_matter import HANDLERS, Format, read_page, take_apart
from mediakit.site.trees.toml import find_places

if TYPE_CHECKING:
    from mediakit.edit.yaml_write import Value
    from mediakit.site.trees.toml import Places
    from mediakit.site.trees.yaml import Mapping, Node

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BY_HAND = "change it by hand, or write that part of the front matter in a simpler way"


def is_toml(data: bytes) -> bool:
    """Return whether a file begins as one with TOML front matter does."""
    text = data[:200].decode("utf-8-sig", "replace")
    return any(each.kind is Format.TOML and each.detect(text) for each in HANDLERS)


def set_value(data: bytes, path: KeyPath, value: Value) -> bytes:
    """Set the value at `path`, or add the key, and its table where there is none.

    Raises:
        ManifestError: the file cannot be read, or not be changed so (`cannot-edit`).
    """
    file = _TomlFile.of(data, path)
    span = file.places.values.get(path)
    if span is not None:
        block = file.block[: span[0]] + _inline(value) + file.block[span[1] :]
    elif isinstance(value, AnyMapping):
        block = file.with_end(f"[{_dotted(path)}]", value)
    else:
        block = file.with_key(path, _inline(value))
    return file.edited(path, block, changed(file.tree, path, lambda _old: node(value)))


def append_item(data: bytes, path: KeyPath, value: Value) -> bytes:
    """Add an item at the end of the list at `path`; it is made where there is none.

    Raises:
        ManifestError: the file cannot be read, or not be changed so (`cannot-edit`).
    """
    file = _TomlFile.of(data, path)
    wanted = with_items(file.tree, path, lambda items: items.append(node(value)))
    span = file.places.values.get(path)
    if span is not None:
        block = file.with_item(path, span[1], _inline(value))
    elif isinstance(value, AnyMapping):
        block = file.with_table(path, value)
    else:
        block = file.with_key(path, f"[{_inline(value)}]")
    return file.edited(path, block, wanted)


@dataclass(frozen=True)
class _TomlFile:
    """A file taken apart: what is before its front matter, that, and what is behind."""

    data: bytes
    head: str
    block: str
    tail: str
    newline: str
    tree: Mapping
    places: Places

    @classmethod
    def of(cls, data: bytes, path: KeyPath) -> _TomlFile:
        """Take a file apart; raises ManifestError if it cannot be read, or has no such item."""
        page = read_page(data)
        parts = take_apart(data.decode("utf-8-sig"))
        if page is None or parts is None or parts.format is not Format.TOML:
            raise ManifestError("cannot-edit", "there is no TOML front matter", 1, _BY_HAND)
        places = find_places(parts.block, 2)
        for end, key in enumerate(path, start=1):
            if isinstance(key, int) and path[:end] not in places.lines:
                raise ManifestError("cannot-edit", f"there is no item {key}", 1, _BY_HAND)
        return cls(
            data, parts.head, parts.block, parts.tail, parts.newline, page.front_matter, places,
        )  # fmt: skip

    def edited(self, path: KeyPath, block: str, wanted: Node) -> bytes:
        """Return the file with this front matter, if it says what is wanted."""
        if same(wanted, self.tree):
            return self.data
        bom = codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""
        try:
            data = bom + (self.head + block + self.tail).encode()
            page, old = read_page(data), read_page(self.data)
        except (ManifestError, UnicodeEncodeError):
            page = old = None
        if (
            page is None
            or old is None
            or page.body != old.body
            or not same(wanted, page.front_matter)
        ):
            name = ".".join(map(str, path))
            line = self.places.lines.get(path, 1)
            raise ManifestError("cannot-edit", f"`{name}` cannot be changed", line, _BY_HAND)
        return data

    def with_key(self, path: KeyPath, value: str) -> str:
        """Return the block with a key in its table, behind what is there."""
        table, entry = path[:-1], f"{_key(path[-1])} = {value}{self.newline}"
        header = next((span for at, span in self.places.headers if at == table), None)
        if table and header is None:
            return self._put(
                len(self.block), f"[{_dotted(table)}]{self.newline}{entry}", apart=True
            )
        start = header[1] if header else 0
        return self._put(self._end_of_section(start), entry)

    def with_end(self, header: str, values: AnyMapping[str, Value]) -> str:
        """Return the block with a table at its end."""
        return self._put(len(self.block), self._table(header, values), apart=True)

    def with_table(self, path: KeyPath, values: AnyMapping[str, Value]) -> str:
        """Return the block with another item of a list of tables, behind the last one."""
        own = [span for place, span in self.places.headers if place[: len(path)] == path]
        end = self._end_of_section(own[-1][1]) if own else len(self.block)
        return self._put(end, self._table(f"[[{_dotted(path)}]]", values), apart=True)

    def with_item(self, path: KeyPath, end: int, value: str) -> str:
        """Return the block with another item in a list in brackets, which ends at `end`."""
        items = [span for place, span in self.places.values.items() if place[:-1] == path]
        if not items:
            return f"{self.block[: end - 1].rstrip()}{value}{self.block[end - 1 :]}"
        last = max(items)
        comma = re.compile(r"[ \t]*,").match(self.block, last[1])
        at = comma.end() if comma else last[1]
        line = self.block.rfind("\n", 0, last[0]) + 1
        indent = re.match(r"[ \t]*", self.block[line : last[0]])
        is_alone = indent is not None and indent.end() == last[0] - line
        gap = f"{self.newline}{indent[0]}" if is_alone and indent else " "
        new = f"{'' if comma else ','}{gap}{value}{',' if comma else ''}"
        return self.block[:at] + new + self.block[at:]

    def _table(self, header: str, values: AnyMapping[str, Value]) -> str:
        lines = [header, *(f"{_key(key)} = {_inline(value)}" for key, value in values.items())]
        return "".join(line + self.newline for line in lines)

    def _end_of_section(self, start: int) -> int:
        """Return the end of the last line of a table whose header ends at `start`."""
        after = (span[0] for _, span in self.places.headers if span[0] >= start)
        stop = min(after, default=len(self.block))
        ends = [end for begin, end in self.places.values.values() if start <= begin < stop]
        end = max(ends, default=start)
        if end == 0:
            return 0
        found = self.block.find("\n", end)
        return len(self.block) if found < 0 else found + 1

    def _put(self, at: int, text: str, *, apart: bool = False) -> str:
        """Return the block with lines put in, with an empty one before them if `apart`."""
        before, behind = self.block[:at], self.block[at:]
        if before and not before.endswith("\n"):
            before += self.newline
        is_apart = not before or before.endswith(("\n\n", "\n\r\n"))
        blank = self.newline if apart and not is_apart else ""
        return before + blank + text + behind


def _key(key: str | int) -> str:
    return str(key) if _BARE.fullmatch(str(key)) else _text(str(key))


def _dotted(path: KeyPath) -> str:
    return ".".join(map(_key, path))


def _inline(value: Value) -> str:
    """Return a value as TOML writes it in one line."""
    if isinstance(value, AnyMapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(each)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise ManifestError("cannot-edit", f"TOML has no {value!r}", 1, _BY_HAND)
    return _text(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
