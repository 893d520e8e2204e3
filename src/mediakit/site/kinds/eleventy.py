"""Eleventy: pages below the input folder, pictures beside them or in folders that are copied.

The configuration is a program, which is not run. Three things are read out of its text: the
input and the output folder, and folders that are copied to another place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from mediakit.site.front_matter import Format
from mediakit.site.kinds.kind import Folders, SiteName, below
from mediakit.site.paths import SiteAddress, has_extension
from mediakit.site.picture_keys import COMMON_KEYS
from mediakit.site.shortcodes import find_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.liquid import Include
    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.trees.yaml import Mapping

CONFIG_NAMES = (
    ".eleventy.js", ".eleventy.cjs", ".eleventy.mjs", "eleventy.config.js", "eleventy.config.mjs",
    "eleventy.config.cjs", "eleventy.config.ts",
)  # fmt: skip

_CONTENT = frozenset({".md", ".markdown", ".html"})
_COMMENT = re.compile(r"/\*[\s\S]*?\*/|(?<![:\"'`])//[^\n]*")
_DIRECTORY = re.compile(r"\b(input|output)\s{0,9}:\s{0,9}[\"'`]([^\"'`\n]{0,200})[\"'`]")
_SETTER = re.compile(r"set(Input|Output)Directory\(\s{0,9}[\"'`]([^\"'`\n]{0,200})[\"'`]")
_COPIED = re.compile(r"addPassthroughCopy\(\s{0,99}\{([^{}]{0,2000})\}")
_PAIR = re.compile(r"[\"'`]([^\"'`\n]{1,200})[\"'`]\s{0,9}:\s{0,9}[\"'`]([^\"'`\n]{0,200})[\"'`]")


@dataclass(frozen=True)
class EleventySite:
    """A site's settings, with Eleventy's defaults; `roots` are what `/x.jpg` may count from.

    `copied` are folders with the place that they are copied to.
    """

    name: ClassVar[SiteName] = SiteName.ELEVENTY
    formats: ClassVar[frozenset[Format]] = frozenset(Format)
    needs_front_matter: ClassVar[bool] = False
    has_theme: ClassVar[bool] = False
    picture_keys: ClassVar[tuple[PictureKey, ...]] = COMMON_KEYS
    address: SiteAddress = field(default_factory=SiteAddress)
    input: str = ""
    output: str = "_site"
    roots: tuple[str, ...] = ("",)
    copied: tuple[tuple[str, str], ...] = ()

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
    def output_folder(self) -> str:
        """The folder that the generator writes the site to."""
        return self.output

    @property
    def has_own_keys(self) -> bool:
        """Whether files are published at another place than where they are."""
        return self.roots != ("",) or bool(self.copied)

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds packages, templates or data, or what Eleventy writes."""
        name = path.rpartition("/")[2]
        return name in {"node_modules", "_includes", "_data", "_layouts"} or path == self.output

    def content_type(self, path: str) -> str | None:
        """Return the top folder of a page, None for what is none."""
        inside = below(path, (self.input,))
        if (self.input and inside == path) or not has_extension(path, _CONTENT):
            return None
        folders = path.split("/")[:-1]
        if any(part.startswith(".") for part in folders):
            return None
        if any(self.is_excluded("/".join(folders[:end])) for end in range(1, len(folders) + 1)):
            return None
        return inside.split("/")[0] if "/" in inside else "pages"

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:  # noqa: ARG002 - the protocol's
        """Return the front matter as it is: directory data are not followed."""
        return front_matter

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - the protocol's
        """Return whether the page is no draft, as Eleventy's own blog marks them."""
        return (fields.text("draft") or "").casefold() != "true"

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:  # noqa: ARG002 - the protocol's
        """Return the page's folder, then the roots."""
        return Folders(self.roots, (page.rpartition("/")[0], *self.roots))

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

    def tags(self, text: str) -> Iterator[Include]:
        """Yield the shortcodes."""
        return find_tags(text)


def read_config(data: bytes) -> EleventySite:
    """Read what can be told of a site from the text of its configuration."""
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
        output=named.get("output") or "_site",
        roots=tuple(dict.fromkeys((start, *at_top, ""))),
        copied=copied,
    )


def _folder(text: str) -> str:
    path = str(PurePosixPath(text.strip().strip("/")))
    return "" if path == "." or ".." in path else path
