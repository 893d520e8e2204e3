"""Markdown to HTML, as the generator of each kind of site reads it.

markdown-it-py reads CommonMark; what each generator does beyond that, or otherwise, is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.site.markdown.footnotes import footnotes
from mediakit.site.markdown.kramdown import kramdown_to_html
from mediakit.site.markup import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt


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
    if markup in _MANNERS:
        _MANNERS[markup](parser)
    rendered: str = parser.render(text)
    return rendered


def _markdown_it(parser: MarkdownIt) -> None:
    parser.disable("code")  # Eleventy has no code by indentation


_MANNERS: dict[Markup, Callable[[MarkdownIt], None]] = {
    Markup.GOLDMARK: footnotes,
    Markup.MARKDOWN_IT: _markdown_it,
}
