"""Data files (JSON, YAML, TOML) as manifests: a record that names pictures or videos is one each.

A record is a mapping that has one of the keys for pictures or videos. A file is one record, or
holds records in lists and mappings, at any depth; the mappings beside a record are records too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

import msgspec

from mediakit.base.errors import ManifestError
from mediakit.base.model import Problem, Role, Severity
from mediakit.base.regular_file import decode
from mediakit.site.front_matter import Page, video_keys
from mediakit.site.galleries import is_picture
from mediakit.site.kinds.jekyll import JekyllConfig
from mediakit.site.kinds.kind import Folders, SiteKind
from mediakit.site.kinds.settings import parser_of
from mediakit.site.paths import is_data
from mediakit.site.picture_keys import keys_beside, nodes_at, picture_keys
from mediakit.site.reader import PageParser, ParsedPage
from mediakit.site.trees.walk import walk
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.reader import ReaderSettings
from mediakit.site.trees.yaml import YamlDocument

MAX_BYTES = 16_000_000
"""The largest data file; a data set that is larger is kept in more than one."""

MAX_VALUES = 500_000
"""The most values of a data file: ten thousand records, or more."""

_ENTRY = ("src", "url", "path", "file", "filename", "href", "image_path")
"""Keys of an entry of a gallery that has nothing but its picture and texts."""

_TITLES = ("title", "name", "label", "id", "slug")

DATA_KEYS = (
    *picture_keys(
        Role.GALLERY, "images", "image", "pictures", "picture", "photos", "photo", "gallery", "img",
    ),
    *picture_keys(Role.OVERLAY, "cover", "hero", "banner", "featured_image", "featuredImage"),
    *picture_keys(Role.TEASER, "thumbnail", "thumb", "teaser"),
    *picture_keys(Role.OG_IMAGE, "og_image", "ogImage"),
)  # fmt: skip
"""Keys that records of data sets commonly have: no theme gives them another meaning."""

_VIDEO_KEYS = (("videoUrl",), ("video_url",))
"""Keys of videos that data sets commonly have beside those of pages."""


class DataFiles(SiteKind, frozen=True, dict=True):
    """The data files of a site: addresses count from `base`, their own folder, then as in pages.

    A generator publishes nothing of its folder for data, so no address counts from there.
    """

    name: ClassVar[str] = "data"
    label: ClassVar[str] = "data files"
    # none that are guesses: `DATA_KEYS` are as sure as configured ones
    picture_keys: ClassVar[tuple[PictureKey, ...]] = ()
    base: tuple[str, ...] = ()
    site: SiteKind = msgspec.field(default_factory=JekyllConfig)

    def is_excluded(self, path: str) -> bool:
        """Return whether the site's generator ignores this file or folder."""
        return self.site.is_excluded(path)

    def content_type(self, path: str) -> str | None:
        """Return `data` for data files."""
        return "data" if is_data(path) else None

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:
        """Return where the addresses of a data file count from."""
        around = self.site.folders(page, fields, in_body=in_body)
        folder, data = page.rpartition("/")[0], self.site.data_folder
        is_unpublished = bool(data) and f"{folder}/".startswith(f"{data}/")
        own = () if is_unpublished else (folder,)
        return Folders(around.absolute, tuple(dict.fromkeys((*self.base, *own, *around.relative))))

    def key(self, path: str) -> str:
        """Return the key of a file at the target, as the site has it."""
        return self.site.key(path)

    def spelling(self, path: str, page: str) -> str:
        """Return how a data file names a file: from the first folder of `base` that holds it."""
        for folder in self.base:
            if path.startswith(f"{folder}/"):
                return path.removeprefix(f"{folder}/")
        return super().spelling(path, page) if not self.base else self.site.spelling(path, page)


@dataclass(frozen=True, slots=True)
class DataRecord:
    """A record of a data file; `line` is 0 where the whole file is one, `name` a key or number."""

    fields: Mapping
    line: int
    name: str


def settings_for_data(settings: ReaderSettings) -> ReaderSettings:
    """Return the settings with which a site's data files are read."""
    site = settings.kind
    parts = (
        [part for part in base.split("/") if part not in {"", "."}] for base in settings.data_base
    )
    base = tuple(map("/".join, parts))
    kind = DataFiles(site.address, site.roots, base=base, site=site, language=site.language)
    given = settings.picture_keys
    return msgspec.structs.replace(
        settings, kind=kind, picture_keys=(*given, *keys_beside(given, DATA_KEYS)),
        video_keys=(*settings.video_keys, *_VIDEO_KEYS),
    )  # fmt: skip


