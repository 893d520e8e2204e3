"""HTML in the texts of kramdown: which of it is HTML at all, and where an element ends."""

from __future__ import annotations

import re

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
