from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mediakit.base.artifacts import PICTURE, Input, MadeRecord
from mediakit.base.errors import CacheError, UsageError
from mediakit.base.files import DiskFile
from mediakit.base.regular_file import FileStat
from mediakit.state.cache_file import SCHEMA
from mediakit.state.documents import TypedReader
from mediakit.sync.session import open_cache

OLD = FileStat(5, 1_000, 1_000)
RECORD = MadeRecord(
    "a-320.jpg", "teaser", (Input(PICTURE, "a.jpg", sha256="s"),), "f", "v", 1, 2, 3
)
CARD = MadeRecord(
    "card.png", "cards", (Input("photo", "a.jpg", sha256="s"), Input("title", sha256="t")),
    "f", "w", 1, 2, 3,
)  # fmt: skip


def test_digests_are_remembered(tmp_path: Path) -> None:
    """A file that is as it was need not be hashed again; one that is not, must be."""
    with open_cache(tmp_path) as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
    with open_cache(tmp_path) as cache:
        assert cache.digest("a.jpg", OLD) == "1"
        for changed in (FileStat(6, 1_000, 1_000), FileStat(5, 2, 1_000), FileStat(5, 1_000, 2)):
            assert cache.digest("a.jpg", changed) is None
        assert cache.digest("b.jpg", OLD) is None


def test_tellers_of_one_file_do_not_displace_each_other(tmp_path: Path) -> None:
    """An SVG is searched for names, and looked through for places: each remembers it."""
    file = DiskFile("a.svg", tmp_path, "a.svg", OLD, str(tmp_path))
    reader = TypedReader(str)
    tellers = ("", "told", "slips")
    with open_cache(tmp_path) as cache:
        for teller in tellers:
            known = cache.parsed("mention", "1", reader, teller)
            known.put(file, f"said by {teller}")
            known.flush()
        found = [cache.parsed("mention", "1", reader, each).get(file) for each in tellers]
    assert found == [f"said by {each}" for each in tellers]


def test_fresh_files_are_not_trusted(tmp_path: Path) -> None:
    """A file written within the last two seconds may change again without a new time."""
    now = time.time_ns()
    for fresh in (FileStat(5, now, 0), FileStat(5, 0, now)):  # a program can set the first one back
        with open_cache(tmp_path) as cache:
            cache.remember_digests([("a.jpg", fresh, "1")])
        with open_cache(tmp_path) as cache:
            assert cache.digest("a.jpg", fresh) is None


def test_files_of_this_run_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changed after the cache was opened may have changed twice in one tick."""
    with open_cache(tmp_path) as cache:
        during = FileStat(5, time.time_ns(), 0)
        monkeypatch.setattr(time, "time_ns", lambda: during.mtime_ns + 60 * 10**9)
        cache.remember_digests([("a.jpg", during, "1")])
        assert cache.digest("a.jpg", during) is None


def test_one_at_a_time(tmp_path: Path) -> None:
    """A second mediakit on the same site is told so, and does nothing."""
    with open_cache(tmp_path):
        code = (
            "from pathlib import Path; from mediakit.sync.session import open_cache\n"
            f"with open_cache(Path({str(tmp_path)!r})): pass"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert "another mediakit is at work" in done.stderr
    with open_cache(tmp_path):
        pass


def test_read_only_touches_nothing(tmp_path: Path) -> None:
    """A dry run sees the cache and leaves no trace, also where there is none."""
    folder = tmp_path / "work"
    with open_cache(folder, read_only=True) as cache:
        assert cache.digest("a.jpg", OLD) is None
    assert not folder.exists()
    with open_cache(folder) as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    with open_cache(folder, read_only=True) as cache:
        assert cache.digest("a.jpg", OLD) == "1"
        cache.remember_digests([("b.jpg", OLD, "2")])
    assert {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()
    } == before


def test_read_only_beside_a_running_one(tmp_path: Path) -> None:
    """`status` works while another mediakit is at work."""
    with open_cache(tmp_path) as cache:
        cache.note_made(RECORD)
        with open_cache(tmp_path, read_only=True) as copy:
            assert copy.journal() in ((), (RECORD,))


def test_looking_while_somebody_begins_to_write(tmp_path: Path) -> None:
    """Where the cache is written while it is looked at, only rows of mediakit's are believed."""
    paths = [f"{number:05}.jpg" for number in range(3_000)]
    with open_cache(tmp_path) as cache:
        cache.remember_digests((path, OLD, "before" * 9) for path in paths)
    with open_cache(tmp_path, read_only=True) as looked_at:
        assert looked_at.digest(paths[0], OLD) == "before" * 9
        with open_cache(tmp_path) as cache:
            cache.remember_digests((path, OLD, "after" * 200) for path in reversed(paths))
        found = {looked_at.digest(path, OLD) for path in paths}
        assert found <= {"before" * 9, "after" * 200, None}
        looked_at.remember_digests([("new.jpg", OLD, "1")])
        assert looked_at.problems == ()
    with open_cache(tmp_path) as cache:
        assert cache.digest(paths[0], OLD) == "after" * 200
        assert cache.problems == ()