def parse_data(path: str, data: bytes, settings: ReaderSettings) -> tuple[ParsedPage, ...]:
    """Parse a data file into one page for each record; `settings` are those of the site's pages.

    Raises:
        ManifestError: the file as a whole cannot be read.
    """
    document = read_document(path, data)
    first, *others = _parsed(path, document, settings.data)
    if any(each.manifest.images or each.manifest.videos for each in (first, *others)):
        return (first, *others)
    unread = (
        Problem(
            path, line, "unread-key", Severity.WARNING,
            f"`{key}` looks like pictures, but no setting says that it holds some",
            f"name it in the table [images], such as gallery = {json.dumps([key])}",
        )
        for key, line in _unread_keys(document.root).items()
    )  # fmt: skip
    return (msgspec.structs.replace(first, problems=(*first.problems, *unread)), *others)


def read_document(path: str, data: bytes) -> YamlDocument:
    """Read a data file as a tree; raises ManifestError if it cannot be read."""
    if len(data) > MAX_BYTES:
        raise ManifestError(
            "too-large", f"{len(data):,} bytes are too many for a data file",
            hint=f"it may have {MAX_BYTES:,}: divide it",
        )  # fmt: skip
    language = PurePosixPath(path).suffix[1:].casefold()
    document = parser_of(language)(decode(data), 1, MAX_VALUES)
    root = document.root
    if isinstance(root, Scalar) and not root.is_null:
        raise ManifestError(
            "not-a-mapping", "the file holds no records", root.line, "write a list or a mapping"
        )
    return document


def records_of(path: str, document: YamlDocument, settings: ReaderSettings) -> list[DataRecord]:
    """Return the records of a data file; one without any keys of pictures or videos is one record.

    Where no key is known, those whose values look like pictures show where the records are.
    """
    names = {*video_keys(), *(each.path[0] for each in settings.picture_keys)}
    names |= {each[0] for each in settings.video_keys}
    stem, root = PurePosixPath(path).stem, document.root
    whole = DataRecord(root if isinstance(root, Mapping) else Mapping({}, 1), 0, stem)
    if names & whole.fields.entries.keys():
        return [whole]
    found = [*_galleries(root, stem), *_records(root, stem, names)]
    return found or [*_records(root, stem, _unread_keys(root).keys())] or [whole]


def _unread_keys(root: Node) -> dict[str, int]:
    """Return the keys in a tree whose values look like pictures, each with its first line."""
    found: dict[str, int] = {}
    for place, each in walk(root):
        key = place[-1]
        if isinstance(key, str) and _looks_like_pictures(each):
            found[key] = min(each.line, found.get(key, each.line))
    return found


def _looks_like_pictures(node: Node) -> bool:
    return is_picture(node) or (isinstance(node, Sequence) and any(map(is_picture, node.items)))


def _parsed(path: str, document: YamlDocument, settings: ReaderSettings) -> Iterator[ParsedPage]:
    oddities = document.oddities
    for record in records_of(path, document, settings):
        title = Scalar(_title(record, settings.title_keys), record.line)
        fields = Mapping({**record.fields.entries, "title": title}, record.fields.line)
        page = PageParser(path, fields, settings).read(Page(fields, "", 1, oddities), "data")
        oddities = ()  # of the file, and said once
        manifest = msgspec.structs.replace(page.manifest, record=record.line)
        yield ParsedPage(manifest, page.problems)


def _title(record: DataRecord, keys: tuple[str, ...]) -> str:
    for key in (*keys, *_TITLES):
        for node, _ in nodes_at(record.fields, tuple(key.split("."))):
            if isinstance(node, Scalar) and node.text.strip():
                return node.text
    return record.name


def _galleries(root: Node, stem: str) -> Iterator[DataRecord]:
    """Yield a record for a file that is a list of pictures, or a mapping of such lists."""
    lists = root.entries if isinstance(root, Mapping) else {stem: root}
    if all(
        isinstance(each, Sequence) and any(map(_is_entry, each.items)) for each in lists.values()
    ):
        for name, each in lists.items():
            line = 0 if each is root else each.line
            yield DataRecord(Mapping({"gallery": each}, each.line), line, name)


def _is_entry(node: Node) -> bool:
    if isinstance(node, Mapping):
        return any(is_picture(each) for name in _ENTRY if (each := node.get(name)) is not None)
    return is_picture(node)


def _records(node: Node, name: str, names: AbstractSet[str]) -> Iterator[DataRecord]:
    """Yield the records in a list or mapping; its items are called by their keys or numbers."""
    if isinstance(node, Mapping):
        inside = [*node.entries.items()]
    elif isinstance(node, Sequence):
        inside = [(f"{name} {number}", each) for number, each in enumerate(node.items, 1)]
    else:
        return
    are_records = any(
        isinstance(each, Mapping) and names & each.entries.keys() for _, each in inside
    )
    for key, each in inside:
        if are_records and isinstance(each, Mapping):
            yield DataRecord(each, each.line, key)
        else:
            yield from _records(each, key, names)
