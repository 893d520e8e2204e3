"""TOML text to the tree of `yaml.py`, with the place of each value.

`tomllib` and tomlkit give no positions. So a walk follows the tables, keys and brackets of a text
that `tomllib` accepts.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

from mediakit.base.errors import ManifestError
from mediakit.site.trees.walk import KeyPath
from mediakit.site.trees.yaml import (
    MAX_DEPTH,
    MAX_NODES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    YamlDocument,
)

MAX_CHARACTERS = 1_000_000
"""The longest front matter: the parser's time grows faster than the text."""

_NESTED = f"nested deeper than {MAX_DEPTH} levels"


_SIGN = re.compile(
    r"(?P<gap>[ \t\r,]+|#[^\n]*)"
    r'|(?P<text>"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5}'
    r"|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
    r"|(?P<mark>[\[\]{}=.\n])"
    r"|(?P<bare>[^\s,\[\]{}=#\"'.]+)"
)

Span = tuple[int, int]


class Places(msgspec.Struct, frozen=True):
    """Positions in a text: lines by path, spans of values, and the headers of tables.

    The path of a header of a list of tables ends with the index of the item.
    """

    lines: dict[KeyPath, int]
    values: dict[KeyPath, Span]
    headers: list[tuple[KeyPath, Span]]


