"""Eleventy: pages below the input folder, pictures beside them or in folders that are copied.

The configuration is a program, which is not run. Its text gives the input folder, the output
folder, and the folders that are copied to another place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from mediakit.site.kinds.kind import KindWords, SiteKind
from mediakit.site.markup import Markup
from mediakit.site.paths import below, has_extension

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.site.templates.expanded import Expanded
    from mediakit.site.trees.yaml import Mapping

_CONTENT = frozenset({".md", ".markdown", ".html"})
_EXCLUDED = frozenset({"node_modules", "_includes", "_data", "_layouts"})
_COMMENT = re.compile(r"/\*[\s\S]*?\*/|(?<![:\"'`])//[^\n]*")
_DIRECTORY = re.compile(r"\b(input|output)\s{0,9}:\s{0,9}[\"'`]([^\"'`\n]{0,200})[\"'`]")
_SETTER = re.compile(r"set(Input|Output)Directory\(\s{0,9}[\"'`]([^\"'`\n]{0,200})[\"'`]")
_COPIED = re.compile(r"addPassthroughCopy\(\s{0,99}\{([^{}]{0,2000})\}")
_PAIR = re.compile(r"[\"'`]([^\"'`\n]{1,200})[\"'`]\s{0,9}:\s{0,9}[\"'`]([^\"'`\n]{0,200})[\"'`]")


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
    input: str = ""
    output_folder: str = "_site"
    copied: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> EleventySite:
        """Read what the text of a configuration shows of a site."""
        return read_config(files[0][1])

    @property
    def data_folder(self) -> str:
        """The folder of global data."""
        return f"{self.input}/_data".lstrip("/")

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

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds packages, templates or data, or what Eleventy writes."""
        name = path.rpartition("/")[2]
        return name in _EXCLUDED or path == self.output_folder

    def content_type(self, path: str) -> str | None:
        """Return the top folder of a page, None for other files."""
        inside = below(path, (self.input,))
        if (self.input and inside == path) or not has_extension(path, _CONTENT):
            return None
        folders = path.split("/")[:-1]
        if any(part.startswith(".") for part in folders):
            return None
        if any(self.is_excluded("/".join(folders[:end])) for end in range(1, len(folders) + 1)):
            return None
        return inside.split("/")[0] if "/" in inside else "pages"

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - the protocol's
        """Return whether the page is no draft, as Eleventy's own blog marks them."""
        return (fields.text("draft") or "").casefold() != "true"

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


def read_config(data: bytes) -> EleventySite:
    """Read what the text of a configuration shows of a site."""
    text = _COMMENT.sub(" ", data.decode("utf-8", "replace"))
    named = {key.casefold(): _folder(value) for key, value in _DIRECTORY.findall(text)}
    named |= {key.casefold(): _folder(value) for key, value in _SETTER.findall(text)}
    pairs = [pair for block in _COPIED.findall(text) for pair in _PAIR.findall(block)]
    copied = tuple((_folder(source), _folder(place)) for source, place in pairs)
    copied = tuple((source, place) for source, place in copied if source and "*" not in source)
    at_top = (source for source, place in copied if not place)
    start = named.get("input", "")
    if any(part.startswith(".") for part in start.split("/")):
        start = ""  # the catalog goes below it, and hidden folders are others' own
    return EleventySite(
        input=start,
        output_folder=named.get("output") or "_site",
        roots=tuple(dict.fromkeys((start, *at_top, ""))),
        copied=copied,
    )


def _folder(text: str) -> str:
    path = str(PurePosixPath(text.strip().strip("/")))
    return "" if path == "." or ".." in path else path
