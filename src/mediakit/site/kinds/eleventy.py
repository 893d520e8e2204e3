"""Eleventy: pages below the input folder, pictures beside them or in folders that are copied.

The configuration is a program, which is not run: values that are computed are not seen.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from mediakit.site.kinds.kind import KindWords, Markup, SiteKind
from mediakit.site.paths import below, has_extension

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.site.templates.expanded import Expanded
    from mediakit.site.trees.yaml import Mapping


_CONTENT = frozenset({".md", ".html"})
_IGNORE_FILES = (".eleventyignore", ".gitignore")

_COMMENT = re.compile(
    r"(\"[^\"\n]{0,999}\"|'[^'\n]{0,999}'|`[^`]{0,999}`)|/\*[\s\S]*?(?:\*/|\Z)|(?<!:)//[^\n]*"
)
"""A text, which stays, or a comment."""
_TEXT = r"[\"'`]([^\"'`\n]{0,200})[\"'`]"
_DIRECTORY = re.compile(rf"\b(input|output)\s{{0,9}}:\s{{0,9}}{_TEXT}")
_DIRECTORIES = re.compile(r"\bdir\s{0,9}:\s{0,9}\{([^{}]{0,2000})\}")
_ENTRY = re.compile(rf"\b(includes|layouts|data)[\"'`]?\s{{0,9}}:\s{{0,9}}{_TEXT}")
_SETTER = re.compile(rf"set(Input|Output|Includes|Layouts|Data)Directory\(\s{{0,9}}{_TEXT}")
_COPIED = re.compile(r"addPassthroughCopy\(\s{0,99}\{([^{}]{0,2000})\}")
_PAIR = re.compile(rf"[\"'`]([^\"'`\n]{{1,200}})[\"'`]\s{{0,9}}:\s{{0,9}}{_TEXT}")
_FORMATS = re.compile(
    r"(?:\btemplateFormats\s{0,9}:\s{0,9}|setTemplateFormats\(\s{0,9})"
    rf"(?:\[([^\]]{{0,500}})\]|{_TEXT})"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}-")
_WORD = re.compile(r"[\w.-]{1,40}")
_IGNORED = re.compile(rf"ignores\.add\(\s{{0,9}}{_TEXT}")
_NO_GIT = re.compile(r"setUseGitIgnore\(\s{0,9}false")
_DRAFTS = re.compile(r"\bdrafts?\b", re.IGNORECASE)
_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_GLOBS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_MOST_STARS, _MOST_GLOBS = 2, 50
"""What is tried for each path: globs with more take long, and nobody writes so many."""
_LONGEST, _MOST_LINES = 1_000, 2_000
"""What is read of ignore files."""


class EleventySite(SiteKind, frozen=True, dict=True):
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
    input: str = ""
    output_folder: str = "_site"
    pages_folder: str = ""
    data_folder: str = "_data"
    copied: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ("_includes", "_data")
    """Folders of layouts, of parts of pages and of data."""
    endings: frozenset[str] = _CONTENT
    ignored: tuple[str, ...] = ()
    """Globs of files and folders that are no pages."""
    has_drafts: bool = True
    """Whether `draft: true` is a word of this site: Eleventy itself does not know it."""

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> EleventySite:
        """Read what the text of a configuration shows of a site, and what is ignored."""
        text, ignored = _texts(files)
        folders = _folders(text)
        start = normal(folders.get("input", ""))
        if any(part.startswith(".") for part in start.split("/")):
            start = ""  # the catalog goes below it, and hidden folders are others' own
        named = {"includes": "_includes", "data": "_data"} | folders
        parts = {
            key: normal(f"{start}/{named[key]}")
            for key in ("includes", "layouts", "data")
            if key in named
        }
        pairs = [pair for block in _COPIED.findall(text) for pair in _PAIR.findall(block)]
        copied = tuple(
            (normal(source), normal(place))
            for source, place in pairs
            if normal(source) and "*" not in source
        )
        at_top = (source for source, place in copied if not place)
        formats = _FORMATS.search(text)
        words = _WORD.findall(formats[1] or formats[2] or "") if formats else ("md", "html")
        return cls(
            input=start,
            pages_folder=start,
            output_folder=normal(folders.get("output", "")) or "_site",
            data_folder=parts["data"],
            roots=tuple(dict.fromkeys((start, *at_top, ""))),
            copied=copied,
            parts=tuple(each for each in parts.values() if each != start),
            endings=_CONTENT & {f".{word}" for word in words},
            ignored=(*ignored, *_IGNORED.findall(text)),
            has_drafts=_DRAFTS.search(text) is not None,
        )

    @property
    def pictures_folder(self) -> str:
        """The folder that pictures are in where nothing says another one."""
        return f"{self.input}/images".lstrip("/")

    @property
    def has_own_keys(self) -> bool:
        """Whether files are published at another place than where they are."""
        return self.roots != ("",) or bool(self.copied)

    @cached_property
    def _ignored(self) -> re.Pattern[str]:
        return ignored_paths(self.ignored)

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds packages, templates or data, or what Eleventy writes."""
        return self._is_part(path) or self._ignored.match(path) is not None

    def _is_part(self, folder: str) -> bool:
        if folder.rpartition("/")[2] == "node_modules" or folder == self.output_folder:
            return True
        return folder in self.parts

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

    def page_address(self, path: str, kind: str, fields: Mapping) -> str:  # noqa: ARG002 - the protocol's
        """Return the address of a page below the site's, empty where it is not known.

        What files of data for a folder say is not seen.
        """
        said = fields.entries.get("permalink")
        if said is not None:
            shown = fields.text("permalink") or ""
            is_known = "{{" not in shown and "{%" not in shown and shown not in {"", "false"}
            return "/" + shown.removesuffix("index.html").lstrip("/") if is_known else ""
        pure = PurePosixPath(below(path, (self.input,)))
        if _DATE.match(pure.stem):
            return ""  # versions differ in what they make of a date
        parts = pure.parts[:-1]
        if pure.stem not in {"index", (parts or ("",))[-1]}:
            parts = (*parts, pure.stem)
        return "/".join(("", *parts, ""))

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


