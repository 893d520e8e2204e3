"""A cache that a repository brings: nothing in it is believed."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import SiteBuilder
from mediakit.base.artifacts import Artifact
from mediakit.base.model import Severity
from mediakit.base.regular_file import FileStat
from mediakit.sync.session import open_cache

OLD = FileStat(5, 1_000, 1_000)
FOREIGN = b"somebody else's"


def of_another_user(folder: Path, state: Path) -> None:
    """Write a cache as another user would, who knows all but this user's key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(state))
        with open_cache(folder) as cache:
            cache.remember_digests([("a.jpg", OLD, "forged")])
            sha256 = hashlib.sha256(FOREIGN).hexdigest()
            cache.note_stored("file:/target", [Artifact("by-hand.jpg", sha256)])


def test_a_cache_of_somebody_else(tmp_path: Path) -> None:
    """It is set aside, and said; the next run has its own."""
    folder = tmp_path / "site" / ".mediakit"
    of_another_user(folder, tmp_path / "state")
    with open_cache(folder, read_only=True) as cache:
        assert (cache.digest("a.jpg", OLD), cache.stored("file:/target")) == (None, {})
    with open_cache(folder) as cache:
        assert (cache.digest("a.jpg", OLD), cache.stored("file:/target")) == (None, {})
        (problem,) = cache.problems
        assert problem.code == "cache-set-aside"
        assert "made on another machine, or by somebody else" in problem.message
        assert problem.severity is Severity.NOTE  # pipelines bring one, and may be strict
        cache.clear_problems()
        cache.remember_digests([("a.jpg", OLD, "1")])
    with open_cache(folder) as cache:
        assert (cache.digest("a.jpg", OLD), cache.problems) == ("1", ())


def test_a_cache_of_another_folder(tmp_path: Path) -> None:
    """A copy in another site is not believed: it may have been committed there."""
    with open_cache(tmp_path / "one" / ".mediakit") as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with open_cache(tmp_path / "two" / ".mediakit") as cache:
        assert cache.digest("a.jpg", OLD) is None


def test_a_log_beside_our_own_cache(tmp_path: Path) -> None:
    """A repository that brings only a write-ahead log cannot write into the cache that is there."""
    folder = tmp_path / "site" / ".mediakit"
    with open_cache(folder) as cache:
        cache.remember_digests([("a.jpg", OLD, "1")])
    forged = tmp_path / "forged.db"
    shutil.copy(folder / "cache.db", forged)
    with contextlib.closing(sqlite3.connect(forged, isolation_level=None)) as connection:
        connection.execute("INSERT INTO stored VALUES ('file:/target', 'a', 'b', '', 1)")
        shutil.copy(tmp_path / "forged.db-wal", folder / "cache.db-wal")
    with open_cache(folder) as cache:
        assert cache.stored("file:/target") == {}


@pytest.mark.parametrize("place", ["in the site", "nowhere", "a file"])
def test_no_place_for_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Where no secret can be kept, or the site could bring it, each run begins a cache anew."""
    folder = tmp_path / "site" / ".mediakit"
    (tmp_path / "file").write_text("")
    state = {"in the site": folder.parent / "state", "a file": tmp_path / "file" / "state"}
    monkeypatch.setenv("XDG_STATE_HOME", str(state.get(place, "")))
    if place == "nowhere":
        monkeypatch.setenv("HOME", str(tmp_path / "file"))
        monkeypatch.setenv("LOCALAPPDATA", "")
    for _ in range(2):
        with open_cache(folder) as cache:
            assert (cache.digest("a.jpg", OLD), cache.problems) == (None, ())
            cache.remember_digests([("a.jpg", OLD, "1")])
            assert cache.digest("a.jpg", OLD) == "1"


def test_a_forged_row_deletes_nothing(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sync --delete` takes no file of others for mediakit's because a committed cache says so."""
    site.exercise("squat")
    target = tmp_path / "target"
    target.mkdir()
    (target / "by-hand.jpg").write_bytes(FOREIGN)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "stranger"))
    with open_cache(site.root / ".mediakit") as cache:
        url = f"file:{target.as_posix()}"
        cache.note_stored(url, [Artifact("by-hand.jpg", hashlib.sha256(FOREIGN).hexdigest())])
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "victim"))
    result = site.run("sync", target=str(target), delete=True)
    assert (target / "by-hand.jpg").read_bytes() == FOREIGN
    assert [each.code for each in result.problems] == ["cache-set-aside"]
    assert not site.run("sync", target=str(target), delete=True).problems


def test_the_first_runs_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several runs begin at once on a new machine, all seal with one key."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    program = "from pathlib import Path; from mediakit.state.cache_file import key_for;"
    program += "input(); print(key_for(Path('site/.mediakit')).hex())"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=tmp_path, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(6)
    ]  # fmt: skip
    time.sleep(0.5)
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("\n")
        run.stdin.flush()
    keys = {run.communicate()[0].strip() for run in runs}
    assert len(keys) == 1
    assert keys != {""}
    assert [path.name for path in (tmp_path / "state/mediakit").iterdir()] == ["key"]


def test_looking_makes_no_key(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run touches nothing, the user's own folders included."""
    site.exercise("squat")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    site.run(dry_run=True)
    assert not (tmp_path / "state").exists()
    site.run()
    assert (tmp_path / "state/mediakit/key").exists()
