"""The arguments of includes, shortcodes and tags of plugins, in all their spellings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.templates.expanded import Argument, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s{0,9}(?:=|:(?!//))\s{0,9})?"
    r"(\"[^\"]*\"|'[^']*'|`[^`]*`|(?:https?:)?//[^\s\"'`,]+|[^\s\"'`=,{}()\[\]][^\s\"'`=,{}()\[\]]*(?:\[[^\[\]\s]{1,99}\])?)"
)
_JOINED_TO = re.compile(r"\s{0,9}[+~]")
_QUOTES = "\"'`"
_ESCAPED = re.compile(r"\\([\"'])")
_HELD = re.compile("[\ue002\ue003]")
_MOST = 200
"""Arguments of one tag that are looked at."""


def read_arguments(text: str, of_word: Callable[[str], Value]) -> dict[str, Argument]:
    """Return the arguments by their names, those without one by numbers.

    `of_word` gives the value of what has no quotes.
    """
    text = _ESCAPED.sub(lambda match: "\ue002" if match[1] == '"' else "\ue003", text)
    found: dict[str, Argument] = {}
    for match in _ARGUMENT.finditer(text):
        if len(found) == _MOST:
            break
        written = _HELD.sub(lambda sign: '"' if sign[0] == "\ue002" else "'", match[2])
        is_text = written[0] in _QUOTES
        if _is_part(text, match):
            value: Value = Unknown.GENERATOR
        else:
            value = _in_quotes(written) if is_text else of_word(written)
        found.setdefault(match[1] or str(len(found)), Argument(value, written))
    return found


def _is_part(text: str, match: re.Match[str]) -> bool:
    """Return whether an argument is a part of a longer text that only the generator joins."""
    before = text[max(0, match.start() - 9) : match.start()].rstrip()
    return before.endswith(("+", "~")) or _JOINED_TO.match(text, match.end()) is not None


def _in_quotes(written: str) -> Value:
    """Return a text without its quotes; no generator fills in a template inside it."""
    text = written[1:-1]
    return Unknown.UNREAD if "{{" in text else text
