"""Hugo: content below `content/`, pictures beside a page, in `static/` or in `assets/`.

A page bundle is a folder with `index.md` or `_index.md`; addresses without a leading slash
count from it first. What is in `static/` is published at the top of the site. The settings are
taken apart in `hugo_settings.py`.
"""

from __future__ import annotations

import re
from functools import cached_property
from math import inf
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from mediakit.base.model import Role
from mediakit.site.kinds.hugo_settings import (
    content_folders,
    content_mounts,
    fields_by_small,
    has_plain_addresses,
    hugo_settings,
    language_in,
    language_names,
    plain_pattern,
    static_folders,
)
from mediakit.site.kinds.kind import (
    Folders,
    FrontMatterFormat,
    KindWords,
    Markup,
    Showing,
    SiteKind,
)
from mediakit.site.kinds.settings import first_text, folder_at, is_true, since, texts_of, until
from mediakit.site.kinds.theme_keys import COMMON_KEYS
from mediakit.site.paths import SiteAddress, below
from mediakit.site.picture_keys import RESOURCES, picture_keys
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.templates.expanded import Expanded


_CONTENT = (".md", ".markdown", ".mdown", ".pandoc", ".pdc", ".html", ".htm")
_EXCLUDED = frozenset({"node_modules", "themes", "public", "resources", "archetypes"})
_MOST_PATTERNS = 50
_TRUE = frozenset({"true", "yes", "on", "y", "t", "1"})
_PLAIN = re.compile(r"[\w./-]+", re.ASCII)
_START = ("publishdate", "pubdate", "published", "date")
_END = ("expirydate", "unpublishdate")


