"""What the readers of kramdown's blocks have in common: a text, and what is found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_NAME = r"[A-Za-z_][\w.-]*+(?::[A-Za-z_][\w.-]*+)?+"
TAG = re.compile(
    rf"<({_NAME})((?:\s++{_NAME}(?:\s*+=\s*+(?:\w++|\"[^\"]*+\"|'[^']*+'))?+)*+)\s*+(/)?>"
)
"""A tag that begins an element: its name, its attributes, and whether it ends there.

Values without quotation marks have only letters and digits; else all of it is text.
"""

CLOSING = re.compile(rf"</({_NAME})\s*+>")
START = re.compile(r"<(?=[/!A-Za-z_])")
_MARKDOWN = re.compile(r"\smarkdown\s*=\s*[\"']?(0|1|span|block)\b", re.IGNORECASE)

SPANS = frozenset({
    "a", "abbr", "acronym", "b", "big", "bdo", "br", "button", "cite", "code", "del", "dfn",
    "em", "i", "img", "input", "ins", "kbd", "label", "mark", "option", "q", "rb", "rbc", "rp",
    "rt", "rtc", "ruby", "samp", "select", "small", "span", "strong", "sub", "sup", "tt", "u",
    "var",
})  # fmt: skip
"""Elements that stand in a paragraph: none of them begins a block."""

BLOCKS = frozenset({
    "address", "article", "aside", "applet", "body", "blockquote", "caption", "col", "colgroup",
    "dd", "div", "dl", "dt", "fieldset", "figcaption", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "html", "head", "iframe", "legend", "menu", "li",
    "main", "map", "nav", "ol", "optgroup", "p", "pre", "section", "summary", "table", "tbody",
    "td", "th", "thead", "tfoot", "tr", "ul",
})  # fmt: skip
"""Elements that are text inside of a paragraph."""

EMPTY = frozenset({
    "area", "base", "br", "col", "command", "embed", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_WITH_BLOCKS = frozenset({
    "address", "applet", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl",
    "fieldset", "figure", "figcaption", "footer", "form", "header", "hgroup", "iframe", "li",
    "main", "map", "menu", "nav", "noscript", "object", "section", "summary", "td",
})  # fmt: skip
_WITH_SPANS = frozenset({
    "a", "abbr", "acronym", "b", "bdo", "big", "button", "cite", "caption", "del", "dfn", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "label", "legend", "optgroup", "p",
    "q", "rb", "rbc", "rp", "rt", "rtc", "ruby", "select", "small", "span", "strong", "sub",
    "sup", "th", "tt",
})  # fmt: skip
BLANKS = " \t\n\r\f\v"
"""What kramdown calls a blank: no blank of other scripts."""

DEEPEST = 40
"""Levels of lists, quotations and HTML with Markdown in it; what is deeper is left out."""

_SPAN_NAMES = "|".join(sorted((*SPANS, "script")))
TAG_OF_BLOCK = rf"</?(?!(?:{_SPAN_NAMES})\b)[A-Za-z_]"
ATTRIBUTES = r"\{:(?![:/])((?:\\\}|[^}\n])+)\}"
BLANK = re.compile(r"(?:[ \t\r\f\v]*\n)+")
END_MARK = re.compile(r"\^[ \t]*\n")
BLANK_REST = re.compile(r"[ \t]*\n")
_LINE = re.compile(r"[^\n]*\n")
_ATTRIBUTE_LINE = re.compile(rf" {{0,3}}{ATTRIBUTES}[ \t]*\n")
_TAG_LINE = re.compile(rf" {{0,3}}{TAG_OF_BLOCK}")
_TICKS = re.compile(r"`+")
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)')")
_MOST_UNENDED = 50
"""Fences and the like without an end that are looked for: each look goes through all the rest."""


def usual_content(name: str) -> str:
    """Return how Markdown in an element is read if it is: `block`, `span` or `raw` for not."""
    if name in _WITH_BLOCKS:
        return "block"
    return "span" if name in _WITH_SPANS else "raw"


def content_of(tag: re.Match[str], *, parsed: bool = False) -> str:
    """Return how the content of an element is read; `parsed` if Markdown is read in all."""
    name = tag[1].lower()
    if name in {"script", "style"}:
        return "raw"
    asked = _MARKDOWN.search(tag[2])
    if asked is None:
        return usual_content(name) if parsed else "raw"
    return {"0": "raw", "1": usual_content(name)}.get(asked[1].lower(), asked[1].lower())


class Piece(NamedTuple):
    """A part of a page: HTML, or a text with spans, which may go on with the text before it."""

    text: str
    is_html: bool = False
    goes_on: bool = False


class Definition(NamedTuple):
    """Where the links with a name lead."""

    address: str
    title: str = ""


@dataclass(slots=True)
class KramdownText:
    """What the blocks of a page say together; `parsed` if Markdown is read in all HTML."""

    definitions: dict[str, Definition] = field(default_factory=dict)
    footnotes: dict[str, list[Piece]] = field(default_factory=dict)
    parsed: bool = False
    unended: int = 0


def link_name(text: str) -> str:
    """Return a name of a definition in the form in which names are compared."""
    return re.sub(r"\s+", " ", text).lower()


def attributes_html(text: str) -> str:
    """Return an element with the attributes that a list in braces gives to another one."""
    found = _ATTRIBUTE.finditer(text)
    return "<img " + " ".join(f'{each[1]}="{each[2] or each[3] or ""}"' for each in found) + ">"


def code_end(text: str, start: int) -> int:
    """Return the end of the code that begins with the backticks at `start`, -1 if it is none."""
    ticks = _TICKS.match(text, start)
    if ticks is None:
        return -1
    before, after = text[start - 1 : start], text[ticks.end() : ticks.end() + 1]
    if len(ticks[0]) == 1 and not before.strip(BLANKS) and after and not after.strip(BLANKS):
        return -1
    end = text.find(ticks[0], ticks.end())
    return end + len(ticks[0]) if end >= 0 else -1


class Scanner:
    """A text that is read from block to block; `pieces` are what was found."""

    def __init__(
        self, text: str, document: KramdownText, pieces: list[Piece] | None = None, depth: int = 0
    ) -> None:
        self.pieces = pieces if pieces is not None else []
        self.text = text if text.endswith("\n") else text + "\n"
        self.position = 0
        self.document = document
        self.depth = depth
        self.after_blank = True
        self.after_paragraph = False
        self.list_begin = -1
        """The number of pieces before a list, as long as nothing else came after it."""

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.position >= len(self.text)

    def scan(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go behind what a pattern matches here."""
        match = pattern.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
        return match

    def is_at(self, *patterns: re.Pattern[str]) -> bool:
        """Return whether one of the patterns matches here."""
        return any(each.match(self.text, self.position) for each in patterns)

    def line(self) -> str:
        """Return the line that begins here, and go behind it."""
        match = self.scan(_LINE)
        return match[0] if match else ""

    def is_lazy(self) -> bool:
        """Return whether the next line goes on with the block before it."""
        return not self.at_end and not self.is_at(BLANK, _ATTRIBUTE_LINE, END_MARK, _TAG_LINE)

    def ends(self) -> bool:
        """Return whether a block that needs an end may end here."""
        return self.at_end or self.is_at(BLANK, _ATTRIBUTE_LINE, END_MARK)

    def attributes(self) -> str | None:
        """Return the list of attributes that fills the line here, and go behind it."""
        match = self.scan(_ATTRIBUTE_LINE)
        return match[1] if match else None

    def add(self, text: str, *, is_html: bool = False) -> bool:
        """Add a piece."""
        self.pieces.append(Piece(text, is_html))
        return self.done()

    def done(self, *, blank: bool = False, paragraph: bool = False) -> bool:
        """Note what was read: something like a blank line, a paragraph or another block."""
        self.after_blank, self.after_paragraph = blank, paragraph
        self.list_begin = -1
        return True

    def search(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """Search for the end of something; after too many searches in vain for none."""
        if self.document.unended >= _MOST_UNENDED:
            return None
        found = pattern.search(self.text, start)
        self.document.unended += found is None
        return found

    def read(self, closing: str = "") -> list[Piece]:
        """Read all blocks, or those up to the tag that closes an element at a block's start."""
        raise NotImplementedError

    def inside(self, text: str) -> None:
        """Read the blocks of a list's item, of a quotation or the like."""
        if self.depth < DEEPEST:
            type(self)(text, self.document, self.pieces, self.depth + 1).read()
