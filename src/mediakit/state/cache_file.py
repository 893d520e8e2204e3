"""The file of the cache: opened for one process, its tables made, a broken one set aside.

Its rows are sealed with a secret of this user on this machine, which is kept outside of all sites:
a repository can bring any file into a site, also a cache that claims that mediakit put a file at
the target.

| table | from | to |
| --- | --- | --- |
| `file` | path and stat | SHA-256 |
| `reading` | path and stat of a content file | its parsed page, a picture's slips |
| `mention` | path and stat of a text file | what it names; what a picture tells |
| `settled` | | the plan of a run that had nothing to do, and what it followed from |
| `picture` | SHA-256 | displayed size and format |
| `look`, `grey` | SHA-256 | colour and placeholder; small grey copy |
| `hashes` | SHA-256 | perceptual hashes |
| `written`, `stored` | | journals: bytes that were about to be put at a site path, or at a target |
| `made` | site path | SHA-256 of what mediakit last made there, on this machine |
| `declined` | digest | products that came to nothing (`sync/declined.py`) |
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECRET, _BYTES = "key", 32

_FIRST_READER, _READERS = 0x40000002, 510

SCHEMA = 9
"""The version of the tables; what is `_LATER` came after it, and older mediakits leave it alone."""

_TABLES = """
CREATE TABLE file (path TEXT PRIMARY KEY,
  size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, sha256 TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE reading (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  settings TEXT, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE mention (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  settings TEXT, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE settled (number INTEGER PRIMARY KEY, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE picture (sha256 TEXT PRIMARY KEY,
  width INTEGER, height INTEGER, format TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE look (sha256 TEXT PRIMARY KEY,
  colour TEXT, placeholder TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE grey (sha256 TEXT PRIMARY KEY, copy BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE hashes (sha256 TEXT PRIMARY KEY,
  version INTEGER, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE written (path TEXT, source TEXT, preset TEXT, source_sha256 TEXT, fingerprint TEXT,
  sha256 TEXT, bytes INTEGER, width INTEGER, height INTEGER, seal INTEGER,
  PRIMARY KEY (path, sha256)) WITHOUT ROWID;
CREATE TABLE stored (target TEXT, key TEXT, sha256 TEXT, headers TEXT, seal INTEGER,
  PRIMARY KEY (target, key, sha256)) WITHOUT ROWID;
CREATE TABLE note (message TEXT);
CREATE TABLE maker (seal INTEGER)"""
_LATER = """
CREATE TABLE IF NOT EXISTS made (path TEXT PRIMARY KEY, sha256 TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS declined (digest TEXT PRIMARY KEY, seal INTEGER) WITHOUT ROWID"""

NO_TEXT = "a text is not UTF-8"
"""Python has no message where that of SQLite would quote such bytes."""

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_OUTSIDE = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
})  # fmt: skip
"""Primary result codes that say nothing of the content; all others mean that it is broken."""


ELSEWHERE = "it was made on another machine, or by somebody else"


class StrangeFileError(Exception):
    """The file was made by a newer mediakit, on another machine, or by another user."""


def connect(path: Path, seal: int, *, is_new: bool) -> sqlite3.Connection:
    """Open a file, alone, and make its tables if need be; `seal` is that of whoever made it.

    Raises:
        StrangeFileError: somebody else made it.
        sqlite3.Error: it is broken, in use, or out of reach.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.2)
    try:
        # exclusive: the lock of the site; WAL survives a kill; no fsync, for a mere cache
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN EXCLUSIVE")
        _agree(connection, seal, is_new=is_new)
        connection.execute("COMMIT")
        connection.execute("SELECT count(*) FROM note").fetchone()
    except UnicodeDecodeError as error:
        connection.close()
        raise sqlite3.DatabaseError(NO_TEXT) from error
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_look(path: Path, seal: int) -> sqlite3.Connection:
    """Open a file that nobody writes, as it is: it is neither locked nor copied.

    Raises:
        StrangeFileError: somebody else made it, or another version of mediakit.
        sqlite3.Error: it is broken, or out of reach.
    """
    address = f"{path.absolute().as_uri()}?immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        makers = connection.execute("SELECT seal FROM maker").fetchall()
    except BaseException:
        connection.close()
        raise
    if (version, makers) != (SCHEMA, [(seal,)]):
        connection.close()
        raise StrangeFileError("somebody else made it, or another mediakit")
    return connection


def _agree(connection: sqlite3.Connection, seal: int, *, is_new: bool) -> None:
    """Make the tables, also where those of an older mediakit, or of nobody known, are there."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > SCHEMA:
        raise StrangeFileError("a newer mediakit made it")
    if found == SCHEMA and not is_new:
        if connection.execute("SELECT seal FROM maker").fetchall() != [(seal,)]:
            raise StrangeFileError(ELSEWHERE)
        for statement in _LATER.split(";"):
            connection.execute(statement)
        return
    old = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in old:
        connection.execute(f'DROP TABLE "{table}"')
    for statement in f"{_TABLES};{_LATER}".split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO maker VALUES (?)", (seal,))
    connection.execute(f"PRAGMA user_version = {SCHEMA}")


def set_aside(path: Path) -> None:
    """Rename a broken file, and remove its log and what else belongs to it.

    Raises:
        BlockingIOError: another process has it open, or has set it aside meanwhile.
        OSError: it cannot be renamed.
    """
    with _alone(path):
        for suffix in ("-wal", "-shm", "-journal"):
            _remove(path.with_name(path.name + suffix))
        aside = path.with_name(f"{path.name}.broken")
        _remove(aside)
        path.replace(aside)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the file as SQLite does, which cannot where it is broken; Windows renames no open one.

    Without this, a run that found it broken would set aside the new one of the run before it.
    The bytes are those of SQLite's lock for readers: https://www.sqlite.org/lockingv3.html
    """
    if sys.platform == "win32" or path.is_dir():
        yield
        return
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        file = path.open("r+b")
    except FileNotFoundError as error:
        raise BlockingIOError from error
    with file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _READERS, _FIRST_READER)
        if not path.exists() or not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            raise BlockingIOError
        yield


def _remove(path: Path) -> None:
    if path.is_dir():
        import shutil  # noqa: PLC0415 - it loads much, and nearly no run needs it

        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def has_folder(path: Path) -> bool:
    """Return whether a folder stands in the place of a file of the database."""
    return any(path.with_name(path.name + suffix).is_dir() for suffix in ("", "-wal", "-shm"))


def _code(error: sqlite3.Error) -> int:
    # errors of Python's own have none; the low byte is the primary code
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether another process has the file open."""
    return _code(error) in _BUSY


def is_outside(error: sqlite3.Error) -> bool:
    """Return whether an error says nothing of the content: a full disk, say."""
    return _code(error) in _OUTSIDE


def hint_for(error: sqlite3.Error) -> str:
    """Return what a user can do about an error."""
    if _code(error) == sqlite3.SQLITE_FULL:
        return "free some space there, then run again"
    return "check that you may write there and that there is space, then run again"


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