class HugoSite(SiteKind, frozen=True, dict=True):
    """A site's settings, with Hugo's defaults; `roots` are what `/x.jpg` may count from."""

    name: ClassVar[str] = "hugo"
    markdown: Markup = Markup.GOLDMARK
    label: ClassVar[str] = "a Hugo site"
    words: ClassVar[KindWords] = KindWords(
        "Markdown and HTML files below `content` (`contentDir`)",
        "`static`, then `assets` (`staticDir`, `assetDir`), then `content`",
        "the folder of a page bundle, else as `/x.jpg`; then the page's folder",
    )
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
    tags_folder: str = "layouts/shortcodes"
    has_own_keys: bool = True
    data_folder: str = "data"
    mounts: tuple[tuple[str, str], ...] = ()
    """Folders and files of content with the place that they have in it."""
    ignored: tuple[str, ...] = ()
    """Patterns of files that are passed over."""
    has_plain_addresses: bool = True
    languages: tuple[str, ...] = ()
    """The codes of the languages of a site in several, in small letters."""

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> HugoSite:
        """Read a site's settings from files with these names, the later ones on the earlier."""
        settings = hugo_settings(files)
        return cls(
            address=_address(settings.text("baseurl") or ""),
            title=settings.text("title") or "",
            content=content_folders(settings),
            roots=static_folders(settings),
            output_folder=folder_at(settings, "publishdir", "public"),
            data_folder=folder_at(settings, "datadir", "data"),
            mounts=content_mounts(settings),
            ignored=texts_of(settings.get("ignorefiles")),
            has_plain_addresses=has_plain_addresses(settings),
            languages=language_names(settings),
            language=language_in(settings),
            showing=Showing(
                drafts=is_true(settings.get("builddrafts")),
                future=is_true(settings.get("buildfuture")),
                past=is_true(settings.get("buildexpired")),
            ),
        )

    @property
    def pictures_folder(self) -> str:
        """The folder that pictures are in where nothing says another one."""
        return f"{self.roots[0]}/images".lstrip("/") if self.roots else "images"

    @property
    def pages_folder(self) -> str:
        """The folder that pages are in where there are none yet."""
        return self.content[0]

    @property
    def public_folders(self) -> tuple[str, ...]:
        """The roots, and the content folder: pages have files beside them."""
        return (*self.roots, *self.content)

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder is a theme, or what Hugo writes."""
        if below(f"{path}/", self.content) != f"{path}/":
            return path == self.output_folder
        return path in _EXCLUDED or path == self.output_folder or path.endswith("node_modules")

    @cached_property
    def _passed_over(self) -> tuple[re.Pattern[str], ...]:
        return tuple(filter(None, map(plain_pattern, self.ignored[:_MOST_PATTERNS])))

    def page_of(self, path: str, names: Callable[[str], Iterable[str]]) -> str:
        """Return the page of the bundle around a file: templates show all that is in it.

        A section (`_index.md`) has the files beside it, a leaf (`index.md`) all that are below.
        """
        own = folder = path.rpartition("/")[0]
        while below(f"{folder}/", self.content) != f"{folder}/":
            for name in sorted(names(folder)):
                is_bundle = _is_bundle(name) and (folder == own or not name.startswith("_"))
                if is_bundle and name.endswith(_CONTENT):
                    return f"{folder}/{name}"
            folder = folder.rpartition("/")[0]
        return ""

    def content_type(self, path: str) -> str | None:
        """Return the section of a content file, None for what is none."""
        inside = below(path, self.content)
        if not path.endswith(_CONTENT) or (inside == path and path not in self.content):
            return None
        if any(each.startswith((".", "#")) or each.endswith("~") for each in inside.split("/")):
            return None
        if any(each.search(f"/{path}") for each in self._passed_over):
            return None
        return inside.split("/")[0] if "/" in inside else "pages"

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:  # noqa: ARG002 - the protocol's
        """Return the front matter with the values of `params`, as newer versions have them."""
        params = front_matter.get("params")
        if not isinstance(params, Mapping):
            return front_matter
        return Mapping({**params.entries, **front_matter.entries}, front_matter.line)

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - the protocol's
        """Return whether the page is no draft; of a headless one layouts may show all."""
        said = fields_by_small(fields, ("draft",))[0]
        is_draft = isinstance(said, Scalar) and said.text.casefold() in _TRUE
        return self.showing.drafts or not is_draft

    def shown_between(self, path: str, kind: str, fields: Mapping) -> tuple[float, float]:  # noqa: ARG002 - the protocol's
        """Return from when until when the page is shown."""
        start = since(first_text(fields_by_small(fields, _START)))
        end = until(first_text(fields_by_small(fields, _END)))
        return (0.0 if self.showing.future else start, inf if self.showing.past else end)

    def page_address(self, path: str, kind: str, fields: Mapping) -> str:  # noqa: ARG002 - the protocol's
        """Return the address of a page below the site's, empty where it is not known."""
        said, slug = (fields.text(key) or "" for key in ("url", "slug"))
        if said or fields.get("headless") or fields.get("build") or fields.get("_build"):
            end = "" if PurePosixPath(said).suffix or said.endswith("/") else "/"
            return f"/{said.lstrip('/')}{end}" if said and ":" not in said else ""
        inside = self.key(path).rpartition(".")[0]
        folder, _, name = inside.rpartition("/")
        if name not in {"index", "_index"}:
            folder = f"{folder}/{slug or name}"
        elif slug:
            folder = f"{folder.rpartition('/')[0]}/{slug}"
        shown = f"/{folder}/".replace("//", "/").lower()
        return shown if self.has_plain_addresses and _PLAIN.fullmatch(shown) else ""

    def language_of(self, path: str, fields: Mapping) -> str:
        """Return the language in a file's name (`squat.da.md`), else the one of the site."""
        name = PurePosixPath(PurePosixPath(path).stem).suffix[1:].lower()
        if name not in self.languages:
            return super().language_of(path, fields)
        from mediakit.base.languages import language_code  # noqa: PLC0415 - few are in several

        return language_code(name) or super().language_of(path, fields)

    def hides(self, path: str) -> str:
        """Return the folder of a bundle: a section that is a draft has no pages."""
        folder = path.rpartition("/")[0]
        return folder if _is_bundle(path) and folder not in self.content else ""

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
        for folder, place in self.mounts:
            inside = below(path, (folder,))
            if place and inside != path:
                return f"{place}/{inside}"
        return below(path, self.public_folders)

    def spelling(self, path: str, page: str) -> str:
        """Return how front matter names a file: by its name in the bundle, else from the top."""
        folder = page.rpartition("/")[0]
        beside = below(path, (folder,)) if _is_bundle(page) else path
        return beside if beside != path else f"/{self.key(path)}"

    def folders_in_tag(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the arguments in the text of a shortcode, each with a folder put before it."""
        from mediakit.site.templates.shortcodes import of_shortcode  # noqa: PLC0415 - few have them

        return of_shortcode(text, self.address)

    def expand(self, text: str, page: str, fields: Mapping) -> Expanded | None:  # noqa: ARG002 - the protocol's
        """Return a text with marks for its shortcodes."""
        if "{{<" not in text and "{{%" not in text:
            return None
        from mediakit.site.templates.shortcodes import expand_shortcodes  # noqa: PLC0415 - few have them

        return expand_shortcodes(text)


def _is_bundle(page: str) -> bool:
    """Return whether a page is that of a bundle, in any language (`index.da.md`)."""
    return page.rpartition("/")[2].split(".")[0] in {"index", "_index"}


def _address(text: str) -> SiteAddress:
    found = re.match(r"(https?://[^/]+)(/.*)?$", text.strip())
    return SiteAddress(found[1], (found[2] or "").rstrip("/")) if found else SiteAddress()
