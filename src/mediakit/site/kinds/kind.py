"""What a kind of site says of its files: which are content, and what an address means.

Each kind is one module with one frozen value that has this protocol: `jekyll.py`, `hugo.py`,
`eleventy.py`, `markdown_folder.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.site.front_matter import Format
    from mediakit.site.liquid import Include
    from mediakit.site.paths import SiteAddress
    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.trees.yaml import Mapping


class SiteName(StrEnum):
    """The kinds of sites, as `site` in the configuration names them."""

    JEKYLL = "jekyll"
    HUGO = "hugo"
    ELEVENTY = "eleventy"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where an address is looked for, the first that has the file counts.

    `absolute` are the folders that `/x.jpg` counts from, `relative` those of `x.jpg`; None is
    the site root for an address that may not climb above it.
    """

    absolute: tuple[str, ...] = ("",)
    relative: tuple[str | None, ...] = (None,)


class SiteKind(Protocol):
    """A kind of site with the settings of one site; frozen, and picklable."""

    @property
    def name(self) -> SiteName:
        """Which kind it is."""

    @property
    def address(self) -> SiteAddress:
        """Where the site is served."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders that `/x.jpg` is looked for in."""

    @property
    def formats(self) -> frozenset[Format]:
        """The front matter that counts as such."""

    @property
    def needs_front_matter(self) -> bool:
        """Whether a content file without front matter is no page."""

    @property
    def has_theme(self) -> bool:
        """Whether front matter is read as Minimal Mistakes does."""

    @property
    def picture_keys(self) -> tuple[PictureKey, ...]:
        """The keys that hold pictures on most sites of this kind."""

    @property
    def data_folder(self) -> str:
        """The folder whose JSON files templates can read, empty where there is none."""

    @property
    def pictures_folder(self) -> str:
        """The folder that pictures are in where nothing says another one."""

    @property
    def pages_folder(self) -> str:
        """The folder that pages are in where there are none yet, empty for the site root."""

    @property
    def output_folder(self) -> str:
        """The folder that the generator writes the site to."""

    @property
    def has_own_keys(self) -> bool:
        """Whether the public path of a file may be another one than its site path."""

    def is_excluded(self, path: str) -> bool:
        """Return whether the site's generator would not look at this file or folder."""

    def content_type(self, path: str) -> str | None:
        """Return the type of a content file (such as posts or pages), None for what is none."""

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:
        """Return the front matter with what the site adds to a file of this path and type."""

    def is_published(self, kind: str, fields: Mapping) -> bool:
        """Return whether a page of this type and front matter is shown."""

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:
        """Return where the addresses in a page count from."""

    def key(self, path: str) -> str:
        """Return the key at the target of a file: its public path."""

    def spelling(self, path: str, page: str) -> str:
        """Return how a page's front matter names a file."""

    def tags(self, text: str) -> Iterator[Include]:
        """Yield the tags of the template language that may show pictures and videos."""


def below(path: str, roots: Iterable[str]) -> str:
    """Return what is left of a path below the first of `roots` that it is in, else all of it."""
    for root in roots:
        if root and path.startswith(root + "/"):
            return path[len(root) + 1 :]
    return path
