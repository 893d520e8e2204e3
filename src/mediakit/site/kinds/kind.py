"""The base of the kinds of sites: which files are content, and what an address means.

Each kind is a module with a subclass and a line in `registry.py`.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import msgspec

from mediakit.site.kinds.settings import ALWAYS, LANGUAGE_KEYS, language_in
from mediakit.site.kinds.theme_keys import COMMON_KEYS
from mediakit.site.paths import SiteAddress, below
from mediakit.site.picture_keys import PictureKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mediakit.site.templates.expanded import Expanded
    from mediakit.site.trees.yaml import Mapping


class FrontMatterFormat(StrEnum):
    """How front matter is written and where it stands."""

    YAML = "yaml"
    TOML = "toml"
    JSON = "json"
    NAMED = "named"


class Markup(Enum):
    """The language of the texts of pages, by the program that reads it."""

    HTML = "html"
    COMMONMARK = "commonmark"
    KRAMDOWN = "kramdown"
    KRAMDOWN_IN_HTML = "kramdown, also in HTML"
    GOLDMARK = "goldmark"
    MARKDOWN_IT = "markdown-it"


class Folders(msgspec.Struct, frozen=True):
    """The folders that addresses count from; the first folder with the file counts.

    `absolute` are for `/x.jpg`, `relative` for `x.jpg`; None is the site root for an address
    that may not climb above it.
    """

    absolute: tuple[str, ...] = ("",)
    relative: tuple[str | None, ...] = (None,)


class KindWords(NamedTuple):
    """What the reference says of a kind: its content files, where `/x.jpg` and `x.jpg` lead."""

    content: str
    absolute: str
    relative: str


class Showing(msgspec.Struct, frozen=True):
    """Which pages are shown that usually are not.

    `past` are those that are no longer: `published: false` of Jekyll, or expired with Hugo.
    """

    drafts: bool = False
    future: bool = False
    past: bool = False


class SiteKind(msgspec.Struct, frozen=True, dict=True):
    """A kind of site with the settings of one site; picklable.

    `roots` are the folders that `/x.jpg` counts from, `media_url` is the address of another host
    for pictures that are not on the site. `title` is that of the site, empty where nothing says it.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    words: ClassVar[KindWords]
    formats: ClassVar[frozenset[FrontMatterFormat]] = frozenset(FrontMatterFormat)
    ignores_case: ClassVar[bool] = False
    """Whether capital letters in keys of front matter do not count."""

    has_theme: ClassVar[bool] = False
    """Whether front matter is read as Minimal Mistakes does."""

    picture_keys: ClassVar[tuple[PictureKey, ...]] = COMMON_KEYS
    picture_tags: ClassVar[frozenset[str]] = frozenset({"figure"})
    """Includes and shortcodes whose addresses are those of the pictures that they show."""

    address: SiteAddress = SiteAddress()
    roots: tuple[str, ...] = ("",)
    media_url: str = ""
    title: str = ""
    markdown: Markup = Markup.COMMONMARK
    showing: Showing = Showing()
    language: str = ""
    """The code of the language of pages that say none, empty where nothing says it."""
    argument_folders: tuple[tuple[str, str, str], ...] = ()
    """Tags of the site with their arguments, and a folder that is put before these."""

    @classmethod
    def read(cls, files: Sequence[tuple[str, bytes]]) -> SiteKind:
        """Read the generator's settings from files: their names and bytes, at least one.

        The first is one of `settings` or `shared` of its entry in the registry; `further` follow.

        Raises:
            ConfigError: they are not valid.
        """
        raise NotImplementedError

    @property
    def data_folder(self) -> str:
        """The folder of JSON files for templates, empty without one."""
        return ""

    @property
    def pictures_folder(self) -> str:
        """The folder for pictures where nothing says another one."""
        return "assets/images"

    @property
    def pages_folder(self) -> str:
        """The folder for the first page, empty for the site root."""
        return ""

    @property
    def output_folder(self) -> str:
        """The folder that the generator writes the site to."""
        return "_site"

    @property
    def public_folders(self) -> tuple[str, ...]:
        """The folders whose files are published at the top of the site."""
        return self.roots

    @property
    def has_own_keys(self) -> bool:
        """Whether the public path of a file may differ from its site path."""
        return self.roots != ("",)

    def is_excluded(self, path: str) -> bool:
        """Return whether the generator ignores this file or folder."""
        raise NotImplementedError

    def hidden_name(self, path: str) -> str:  # noqa: ARG002 - for subclasses
        """Return the name of a file, or of a folder on its way, that keeps it off the site."""
        return ""

    def page_of(self, path: str, names: Callable[[str], Iterable[str]]) -> str:  # noqa: ARG002 - for subclasses
        """Return the page that a file belongs to by its folder, empty for none.

        `names` returns the names in a folder.
        """
        return ""

    def content_type(self, path: str) -> str | None:
        """Return the type of a content file (such as posts or pages), None for other files."""
        raise NotImplementedError

    def needs_front_matter(self, kind: str) -> bool:  # noqa: ARG002 - for subclasses
        """Return whether a file of this type without front matter is no page."""
        return False

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:  # noqa: ARG002 - for subclasses
        """Return the front matter with what the site adds to a file of this path and type."""
        return front_matter

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - for subclasses
        """Return whether the generator shows a page of this type and front matter."""
        return True

    def shown_between(self, path: str, kind: str, fields: Mapping) -> tuple[float, float]:  # noqa: ARG002 - for subclasses
        """Return from when until when the page is shown, in seconds since 1970."""
        return ALWAYS

    def page_address(self, path: str, kind: str, fields: Mapping) -> str:  # noqa: ARG002 - for subclasses
        """Return the address of a page below the site's, empty where it is not known."""
        return ""

    def language_of(self, path: str, fields: Mapping) -> str:  # noqa: ARG002 - for subclasses
        """Return the code of a page's language, empty where nothing says it."""
        if fields.entries.keys().isdisjoint(LANGUAGE_KEYS):
            return self.language
        return language_in(fields) or self.language

    def hides(self, path: str) -> str:  # noqa: ARG002 - for subclasses
        """Return the folder whose pages are not shown where this page is not, empty for none."""
        return ""

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:  # noqa: ARG002 - for subclasses
        """Return where the addresses in a page count from: its folder, then the roots."""
        return Folders(self.roots, (page.rpartition("/")[0], *self.roots))

    def markup(self, path: str) -> Markup:
        """Return the language of the text of a page."""
        return Markup.HTML if path.lower().endswith((".html", ".htm")) else self.markdown

    def key(self, path: str) -> str:
        """Return the key of a file at the target: its public path."""
        return below(path, self.public_folders)

    def spelling(self, path: str, page: str) -> str:
        """Return how front matter names a file: by its name beside the page, else from the top."""
        folder = page.rpartition("/")[0]
        beside = below(path, (folder,))
        return beside if beside != path or not folder else f"/{self.key(path)}"

    @property
    def tags_folder(self) -> str:
        """The folder of the site's own includes or shortcodes, empty without one."""
        return ""

    def folders_in_tag(self, text: str) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - for subclasses
        """Yield the arguments in the text of an include, each with a folder put before it."""
        return iter(())

    @cached_property
    def folders_by_argument(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The folders that a tag puts before an argument."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for name, argument, folder in self.argument_folders:
            found[name, argument] = (*found.get((name, argument), ()), folder)
        return found

    def tag_folders(self, page: str, fields: Mapping) -> Folders:
        """Return where the addresses in the includes and shortcodes of a page count from."""
        return self.folders(page, fields, in_body=True)

    def expand(self, text: str, page: str, fields: Mapping) -> Expanded | None:  # noqa: ARG002 - for subclasses
        """Return a text of a page with what templates put into it, None where nothing is put in."""
        return None
