"""The text of a page as paragraphs, headings and items of lists: what a sheet of paper can show."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from mediakit.site.kinds.kind import Markup
from mediakit.site.markdown.render import to_html
from mediakit.site.templates.expanded import MARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.site.templates.expanded import Expanded

TextBlock = tuple[str, str]
"""A mark (`#` of a heading, a bullet or a number of an item, else none) and its text."""

_LONGEST = 100_000
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,500}\}")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({
    "p", "div", "li", "ul", "ol", "dt", "dd", "blockquote", "section", "article", "table", "tr",
    "figure", "figcaption", "details", "summary", "hr", "br", *_HEADINGS,
})  # fmt: skip
_HIDDEN = frozenset({
    "script", "style", "template", "iframe", "video", "audio", "object", "svg", "figure",
    "noscript", "button", "form", "textarea", "title", "head",
})  # fmt: skip
BULLET = "•"


def text_blocks(
    body: str, markup: Markup, expand: Callable[[str], Expanded | None]
) -> list[TextBlock]:
    """Return what a body says; includes, pictures and code are left out."""
    text = body[:_LONGEST].replace("\r\n", "\n")
    expanded = expand(text)
    if expanded is not None:
        text = MARK.sub("", expanded.text)
    if markup is not Markup.HTML:
        # CommonMark, which keeps its blocks; what kramdown reads otherwise is no text
        text = to_html(_ATTRIBUTES.sub("", text), Markup.COMMONMARK)
    collector = _Blocks()
    with suppress(AssertionError):  # html.parser gives up so on broken `<![` declarations
        collector.feed(text)
        collector.close()
    collector.end_block()
    return collector.found


class _Blocks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[TextBlock] = []
        self._mark = ""
        self._text: list[str] = []
        self._lists: list[int | None] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _HIDDEN:
            self._hidden.append(tag)
        if tag in {"td", "th"} and "".join(self._text).strip():
            self._text.append(" · ")
        if tag not in _BLOCKS:
            return
        if tag != "p" or "".join(self._text).strip() or not self._mark:
            self.end_block()
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._mark = self._next_item()
        elif tag in _HEADINGS:
            self._mark = "#"

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS:
            self.end_block()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._text.append(data)

    def end_block(self) -> None:
        """Add what was read since the last block."""
        text = " ".join("".join(self._text).split())
        if text:
            self.found.append((self._mark, text))
            self._mark = ""
        elif self._mark == "#":
            self._mark = ""
        self._text.clear()

    def _next_item(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return BULLET
        self._lists[-1] = number + 1
        return f"{number + 1}."
