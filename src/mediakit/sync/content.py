"""Observe, first step: the content files of a site, read into manifests."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from itertools import chain, islice
from math import inf
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.base.files import Absent, is_text, read_unchanged
from mediakit.base.model import Manifest, PageText, Problem, Role, Severity
from mediakit.base.regular_file import read_regular
from mediakit.base.version import __version__
from mediakit.config.presets import with_asked
from mediakit.site import READER
from mediakit.site.picture_keys import picture_keys
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_file
from mediakit.state.documents import TypedReader
from mediakit.sync.picture_problems import no_address, no_content, odd_movement
from mediakit.sync.pictures import resolve_locations
from mediakit.sync.site_files import chosen_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mediakit.base.files import FileTree
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import PictureTree


@dataclass(frozen=True, slots=True)
class Content:
    """The manifests of a site, in the order of their paths, and the problems found in them.

    `unread` are the problems that hide a whole file: what it names is unknown. `unpublished` is
    the number of pages that the generator does not show, and at `changes_at` it will show others,
    in seconds since 1970. `said` has digests of what files say, where the tree records answers.
    """

    manifests: Sequence[Manifest] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[Problem, ...] = ()
    unpublished: int = 0
    changes_at: float = inf
    said: Mapping[str, bytes] = field(default_factory=dict)


_FEW = 100
"""Pages that are kept in memory."""

_Value = TypeVar("_Value")


def read_content(
    config: Config,
    tree: FileTree,
    paths: Iterable[Path | str] | None = None,
    cache: Cache | None = None,
    pictures: PictureTree | None = None,
) -> Content:
    """Read the content files of the site, or only those at or below `paths`.

    A file that `paths` name is read whatever the configuration says; texts are site paths. A file
    that cannot be read is a problem; the others go on. Files that `cache` knows are not opened.
    `pictures` is the tree of the pictures where that is not `tree`.
    """
    chosen = dict(chosen_paths(config, tree, paths))
    reading = _Reading(PageReader(config, tree, cache), chosen, tree)
    if not chosen and (paths or paths is None):
        reading.problems.append(no_content())
    if config.structured.is_on and not config.public_url:
        reading.problems.append(no_address(config))
    pages = _gathered(reading.pages(), _PAGES)
    config = with_asked(config, reading.asking)
    shown = _shown(config, pages, reading)
    manifests = gathered(
        _resolved(each, config, pictures or tree, reading.problems) for each in shown
    )
    return Content(
        manifests, tuple(reading.problems), tuple(reading.unread), len(pages) - len(manifests),
        min(reading.moments, default=inf), reading.said,
    )  # fmt: skip


def gathered(manifests: Iterable[Manifest]) -> Sequence[Manifest]:
    """Return manifests, very many from a temporary file."""
    return _gathered(iter(manifests), _MANIFESTS)


def _gathered(
    values: Iterator[_Value], reader: TypedReader[tuple[_Value, ...]]
) -> Sequence[_Value]:
    if len(few := tuple(islice(values, _FEW))) < _FEW:
        return few
    from mediakit.base.many import Many  # noqa: PLC0415 - few sites have so many

    many = Many(reader.from_msgpack)
    for each in chain(few, values):
        many.append(each)
    return many


class _Reading:
    """Content files as they are read, and what has to be known of all before the first is used.

    `asking` are the pages that ask for their steps in motion, `away` those that are not shown now.
    """

    def __init__(
        self, reader: PageReader, chosen: Mapping[str, Path | None], tree: FileTree
    ) -> None:
        self._reader, self._chosen, self._tree = reader, chosen, tree
        self.now = max(0.0, time.time())  # moments count from 1970; a clock may be before that
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        self.said: dict[str, bytes] = {}
        self.asking: list[Manifest] = []
        self.away: list[str] = []
        self.moments: set[float] = set()

    def pages(self) -> Iterator[ParsedPage]:
        """Yield all pages."""
        for path, disk_path in sorted(self._chosen.items()):
            try:
                found = self._reader.read(path, disk_path)
            except ManifestError as error:
                self.unread.append(problem_of(path, error))
                self.problems.append(self.unread[-1])
                self.said[path] = b""
                continue
            if self._tree.asked is not None:
                self.said[path] = self._reader.digest(found)
            for page in found:
                self._note(page)
                yield page
        if self._reader.cache is not None:
            self._reader.cache.flush()

    def _note(self, page: ParsedPage) -> None:
        self.asking += [page.manifest] if page.manifest.movement.line else []
        self.away += [] if page.is_shown(self.now) else [page.manifest.path]
        self.moments.update(at for at in page.shown_between if self.now < at < inf)


def _resolved(
    page: ParsedPage, config: Config, tree: PictureTree, problems: list[Problem]
) -> Manifest:
    manifest = resolve_locations(page.manifest, tree, config.suffixes, films=config.has_clips)
    if config.made_by:
        manifest = _with_made(manifest, config, tree)
    if manifest.movement.is_odd and "movement" in config.made_by:
        problems.append(odd_movement(manifest))
    problems.extend(page.problems)
    return manifest


def _with_made(manifest: Manifest, config: Config, tree: PictureTree) -> Manifest:
    """Return the manifest whose references to what recipes make name the recipe, and no source."""
    images = []
    if config.has_clips:
        from mediakit.sync.clips import clips_of, with_films  # noqa: PLC0415 - few sites ask

        manifest = with_films(manifest, clips_of(config), tree)
    for image in manifest.images:
        path = image.path or ""
        maker = next((each for each in config.recipes if each.owns(path)), None)
        images.append(replace(image, source=None, preset=maker.names[0]) if maker else image)
    return replace(manifest, images=tuple(images))


def _shown(config: Config, pages: Sequence[ParsedPage], reading: _Reading) -> Iterable[ParsedPage]:
    """Return the pages that the generator shows now."""
    if config.unpublished or not reading.away:
        return pages
    closed = tuple(f"{folder}/" for folder in map(config.kind.hides, reading.away) if folder)
    now = reading.now
    return (
        each for each in pages if each.is_shown(now) and not each.manifest.path.startswith(closed)
    )


def problem_of(path: str, error: ManifestError) -> Problem:
    """Return the error that stops the content file at `path` as a problem of the report."""
    return Problem(path, error.line or 0, error.code, Severity.ERROR, error.message, error.hint)


def settings_of(config: Config) -> ReaderSettings:
    """Return the settings of the reader of pages."""
    by_role = config.images
    keys = (
        picture_keys(Role(role), *getattr(by_role, role), given=True)
        for role in by_role.__struct_fields__
    )
    return ReaderSettings(
        config.kind, config.suffixes, tuple(chain.from_iterable(keys)),
        tuple(tuple(key.split(".")) for key in config.videos.keys), config.data.base,
        config.data.title, config.structured.is_on, "sheets" in config.made_by,
        config.has_clips,
    )  # fmt: skip


class PageReader:
    """Reads content files, from the cache where it knows them."""

    def __init__(self, config: Config, tree: FileTree, cache: Cache | None) -> None:
        self._tree = tree
        self._settings = settings_of(config)
        self._is_exact = bool(config.made_by or config.template_files or config.structured.is_on)
        digest = settings_digest(self._settings)
        self.cache = None if cache is None else cache.parsed("reading", digest, _CACHED_FILE)

    def digest(self, pages: tuple[ParsedPage, ...]) -> bytes:
        """Return a digest of what a file says, as far as the plan for pictures depends on it.

        Lines and texts count only where something is made of them; empty where there is none.
        """
        said = pages if self._is_exact else list(map(_pictures_of, pages))
        try:
            data = msgspec.msgpack.encode(said)
        except UnicodeEncodeError:  # half a character, as an escape: rare
            return b""
        return hashlib.blake2b(data, digest_size=16).digest()

    def read(self, path: str, disk_path: Path | None) -> tuple[ParsedPage, ...]:
        """Read the file at `disk_path`, or where that is None the tree's file at `path`."""
        if not is_text(path):
            raise ManifestError("bad-name", "its name is not UTF-8", hint="rename the file")
        if disk_path is not None:
            return self._parse(path, disk_path)
        found = self._tree.find(path)
        if isinstance(found, Absent):
            raise ManifestError("refused-file", found.reason or "is not there")
        if self.cache is None:
            return self._parse(path, found.disk_path)
        known = self.cache.get(found)
        if known is not None:
            return known.pages
        try:
            data = read_unchanged(found)
        except OSError as error:
            raise _unreadable(error) from error
        if data is None:  # the file was replaced: its times say nothing of the new one
            return self._parse(path, found.disk_path)
        pages = parse_file(path, data, self._settings)
        self.cache.put(found, _CachedFile(pages))
        return pages

    def _parse(self, path: str, disk_path: Path) -> tuple[ParsedPage, ...]:
        try:
            data = read_regular(disk_path)
        except OSError as error:
            raise _unreadable(error) from error
        return parse_file(path, data, self._settings)


