"""TOML text to the tree of `yaml_tree`, with the line of each value."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from mediakit.base.errors import ManifestError
from mediakit.site.trees.toml_lines import value_lines
from mediakit.site.trees.yaml import (
    MAX_DEPTH,
    MAX_NODES,
    Document,
    Mapping,
    Node,
    Scalar,
    Sequence,
)

if TYPE_CHECKING:
    from mediakit.site.trees.toml_lines import Path

MAX_CHARACTERS = 1_000_000
"""Front matter above this is not read: the parser's time grows faster than the text."""

_NESTED = f"nested deeper than {MAX_DEPTH} levels"


def parse_toml(text: str, first_line: int = 1) -> Document:
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
    return Document(_Tree(lines).node(values, (), first_line))


def _deep_key(text: str) -> int:
    """Return where a dotted key of too many parts stands: `tomllib` reads such ever slower."""
    found = re.search(rf"(?<![\w\"'.-])(?:[\w\"'-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}", text)
    return found.start() if found else 0


class _Tree:
    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines
        self._count = 0

    def node(self, value: Any, path: Path, above: int) -> Node:  # noqa: ANN401 - what TOML has
        """Return a value as a node; its line is that of what it is in where none is known."""
        line = self._lines.get(path, above)
        self._count += 1
        if self._count > MAX_NODES:
            message = f"the front matter holds more than {MAX_NODES:,} values"
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
