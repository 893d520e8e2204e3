"""One fault a test, made for real where this machine can: what is said, and how it heals."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw, reasons
from disks import can_mount, disk, full, read_only
from mediakit.base.errors import CacheError
from mediakit.base.writer import Writer
from mediakit.cli.main import main
from mediakit.state.cache import Cache
from mediakit.state.cache_file import SCHEMA
from mediakit.sync.session import open_cache
from scenes import scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "assets/images/squat-0.jpg"
VARIANT = "assets/images/squat-0-320.jpg"
PAGE = "_exercises/squat.md"
FREE = "free some space there, then run again"
RIGHTS = "may this user write there? see to the rights, then run again"
BUSY = [
    "mediakit: another mediakit is at work on this site",
    "  hint: wait for it to end, then run again",
]


class Program:
    """mediakit in the folder of a site: exit code, and the lines on stderr."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *args: str) -> tuple[int, list[str]]:
        self._capsys.readouterr()
        code = main(args)
        return code, self._capsys.readouterr().err.splitlines()


@pytest.fixture
def mediakit(capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(capsys)


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site of one picture that was never made."""
    site.exercise("squat", 1, overlay=False)
    monkeypatch.chdir(site.root)
    return site


@pytest.fixture
def scratch(squat: SiteBuilder, tmp_path: Path) -> dict[str, bytes]:
    """Return the tree of the site as made from scratch."""
    copy = SiteBuilder(tmp_path / "scratch")
    shutil.copytree(squat.root, copy.root)
    copy.run()
    return copy.tree()


@contextlib.contextmanager
def no_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no room in a folder: a full disk of its own, else a writer that says so."""
    if can_mount():
        with tempfile.TemporaryDirectory() as aside:
            shutil.copytree(folder, aside, dirs_exist_ok=True)
            with disk(folder, 1):
                shutil.copytree(aside, folder, dirs_exist_ok=True)
                with full(folder, 0):
                    yield
        return
    real = Writer.land

    def land(self: Writer, temporary: Path, path: Path, *, durable: bool = False) -> None:
        if folder in path.parents:
            temporary.unlink()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(self, temporary, path, durable=durable)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "land", land)
        yield