def _texts(files: Iterable[tuple[str, bytes]]) -> tuple[str, tuple[str, ...]]:
    """Return the text of the first configuration, and the lines of the files of what is ignored."""
    configuration, ignores = "", {}
    for name, data in files:
        text = data.decode("utf-8", "replace")
        if name in _IGNORE_FILES:
            ignores[name] = text
        else:
            configuration = configuration or _COMMENT.sub(r"\1 ", text)
    if _NO_GIT.search(configuration):
        ignores.pop(".gitignore", None)
    lines = (line.strip() for text in ignores.values() for line in text.splitlines())
    kept = (line for line in lines if 0 < len(line) < _LONGEST and line[0] not in "#!")
    return configuration, tuple(islice(kept, _MOST_LINES))


def _folders(text: str) -> dict[str, str]:
    """Return folders as written, by `input`, `output`, `includes`, `layouts` and `data`."""
    named = {key.casefold(): value for key, value in _DIRECTORY.findall(text)}
    for block in _DIRECTORIES.findall(text):
        named.update(_ENTRY.findall(block))
    return named | {key.casefold(): value for key, value in _SETTER.findall(text)}


def ignored_paths(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for the paths that these mean, which count from the top of the site."""
    choices = list(_choices(patterns))
    return re.compile("|".join(choices) if choices else r"(?!)")


def normal(path: str) -> str:
    """Return a path without `.` and `..` where these stay inside the site, else nothing."""
    kept: list[str] = []
    for part in PurePosixPath(path.strip().strip("/")).parts:
        if part != "..":
            kept.append(part)
        elif kept:
            kept.pop()
        else:
            return ""
    return "/".join(kept)


def _choices(patterns: Iterable[str]) -> Iterator[str]:
    tried = 0
    for each in patterns:
        glob = each.removeprefix("./").strip("/").removesuffix("/**")
        wild = _GLOB.findall(glob)
        tried += "*" in glob
        is_slow = wild.count("**/") + wild.count("**") > 1 or wild.count("*") > _MOST_STARS
        if not glob or is_slow or ("*" in glob and tried > _MOST_GLOBS):
            continue
        parts = (_GLOBS.get(part) or re.escape(part) for part in _GLOB.findall(glob))
        yield f"(?s:{''.join(parts)})(?:/|\\Z)"
