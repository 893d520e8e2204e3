"""Values to YAML text, in the quotes and the indentation of what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"
"""What can be written. A `str` reads as text again, whatever it looks like."""

# what every YAML reads as text without quotes: a path, or words that start with a letter
_PLAIN = re.compile(r"(?:/|[^\W\d_])(?:[\w./+@()&=;,!?%'-]|[:#](?=[\w./-])|(?<![:#]) (?![ #]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_FLOW_SIGNS = re.compile(r"[,\[\]{}?]")  # a `?` there is a key to some parsers
_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0",
    "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How this file is written: its line break, and its indentation.

    `step` is how far the keys of a nested mapping stand in, `dash` how far the dashes of a
    list, and `gap` how far from its dash an item starts, all in columns. `styles` are the
    quotation marks by key, empty for plain, in what stands beside the new value.
    """

    newline: str = "\n"
    step: int = 2
    dash: int = 2
    gap: int = 2
    styles: tuple[tuple[str, str], ...] = ()

    def style(self, key: str) -> str | None:
        """Return the quotation mark of the values at `key`, None where there is no habit."""
        return dict(self.styles).get(key)


def reads_as_text(text: str) -> bool:
    """Return whether every YAML reads this as text where it stands without quotes."""
    return (
        _PLAIN.fullmatch(text) is not None
        and not text.endswith((" ", ":"))
        and text.lower() not in _WORDS
    )


def scalar(value: str | float | None, style: str | None = None, *, flow: bool = False) -> str:
    """Write a scalar in `style` (a quotation mark, empty for plain), or in one that holds it.

    `flow` is within brackets. Without a style, paths and single words are plain.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    plain = reads_as_text(value) and not (flow and _FLOW_SIGNS.search(value))
    if plain and (style == "" or (style is None and " " not in value)):
        return value
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(sign) for sign in value) + '"'


def literal(text: str, indent: int, habits: Habits) -> str | None:
    """Write text of several lines behind a `|`, or None if that cannot hold it."""
    lines = text.removesuffix("\n").split("\n")
    if text.endswith("\n\n") or not lines[0].strip() or lines[0][0].isspace():
        return None
    if not all(line.replace("\t", "").isprintable() for line in lines):
        return None
    header = "|" if text.endswith("\n") else "|-"
    return habits.newline.join([header, *(" " * indent + line if line else "" for line in lines)])


def one_line(value: Value, habits: Habits, key: str = "") -> str:
    """Write a value that stands by itself in one line: a collection has brackets."""
    if isinstance(value, (Mapping, list, tuple)):
        return flow(value, habits, key)
    return scalar(value, habits.style(key))  # type: ignore[arg-type]


def flow(value: Value, habits: Habits, key: str = "") -> str:
    """Write a value within brackets, or with its own ones."""
    if isinstance(value, Mapping):
        pairs = (
            f"{scalar(name, '', flow=True)}: {flow(each, habits, name)}"
            for name, each in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(each, habits) for each in value) + "]"
    return scalar(value, habits.style(key), flow=True)


def entry(key: str, value: Value, indent: int, habits: Habits) -> list[str]:
    """Write `key: value` as lines; keys stand at `indent`, the first line is not indented."""
    name = scalar(key, "")
    if not isinstance(value, (Mapping, list, tuple)) or not value:
        return [f"{name}: {one_line(value, habits, key)}"]
    return [f"{name}:", *block(value, indent, habits)]


def block(value: Value, indent: int, habits: Habits) -> list[str]:
    """Write a mapping or list as lines, the value of a key that stands at `indent`."""
    if isinstance(value, Mapping):
        inner = indent + habits.step
        return [" " * inner + line for line in mapping_lines(value, inner, habits)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        at = indent + habits.dash
        return [" " * at + line for each in value for line in item(each, at, habits)]
    return [" " * (indent + habits.step) + one_line(value, habits)]


def mapping_lines(value: Mapping[str, Value], indent: int, habits: Habits) -> list[str]:
    """Write the entries of a mapping as lines that are still to be indented by `indent`."""
    return [
        line
        for key, each in value.items()
        for line in _dedented(entry(key, each, indent, habits), indent)
    ]


def item(value: Value, at: int, habits: Habits) -> list[str]:
    """Write an item of a list as lines that are still to be indented by `at`."""
    dash = "-" + " " * (habits.gap - 1)
    if isinstance(value, Mapping) and value:
        lines = mapping_lines(value, at + habits.gap, habits)
        return [dash + lines[0], *(" " * habits.gap + line for line in lines[1:])]
    return [dash + one_line(value, habits)]


def _dedented(lines: list[str], indent: int) -> list[str]:
    return [lines[0], *(line[indent:] for line in lines[1:])]


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign == " " or (sign.isprintable() and ord(sign) < 0xFFFE):
        return sign
    if sign.isprintable() and ord(sign) > 0xFFFF:
        return sign
    code = ord(sign)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
