"""The languages of the texts of pages; `markdown/render.py` turns them into HTML."""

from __future__ import annotations

from enum import Enum


class Markup(Enum):
    """A language, by the program that reads it."""

    HTML = "html"
    COMMONMARK = "commonmark"
    KRAMDOWN = "kramdown"
    GOLDMARK = "goldmark"
    MARKDOWN_IT = "markdown-it"
