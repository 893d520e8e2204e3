"""The pictures and videos that a content file names.

On Jekyll sites, `header` and galleries (`gallery*`, `feature_row*`, and any other list whose
entries have an `image_path`) are those of Minimal Mistakes. All sites have keys of common themes.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.errors import ManifestError
from mediakit.base.model import ImageRef, Manifest, PageText, Problem, Role, Severity
from mediakit.base.redaction import clipped, without_user
from mediakit.site.front_matter import Page, PageAddresses, bare_page, read_page, video_keys
from mediakit.site.galleries import EntryReader, gallery_nodes, movement_of, page_cut, read_header
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import SiteKind
from mediakit.site.kinds.settings import ALWAYS
from mediakit.site.paths import Location, is_data, names_picture
from mediakit.site.picture_keys import KeyReader, PictureKey, keys_beside, nodes_at, respelt
from mediakit.site.providers import provider_in_key
from mediakit.site.templates.expanded import Unknown

if TYPE_CHECKING:
    from mediakit.base.model import VideoRef
    from mediakit.site.kinds.kind import Folders
    from mediakit.site.trees.yaml import Mapping


class ReaderSettings(msgspec.Struct, frozen=True, dict=True):
    """Settings of the reader: kind of site, (suffix, preset) pairs, and configured keys.

    `data_base` and `title_keys` are for data files: folders of addresses, and keys of titles.
    `for_search`: pages also say what search engines are told, `for_sheets` what sheets show;
    `films`: at common keys they count as pictures.
    """

    kind: SiteKind = msgspec.field(default_factory=JekyllConfig)
    suffixes: tuple[tuple[str, str], ...] = ()
    picture_keys: tuple[PictureKey, ...] = ()
    video_keys: tuple[tuple[str, ...], ...] = ()
    data_base: tuple[str, ...] = ()
    title_keys: tuple[str, ...] = ()
    for_search: bool = False
    for_sheets: bool = False
    films: bool = False

    @cached_property
    def data(self) -> ReaderSettings:
        """The settings for data files."""
        from mediakit.site.data import settings_for_data  # noqa: PLC0415 - few sites have them

        return settings_for_data(self)

    @cached_property
    def usual_keys(self) -> tuple[PictureKey, ...]:
        """The keys of the kind of site that are not configured."""
        return keys_beside(self.picture_keys, self.kind.picture_keys)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """The keys that are read, by their small letters."""
        pictures = (key.path for key in (*self.usual_keys, *self.picture_keys))
        return {each.lower(): each for each in chain(video_keys(), *pictures, *self.video_keys)}

    def fields(self, path: str, type_: str, front_matter: Mapping) -> Mapping:
        """Return the front matter of a page as its generator sees it."""
        if self.kind.ignores_case:
            front_matter = respelt(front_matter, self._spellings)
        return self.kind.with_defaults(path, type_, front_matter)


class ParsedPage(msgspec.Struct, frozen=True, gc=False):
    """A manifest with its problems; not of a draft, `published` between two moments since 1970."""

    manifest: Manifest
    problems: tuple[Problem, ...] = ()
    published: bool = True
    shown_between: tuple[float, float] = ALWAYS

    def is_shown(self, now: float) -> bool:
        """Return whether the generator shows the page at this moment."""
        return self.published and self.shown_between[0] <= now < self.shown_between[1]


def parse_file(path: str, data: bytes, settings: ReaderSettings) -> tuple[ParsedPage, ...]:
    """Parse a page, or the records of a data file; raises ManifestError for one not to be read."""
    if is_data(path):
        from mediakit.site.data import parse_data  # noqa: PLC0415 - few sites have data files

        return parse_data(path, data, settings)
    page = parse_page(path, data, settings)
    return () if page is None else (page,)


def parse_page(path: str, data: bytes, settings: ReaderSettings) -> ParsedPage | None:
    """Parse a page as `parse_file` does; None without front matter that the kind needs."""
    kind = settings.kind
    type_ = kind.content_type(path) or "pages"
    page = read_page(data)
    if page is None or page.format not in kind.formats:
        if kind.needs_front_matter(type_):
            return None
        page = bare_page(data)
    fields = settings.fields(path, type_, page.front_matter)
    return PageParser(path, fields, settings).read(page, type_)


def parse_address(
    path: str, front_matter: Mapping, text: str, settings: ReaderSettings
) -> Manifest | None:
    """Return a manifest with the picture that an address in the front matter means, else None."""
    settings = settings.data if is_data(path) else settings
    type_ = settings.kind.content_type(path) or "pages"
    fields = settings.fields(path, type_, front_matter)
    return PageParser(path, fields, settings).one_picture(text)


class PageParser:
    """Parses one page; the readers of galleries and videos resolve and report through it."""

    def __init__(self, path: str, fields: Mapping, settings: ReaderSettings) -> None:
        self._path = path
        self._fields = fields
        self._settings = settings
        self._kind = settings.kind
        self.addresses = PageAddresses(path, fields, settings.kind)
        self._suffixes = sorted(settings.suffixes, key=lambda pair: -len(pair[0]))
        self._images: list[ImageRef] = []
        self._guessed = slice(0, 0)
        self.videos: dict[tuple[str, str], VideoRef] = {}  # in the order of the page
        self._problems: list[Problem] = []

    def read(self, page: Page, type_: str) -> ParsedPage:
        """Return the page with all that it names."""
        for each in page.oddities:
            self.warn(each.code, each.message, each.line)
        self._read_pictures()
        self._read_videos()
        text = PageText(ignored=page.ignored)
        if page.body.strip():
            from mediakit.site.body import BodyReader  # noqa: PLC0415 - many pages have no text

            self._images += (body := BodyReader(self)).read(self._path, page, self._kind)
            text = body.text(self._fields, page.ignored)
        manifest = Manifest(
            self._path, self._title(page), tuple(self._images), tuple(self.videos.values()),
            self.addresses.elsewhere, self._guesses(), permalink=self.addresses.permalink,
            text=text, language=self._kind.language_of(self._path, self._fields),
            movement=movement_of(self._fields), clip=page_cut(self._fields, self.warn_of_cut),
        )  # fmt: skip
        if self._settings.for_search or self._settings.for_sheets:
            from mediakit.site.described import described  # noqa: PLC0415 - few sites ask

            manifest = described(manifest, page.body, type_, self._fields, self._settings)
        return ParsedPage(
            manifest, tuple(self._problems), self._kind.is_published(type_, self._fields),
            self._kind.shown_between(self._path, type_, self._fields),
        )  # fmt: skip

    def one_picture(self, text: str) -> Manifest | None:
        """Return a manifest with the picture of the site that an address means, else None."""
        images = self.reference(Role.HEADER, "", 0, self.locate(text, 0))
        if not images or images[0].path is None:
            return None
        return Manifest(self._path, "", tuple(images), (), self.addresses.elsewhere)

    def _guesses(self) -> tuple[str, ...]:
        """Return the site paths that only keys name which nobody configured, or bare names."""
        others = (*self._images[: self._guessed.start], *self._images[self._guessed.stop :])
        sure = {each.path for each in others if not each.is_name}
        found = dict.fromkeys(each.path for each in self._images[self._guessed])
        return tuple(path for path in found if path and path not in sure)

    def _title(self, page: Page) -> str:
        """Return the title, or the first heading of a page without one if the kind shows it."""
        title = self._fields.text("title")
        if title or self._kind.has_theme:
            return title or PurePosixPath(self._path).stem
        from mediakit.site.described import title_of  # noqa: PLC0415 - most pages have a title

        return title_of(self._path, page.body)

    def warn(self, code: str, message: str, line: int, hint: str = "") -> None:
        """Record a warning."""
        self._tell(line, code, Severity.WARNING, message, hint)

    def warn_of_cut(self, message: str, line: int, hint: str) -> None:
        """Record what is wrong with the part of a film that is asked for, where clips are made."""
        if self._settings.films:
            self.warn("bad-cut", message, line, hint)

    def locate(self, text: str, line: int, folders: Folders | None = None) -> Location | None:
        """Resolve an address; None, with a recorded problem, if that fails.

        It counts from `folders` in a text whose templates are put in; else it is front matter's.
        """
        rendered = text if folders else self.addresses.render(text)
        if isinstance(rendered, Unknown):
            self.warn_of_gap(text, rendered, line)
            return None
        try:
            return self.addresses.place(rendered, folders or self.addresses.front)
        except ManifestError as error:
            self.refuse(error, line)
            return None

    def leads_to(self, text: str, line: int, folders: Folders | None = None) -> Location | None:
        """Return the picture of the site that a link leads to; None, in silence, for others."""
        rendered = text if folders else self.addresses.render(text)
        if isinstance(rendered, Unknown):
            return self.locate(text, line) if names_picture(text) else None
        if not names_picture(rendered):
            return None
        try:
            place = self.addresses.place(rendered, folders or self.addresses.front)
        except ManifestError as error:
            if error.code not in {"foreign-scheme", "unknown-prefix"}:
                self.refuse(error, line)
            return None
        return place if place.path is not None and names_picture(place.path) else None

    def guess(self, text: str, line: int, folders: tuple[str, ...]) -> Location | None:
        """Return where a value leads that only may be an address, None where that fails."""
        rendered = self.addresses.render(text)
        if isinstance(rendered, Unknown):
            return self.locate(text, line)
        try:
            return self.addresses.place(rendered, self.addresses.front_with(folders))
        except ManifestError:
            return None

    def warn_of_gap(self, written: str, reason: Unknown, line: int) -> None:
        """Record that an address cannot be known."""
        self.warn("unknown-liquid", f"{written!r} {reason.value}", line)

    def split_variant(self, path: str) -> tuple[str, str | None]:
        """Return (source, preset) of a path: without the suffix of a preset, if it has one."""
        if not any(suffix in path for suffix, _ in self._suffixes):
            return path, None
        pure = PurePosixPath(path)
        for suffix, preset in self._suffixes:
            if pure.stem.endswith(suffix) and pure.stem != suffix:
                return str(pure.with_stem(pure.stem.removesuffix(suffix))), preset
        return path, None

    def reference(
        self, role: Role, key: str, line: int, place: Location | None, **labels: str | None
    ) -> list[ImageRef]:
        """Return the reference to the picture at `place`; none for a `data:` address."""
        if place is None:
            return []
        alt, title = labels.get("alt"), labels.get("title")
        if place.path is None:
            url = without_user(place.url) if place.url else None
            return [ImageRef(role, key, line, url=url, alt=alt, title=title)] if url else []
        parts = (place.path, *self.split_variant(place.path), place.url)
        return [ImageRef(role, key, line, *parts, alt=alt, title=title)]

    def refuse(self, error: ManifestError, line: int) -> None:
        """Record an error in a single address or id, a warning where a theme may know better."""
        at = error.line or line
        if error.code == "unknown-prefix":
            self.warn("unknown-prefix", error.message, at, error.hint)
        else:
            self._tell(at, error.code, Severity.ERROR, error.message, error.hint)

    def _tell(self, line: int, code: str, severity: Severity, message: str, hint: str) -> None:
        self._problems.append(Problem(self._path, line, code, severity, clipped(message), hint))

    def _read_pictures(self) -> None:
        has_theme = self._kind.has_theme
        mapped = KeyReader(self, has_theme=has_theme, films=self._settings.films)
        if has_theme:
            given = {key.path for key in self._settings.picture_keys}
            self._images.extend(read_header(self, self._fields.get("header"), given))
        self._images.extend(mapped.read(self._fields, self._settings.picture_keys))
        start = len(self._images)
        self._images.extend(mapped.read(self._fields, self._settings.usual_keys))
        self._guessed = slice(start, len(self._images))
        for key, node in gallery_nodes(self._fields, mapped.read_nodes, by_name=has_theme):
            self._images.extend(EntryReader(self).read(key, node))

    def _read_videos(self) -> None:
        keys = video_keys()
        named = [(self._fields.get(key), provider) for key, provider in keys.items()]
        header = (("header", "video"),) if self._kind.has_theme else ()
        for path in (*header, *self._settings.video_keys):
            nodes = nodes_at(self._fields, path) if path[0] not in keys or path[1:] else ()
            named += [(node, provider_in_key(path[-1])) for node, _ in nodes]
        for node, provider in named:
            if node is not None:
                from mediakit.site.videos import VideoReader  # noqa: PLC0415 - many pages have none

                VideoReader(self).read(node, provider)
