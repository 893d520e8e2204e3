"""Open the cache of a site: alone, which locks the site, or as a copy."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.writer import hint_of
from mediakit.state.cache import CACHE_SCHEMA, Cache
from mediakit.state.database import Database
from mediakit.state.user_key import key_for

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "cache.db"


@contextlib.contextmanager
def open_cache(folder: Path, *, read_only: bool = False) -> Iterator[Cache]:
    """Open the cache in `folder`, which is made if need be; read-only opens a copy.

    Raises:
        SiteLockedError: another mediakit has it open.
        UsageError: the folder cannot be written.
    """
    if read_only:
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(contextlib.closing(_copied(folder, stack)))
            yield Cache(database, is_copy=True)
        return
    with contextlib.closing(_locked(folder)) as database:
        yield Cache(database)


def _locked(folder: Path) -> Database:
    links = [each for each in (folder, *folder.glob(f"{_NAME}*")) if each.is_symlink()]
    if links:
        # the file that it leads to is not ours: tables there would be dropped
        raise UsageError(f"{links[0]} is a link", "delete it: a cache only saves time")
    try:
        folder.mkdir(mode=0o775, parents=True, exist_ok=True)
        _write_ignore(folder / ".gitignore")
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror}"
        raise UsageError(message, hint_of(error)) from error
    return Database(folder / _NAME, CACHE_SCHEMA, f"{folder.name}/{_NAME}", key_for(folder))


def _write_ignore(path: Path) -> None:
    """Keep the folder out of version control, also where a full disk left the file empty."""
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        if found.st_size or not stat.S_ISREG(found.st_mode):
            return
        path.unlink()
    # with a mode of its own: under some umasks, `open` would let everybody write it
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        file.write("*\n")


def _copied(folder: Path, stack: contextlib.ExitStack) -> Database:
    """Return a copy, an empty one where the cache is broken, or is being written."""
    with contextlib.suppress(OSError, UsageError):
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in (_NAME, f"{_NAME}-wal"):
            if (folder / name).is_file() and not (folder / name).is_symlink():
                shutil.copyfile(folder / name, copy / name)
        name = f"a copy of {folder.name}/{_NAME}"
        return Database(copy / _NAME, CACHE_SCHEMA, name, key_for(folder, is_made=False))
    return Database(Path(":memory:"), CACHE_SCHEMA, "the cache", None)