def test_no_room_for_a_variant(
    squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What cannot be written is an error of its own, and nothing half is left."""
    before = squat.tree("assets")
    with no_room(squat.root / "assets/images", monkeypatch):
        assert mediakit("generate") == (1, [
            (
                f"{PAGE}:4: error: {VARIANT} was not made of {SOURCE}: No space left on device"
                f" [cannot-write-file] ({FREE})"
            )
        ])  # fmt: skip
        left = {path: data for path, data in squat.tree("assets").items() if "ballast" not in path}
        assert left == before
    assert mediakit("generate") == (0, [])
    assert squat.tree() == scratch


def test_no_room_for_the_catalog(
    squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The variants are made all the same, and known when there is room for the catalog."""
    squat.write("mediakit.toml", 'catalog = "data/media.json"\n')
    (squat.root / "data").mkdir()
    with no_room(squat.root / "data", monkeypatch):
        assert mediakit("generate") == (1, [
            (
                "data/media.json: error: cannot be written: No space left on device"
                f" [cannot-write-catalog] ({FREE})"
            )
        ])  # fmt: skip
        assert not (squat.root / "data/media.json").exists()
    assert (squat.root / VARIANT).read_bytes() == scratch[VARIANT]
    assert set(reasons(squat.run()).values()) == {"up to date"}
    assert (squat.root / "data/media.json").read_bytes() == scratch["media.json"]


def test_no_room_for_the_cache(
    squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program
) -> None:
    """Without a journal nothing is written; what only spares work is not remembered."""
    if not can_mount():
        pytest.skip("no file systems can be mounted here")
    work = squat.root / ".mediakit"
    with disk(work, 1):
        with full(work, 0):
            assert mediakit("generate") == (2, [
                f"mediakit: {work}: cannot be written: No space left on device", f"  hint: {FREE}",
            ])  # fmt: skip
        with open_cache(work):
            pass
        for path in (squat.root / "assets/images").iterdir():
            os.utime(path, (1, 1))
        with full(work, 0):
            code, lines = mediakit("generate")
            assert code == 1
            assert lines[0] == (
                ".mediakit/cache.db: warning: cannot be written: database or disk is full;"
                f" the run goes on without it [cache-not-written] ({FREE})"
            )
            assert all(line.endswith(f"({FREE})") for line in lines)
            assert not (squat.root / VARIANT).exists()
        assert mediakit("generate") == (0, [])
        assert squat.tree() == scratch


def test_no_room_for_the_journal(
    squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    """What cannot be noted first is neither written nor put: after a kill nobody would know it."""

    def no_room(*_row: object) -> None:
        raise CacheError(".mediakit/cache.db: database or disk is full", FREE)

    full = ".mediakit/cache.db: database or disk is full"
    with monkeypatch.context() as patch:
        patch.setattr(Cache, "note_made", no_room)
        assert mediakit("generate") == (1, [
            (
                f"{PAGE}:4: error: {VARIANT} was not made of {SOURCE}: {full}"
                f" [cannot-write-file] ({FREE})"
            )
        ])  # fmt: skip
    squat.run()
    with monkeypatch.context() as patch:
        patch.setattr(Cache, "note_stored", no_room)
        assert mediakit("sync", "--target", str(tmp_path / "out")) == (1, [
            f"{path}: error: {full} [put-failed] ({FREE})" for path in (VARIANT, SOURCE)
        ])  # fmt: skip
    assert mediakit("sync", "--target", str(tmp_path / "out")) == (0, [])
    catalog = squat.tree()["media.json"]
    named = re.sub(rb'"site":"\w+",\n', b"", catalog)  # by the sync
    assert {**squat.tree(), "media.json": named} == scratch


def test_no_room_at_the_target(
    squat: SiteBuilder, mediakit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room is told once, and nothing is put; the next sync ends the work."""
    target = tmp_path / "out"
    target.mkdir()
    squat.run()
    with no_room(target, monkeypatch):
        # what is about to be put is noted there first
        path = "media_puts.json"
        assert mediakit("sync", "--target", str(target)) == (1, [
            f"{path}: error: file:{target}: No space left on device [put-failed] ({FREE})"
        ])  # fmt: skip
    assert mediakit("sync", "--target", str(target)) == (0, [])
    assert SiteBuilder(target).tree("assets") == squat.tree("assets")


def test_no_room_for_a_page(
    squat: SiteBuilder, mediakit: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A command that writes pages says what it could not write, and the page stays as it was."""
    scene(1).save(tmp_path / "photo.jpg")
    before = squat.tree("_exercises")
    with no_room(squat.root / "_exercises", monkeypatch):
        assert mediakit("add", "squat", str(tmp_path / "photo.jpg")) == (1, [
            f"mediakit: {squat.root / PAGE}: cannot be written: No space left on device",
            f"  hint: nothing was changed; {FREE}",
        ])  # fmt: skip
        assert (squat.root / PAGE).read_bytes() == before["squat.md"]
        assert not (squat.root / "assets/images/squat-1.jpg").exists()
    assert mediakit("add", "squat", str(tmp_path / "photo.jpg")) == (0, [])
    assert b"squat-1.jpg" in (squat.root / PAGE).read_bytes()
    assert mediakit("generate") == (0, [])
    assert (squat.root / "assets/images/squat-1-320.jpg").exists()


def test_read_only_pictures(
    squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program
) -> None:
    """Where mediakit may not write, it says so, and leaves all as it is."""
    before = squat.tree("assets")
    with read_only(squat.root / "assets/images") as is_done:
        if not is_done:
            pytest.skip("root minds no modes, and no file systems can be mounted here")
        code, lines = mediakit("generate")
        assert code == 1
        assert len(lines) == 1
        assert lines[0].startswith(f"{PAGE}:4: error: {VARIANT} was not made of {SOURCE}: ")
        assert lines[0].endswith(f" [cannot-write-file] ({RIGHTS})")
        assert squat.tree("assets") == before
    assert mediakit("generate") == (0, [])
    assert squat.tree() == scratch


def test_read_only_site(squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program) -> None:
    """A site that may only be looked at can be looked at; a run that would write says so."""
    before = squat.tree()
    with read_only(squat.root) as is_done:
        if not is_done:
            pytest.skip("root minds no modes, and no file systems can be mounted here")
        assert mediakit("status") == (1, [])
        code, lines = mediakit("generate")
        assert code == 2
        assert lines[0].startswith(f"mediakit: {squat.root}/.mediakit: cannot be written: ")
        assert lines[1:] == [f"  hint: {RIGHTS}"]
    assert squat.tree() == before
    assert mediakit("generate") == (0, [])
    assert squat.tree() == scratch


def test_the_clock_goes_back(
    squat: SiteBuilder, mediakit: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With times in the future and a clock in the past, only content counts."""
    source = squat.root / SOURCE
    os.utime(source, (4_000_000_000, 4_000_000_000))
    assert mediakit("generate") == (0, [])
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 10**18)  # some 30 years ago
    for colour in ("#101010", "#202020"):
        squat.write(SOURCE, draw(colour=colour))
        os.utime(source, (4_000_000_000, 4_000_000_000))
        assert reasons(squat.run()) == {VARIANT: "source changed"}
        assert reasons(squat.run()) == {VARIANT: "up to date"}


def test_two_at_once(squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program) -> None:
    """The second one says what is going on, and touches nothing; to look is no problem."""
    before = squat.tree()
    with open_cache(squat.root / ".mediakit"):
        assert mediakit("generate") == (2, BUSY)
        assert mediakit("sync") == (2, BUSY)
        assert mediakit("status") == (1, [])
    assert squat.tree() == before
    assert mediakit("generate") == (0, [])
    assert squat.tree() == scratch


def test_the_lock_of_a_killed_run(squat: SiteBuilder, mediakit: Program) -> None:
    """A lock ends with its process, also by kill -9."""
    code = (
        "import time; from pathlib import Path; from mediakit.sync.session import open_cache\n"
        "with open_cache(Path('.mediakit')): print('locked', flush=True); time.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        assert mediakit("generate") == (2, BUSY)
        process.send_signal(signal.SIGKILL)
    assert mediakit("generate") == (0, [])
    assert (squat.root / VARIANT).exists()


BROKEN_CATALOGS = [
    (
        "newer", "version 9 was written by a newer mediakit", "upgrade mediakit on this machine",
    ),
    (
        "conflict", "holds merge conflict markers", "take one side of the conflict, then run again",
    ),
    (
        "truncated", "is broken: Input data was truncated",
        "restore it from version control, or delete it: what is on disk is then adopted",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "what", "hint"), BROKEN_CATALOGS)
def test_a_catalog_that_cannot_be_trusted(
    squat: SiteBuilder, mediakit: Program, kind: str, what: str, hint: str
) -> None:
    """A run ends before it changes anything; with the catalog back, or gone, all is well."""
    squat.run()
    whole = squat.tree()
    data, variant = whole["media.json"], whole[VARIANT]
    broken = {
        "newer": data.replace(b'"version":1', b'"version":9'),
        "conflict": b"<<<<<<< HEAD\n" + data + b"=======\n" + data + b">>>>>>> photos\n",
        "truncated": data[: len(data) // 2],
    }[kind]
    squat.write("media.json", broken)
    (squat.root / VARIANT).unlink()
    for command in ("generate", "sync", "status"):
        assert mediakit(command) == (2, [f"mediakit: media.json: {what}", f"  hint: {hint}"])
    del whole[VARIANT]
    assert squat.tree() == {**whole, "media.json": broken}
    squat.write("media.json", data)
    assert mediakit("generate") == (0, [])
    whole[VARIANT] = variant
    assert squat.tree() == whole
    (squat.root / "media.json").unlink()
    assert reasons(squat.run()) == {VARIANT: "adopted"}
    assert squat.tree() == whole


def test_a_catalog_merged_by_halves(squat: SiteBuilder, mediakit: Program) -> None:
    """With one side of a conflict and the pictures of the other, nothing is lost or mistaken."""
    squat.run()
    ours = squat.tree()
    squat.write(SOURCE, draw(colour="#00ff00"))
    squat.run()
    theirs = squat.tree()
    squat.write("media.json", ours["media.json"])
    code, lines = mediakit("generate")
    assert code == 0
    assert [line.partition(" [")[2].partition("]")[0] for line in lines] == ["altered-by-hand"]
    assert {**squat.tree(), "media.json": b""} == {**theirs, "media.json": b""}
    assert mediakit("generate", "--force") == (0, [])
    assert squat.tree() == theirs


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _overwrite(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))


def _newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BROKEN_CACHES = [
    (lambda path: path.write_bytes(b"noise" * 2000), "file is not a database"),
    (_cut, "database disk image is malformed"),
    (_overwrite, "database disk image is malformed"),
    (_newer, "a newer mediakit made it"),
    (_folder, "unable to open database file"),
]


@pytest.mark.parametrize(
    ("spoil", "why"), BROKEN_CACHES, ids=["noise", "truncated", "middle", "newer", "folder"]
)
def test_a_broken_cache(
    squat: SiteBuilder, scratch: dict[str, bytes], mediakit: Program,
    spoil: Callable[[Path], object], why: str,
) -> None:  # fmt: skip
    """It is set aside, begun anew, and said once; no picture is made again."""
    assert mediakit("generate") == (0, [])
    cache = squat.root / ".mediakit/cache.db"
    spoil(cache)
    assert mediakit("generate") == (0, [
        (
            f".mediakit/cache.db: warning: cannot be used ({why}): it was set aside, and a new one"
            " was made [cache-set-aside] (nothing is lost: it only saves time, and fills again)"
        )
    ])  # fmt: skip
    assert cache.with_name("cache.db.broken").exists()
    assert squat.tree() == scratch
    assert mediakit("generate") == (0, [])


def test_any_byte_of_the_cache_may_rot(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte that is another one is found out or does not matter: nothing is made or said wrong."""
    site.exercise("squat", 2)
    site.exercise("row", 1)
    target = str(tmp_path / "out")
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 10**10)  # all that is there is settled
    for _ in range(2):
        site.run("sync", target=target)
    trees = site.tree(), SiteBuilder(tmp_path / "out").tree()
    cache = site.root / ".mediakit/cache.db"
    whole = cache.read_bytes()
    used = [place for place, byte in enumerate(whole) if byte]
    chance = random.Random(7)
    found = 0
    for place in chance.sample(used, 60):
        rotten = bytearray(whole)
        rotten[place] ^= 1 << chance.randrange(8)
        cache.write_bytes(rotten)
        result = site.run("sync", target=target)
        assert {each.code for each in result.problems} <= {"cache-set-aside"}, place
        assert (result.summary.made, result.summary.put) == (0, 0), place
        assert (site.tree(), SiteBuilder(tmp_path / "out").tree()) == trees, place
        found += bool(result.problems)
    assert found > 10


def test_a_cache_that_nobody_may_open(squat: SiteBuilder, mediakit: Program) -> None:
    """A cache of another user is not taken from them: they may be at work."""
    if os.geteuid() == 0:
        pytest.skip("root may open all")
    squat.run()
    cache = squat.root / ".mediakit/cache.db"
    cache.chmod(0)
    code, lines = mediakit("generate")
    cache.chmod(0o600)
    assert code == 2
    assert lines[0] == "mediakit: .mediakit/cache.db: unable to open database file"


def test_no_work_folder_any_more(squat: SiteBuilder, mediakit: Program) -> None:
    """Without the cache all is hashed anew, and nothing is made anew."""
    squat.run()
    whole = squat.tree()
    shutil.rmtree(squat.root / ".mediakit")
    assert set(reasons(squat.run()).values()) == {"up to date"}
    assert squat.tree() == whole
    assert mediakit("status") == (0, [])
