"""Observe: the content files of a site, read into manifests."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.config.settings import WORK_FOLDER
from mediakit.errors import ConfigError, ManifestError, UsageError
from mediakit.manifest.reader import ReaderSettings, Reading, read_manifest
from mediakit.model import Manifest, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.config.settings import Config
    from mediakit.files import FileTree


@dataclass(frozen=True, slots=True)
class Content:
    """The manifests of a site, in the order of their paths, and the problems found in them."""

    manifests: tuple[Manifest, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_content(config: Config, tree: FileTree, paths: Iterable[Path] = ()) -> Content:
    """Read the content files of the site, or only those at or below `paths`.

    A file that is named in `paths` is read whatever the configuration says. One that cannot
    be read is a problem; the others go on.
    """
    settings = ReaderSettings(config.jekyll, config.suffixes)
    found = dict(_chosen(config, tree, tuple(paths)))
    manifests: list[Manifest] = []
    problems: list[Problem] = []
    for path in sorted(found):
        reading = _read(path, found[path], settings, problems)
        if reading is not None and (reading.published or config.unpublished):
            manifests.append(reading.manifest)
            problems.extend(reading.problems)
    return Content(tuple(manifests), tuple(problems))


def _read(
    path: str, disk_path: Path, settings: ReaderSettings, problems: list[Problem]
) -> Reading | None:
    try:
        return read_manifest(path, disk_path.read_bytes(), settings)
    except ManifestError as error:
        line = error.line or 0
        code, message, hint = error.code, error.message, error.hint
    except OSError as error:
        line, code, message, hint = 0, "unreadable-file", f"cannot be read: {error.strerror}", ""
    problems.append(Problem(path, line, code, Severity.ERROR, message, hint))
    return None


def _chosen(config: Config, tree: FileTree, paths: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    """Yield (path from the root, path on disk) of each content file."""
    if not paths:
        yield from _all(config, tree)
        return
    everything: dict[str, Path] | None = None
    for path in paths:
        if path.is_file():
            yield _relative(path, config.root), path
            continue
        if not path.is_dir():
            raise UsageError(f"{path}: no such file or folder")
        if everything is None:
            everything = dict(_all(config, tree))
        folder = path.resolve()
        yield from (each for each in everything.items() if folder in each[1].resolve().parents)


def _all(config: Config, tree: FileTree) -> Iterator[tuple[str, Path]]:
    if config.content is None:
        target = _relative(config.root / config.target, config.root)

        def skip(folder: str) -> bool:
            hidden = folder.rpartition("/")[2].startswith(".")
            return hidden or folder == target or config.jekyll.is_excluded(folder)

        for path in tree.walk(skip):
            if config.jekyll.content_type(path) is not None:
                yield path, tree.disk_path(path)
        return
    for pattern in config.content:
        try:
            matches = sorted(config.root.glob(pattern))
        except (ValueError, NotImplementedError) as error:
            raise ConfigError(f"content: {pattern!r} is no glob: {error}") from error
        for disk_path in matches:
            path = _relative(disk_path, config.root)
            if disk_path.is_file() and not path.startswith(f"{WORK_FOLDER}/"):
                yield path, disk_path


def _relative(path: Path, root: Path) -> str:
    """Return the POSIX path from the root, with `..` where the file is elsewhere."""
    return unicodedata.normalize("NFC", Path(os.path.relpath(path, root)).as_posix())