def _pictures_of(page: ParsedPage) -> ParsedPage:
    """Return what a page says of its pictures, without lines and texts, which none is made of."""
    manifest = page.manifest
    if manifest.movement.line:
        return page
    images = tuple(
        replace(each, line=0, alt=None, title=None, is_decoration=False) for each in manifest.images
    )
    videos = tuple(replace(each, line=0, start=None) for each in manifest.videos)
    bare = replace(
        manifest, title="", images=images, videos=videos, record=0, permalink="", text=PageText(),
        language="", description="", address="",
    )  # fmt: skip
    return replace(page, manifest=bare)


class _CachedFile(msgspec.Struct, frozen=True, array_like=True):
    """A parsed file; without pages where it has no front matter."""

    pages: tuple[ParsedPage, ...]


_CACHED_FILE = TypedReader(_CachedFile)
_PAGES = TypedReader(tuple[ParsedPage, ...])
_MANIFESTS = TypedReader(tuple[Manifest, ...])


def settings_digest(settings: ReaderSettings) -> str:
    """Return a digest of all that a parsed page depends on but its file; equal in all processes."""
    document = msgspec.json.encode(
        [__version__, READER, settings.kind.name, settings], order="deterministic"
    )
    return hashlib.sha256(document).hexdigest()[:16]


def _unreadable(error: OSError) -> ManifestError:
    return ManifestError("unreadable-file", f"cannot be read: {error.strerror}")
