"""Edits of TOML front matter: a value is set, or an item added, in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mediakit.edit.editable import UnsafeError
from mediakit.edit.yaml_write import quoted
from mediakit.site.trees.toml import find_places

if TYPE_CHECKING:
    from mediakit.edit.yaml_write import Value
    from mediakit.site.front_matter import Parts
    from mediakit.site.trees.walk import KeyPath

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class TomlEditor:
    """Makes one change of a block of TOML, or raises UnsafeError; returns the new block."""

    def __init__(self, parts: Parts) -> None:
        self._block = parts.block
        self._newline = parts.newline
        self._places = find_places(parts.block, 2)

    def set_value(self, path: KeyPath, value: Value, _after: str | None = None) -> str:
        """Set the value at `path`, or add the key, and its table if there is none."""
        self._require_items(path)
        span = self._places.values.get(path)
        if span is not None:
            return self._block[: span[0]] + _inline(value) + self._block[span[1] :]
        if isinstance(value, Mapping):
            return self._put(len(self._block), self._table(f"[{_dotted(path)}]", value), apart=True)
        return self._with_key(path, _inline(value))

    def append_item(self, path: KeyPath, value: Value, _after: str | None = None) -> str:
        """Add an item at the end of the list at `path`, which is made if it is missing."""
        self._require_items(path)
        span = self._places.values.get(path)
        if span is not None:
            return self._with_item(path, span[1], _inline(value))
        if isinstance(value, Mapping):
            return self._with_table(path, value)
        return self._with_key(path, f"[{_inline(value)}]")

    def _require_items(self, path: KeyPath) -> None:
        for end, key in enumerate(path, start=1):
            if isinstance(key, int) and path[:end] not in self._places.lines:
                raise UnsafeError(f"there is no item {key}", 0)

    def _with_key(self, path: KeyPath, value: str) -> str:
        """Return the block with a key at the end of its table."""
        table, entry = path[:-1], f"{_key(path[-1])} = {value}{self._newline}"
        start, end = self._places.values.get(table, (0, 0))
        if self._block[start:end].startswith("{"):
            inner = self._block[start + 1 : end - 1].rstrip()
            comma = "," if inner.strip() else ""
            pair = f"{inner}{comma} {entry.rstrip()} }}"
            return f"{self._block[: start + 1]}{pair}{self._block[end:]}"
        header = next((span for at, span in self._places.headers if at == table), None)
        if table and header is None:
            return self._put(
                len(self._block), f"[{_dotted(table)}]{self._newline}{entry}", apart=True
            )
        start = header[1] if header else 0
        return self._put(self._end_of_section(start), entry)

    def _with_table(self, path: KeyPath, values: Mapping[str, Value]) -> str:
        """Return the block with another item of a list of tables, after the last one."""
        own = [span for place, span in self._places.headers if place[: len(path)] == path]
        end = self._end_of_section(own[-1][1]) if own else len(self._block)
        return self._put(end, self._table(f"[[{_dotted(path)}]]", values), apart=True)

    def _with_item(self, path: KeyPath, end: int, value: str) -> str:
        """Return the block with another item in a list in brackets, which ends at `end`."""
        items = [span for place, span in self._places.values.items() if place[:-1] == path]
        if not items:
            return f"{self._block[: end - 1].rstrip()}{value}{self._block[end - 1 :]}"
        last = max(items)
        comma = re.compile(r"[ \t]*,").match(self._block, last[1])
        at = comma.end() if comma else last[1]
        line = self._block.rfind("\n", 0, last[0]) + 1
        indent = re.match(r"[ \t]*", self._block[line : last[0]])
        is_alone = indent is not None and indent.end() == last[0] - line
        gap = f"{self._newline}{indent[0]}" if is_alone and indent else " "
        new = f"{'' if comma else ','}{gap}{value}{',' if comma else ''}"
        return self._block[:at] + new + self._block[at:]

    def _table(self, header: str, values: Mapping[str, Value]) -> str:
        lines = [header, *(f"{_key(key)} = {_inline(value)}" for key, value in values.items())]
        return "".join(line + self._newline for line in lines)

    def _end_of_section(self, start: int) -> int:
        """Return the end of the last line of a table whose header ends at `start`."""
        after = (span[0] for _, span in self._places.headers if span[0] >= start)
        stop = min(after, default=len(self._block))
        ends = [end for begin, end in self._places.values.values() if start <= begin < stop]
        end = max(ends, default=start)
        if end == 0:
            return 0
        found = self._block.find("\n", end)
        return len(self._block) if found < 0 else found + 1

    def _put(self, at: int, text: str, *, apart: bool = False) -> str:
        """Return the block with lines put in, with an empty one before them if `apart`."""
        before, behind = self._block[:at], self._block[at:]
        if before and not before.endswith("\n"):
            before += self._newline
        is_apart = not before or before.endswith(("\n\n", "\n\r\n"))
        blank = self._newline if apart and not is_apart else ""
        return before + blank + text + behind


def _key(key: str | int) -> str:
    return str(key) if _BARE.fullmatch(str(key)) else quoted(str(key))


def _dotted(path: KeyPath) -> str:
    return ".".join(map(_key, path))


def _inline(value: Value) -> str:
    """Return a value as TOML writes it in one line."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(each)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return f"[{', '.join(map(_inline, value))}]"
