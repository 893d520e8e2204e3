"""`mediakit watch`: generate whenever pictures or pages change."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.formats import format_of
from mediakit.base.own_files import WORK_FOLDER
from mediakit.config.file import CONFIG_FILE
from mediakit.config.pyproject import PYPROJECT
from mediakit.site.kinds.registry import settings_names

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from mediakit.config.config import Config

_SETTLE = 400  # milliseconds without a change: programs write a picture in several steps
_SETTINGS = settings_names() | {CONFIG_FILE, PYPROJECT}


def changes(config: Config, stop: threading.Event | None = None) -> Iterator[list[str]]:
    """Yield the site paths that changed, whenever some have, and nothing has for a moment."""
    from watchfiles import watch  # noqa: PLC0415 - an extra

    # polling where the system cannot tell is the library's own choice
    for batch in watch(config.root, debounce=_SETTLE * 4, step=_SETTLE, stop_event=stop):
        paths = sorted({Path(path).relative_to(config.root).as_posix() for _, path in batch})
        found = [path for path in paths if matters(config, path)]
        if found:
            yield found


def matters(config: Config, path: str) -> bool:
    """Return whether a change of a file can change what there is to do."""
    if path in _SETTINGS:
        return True
    folders = [each.as_posix() for each in PurePosixPath(path).parents][:-1]
    hidden = path.startswith((WORK_FOLDER, ".", "_site")) or path == config.catalog
    if hidden or any(config.kind.is_excluded(folder) for folder in folders):
        return False
    is_content = config.kind.content_type(path) is not None or path.endswith(".md")
    return is_content or format_of(path) is not None
