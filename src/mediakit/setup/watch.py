"""`mediakit watch`: make variants whenever pictures, pages or settings change."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError, with_extra
from mediakit.base.formats import film_of, format_of
from mediakit.base.own_files import CONFIG_FILE, PYPROJECT, WORK_FOLDER
from mediakit.site.kinds.registry import settings_names
from mediakit.sync.run import Job, Run
from mediakit.sync.session import open_session
from mediakit.sync.site_files import require_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.base.actions import Result
    from mediakit.config.config import Config
    from mediakit.sync.session import Progress

_SETTLE = 400  # milliseconds without a change: programs write a picture in several steps
_SETTINGS = settings_names() | {CONFIG_FILE, PYPROJECT}


@dataclass(frozen=True, slots=True)
class Watched:
    """A run after a change, or why there was none, and the changed pictures that no page names."""

    result: Result | UsageError
    unnamed: tuple[str, ...] = ()


def watch_site(load: Callable[[], Config], progress: Progress) -> Iterator[Watched]:
    """Generate now and after each change, with fresh settings.

    A run that fails because another mediakit or program is writing is tried at the next change.

    Raises:
        UsageError: the extra `watch` is not installed, or the folder is no site.
    """
    if importlib.util.find_spec("watchfiles") is None:
        raise UsageError("watchfiles is not installed", with_extra("watch"))
    from watchfiles import watch  # noqa: PLC0415 - an extra

    config = load()
    require_site(config)
    yield Watched(_generated(config, progress))
    for batch in watch(config.root, debounce=_SETTLE * 4, step=_SETTLE):
        paths = {Path(path).relative_to(config.root).as_posix() for _, path in batch}
        changed = sorted(path for path in paths if matters(config, path))
        if changed:
            config = load()
            result = _generated(config, progress)
            has_run = not isinstance(result, UsageError)
            yield Watched(result, tuple(_unnamed(config, changed)) if has_run else ())


def _unnamed(config: Config, changed: list[str]) -> Iterator[str]:
    """Yield the changed pictures that the catalog does not have after a run."""
    catalog = config.catalog_file.read(placeholders=False)
    for path in changed:
        is_known = path in catalog.pictures or path in catalog.records
        if _is_source(path, config) and not is_known and (config.root / path).is_file():
            yield path


def _generated(config: Config, progress: Progress) -> Result | UsageError:
    try:
        with open_session(config) as session:
            return Run(session, Job(), progress).generate()
    except UsageError as error:
        return error


def matters(config: Config, path: str) -> bool:
    """Return whether a change of this file can change the plan."""
    if path in _SETTINGS:
        return True
    folders = [each.as_posix() for each in PurePosixPath(path).parents][:-1]
    hidden = path.startswith((WORK_FOLDER, ".", "_site")) or path == config.catalog
    if hidden or any(config.kind.is_excluded(folder) for folder in folders):
        return False
    is_content = config.kind.content_type(path) is not None or path.endswith(".md")
    return is_content or _is_source(path, config)


def _is_source(path: str, config: Config) -> bool:
    is_film = config.has_clips and film_of(path) is not None
    return is_film or format_of(path) is not None
