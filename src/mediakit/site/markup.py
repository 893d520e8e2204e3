"""The languages of the texts of pages; `markdown/render.py` turns them into HTML."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from mediakit.site.kinds.settings import is_true
from mediakit.site.trees.yaml import Mapping

if TYPE_CHECKING:
    from mediakit.site.trees.yaml import Node


class Markup(Enum):
    """A language, by the program that reads it."""

    HTML = "html"
    COMMONMARK = "commonmark"
    KRAMDOWN = "kramdown"
    KRAMDOWN_IN_HTML = "kramdown, also in HTML"
    GOLDMARK = "goldmark"
    MARKDOWN_IT = "markdown-it"


def jekyll_markup(engine: str | None, kramdown: Node | None) -> Markup:
    """Return what reads the Markdown of a site, by the settings `markdown` and `kramdown`."""
    if (engine or "").casefold().startswith("commonmark"):
        return Markup.COMMONMARK
    in_html = isinstance(kramdown, Mapping) and is_true(kramdown.get("parse_block_html"))
    return Markup.KRAMDOWN_IN_HTML if in_html else Markup.KRAMDOWN
