"""Markdown to HTML, as the generator of each kind of site reads it.

markdown-it-py reads CommonMark; what each generator does beyond that, or otherwise, is added.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from mediakit.site.kinds.kind import Markup
from mediakit.site.markdown.kramdown_blocks import BlockReader
from mediakit.site.markdown.kramdown_spans import SpanReader
from mediakit.site.markdown.kramdown_text import KramdownText

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from mediakit.site.markdown.kramdown_text import Piece

_DEFINITION = re.compile(r"\[\^([^\]\s]{1,200})\]:")
_MARK = re.compile(r"\[\^([^\]\s]{1,200})\]")
_NOTES = "footnotes"
_NAMED = "footnotes that are named"
_INDENT = 4
_DEEPEST = 20


def to_html(text: str, markup: Markup) -> str:
    """Return the HTML of a text, without its code."""
    if markup in {Markup.KRAMDOWN, Markup.KRAMDOWN_IN_HTML}:
        return kramdown_to_html(text, in_html=markup is Markup.KRAMDOWN_IN_HTML)
    from markdown_it import MarkdownIt  # noqa: PLC0415 - pages of Jekyll go without it

    parser = MarkdownIt("commonmark").enable("table")
    parser.validateLink = lambda _url: True  # type: ignore[method-assign,assignment]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    for name in ("fence", "code_block", "code_inline"):
        parser.renderer.rules[name] = lambda *_: ""  # type: ignore[attr-defined]
    image = parser.renderer.rules["image"]  # type: ignore[attr-defined]
    # an empty alt text is forgotten in Markdown, and on purpose in HTML
    parser.renderer.rules["image"] = lambda *given: image(*given).replace(' alt=""', "", 1)  # type: ignore[attr-defined]
    if markup in _MANNERS:
        _MANNERS[markup](parser)
    rendered: str = parser.render(text)
    return rendered


def _footnotes(parser: MarkdownIt) -> None:
    """Add footnotes as goldmark reads them: shown if a text refers to them."""
    alt = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("reference", "footnote", _read, {"alt": alt})
    parser.inline.ruler.before("link", "footnote", _name)
    parser.core.ruler.after("inline", "footnotes", _show)


def _read(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's
    """Read a footnote: the rest of its line, and the lines that are indented below it."""
    begin = state.bMarks[start] + state.tShift[start]
    match = _DEFINITION.match(state.src, begin, state.eMarks[start])
    if match is None or state.is_code_block(start):
        return False
    if silent:
        return True
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] - state.blkIndent >= _INDENT):
        line += 1
    first = state.src[match.end() : state.eMarks[start]]
    text = f"{first}\n{state.getLines(start + 1, line, state.blkIndent + _INDENT, keepLastLF=True)}"
    notes: dict[str, list[Token]] = state.env.setdefault(_NOTES, {})
    if match[1] not in notes:
        notes[match[1]] = []
        depth = state.env["depth"] = state.env.get("depth", 0) + 1
        if depth < _DEEPEST:
            state.md.block.parse(text, state.md, state.env, notes[match[1]])
        state.env["depth"] -= 1
    state.line = line
    return True


def _name(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's
    match = _MARK.match(state.src, state.pos)
    if match is None or match[1] not in state.env.get(_NOTES, {}):
        return False
    if not silent:
        state.env.setdefault(_NAMED, []).append(match[1])
    state.pos = match.end()
    return True


def _show(state: StateCore) -> None:
    """Add the footnotes that texts refer to, those that footnotes refer to last."""
    named: list[str] = state.env.get(_NAMED, [])
    shown: set[str] = set()
    for name in named:  # which grows
        if name in shown:
            continue
        shown.add(name)
        for token in state.env[_NOTES][name]:
            if token.type == "inline":
                token.children = []
                state.md.inline.parse(token.content, state.md, state.env, token.children)
            state.tokens.append(token)


def _markdown_it(parser: MarkdownIt) -> None:
    parser.disable("code")  # Eleventy has no code by indentation


_MANNERS: dict[Markup, Callable[[MarkdownIt], None]] = {
    Markup.GOLDMARK: _footnotes,
    Markup.MARKDOWN_IT: _markdown_it,
}


def kramdown_to_html(text: str, *, in_html: bool = False) -> str:
    """Return the HTML of a text, with the footnotes that it refers to at its end.

    `in_html` if Markdown is read in all HTML (kramdown's `parse_block_html`).
    """
    document = KramdownText(parsed=in_html)
    pieces: deque[Piece] = deque(BlockReader(text, document).read())
    parts: list[str] = []
    noted: set[str] = set()
    while pieces:
        piece = pieces.popleft()
        if piece.is_html:
            parts.append(piece.text)
            continue
        texts = [piece.text]
        while pieces and pieces[0].goes_on:
            texts.append(pieces.popleft().text)
        reader = SpanReader("".join(texts), document)
        parts.append(reader.read())
        for name in reader.footnotes:
            if name not in noted:
                noted.add(name)
                pieces.extend(document.footnotes[name])
    return "\n".join(parts)
