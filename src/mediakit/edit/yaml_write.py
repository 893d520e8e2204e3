"""Write values as YAML text, in the quotes and the indentation of their neighbours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"
"""A value to write. A `str` reads as text again, whatever it looks like."""

# what every YAML reads as text without quotes: a path, or words that start with a letter
_PLAIN = re.compile(r"(?:/|[^\W\d_])(?:[\w./+@()&=;,!?%'-]|[:#](?=[\w./-])|(?<![:#]) (?![ #]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_FLOW_SIGNS = re.compile(r"[,\[\]{}?]")  # a `?` there is a key to some parsers


@dataclass(frozen=True, slots=True)
class YamlStyle:
    """How a file is written: its line break, its indentation and its quotes.

    `step` is the indentation of the keys of a nested mapping, `dash` that of the dashes of a list,
    and `gap` the distance from a dash to its item, all in columns. `quotes` are the quotation marks
    of the neighbours by key, empty for plain.
    """

    newline: str = "\n"
    step: int = 2
    dash: int = 2
    gap: int = 2
    quotes: tuple[tuple[str, str], ...] = ()

    def quote(self, key: str) -> str | None:
        """Return the quotation mark of the values at `key`, None if no neighbour has the key."""
        return dict(self.quotes).get(key)


def reads_as_text(text: str) -> bool:
    """Return whether every YAML parser reads this as text without quotes."""
    return (
        _PLAIN.fullmatch(text) is not None
        and not text.endswith((" ", ":"))
        and text.lower() not in _WORDS
    )


def scalar(value: str, quote: str | None = None, *, flow: bool = False) -> str:
    """Write a text with this quotation mark (empty: plain), or with one that can hold it.

    `flow` is for within brackets. Without a quotation mark, paths and single words are plain.
    """
    plain = reads_as_text(value) and not (flow and _FLOW_SIGNS.search(value))
    if plain and (quote == "" or (quote is None and " " not in value)):
        return value
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return quoted(value)


def quoted(text: str) -> str:
    """Write a text in double quotes, as JSON, YAML and TOML read it."""
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def flow_value(value: Value, style: YamlStyle, key: str = "") -> str:
    """Write a value within brackets, or with its own ones."""
    if isinstance(value, str):
        return scalar(value, style.quote(key), flow=True)
    if isinstance(value, Mapping):
        pairs = (flow_pair(name, each, style) for name, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(flow_value(each, style) for each in value) + "]"


def flow_pair(key: str, value: Value, style: YamlStyle) -> str:
    """Write a key with its value within brackets."""
    return f"{scalar(key, '', flow=True)}: {flow_value(value, style, key)}"


def one_line(value: Value, style: YamlStyle, key: str = "") -> str:
    """Write a value in one line: a collection has brackets."""
    if isinstance(value, str):
        return scalar(value, style.quote(key))
    return flow_value(value, style, key)


def entry(key: str, value: Value, indent: int, style: YamlStyle) -> list[str]:
    """Write `key: value` as lines; the key stands at `indent`, the first line is not indented."""
    name = scalar(key, "")
    if isinstance(value, str) or not value:
        return [f"{name}: {one_line(value, style, key)}"]
    return [f"{name}:", *block(value, indent, style)]


def block(value: Value, indent: int, style: YamlStyle) -> list[str]:
    """Write a mapping or list as lines, below a key that stands at `indent`."""
    if isinstance(value, Mapping):
        inner = indent + style.step
        return [" " * inner + line for line in _mapping_lines(value, inner, style)]
    at = indent + style.dash
    return [" " * at + line for each in value for line in item(each, at, style)]


def item(value: Value, at: int, style: YamlStyle) -> list[str]:
    """Write an item of a list as lines that are still to be indented by `at`."""
    dash = "-" + " " * (style.gap - 1)
    if isinstance(value, Mapping) and value:
        lines = _mapping_lines(value, at + style.gap, style)
        return [dash + lines[0], *(" " * style.gap + line for line in lines[1:])]
    return [dash + one_line(value, style)]


def _mapping_lines(value: Mapping[str, Value], indent: int, style: YamlStyle) -> list[str]:
    """Write the entries of a mapping as lines that are still to be indented by `indent`."""
    found = []
    for key, each in value.items():
        first, *others = entry(key, each, indent, style)
        found += [first, *(line[indent:] for line in others)]
    return found


def _escaped(sign: str) -> str:
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