def parse_toml(text: str, first_line: int = 1, most: int = MAX_NODES) -> YamlDocument:
    """Parse a TOML document; lines count from `first_line`.

    Raises:
        ManifestError: the text is not TOML, is longer than `MAX_CHARACTERS`, or holds more than
            `MAX_NODES` values or `MAX_DEPTH` levels.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"{len(text):,} characters are too many for front matter"
        raise ManifestError("too-large", message, first_line)
    deep = _deep_key(text)
    if deep:
        line = first_line + text.count("\n", 0, deep)
        raise ManifestError("too-large", _NESTED, line)
    try:
        values = tomllib.loads(text)
        lines = value_lines(text, first_line)
    except RecursionError as error:
        raise ManifestError("too-large", _NESTED, first_line) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = first_line + (int(found[1]) - 1 if found else text.count("\n"))  # at its end
        what = re.sub(r" \(at .*\)$", "", str(error))
        raise ManifestError("bad-toml", f"not valid TOML: {what}", line) from error
    except ValueError as error:  # a number of very many digits, or a day that is none
        raise ManifestError("bad-toml", f"not valid TOML: {error}", first_line) from error
    return YamlDocument(_Tree(lines, most).node(values, (), first_line))


def _deep_key(text: str) -> int:
    """Return the position of a dotted key with too many parts: `tomllib` slows down on those."""
    found = re.search(rf"(?<![\w\"'.-])(?:[\w\"'-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}", text)
    return found.start() if found else 0


class _Tree:
    def __init__(self, lines: dict[KeyPath, int], most: int) -> None:
        self._lines = lines
        self._most = most
        self._count = 0

    def node(self, value: Any, path: KeyPath, above: int) -> Node:  # noqa: ANN401 - what TOML has
        """Return a value as a node; without a known line it has the line of its parent."""
        line = self._lines.get(path, above)
        self._count += 1
        if self._count > self._most:
            message = f"it holds more than {self._most:,} values"
            raise ManifestError("too-large", message, line)
        if len(path) > MAX_DEPTH:
            raise ManifestError("too-large", _NESTED, line)
        if isinstance(value, dict):
            entries = {key: self.node(each, (*path, key), line) for key, each in value.items()}
            return Mapping(entries, line)
        if isinstance(value, list):
            items = (self.node(each, (*path, at), line) for at, each in enumerate(value))
            return Sequence(tuple(items), line)
        if isinstance(value, str):
            return Scalar(value, line)
        if isinstance(value, bool):
            return Scalar("true" if value else "false", line, plain=True)
        return Scalar(str(value), line, plain=True)


def value_lines(text: str, first_line: int = 1) -> dict[KeyPath, int]:
    """Return the first line of each table, key and item of a valid TOML text."""
    return find_places(text, first_line).lines


def find_places(text: str, first_line: int = 1) -> Places:
    """Return the positions of tables, keys and items of a valid TOML text."""
    walk = _Walk(text, first_line)
    return Places(walk.lines, walk.values, walk.headers)


class _Walk:
    def __init__(self, text: str, first_line: int) -> None:
        self._signs = [(match.lastgroup or "", match[0]) for match in _SIGN.finditer(text)]
        self._starts = [match.start() for match in _SIGN.finditer(text)]
        self._at = 0
        self.values: dict[KeyPath, Span] = {}
        self.headers: list[tuple[KeyPath, Span]] = []
        self._line = first_line
        self._counts: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {(): first_line}
        table: KeyPath = ()
        while self._skip(breaks=True):
            if self._signs[self._at] == ("mark", "["):
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, *, breaks: bool) -> bool:
        """Go to the next token that counts; False at the end."""
        while self._at < len(self._signs):
            group, sign = self._signs[self._at]
            if group != "gap" and not (breaks and sign == "\n"):
                return True
            self._take()
        return False

    def _take(self) -> str:
        sign = self._signs[self._at][1]
        self._at += 1
        self._line += sign.count("\n")
        return sign

    def _is_next(self, sign: str, *, breaks: bool = False) -> bool:
        return self._skip(breaks=breaks) and self._signs[self._at] == ("mark", sign)

    def _end(self) -> int:
        """Return the end of the token before."""
        return self._starts[self._at - 1] + len(self._signs[self._at - 1][1]) if self._at else 0

    def _header(self) -> KeyPath:
        start = self._starts[self._at]
        self._take()
        is_list = self._is_next("[")
        if is_list:
            self._take()
        keys = self._keys()
        path: KeyPath = ()
        for at, key in enumerate(keys):
            path = (*path, key)
            if is_list and at == len(keys) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            self.lines.setdefault(path, self._line)
            if path in self._counts:
                path = (*path, self._counts[path])
        self.lines[path] = self._line
        while self._skip(breaks=False) and self._signs[self._at] == ("mark", "]"):
            self._take()
        self.headers.append((path, (start, self._end())))
        return path

    def _keys(self) -> list[str]:
        keys = []
        while self._skip(breaks=False):
            group, sign = self._signs[self._at]
            if group == "mark" and sign != ".":
                break
            self._take()
            if sign != ".":
                keys.append(_unquoted(sign))
        return keys

    def _pair(self, table: KeyPath) -> None:
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, self._line)
        if self._is_next("="):
            self._take()
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip(breaks=False)
        self.lines[path] = self._line
        start = self._starts[self._at] if self._at < len(self._starts) else self._end()
        if self._is_next("["):
            self._take()
            index = 0
            while self._skip(breaks=True) and not self._is_next("]", breaks=True):
                self._value((*path, index))
                index += 1
            self._close()
        elif self._is_next("{"):
            self._take()
            while self._skip(breaks=True) and not self._is_next("}", breaks=True):
                self._pair(path)
            self._close()
        else:
            self._scalar()
        self.values[path] = (start, self._end())

    def _close(self) -> None:
        if self._at < len(self._signs):
            self._take()

    def _scalar(self) -> None:
        """Skip a text, or the pieces of a number or date."""
        first = self._at
        while self._at < len(self._signs):
            group, sign = self._signs[self._at]
            ends = sign in {"\n", "]", "}"} or group == "gap"
            if ends and self._at > first:
                return
            self._take()
            if group == "text":
                return


def _unquoted(sign: str) -> str:
    if sign[0] == "'":
        return sign[1:-1]
    return str(tomllib.loads(f"x={sign}")["x"]) if sign[0] == '"' else sign
