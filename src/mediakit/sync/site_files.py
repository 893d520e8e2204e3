"""Which folders and files below the root are the site's, which pictures of them pages name."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediakit.base.errors import ConfigError, UsageError
from mediakit.base.files import Absent, DiskFile, FileTree
from mediakit.base.own_files import (
    ACCEPTED_NAME,
    BASELINE_NAME,
    CREDITS_NAME,
    HISTORY_NAME,
    TEMPLATE_NAMES,
)
from mediakit.base.regular_file import FileStat
from mediakit.base.tables import KEYS, Cells, Form, Rows, changed, tabled
from mediakit.config.file_rules import private_folder
from mediakit.site.kinds.registry import SETTINGS_NAMES, is_site
from mediakit.storage.open import local_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mediakit.base.model import Manifest, Problem
    from mediakit.config.config import Config
    from mediakit.storage.protocol import ObjectFile, PictureTree

_GLOB = frozenset("*?[")


def skipper(config: Config, tree: FileTree) -> Callable[[str], bool]:
    """Return a function that says whether a folder is not the site's.

    Not the site's are hidden and excluded folders, the generator's output, the target, and a
    site of its own: a folder with settings of mediakit or of a generator. A folder that the
    configuration or the generator looks into is never another site, nor is one around it. A
    folder `.mediakit` marks no site: a run in the wrong folder leaves one there.
    """
    target = local_folder(config.target, config.root)
    top = config.root.resolve()
    own = tuple(f"{folder}/" for folder in _own_folders(config) if folder)

    def skip(folder: str) -> bool:
        name = folder.rpartition("/")[2]
        is_built = name == "_site" or name.startswith(("_site.", "_site-"))
        if name.startswith(".") or is_built or config.kind.is_excluded(folder):
            return True
        if top / folder == target:
            return True
        if SETTINGS_NAMES.isdisjoint(tree.names(folder)) or name.startswith("_"):
            return False
        is_own = any(each.startswith(f"{folder}/") for each in own)
        return not is_own and is_site(tree.disk_path(folder))

    return skip


def content_paths(config: Config, tree: FileTree) -> Iterator[str]:
    """Yield the site paths of all content files, pages and data files; opens none."""
    if config.content is None:
        paths = tree.walk(skipper(config, tree))
        yield from (path for path in paths if config.kind.content_type(path) is not None)
    for pattern in config.content or ():
        yield from _matches(config, "content", pattern)
    if config.data.files:
        yield from _data_paths(config, tree)


def require_site(config: Config) -> None:
    """Refuse a folder with neither settings nor pages, such as somebody's home.

    Raises:
        UsageError: nothing shows that this is a site.
    """
    if is_site(config.root):
        return
    refuse_around_site(config)
    if not any(content_paths(config, FileTree(config.root))):
        raise UsageError(
            "no pages were found here",
            "is this the folder of the site? go there first, or give it with --site",
        )


def refuse_around_site(config: Config) -> None:
    """Refuse a folder around a site, which itself has texts such as `README.md` and no settings.

    So has a theme of Hugo or Zola, which may show itself in `exampleSite`.

    Raises:
        UsageError: the site is in a folder of this one, or the folder is a theme.
    """
    if is_site(config.root):
        return
    tree = FileTree(config.root)
    inner = [each for each in sorted(tree.names("")) if is_site(tree.disk_path(each))]
    if tree.has("theme.toml") and not inner:
        hint = "go to a site that shows it, or give that with --site"
        raise UsageError("this is no site: it is a theme", hint)
    if inner and (
        tree.has("theme.toml") or not any("/" in each for each in content_paths(config, tree))
    ):
        raise UsageError(
            f"this is no site: {inner[0]} in it is one",
            f"go there first, or give it with --site {tree.disk_path(inner[0])}",
        )


def _data_paths(config: Config, tree: FileTree) -> Iterator[str]:
    """Yield the paths of data files.

    Folders that are not the site's count only if a glob names them, and the documents that
    mediakit keeps in the site never do.
    """
    skip, own = skipper(config, tree), own_documents(config)
    shards = config.catalog_file.shard_folder
    for pattern in config.data.files:
        named = len([part for part in _fixed_folder(pattern).split("/") if part])
        for path in _matches(config, "data.files", pattern):
            *parts, _ = path.split("/")
            ends = range(named + 1, len(parts) + 1)
            folders = ["/".join(parts[:end]) for end in ends]
            if path not in own and shards not in folders and not any(map(skip, folders)):
                yield path


def own_documents(config: Config) -> frozenset[str]:
    """Return the site paths of the documents that mediakit keeps in a site, but for shards."""
    catalog = config.catalog_file
    beside = map(catalog.beside, (BASELINE_NAME, ACCEPTED_NAME, HISTORY_NAME))
    own = map(config.template_file, (CREDITS_NAME, *TEMPLATE_NAMES))
    return frozenset({catalog.path, *beside, *own})


def _matches(config: Config, key: str, pattern: str) -> Iterator[str]:
    try:
        matches = sorted(config.root.glob(pattern))
    except (ValueError, NotImplementedError) as error:
        where = config.file.where(key)
        raise ConfigError(f"{where}: {key}: {pattern!r} is no glob: {error}") from error
    for disk_path in matches:
        path = _relative(disk_path, config.root)
        if disk_path.is_file() and not private_folder(path):
            yield path


def chosen_paths(
    config: Config, tree: FileTree, paths: Iterable[Path | str] | None
) -> Iterator[tuple[str, Path | None]]:
    """Yield the site path of each content file at or below `paths`, or of all.

    A file that `paths` name comes with its place on disk, whatever the configuration says; texts
    are site paths of content files.
    """
    if paths is None:
        yield from ((path, None) for path in content_paths(config, tree))
    for path in paths or ():
        if isinstance(path, str):
            yield path, None
        elif path.is_file():
            yield _relative(path, config.root), path
        elif path.is_dir():
            folder = _relative(path, config.root)
            inside = "" if folder == "." else f"{folder}/"
            yield from (
                (each, None) for each in content_paths(config, tree) if each.startswith(inside)
            )
        else:
            raise UsageError(f"{path}: no such file or folder")


def _own_folders(config: Config) -> Iterator[str]:
    kind = config.kind
    yield from (*kind.roots, kind.data_folder, kind.pictures_folder, kind.pages_folder)
    yield from map(_fixed_folder, (*(config.content or ()), *config.data.files))


def _fixed_folder(glob: str) -> str:
    """Return the folder that a glob names, above all that it leaves open."""
    parts = glob.split("/")[:-1]
    fixed = next((end for end, part in enumerate(parts) if _GLOB & {*part}), len(parts))
    return "/".join(part for part in parts[:fixed] if part not in {"", "."})


def _relative(path: Path, root: Path) -> str:
    """Return the POSIX path from the root, with `..` where the file is elsewhere."""
    return unicodedata.normalize("NFC", Path(os.path.relpath(path, root)).as_posix())


def _split_file(each: object) -> Cells:
    if not isinstance(each, DiskFile) or each.name != each.path.rpartition("/")[2]:
        raise ValueError(each)
    stat = each.stat
    return (stat.size, stat.mtime_ns, stat.ctime_ns), (each.folder, each.root), ""


def _file(path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], _rest: str) -> DiskFile:
    folder, root = shared
    return DiskFile(path, folder, path.rpartition("/")[2], FileStat(*fixed[1:]), root)


FILES: Form[Any] = Form("qqq", _split_file, _file)
"""Of files in folders; objects of a bucket are kept as they are."""


def find_sources(
    manifests: Sequence[Manifest], tree: PictureTree
) -> tuple[Mapping[str, DiskFile | ObjectFile], list[Problem]]:
    """Return the named pictures that exist, and a problem for each missing one.

    A page may name a file that only looks like a variant: if the file exists and the source that
    its name implies does not, it is a picture of its own.
    """
    from mediakit.sync.picture_problems import missing, unfound  # noqa: PLC0415 - not for names
    from mediakit.sync.pictures import references  # noqa: PLC0415

    absent: dict[str, Absent] = {}
    named = tabled(
        KEYS,
        (
            (image.source, None)
            for _, image in references(manifests)
            if image.source is not None and image.path is not None
        ),
    )
    rows: Rows[DiskFile | ObjectFile] = Rows(FILES)
    for path in named:
        file = tree.find(path)
        if isinstance(file, Absent):
            absent[path] = file
        else:
            rows.add(path, file)
    files = rows.table()
    others: dict[str, DiskFile | ObjectFile] = {}
    problems: dict[tuple[str, str], Problem] = {}
    guessing = (each for each in manifests if each.guesses) if absent else ()
    guesses = {each.path: frozenset(each.guesses) for each in guessing}
    for manifest, image in references(manifests) if absent else ():
        source = absent.get(image.source or "")
        if source is None or image.source is None or image.path is None:
            continue
        shown = tree.find(image.path)
        is_shown = not isinstance(shown, Absent)
        if not isinstance(shown, Absent):
            others[image.path] = shown
        is_odd = is_shown or source.reason or source.near
        if image.path in guesses.get(manifest, ()) and not is_odd:
            problem = unfound(manifest, image)
        else:
            problem = missing(manifest, image, source, is_shown=is_shown)
        problems.setdefault((manifest, image.source), problem)
    return changed(files, others), list(problems.values())
