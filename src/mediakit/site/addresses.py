"""What the addresses of one page mean: templates put in, then a place by the kind of the site."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.base.formats import FILMS
from mediakit.site.kinds.kind import Folders
from mediakit.site.paths import Location, has_extension, locate_among

if TYPE_CHECKING:
    from mediakit.site.kinds.kind import SiteKind
    from mediakit.site.templates.expanded import Expanded, Unknown
    from mediakit.site.trees.yaml import Mapping


_DOCUMENTS = frozenset({".pdf", ".zip", ".mp3", ".docx", ".xlsx", ".csv"}).union(
    *(each.endings for each in FILMS)
)


class PageAddresses:
    """Resolves the addresses of a page, and remembers where else a file may be.

    `front` are the folders that addresses in front matter count from.
    """

    def __init__(self, path: str, fields: Mapping, kind: SiteKind) -> None:
        self._path = path
        self._fields = fields
        self._kind = kind
        self._elsewhere: dict[str, tuple[str, ...]] = {}
        self.front = kind.folders(path, fields, in_body=False)

    @cached_property
    def body(self) -> Folders:
        """The folders that addresses in the text count from."""
        return self._kind.folders(self._path, self._fields, in_body=True)

    @cached_property
    def tags(self) -> Folders:
        """The folders that addresses in includes and shortcodes count from."""
        return self._kind.tag_folders(self._path, self._fields)

    @property
    def permalink(self) -> str:
        """The address that the front matter gives to the page itself, empty without one."""
        return self._fields.text("permalink") or self._fields.text("url") or ""

    @property
    def elsewhere(self) -> tuple[tuple[str, ...], ...]:
        """The site paths that may mean other files, with these."""
        return tuple((first, *others) for first, others in self._elsewhere.items())

    def expand(self, text: str) -> Expanded | None:
        """Return a text with what templates put into it, None where nothing is put in."""
        return self._kind.expand(text, self._path, self._fields)

    def render(self, text: str) -> str | Unknown:
        """Return an address as the page shows it, or why it cannot be known."""
        expanded = self.expand(text)
        if expanded is None:
            return text
        return expanded.doubt(expanded.text) or expanded.without_marks(expanded.text)

    def front_with(self, names: tuple[str, ...]) -> Folders:
        """Return the folders for front matter with these, below each root."""
        more = (f"{root}/{each}".lstrip("/") for root in self._kind.roots for each in names)
        return Folders(self.front.absolute, (*self.front.relative, *more))

    def tags_with(self, names: tuple[str, ...]) -> Folders:
        """Return the folders for a tag that puts these before what it is given."""
        more = (f"{root}/{each}".lstrip("/") for root in self._kind.roots for each in names)
        return Folders(self.tags.absolute, (*more, *self.tags.relative))

    def document(self, text: str) -> tuple[str, ...]:
        """Return the site paths that a link may mean, none if it leads to no document."""
        folders = self.front if self._kind.has_theme else self.body
        try:
            place = locate_among(
                text.partition("#")[0], self._kind.address, folders.absolute, folders.relative
            )
        except ManifestError:
            return ()
        if place.path is None or place.url is not None or not has_extension(place.path, _DOCUMENTS):
            return ()
        return (place.path, *place.others)

    def place(self, rendered: str, folders: Folders) -> Location:
        """Return the place that an address means; raises ManifestError where it can mean none."""
        place = locate_among(rendered, self._kind.address, folders.absolute, folders.relative)
        if place.path is not None and place.others:
            known = self._elsewhere.get(place.path, ())
            self._elsewhere[place.path] = tuple(dict.fromkeys((*known, *place.others)))
        if place.path is not None and place.url is None and self._kind.media_url:
            return replace(place, url=f"{self._kind.media_url}/{place.path}")
        return place
