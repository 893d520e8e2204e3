"""JSON text to the tree of `yaml.py`, with the line of each value."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.site.trees.yaml import (
    MAX_DEPTH,
    MAX_NODES,
    Mapping,
    Node,
    Oddity,
    Scalar,
    Sequence,
    YamlDocument,
    repeated_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGN = re.compile(r'"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?\Z)|[\[\]{}]|[^\s,:\[\]{}"]+')
"""A token; a text that never ends is one too, so that it is looked through only once."""

_NESTED = f"nested deeper than {MAX_DEPTH} levels"


def end_of_json(text: str, start: int) -> int:
    """Return the index after the object that begins at `start`, or the length of the text.

    Only brackets and quotes count here: `parse_json` reports other errors.
    """
    depth = 0
    for sign in SIGN.finditer(text, start):
        if sign[0] in "[{":
            depth += 1
        elif sign[0] in "]}":
            depth -= 1
            if depth == 0:
                return sign.end()
    return len(text)


def parse_json(text: str, first_line: int = 1, most: int = MAX_NODES) -> YamlDocument:
    """Parse one JSON document; lines count from `first_line`, of repeated keys the last counts.

    Raises:
        ManifestError: the text is not JSON, or holds more than `most` values or
            `MAX_DEPTH` levels.
    """
    signs = list(islice(_placed(text, first_line), 2 * most + 1))
    if len(signs) > 2 * most:
        message = f"it holds more than {most:,} values"
        raise ManifestError("too-large", message, first_line)
    try:
        json.loads(text)
    except RecursionError as error:
        raise ManifestError("too-large", _NESTED, first_line) from error
    except json.JSONDecodeError as error:
        line = first_line + text.count("\n", 0, error.pos)
        raise ManifestError("bad-json", f"not valid JSON: {error.msg}", line) from error
    except ValueError as error:  # a number of very many digits
        raise ManifestError("bad-json", f"not valid JSON: {error}", first_line) from error
    oddities: list[Oddity] = []
    return YamlDocument(_tree(signs, oddities), tuple(oddities))


def _placed(text: str, line: int) -> Iterator[tuple[str, int]]:
    at = 0
    for sign in SIGN.finditer(text):
        line += text.count("\n", at, sign.start())
        at = sign.start()
        yield sign[0], line


def _tree(signs: list[tuple[str, int]], oddities: list[Oddity]) -> Node:
    """Build the tree of valid JSON from its tokens."""
    stack: list[tuple[str, int, list[Node]]] = [("", 0, [])]
    for sign, line in signs:
        if sign in "[{":
            if len(stack) > MAX_DEPTH:
                raise ManifestError("too-large", _NESTED, line)
            stack.append((sign, line, []))
            continue
        if sign in "]}":
            _, start, children = stack.pop()
            node: Node = (
                Sequence(tuple(children), start)
                if sign == "]"
                else _mapping(children, start, oddities)
            )
        elif sign[0] == '"':
            node = Scalar(json.loads(sign) if "\\" in sign else sign[1:-1], line)
        else:
            node = Scalar(sign, line, plain=True)
        stack[-1][2].append(node)
    return stack[0][2][0]


def _mapping(children: list[Node], line: int, oddities: list[Oddity]) -> Mapping:
    entries: dict[str, Node] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if isinstance(key, Scalar):
            if key.text in entries:
                oddities.append(repeated_key(key))
            entries[key.text] = value
    return Mapping(entries, line)
