"""Observe, first step: the content files of a site, read into manifests."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from sys import intern
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.base.files import Absent, is_text, read_unchanged
from mediakit.base.model import ImageRef, Manifest, PageText, Problem, Role, Severity
from mediakit.base.regular_file import read_regular
from mediakit.base.version import __version__
from mediakit.config.presets import with_asked
from mediakit.site import READER
from mediakit.site.picture_keys import picture_keys
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_file
from mediakit.state.documents import TypedReader
from mediakit.sync.pictures import resolve_locations
from mediakit.sync.site_files import chosen_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mediakit.base.files import DiskFile, FileTree
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

    manifests: tuple[Manifest, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[Problem, ...] = ()
    unpublished: int = 0
    changes_at: float = inf
    said: Mapping[str, bytes] = field(default_factory=dict)


_NO_CONTENT = Problem(
    ".",
    0,
    "no-content",
    Severity.WARNING,
    "no content files were found",
    "is this the folder of the site? give it with --site, or set `content` in mediakit.toml",
)


def _no_address(config: Config) -> Problem:
    return Problem(
        config.file.name, config.file.lines.get("structured", 0), "no-site-address",
        Severity.WARNING, "search engines are told nothing, since nothing says where the site is",
        "write its address as `url` in [structured], or in the settings of the generator",
    )  # fmt: skip


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
    reader = PageReader(config, tree, cache)
    manifests: list[Manifest] = []
    said: dict[str, bytes] = {}
    problems: list[Problem] = []
    unread: list[Problem] = []
    pages: list[ParsedPage] = []
    chosen = dict(chosen_paths(config, tree, paths))
    is_part = paths is not None and not paths
    if not chosen and not is_part:
        problems.append(_NO_CONTENT)
    if config.structured.is_on and not config.public_url:
        problems.append(_no_address(config))
    for path, disk_path in sorted(chosen.items()):
        try:
            found = reader.read(path, disk_path)
        except ManifestError as error:
            unread.append(problem_of(path, error))
            problems.append(unread[-1])
            said[path] = b""
            continue
        pages += found
        if tree.asked is not None:
            said[path] = reader.digest(found)
    now = max(0.0, time.time())  # moments of pages count from 1970; a clock may be before that
    config = with_asked(config, (each.manifest for each in pages))
    for page in _shown(config, pages, now):
        manifest = resolve_locations(
            page.manifest, pictures or tree, config.suffixes, films=config.has_clips
        )
        if config.made_by:
            manifest = _with_made(manifest, config, pictures or tree)
        if manifest.movement.is_odd and "movement" in config.made_by:
            problems.append(_odd_movement(manifest))
        manifests.append(manifest)
        problems.extend(page.problems)
    if reader.cache is not None:
        reader.cache.flush()
    unpublished = len(pages) - len(manifests)
    changes_at = min((at for page in pages for at in page.shown_between if at > now), default=inf)
    return Content(tuple(manifests), tuple(problems), tuple(unread), unpublished, changes_at, said)


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


def _odd_movement(manifest: Manifest) -> Problem:
    return Problem(
        manifest.path, manifest.movement.line, "bad-shape", Severity.WARNING,
        "`movement` is a mapping, and no steps", "write `movement: true`, or a list of pictures",
    )  # fmt: skip


def _shown(config: Config, pages: list[ParsedPage], now: float) -> list[ParsedPage]:
    """Return the pages that the generator shows now."""
    if config.unpublished:
        return pages
    away = (each.manifest.path for each in pages if not each.is_shown(now))
    closed = tuple(f"{folder}/" for folder in map(config.kind.hides, away) if folder)
    return [
        each for each in pages if each.is_shown(now) and not each.manifest.path.startswith(closed)
    ]


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
            return tuple(_with_shared_texts(page, found) for page in known.pages)
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


def settings_digest(settings: ReaderSettings) -> str:
    """Return a digest of all that a parsed page depends on but its file; equal in all processes."""
    document = msgspec.json.encode(
        [__version__, READER, settings.kind.name, settings], order="deterministic"
    )
    return hashlib.sha256(document).hexdigest()[:16]


def _with_shared_texts(page: ParsedPage, file: DiskFile) -> ParsedPage:
    """Return the page with texts that are equal on many pages only once in memory."""
    manifest = page.manifest
    images = tuple(
        ImageRef(
            each.role, intern(each.key), each.line,
            each.path and intern(each.path),
            each.source and intern(each.source),
            each.preset and intern(each.preset),
            each.url,
            each.link and intern(each.link),
            each.alt,
            each.alt if each.title == each.alt else each.title,
            each.is_name,
            each.is_decoration,
            each.clip,
        )
        for each in manifest.images
    )  # fmt: skip
    shared = replace(manifest, path=file.path, images=images, language=intern(manifest.language))
    return ParsedPage(shared, page.problems, page.published, page.shown_between)


def _unreadable(error: OSError) -> ManifestError:
    return ManifestError("unreadable-file", f"cannot be read: {error.strerror}")
