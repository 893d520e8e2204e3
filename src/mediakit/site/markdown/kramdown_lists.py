"""The lists of kramdown's Markdown: which lines belong to an item."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.site.markdown.kramdown_text import ATTRIBUTES, BLANK, END_MARK, TAG_OF_BLOCK

if TYPE_CHECKING:
    from mediakit.site.markdown.kramdown_text import Scanner

RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\n")
LIST = re.compile(r"( {0,3}(?:[+*-]|\d+\.))([\t ][^\n]*\n)")
DEFINITION = re.compile(r"( {0,3}:)([\t ][^\n]*\n)")
_ITEM_ATTRIBUTES = re.compile(rf"[ \t]*{ATTRIBUTES}[ \t]*")


@dataclass(slots=True)
class _Item:
    """The text of an item in parts, each read for itself: a list in an item begins a part.

    Its lines are indented by `width`; `nested` if a list may have begun in it.
    """

    width: int
    parts: list[list[str]]
    nested: bool
    content: re.Pattern[str] = field(init=False)
    lazy: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        tabs, spaces = divmod(self.width, 4)
        rest = r"(?=[^\n]*\S)[^\n]*\n"
        here = rf"(?:\t| {{4}}){{{tabs}}} {{{spaces}}}|(?:\t| {{4}}){{{tabs + 1}}}"
        self.content = re.compile(rf"(?:{here}){rest}")
        none = rf" {{0,{min(self.width, 3)}}}(?:{ATTRIBUTES}[ \t]*\n|{TAG_OF_BLOCK})"
        self.lazy = re.compile(rf"(?!{none}){rest}")

    def add(self, line: str, *, is_list: bool) -> None:
        """Add a line of the item."""
        text = re.sub(r"^\t+", lambda tabs: "    " * len(tabs[0]), line)
        inner = text.removeprefix(" " * self.width)
        if is_list and LIST.match(inner):
            if inner != text and not self.nested:
                self.parts.append([])
                self.nested = True
            elif inner == text and self.nested:
                inner = " " * (self.width + 4) + inner
        self.parts[-1].append(inner)


def read_items(text: Scanner, start: re.Pattern[str], marker: str) -> None:
    """Read the items of the list at this place of a text."""
    is_list = marker != ":"
    item: _Item | None = None
    after_blank = False
    while not text.at_end:
        if (after_blank and is_list and text.is_at(RULE)) or text.is_at(END_MARK):
            break
        if match := text.scan(start):
            _finish(text, item)
            item = _begun(match, is_list=is_list)
            indent = min(max(item.width - 1, 0), 3)
            start = re.compile(rf"( {{0,{indent}}}{marker})([\t ][^\n]*\n)")
            after_blank = False
        elif item is None:
            break
        elif match := text.scan(item.content) or (None if after_blank else text.scan(item.lazy)):
            item.add(match[0], is_list=is_list)
            after_blank = False
        elif match := text.scan(BLANK):
            item.nested = item.nested or is_list
            item.parts[-1].append(match[0])
            after_blank = True
        else:
            break
    _finish(text, item)


def _begun(match: re.Match[str], *, is_list: bool) -> _Item:
    """Return an item by its first line: a marker, and text behind it."""
    width, text = len(match[1]), match[2]
    attributes = _ITEM_ATTRIBUTES.match(text)
    if not text[attributes.end() if attributes else 0 :].strip():
        return _Item(4, [["\n"]], nested=False)
    first = text.lstrip(" \t")
    blank = (" " * width + text[: len(text) - len(first)]).expandtabs(4)
    attributes = _ITEM_ATTRIBUTES.match(first)
    first = first[attributes.end() :] if attributes else first
    return _Item(len(blank), [[first]], nested=is_list and LIST.match(first) is not None)


def _finish(text: Scanner, item: _Item | None) -> None:
    for part in item.parts if item is not None else ():
        text.inside("".join(part))
