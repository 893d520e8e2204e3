"""A folder of Markdown files, without a generator."""

from __future__ import annotations

from typing import ClassVar

from mediakit.site.kinds.kind import KindWords, SiteKind
from mediakit.site.kinds.registry import MARKDOWN_ENDINGS
from mediakit.site.paths import has_extension

_EXCLUDED = frozenset({"node_modules", "venv"})


class MarkdownFolder(SiteKind, frozen=True):
    """Each Markdown file is a page; addresses count from it, then from the top folder."""

    name: ClassVar[str] = "markdown"
    label: ClassVar[str] = "a folder of Markdown files"
    words: ClassVar[KindWords] = KindWords(
        "Markdown files", "the site root", "the page's folder, then the site root"
    )

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds packages, or what was made of the pages."""
        return path == "_site" or path.rpartition("/")[2] in _EXCLUDED

    def content_type(self, path: str) -> str | None:
        """Return `pages` for Markdown files, None for all others."""
        hidden = any(part.startswith(".") for part in path.split("/"))
        return "pages" if not hidden and has_extension(path, MARKDOWN_ENDINGS) else None
