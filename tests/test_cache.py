from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from mediakit.cache import open_cache
from mediakit.errors import UsageError
from mediakit.files import FileStat
from mediakit.model import VariantRecord

OLD = FileStat(5, 1_000, 1_000)
RECORD = VariantRecord("a-320.jpg", "a.jpg", "teaser", "s", "f", "v", 1, 2, 3)


def test_digests_are_remembered(tmp_path: Path) -> None:
    """A file that is as it was need not be hashed again; one that is not, must be."""
    with open_cache(tmp_path) as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
    with open_cache(tmp_path) as cache:
        assert cache.digest("a.jpg", OLD) == "1"
        for changed in (FileStat(6, 1_000, 1_000), FileStat(5, 2, 1_000), FileStat(5, 1_000, 2)):
            assert cache.digest("a.jpg", changed) is None
        assert cache.digest("b.jpg", OLD) is None


def test_fresh_files_are_not_trusted(tmp_path: Path) -> None:
    """A file written within the last two seconds may change again without a new time."""
    fresh = FileStat(5, time.time_ns(), 0)
    with open_cache(tmp_path) as cache:
        cache.remember_digests([("a.jpg", fresh, "1")])
    with open_cache(tmp_path) as cache:
        assert cache.digest("a.jpg", fresh) is None


def test_one_at_a_time(tmp_path: Path) -> None:
    """A second mediakit on the same site is told so, and does nothing."""
    with open_cache(tmp_path):
        code = (
            "from pathlib import Path; from mediakit.cache import open_cache\n"
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
        cache.note_variant(RECORD)
        with open_cache(tmp_path, read_only=True) as copy:
            assert copy.journal() in ((), (RECORD,))


@pytest.mark.parametrize(
    "data", [b"not a database" * 100, b"", b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_a_broken_cache_is_set_aside(tmp_path: Path, data: bytes) -> None:
    """A broken cache costs time, never correctness, and is not thrown away."""
    (tmp_path / "cache.db").write_bytes(data)
    with open_cache(tmp_path) as cache:
        assert cache.journal() == ()
    if data:
        assert (tmp_path / "cache.db.broken").read_bytes() == data


def test_the_journal_survives_a_kill(tmp_path: Path) -> None:
    """What was noted before a kill -9 is there afterwards."""
    code = (
        "import os, signal; from pathlib import Path\n"
        "from mediakit.cache import open_cache\n"
        "from mediakit.model import VariantRecord\n"
        f"with open_cache(Path({str(tmp_path)!r})) as cache:\n"
        f"    cache.note_variant({RECORD!r})\n"
        "    cache.note_stored('file:/x', 'a.jpg', '1', 'h')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    with open_cache(tmp_path, read_only=True) as cache:
        assert cache.journal() == (RECORD,)
    with open_cache(tmp_path) as cache:
        assert cache.journal() == (RECORD,)
        assert cache.stored("file:/x") == {("a.jpg", "1"): "h"}
        cache.clear_journal()
        cache.clear_stored("file:/x")
        assert (cache.journal(), cache.stored("file:/x")) == ((), {})


def test_git_ignores_it(tmp_path: Path) -> None:
    """The work folder keeps itself out of version control."""
    with open_cache(tmp_path / "work"):
        pass
    assert (tmp_path / "work" / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """Where the work folder cannot be made, the message says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file"), open_cache(tmp_path / "file" / "work"):
        pass
