"""Eleventy: pages below the input folder, pictures beside them or in folders that are copied.

The configuration is a program, which is not run: `eleventy_settings.py` reads its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from mediakit.site.kinds.eleventy_settings import (
    IGNORE_FILES,
    ignored_paths,
    normal,
    read_settings,
)
from mediakit.site.kinds.kind import KindWords, SiteKind
from mediakit.site.markup import Markup
from mediakit.site.paths import below, has_extension

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from mediakit.site.templates.expanded import Expanded
    from mediakit.site.trees.yaml import Mapping

_CONTENT = frozenset({".md", ".html"})


@dataclass(frozen=True)
class EleventySite(SiteKind):
    """A site's settings, with Eleventy's defaults; `roots` are what `/x.jpg` may count from.

    `copied` are folders with the place that they are copied to.
    """

    name: ClassVar[str] = "eleventy"
    markdown: Markup = Markup.MARKDOWN_IT
    label: ClassVar[str] = "an Eleventy site"
    words: ClassVar[KindWords] = KindWords(
        "Markdown and HTML files below the input folder",
        "the input folder, folders that are copied to the top, the site root",
        "the page's folder, then as `/x.jpg`",
    )
    picture_tags: ClassVar[frozenset[str]] = frozenset({"figure", "image"})
    config_names: ClassVar[tuple[str, ...]] = (
        ".eleventy.js", ".eleventy.cjs", ".eleventy.mjs", "eleventy.config.js",
        "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts",
    )  # fmt: skip
    further_names: ClassVar[tuple[str, ...]] = IGNORE_FILES
    input: str = ""
    output_folder: str = "_site"
    data: str = ""
    """The folder of data, empty for the usual one."""
    copied: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    """Folders of layouts and of parts of pages, none for the usual one."""
    endings: frozenset[str] = _CONTENT
    ignored: tuple[str, ...] = ()
    """Globs of files and folders that are no pages."""
    has_drafts: bool = True
    """Whether `draft: true` is a word of this site: Eleventy itself does not know it."""

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> EleventySite:
        """Read what the text of a configuration shows of a site, and what is ignored."""
        found = read_settings(files)
        start = normal(found.folders.get("input", ""))
        if any(part.startswith(".") for part in start.split("/")):
            start = ""  # the catalog goes below it, and hidden folders are others' own
        named = {"includes": "_includes", "data": "_data"} | found.folders
        parts = {
            key: normal(f"{start}/{named[key]}")
            for key in ("includes", "layouts", "data")
            if key in named
        }
        pairs = ((normal(source), normal(place)) for source, place in found.copied)
        copied = tuple((source, place) for source, place in pairs if source and "*" not in source)
        at_top = (source for source, place in copied if not place)
        return cls(
            input=start,
            output_folder=normal(found.folders.get("output", "")) or "_site",
            data=parts["data"],
            roots=tuple(dict.fromkeys((start, *at_top, ""))),
            copied=copied,
            parts=tuple(each for each in parts.values() if each != start),
            endings=_CONTENT if found.formats is None else _CONTENT & found.formats,
            ignored=found.ignored,
            has_drafts=found.has_drafts,
        )

    @property
    def data_folder(self) -> str:
        """The folder of global data."""
        return self.data or f"{self.input}/_data".lstrip("/")

    @property
    def pictures_folder(self) -> str:
        """The folder that pictures are in where nothing says another one."""
        return f"{self.input}/images".lstrip("/")

    @property
    def pages_folder(self) -> str:
        """The folder that pages are in where there are none yet."""
        return self.input

    @property
    def has_own_keys(self) -> bool:
        """Whether files are published at another place than where they are."""
        return self.roots != ("",) or bool(self.copied)

    @cached_property
    def _ignored(self) -> re.Pattern[str]:
        return ignored_paths(self.ignored)

    @cached_property
    def _parts(self) -> frozenset[str]:
        usual = (f"{self.input}/_includes".lstrip("/"),)
        return frozenset((*(self.parts or usual), self.data_folder))

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds packages, templates or data, or what Eleventy writes."""
        return self._is_part(path) or self._ignored.match(path) is not None

    def _is_part(self, folder: str) -> bool:
        if folder.rpartition("/")[2] == "node_modules" or folder == self.output_folder:
            return True
        return folder in self._parts

    def content_type(self, path: str) -> str | None:
        """Return the top folder of a page, None for other files."""
        inside = below(path, (self.input,))
        if (self.input and inside == path) or not has_extension(path, self.endings):
            return None
        folders = path.split("/")[:-1]
        if any(part.startswith(".") for part in folders) or self._ignored.match(path):
            return None
        if any(self._is_part("/".join(folders[:end])) for end in range(1, len(folders) + 1)):
            return None
        return inside.split("/")[0] if "/" in inside else "pages"

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - the protocol's
        """Return whether the page is no draft, as Eleventy's own blog marks them."""
        return not self.has_drafts or (fields.text("draft") or "").casefold() != "true"

    def key(self, path: str) -> str:
        """Return the public path of a file: where it is copied to, or what is below a root."""
        for folder, place in self.copied:
            inside = below(path, (folder,))
            if inside != path:
                return f"{place}/{inside}".lstrip("/")
        return below(path, self.roots)

    def spelling(self, path: str, page: str) -> str:
        """Return how front matter names a file: by its name beside the page, else from the top."""
        folder = page.rpartition("/")[0]
        beside = below(path, (folder,)) if folder != self.input else path
        return beside if beside != path else f"/{self.key(path)}"

    def expand(self, text: str, page: str, fields: Mapping) -> Expanded | None:  # noqa: ARG002 - the protocol's
        """Return a text with the values of the front matter, which are names of their own."""
        if "{{" not in text and "{%" not in text:
            return None
        from mediakit.site.templates.expanded import Unknown  # noqa: PLC0415 - few have templates
        from mediakit.site.templates.expressions import Names  # noqa: PLC0415
        from mediakit.site.templates.liquid import expand_liquid  # noqa: PLC0415

        names = Names({**fields.entries}, Unknown.GENERATOR, self.address)
        return expand_liquid(text, names, words_are_names=True)
