"""Open the cache of a site: alone, which locks the site, or as a copy.

Its rows are sealed with a secret of this user on this machine, which is kept outside of all sites:
a repository can bring any file into a site, also a cache that claims that mediakit put a file at
the target.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError
from mediakit.base.writer import hint_of
from mediakit.state.cache import Cache
from mediakit.state.cache_tables import CACHE_SCHEMA
from mediakit.state.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator


_NAME = "cache.db"
_SECRET, _BYTES = "key", 32


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
    with contextlib.suppress(FileExistsError):  # a run that began with ours has just made it
        # with a mode of its own: under some umasks, `open` would let everybody write it
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            file.write("*\n")


def _copied(folder: Path, stack: contextlib.ExitStack) -> Database:
    """Return a copy, an empty one where the cache is broken, or is being written."""
    import shutil  # noqa: PLC0415 - they load much, and most runs hold the cache itself
    import tempfile  # noqa: PLC0415

    with contextlib.suppress(OSError, UsageError):
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in (_NAME, f"{_NAME}-wal"):
            if (folder / name).is_file() and not (folder / name).is_symlink():
                shutil.copyfile(folder / name, copy / name)
        name = f"a copy of {folder.name}/{_NAME}"
        return Database(copy / _NAME, CACHE_SCHEMA, name, key_for(folder, is_made=False))
    return Database(Path(":memory:"), CACHE_SCHEMA, "the cache", None)


def key_for(folder: Path, *, is_made: bool = True) -> bytes | None:
    """Return the key for the files in `folder` of a site, None where no secret can be kept.

    Each folder has a key of its own, so that a cache that was copied from another is not believed.
    With `is_made` a missing secret is made; a dry run does without.
    """
    place = state_folder()
    if place is None:
        return None
    real = os.path.realpath(folder)
    if Path(os.path.realpath(place)).is_relative_to(Path(real).parent):
        return None  # whoever brings the cache would bring the key
    secret = _kept(place / _SECRET)
    if secret is None and is_made:
        secret = _made(place)
    return None if secret is None else hashlib.blake2b(os.fsencode(real), key=secret).digest()


def state_folder() -> Path | None:
    """Return the folder for the state of this user's programs, None if there is none."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given, "mediakit")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return Path(local, "mediakit") if local else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".local" / "state" / "mediakit" if home.is_absolute() else None


def _kept(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        if len(found := path.read_bytes()) == _BYTES:
            return found
    return None


def _made(place: Path) -> bytes | None:
    """Make the secret, and return the valid one: the first where several are made at once."""
    path, temporary = place / _SECRET, place / f"{_SECRET}.{os.urandom(8).hex()}"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(os.urandom(_BYTES))
        try:
            path.hardlink_to(temporary)
        except OSError:  # there is a secret, or the disk has no links
            if _kept(path) is None:
                temporary.replace(path)
        temporary.unlink(missing_ok=True)
    except OSError:
        return None
    return _kept(path)