def test_what_is_written_while_looking_is_kept_for_that_run(tmp_path: Path) -> None:
    """A dry run that looks twice at a picture reads it once; the cache stays as it is."""
    with open_cache(tmp_path) as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
    for _ in range(2):
        with open_cache(tmp_path, read_only=True) as cache:
            assert cache.digest("b.jpg", OLD) is None
            cache.remember_digests([("b.jpg", OLD, "2")])
            assert (cache.digest("a.jpg", OLD), cache.digest("b.jpg", OLD)) == ("1", "2")


@pytest.mark.parametrize(
    "data", [b"not a database" * 100, b"", b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_a_broken_cache_is_set_aside(tmp_path: Path, data: bytes) -> None:
    """A broken cache costs time, never correctness, and is not thrown away."""
    (tmp_path / "cache.db").write_bytes(data)
    with open_cache(tmp_path) as cache:
        assert cache.journal() == ()
        assert [each.code for each in cache.problems] == ["cache-set-aside"] * bool(data)
    if data:
        assert (tmp_path / "cache.db.broken").read_bytes() == data


def test_what_was_set_aside_is_told_once(tmp_path: Path) -> None:
    """Whoever opens the cache next can tell, also after a command that has nobody to tell."""
    (tmp_path / "cache.db").write_bytes(b"not a database" * 100)
    with open_cache(tmp_path):
        pass
    with open_cache(tmp_path) as cache:
        (problem,) = cache.problems
        assert problem.message == (
            "cannot be used (file is not a database): it was set aside, and a new one was made"
        )
        cache.clear_problems()
    with open_cache(tmp_path) as cache:
        assert cache.problems == ()


@pytest.mark.parametrize("before", ["folder", "file"])
@pytest.mark.parametrize("name", ["cache.db", "cache.db-wal"])
def test_a_folder_in_its_place(tmp_path: Path, name: str, before: str) -> None:
    """A folder where a file has to be goes out of the way, whatever is there from last time."""
    (tmp_path / name / "sub").mkdir(parents=True)
    if before == "folder":
        (tmp_path / "cache.db.broken" / "sub").mkdir(parents=True)
    else:
        (tmp_path / "cache.db.broken").write_text("")
    with open_cache(tmp_path) as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
        assert [each.code for each in cache.problems] == ["cache-set-aside"]
    with open_cache(tmp_path) as cache:
        assert cache.digest("a.jpg", OLD) == "1"


@pytest.mark.parametrize(("step", "told"), [(-1, []), (1, ["cache-set-aside"])])
def test_another_version(tmp_path: Path, step: int, told: list[str]) -> None:
    """The cache of an older mediakit is begun anew; that of a newer one is set aside, and said."""
    with open_cache(tmp_path) as cache:
        cache.note_made(RECORD)
    with contextlib.closing(sqlite3.connect(tmp_path / "cache.db")) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + step}")
        connection.execute("CREATE TABLE later (a)")
    with open_cache(tmp_path) as cache:
        assert cache.journal() == ()
        assert [each.code for each in cache.problems] == told
    assert (tmp_path / "cache.db.broken").exists() == bool(told)


def test_broken_in_the_middle_of_a_run(tmp_path: Path) -> None:
    """A page that is found broken while rows are read or written: a new file, and on."""
    for step in ("read", "write"):
        folder = tmp_path / step
        with open_cache(folder) as cache:
            cache.remember_hashes(1, [(f"{n:064}", b"x" * 500) for n in range(500)])
        data = bytearray((folder / "cache.db").read_bytes())
        pages = slice(len(data) // 4096 // 2 * 4096, None)
        data[pages] = b"\xa5" * len(data[pages])
        (folder / "cache.db").write_bytes(data)
        with open_cache(folder) as cache:
            if step == "read":
                assert cache.hashes(1) == {}
            cache.remember_hashes(1, [(f"{n:064}", b"y") for n in range(500)])
            assert set(cache.hashes(1).values()) == {b"y"}
            assert [each.code for each in cache.problems] == ["cache-set-aside"]
            cache.note_made(RECORD)
        with open_cache(folder) as cache:
            assert cache.journal() == (RECORD,)
        assert (folder / "cache.db.broken").read_bytes()[:16] == b"SQLite format 3\0"


def test_still_the_lock_after_a_new_file(tmp_path: Path) -> None:
    """The site stays locked while a broken cache is replaced under a run."""
    with open_cache(tmp_path) as cache:
        cache.remember_hashes(1, [(f"{n:064}", b"x" * 500) for n in range(500)])
    data = (tmp_path / "cache.db").read_bytes()
    (tmp_path / "cache.db").write_bytes(data[: 3 * 4096] + b"\xa5" * (len(data) - 3 * 4096))
    with open_cache(tmp_path) as cache:
        cache.hashes(1)
        assert cache.problems
        with pytest.raises(UsageError, match="another mediakit"), open_cache(tmp_path):
            pass


def test_a_log_of_another_file_is_no_harm(tmp_path: Path) -> None:
    """Garbage in the write-ahead log is not taken for rows."""
    with open_cache(tmp_path) as cache:
        cache.note_made(RECORD)
    (tmp_path / "cache.db-wal").write_bytes(b"garbage" * 5000)
    with open_cache(tmp_path) as cache:
        assert cache.journal() == (RECORD,)
        assert cache.problems == ()


def test_no_ignore_file_is_left_empty(tmp_path: Path) -> None:
    """A run that was killed, or had no space, while it wrote that file is made good."""
    (tmp_path / ".gitignore").write_text("")
    with open_cache(tmp_path):
        pass
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_an_ignore_file_that_another_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two runs that begin at once, both find the file missing, and neither fails for it."""
    path, real = tmp_path / ".gitignore", Path.lstat

    def lstat(self: Path) -> os.stat_result:
        if self == path and not path.exists():
            try:
                return real(self)
            finally:
                path.write_text("*\n")  # by the other, right after we looked
        return real(self)

    monkeypatch.setattr(Path, "lstat", lstat)
    with open_cache(tmp_path):
        pass
    assert path.read_text() == "*\n"


def test_the_journal_survives_a_kill(tmp_path: Path) -> None:
    """What was noted before a kill -9 is there afterwards."""
    code = (
        "import os, signal; from pathlib import Path\n"
        "from mediakit.sync.session import open_cache\n"
        "from mediakit.base.artifacts import Artifact, Input, MadeRecord\n"
        f"with open_cache(Path({str(tmp_path)!r})) as cache:\n"
        f"    cache.note_made({RECORD!r})\n"
        f"    cache.note_made({CARD!r})\n"
        "    cache.note_stored('file:/x', [Artifact('a.jpg', '1', headers='h')])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    with open_cache(tmp_path, read_only=True) as cache:
        assert cache.journal() == (RECORD, CARD)
    with open_cache(tmp_path) as cache:
        assert cache.journal() == (RECORD, CARD)
        assert cache.stored("file:/x") == {("a.jpg", "1"): "h"}
        cache.clear_journal()
        cache.clear_stored("file:/x")
        assert (cache.journal(), cache.stored("file:/x")) == ((), {})


def test_git_ignores_it(tmp_path: Path) -> None:
    """The work folder keeps itself out of version control."""
    with open_cache(tmp_path / "work"):
        pass
    assert (tmp_path / "work" / ".gitignore").read_text() == "*\n"


class FullConnection:
    """A connection of a disk that is full at every write, which no real disk is."""

    def __init__(self, real: sqlite3.Connection) -> None:
        self._real = real
        self.close = real.close
        self.in_transaction = False

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        if statement.startswith("SELECT"):
            return self._real.execute(statement, values)
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


def test_a_full_disk(tmp_path: Path) -> None:
    """What spares work is told and left; what has to be noted first raises."""
    with open_cache(tmp_path) as cache:
        cache._database._connection = FullConnection(cache._database._connection)  # type: ignore[assignment]
        cache.remember_digests([("a.jpg", OLD, "1"), ("b.jpg", OLD, "2")])
        cache.clear_journal()
        with pytest.raises(CacheError, match="full") as caught:
            cache.note_made(RECORD)
        assert "free some space" in caught.value.hint
        assert [(each.code, each.hint) for each in cache.problems] == [
            ("cache-not-written", "free some space there, then run again")
        ]


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """Where the work folder cannot be made, the message says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file"), open_cache(tmp_path / "file" / "work"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows renames no open file")
def test_two_that_meet_a_broken_cache(tmp_path: Path) -> None:
    """Where the other has set it aside and made a new one, that one is at work, and stays."""
    code = (
        "import sqlite3; from pathlib import Path; from mediakit.sync.session import open_cache\n"
        "from mediakit.state.database import Database; real = Database._connect\n"
        "def before_it_was_set_aside(self):\n"
        "    Database._connect = real\n"
        "    raise sqlite3.DatabaseError('file is not a database')\n"
        "Database._connect = before_it_was_set_aside\n"
        f"with open_cache(Path({str(tmp_path)!r})): pass"
    )
    with open_cache(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert "another mediakit is at work" in done.stderr
        assert not (tmp_path / "cache.db.broken").exists()
