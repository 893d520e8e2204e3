"""Hugo: content below `content/`, pictures beside a page, in `static/` or in `assets/`.

A page bundle is a folder with `index.md` or `_index.md`; addresses without a leading slash
count from it first. What is in `static/` is published at the top of the site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from mediakit.base.model import Role
from mediakit.site.front_matter import FrontMatterFormat
from mediakit.site.kinds.kind import Folders, KindWords, SiteKind
from mediakit.site.kinds.settings import folders_of, read_mapping, texts_of
from mediakit.site.kinds.theme_keys import COMMON_KEYS
from mediakit.site.markup import Markup
from mediakit.site.paths import SiteAddress, below, has_extension
from mediakit.site.picture_keys import RESOURCES, picture_keys
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.templates.expanded import Expanded


_CONTENT = frozenset({".md", ".markdown", ".mdown", ".html", ".htm"})
_EXCLUDED = frozenset({"node_modules", "themes", "public", "resources", "archetypes"})


def _names(stem: str) -> tuple[str, ...]:
    folders, endings = ("", "config/_default/"), ("toml", "yaml", "yml", "json")
    return tuple(f"{folder}{stem}.{ending}" for folder in folders for ending in endings)


@dataclass(frozen=True)
class HugoSite(SiteKind):
    """A site's settings, with Hugo's defaults; `roots` are what `/x.jpg` may count from."""

    name: ClassVar[str] = "hugo"
    markdown: ClassVar[Markup] = Markup.GOLDMARK
    label: ClassVar[str] = "a Hugo site"
    words: ClassVar[KindWords] = KindWords(
        "Markdown and HTML files below `content` (`contentDir`)",
        "`static`, then `assets` (`staticDir`, `assetDir`), then `content`",
        "the folder of a page bundle, else as `/x.jpg`; then the page's folder",
    )
    config_names: ClassVar[tuple[str, ...]] = _names("hugo")
    shared_names: ClassVar[tuple[str, ...]] = _names("config")
    formats: ClassVar[frozenset[FrontMatterFormat]] = frozenset(FrontMatterFormat) - {
        FrontMatterFormat.NAMED
    }
    picture_keys: ClassVar[tuple[PictureKey, ...]] = (
        *picture_keys(Role.GALLERY, RESOURCES),
        *COMMON_KEYS,
    )
    ignores_case: ClassVar[bool] = True
    content: tuple[str, ...] = ("content",)
    roots: tuple[str, ...] = ("static", "assets")
    output_folder: str = "public"
    data_folder: str = "data"

    @classmethod
    def read(cls, data: bytes, name: str) -> HugoSite:
        """Read a site's settings from the file called `name`."""
        return read_config(data, name)

    @property
    def pictures_folder(self) -> str:
        """The folder that pictures are in where nothing says another one."""
        return f"{self.roots[0]}/images".lstrip("/") if self.roots else "images"

    @property
    def pages_folder(self) -> str:
        """The folder that pages are in where there are none yet."""
        return self.content[0]

    @property
    def has_own_keys(self) -> bool:
        """True: what is in `static` is published at the top."""
        return True

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder is a theme, or what Hugo writes."""
        return path in _EXCLUDED or path == self.output_folder or path.endswith("node_modules")

    def page_of(self, path: str, names: Callable[[str], Iterable[str]]) -> str:
        """Return the page of the bundle around a file: templates show all that is in it.

        A section (`_index.md`) has the files beside it, a leaf (`index.md`) all that are below.
        """
        own = folder = path.rpartition("/")[0]
        while below(f"{folder}/", self.content) != f"{folder}/":
            for name in sorted(names(folder)):
                is_bundle = _is_bundle(name) and (folder == own or not name.startswith("_"))
                if is_bundle and has_extension(name, _CONTENT):
                    return f"{folder}/{name}"
            folder = folder.rpartition("/")[0]
        return ""

    def content_type(self, path: str) -> str | None:
        """Return the section of a content file, None for what is none."""
        inside = below(path, self.content)
        if inside == path or not has_extension(path, _CONTENT):
            return None
        return inside.split("/")[0] if "/" in inside else "pages"

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:  # noqa: ARG002 - the protocol's
        """Return the front matter with the values of `params`, as newer versions have them."""
        params = front_matter.get("params")
        if not isinstance(params, Mapping):
            return front_matter
        return Mapping({**params.entries, **front_matter.entries}, front_matter.line)

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - the protocol's
        """Return whether the page is no draft."""
        return (fields.text("draft") or "").casefold() != "true"

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:  # noqa: ARG002 - the protocol's
        """Return the bundle before the roots; a single page counts from its public address."""
        folder = page.rpartition("/")[0]
        absolute = (*self.roots, *self.content)
        if _is_bundle(page):
            return Folders(absolute, (folder, *self.roots))
        if not in_body:
            return Folders(absolute, (*self.roots, folder))
        shown = below(str(PurePosixPath(page).with_suffix("")), self.content)
        served = (f"{root}/{shown}".lstrip("/") for root in self.roots)
        return Folders(absolute, (*served, folder, *self.roots))

    def key(self, path: str) -> str:
        """Return the public path of a file: what is left below a root or the content folder."""
        return below(path, (*self.roots, *self.content))

    def spelling(self, path: str, page: str) -> str:
        """Return how front matter names a file: by its name in the bundle, else from the top."""
        folder = page.rpartition("/")[0]
        beside = below(path, (folder,)) if _is_bundle(page) else path
        return beside if beside != path else f"/{self.key(path)}"

    def expand(self, text: str, page: str, fields: Mapping) -> Expanded | None:  # noqa: ARG002 - the protocol's
        """Return a text with marks for its shortcodes."""
        if "{{<" not in text and "{{%" not in text:
            return None
        from mediakit.site.templates.shortcodes import expand_shortcodes  # noqa: PLC0415 - few have them

        return expand_shortcodes(text)


def read_config(data: bytes, name: str) -> HugoSite:
    """Read a site's settings from the file called `name`; raises ConfigError with its line."""
    root = read_mapping(data, name)
    fields = Mapping({key.casefold(): each for key, each in root.entries.items()}, 1)
    static = folders_of(texts_of(fields.get("staticdir")) or ["static"])
    assets = folders_of(texts_of(fields.get("assetdir")) or ["assets"])
    content = folders_of(
        [*(texts_of(fields.get("contentdir")) or ["content"]), *_languages(fields)]
    )
    return HugoSite(
        address=_address(fields.text("baseurl") or ""),
        content=content or ("content",),
        roots=tuple(dict.fromkeys((*static, *assets))),
        output_folder=next(iter(folders_of(texts_of(fields.get("publishdir")))), "public"),
        data_folder=next(iter(folders_of(texts_of(fields.get("datadir")))), "data"),
    )


def _is_bundle(page: str) -> bool:
    """Return whether a page is that of a bundle, in any language (`index.da.md`)."""
    return page.rpartition("/")[2].split(".")[0] in {"index", "_index"}


def _address(text: str) -> SiteAddress:
    found = re.match(r"(https?://[^/]+)(/.*)?$", text.strip())
    return SiteAddress(found[1], (found[2] or "").rstrip("/")) if found else SiteAddress()


def _languages(fields: Mapping) -> Iterator[str]:
    languages = fields.get("languages")
    for each in languages.entries.values() if isinstance(languages, Mapping) else ():
        if isinstance(each, Mapping):
            yield from (
                value.text
                for key, value in each.entries.items()
                if key.casefold() == "contentdir" and isinstance(value, Scalar)
            )
