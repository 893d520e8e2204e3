"""Observe: the content files of a site, read into manifests."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ConfigError, ManifestError, UsageError, did_you_mean
from mediakit.base.files import Absent, is_text, read_unchanged
from mediakit.base.model import Manifest, Problem, Severity
from mediakit.base.regular_file import read_regular
from mediakit.config.file_rules import private_folder
from mediakit.site.reader import ReaderSettings, Reading, read_manifest
from mediakit.sync.parse_cache import Readings
from mediakit.sync.resolve import placed
from mediakit.sync.site_folders import skipper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.files import FileTree
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.storage.store import PictureTree


@dataclass(frozen=True, slots=True)
class Content:
    """The manifests of a site, in the order of their paths, and the problems found in them.

    `unread` are those of the problems that hide a whole file: nobody knows what it names.
    """

    manifests: tuple[Manifest, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[Problem, ...] = ()


_NOTHING = Problem(
    ".",
    0,
    "no-content",
    Severity.WARNING,
    "no content files were found",
    "is this the folder of the site? give it with --site, or set `content` in mediakit.toml",
)


def read_content(
    config: Config,
    tree: FileTree,
    paths: Iterable[Path] = (),
    cache: Cache | None = None,
    pictures: PictureTree | None = None,
) -> Content:
    """Read the content files of the site, or only those at or below `paths`.

    A file that is named in `paths` is read whatever the configuration says. One that cannot
    be read is a problem; the others go on. Files that `cache` knows are not opened. `pictures`
    tells which pictures are there, where that is not `tree`.
    """
    reader = _Reader(tree, settings_of(config), cache)
    manifests: list[Manifest] = []
    problems: list[Problem] = []
    unread: list[Problem] = []
    chosen = dict(_chosen(config, tree, tuple(paths)))
    if not chosen:
        problems.append(_NOTHING)
    for path, disk_path in sorted(chosen.items()):
        try:
            reading = reader.read(path, disk_path)
        except ManifestError as error:
            unread.append(problem_of(path, error))
            problems.append(unread[-1])
            continue
        if reading is not None and (reading.published or config.unpublished):
            manifests.append(placed(reading.manifest, pictures or tree, config.suffixes))
            problems.extend(reading.problems)
    reader.close()
    return Content(tuple(manifests), tuple(problems), tuple(unread))


def find_page(
    config: Config, tree: FileTree, exercise: str
) -> tuple[Manifest, tuple[Problem, ...]]:
    """Return the exercise that `exercise` (a path, a file name or a title) means.

    The problems are those of the pages that cannot be read: one of them may be meant.

    Raises:
        UsageError: no page is meant, or several may be.
    """
    path = Path(exercise)
    if path.is_file():
        content = read_content(config, tree, (path,))
        if not content.manifests:
            said = "; ".join(problem.message for problem in content.problems)
            raise UsageError(f"{exercise}: {said or 'is no exercise, or an unpublished one'}")
        return content.manifests[0], ()
    content = read_content(config, tree)
    manifests = content.manifests
    wanted = exercise.casefold()
    named = [each for each in manifests if wanted in _names_of(each)]
    if len(named) == 1:
        return named[0], content.unread
    if not named:
        meant = did_you_mean(exercise, [PurePosixPath(each.path).stem for each in manifests])
        raise UsageError(
            f"there is no exercise {exercise!r}",
            meant or "give its path, file name or title: mediakit list",
        )
    raise UsageError(
        f"{exercise!r} may be {', '.join(each.path for each in named)}", "give the path"
    )


def problem_of(path: str, error: ManifestError) -> Problem:
    """Return what stops the content file at `path`, as a problem of the report."""
    return Problem(path, error.line or 0, error.code, Severity.ERROR, error.message, error.hint)


def settings_of(config: Config) -> ReaderSettings:
    """Return what the reader has to know of the site."""
    return ReaderSettings(
        config.kind, config.suffixes, config.images.keys,
        tuple(tuple(key.split(".")) for key in config.videos.keys),
    )  # fmt: skip


class _Reader:
    """Reads content files, or has them read already."""

    def __init__(self, tree: FileTree, settings: ReaderSettings, cache: Cache | None) -> None:
        self._tree = tree
        self._settings = settings
        self._readings = None if cache is None else Readings(cache, settings)

    def read(self, path: str, disk_path: Path | None) -> Reading | None:
        """Read the file at `disk_path`, or where it is None, the one the tree has at `path`."""
        if not is_text(path):
            raise ManifestError("bad-name", "its name is not UTF-8", hint="rename the file")
        if disk_path is not None:
            return self._open(path, disk_path)
        found = self._tree.find(path)
        if isinstance(found, Absent):
            raise ManifestError("refused-file", found.reason or "is not there")
        if self._readings is None:
            return self._open(path, found.disk_path)
        known = self._readings.get(found)
        if known is not None:
            return known.reading
        try:
            data = read_unchanged(found)
        except OSError as error:
            raise _unreadable(error) from error
        if data is None:  # it is another file now: what its times were tells nothing of it
            return self._open(path, found.disk_path)
        reading = read_manifest(path, data, self._settings)
        self._readings.put(found, reading)
        return reading

    def close(self) -> None:
        """Let the cache have what has been read."""
        if self._readings is not None:
            self._readings.flush()

    def _open(self, path: str, disk_path: Path) -> Reading | None:
        try:
            data = read_regular(disk_path)
        except OSError as error:
            raise _unreadable(error) from error
        return read_manifest(path, data, self._settings)


def _unreadable(error: OSError) -> ManifestError:
    return ManifestError("unreadable-file", f"cannot be read: {error.strerror}")


def _chosen(
    config: Config, tree: FileTree, paths: tuple[Path, ...]
) -> Iterator[tuple[str, Path | None]]:
    """Yield the path from the root of each content file, with its place where the user gave it."""
    if not paths:
        yield from ((path, None) for path in content_paths(config, tree))
    for path in paths:
        if path.is_file():
            yield _relative(path, config.root), path
        elif path.is_dir():
            folder = _relative(path, config.root)
            inside = "" if folder == "." else f"{folder}/"
            yield from (
                (each, None) for each in content_paths(config, tree) if each.startswith(inside)
            )
        else:
            raise UsageError(f"{path}: no such file or folder")


def content_paths(config: Config, tree: FileTree) -> Iterator[str]:
    """Yield the paths from the root of all content files; none is opened."""
    if config.content is None:
        yield from _by_kind(config, tree)
        return
    for pattern in config.content:
        try:
            matches = sorted(config.root.glob(pattern))
        except (ValueError, NotImplementedError) as error:
            where = config.file.where("content")
            raise ConfigError(f"{where}: content: {pattern!r} is no glob: {error}") from error
        for disk_path in matches:
            path = _relative(disk_path, config.root)
            if disk_path.is_file() and not private_folder(path):
                yield path


def _by_kind(config: Config, tree: FileTree) -> Iterator[str]:
    paths = tree.walk(skipper(config, tree))
    return (path for path in paths if config.kind.content_type(path) is not None)


def _relative(path: Path, root: Path) -> str:
    """Return the POSIX path from the root, with `..` where the file is elsewhere."""
    return unicodedata.normalize("NFC", Path(os.path.relpath(path, root)).as_posix())


def _names_of(manifest: Manifest) -> set[str]:
    pure = PurePosixPath(manifest.path)
    named = pure.parent if pure.stem in {"index", "_index"} else pure
    return {each.casefold() for each in (manifest.path, pure.name, named.stem, manifest.title)}
