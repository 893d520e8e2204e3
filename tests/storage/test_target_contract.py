"""What every target does, whatever it stores in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes import MemoryTarget
from mediakit.cache import open_cache
from mediakit.errors import TargetError
from mediakit.storage.directory import DirectoryTarget
from mediakit.storage.target import Target, open_target

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = ["a.jpg", "x/b.jpg", "æ ø+å & (1)/#?%20.jpg", "x/y/c.jpg", "media.json"]


@pytest.fixture(params=["directory", "memory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    with open_cache(tmp_path / "work") as cache:
        yield (
            MemoryTarget() if request.param == "memory" else DirectoryTarget(tmp_path / "t", cache)
        )


def test_new_target_is_empty(target: Target) -> None:
    """A target that was never used lists nothing, and is not an error."""
    assert target.list() == {}
    assert target.get("media.json") is None


def test_what_is_put_is_listed(target: Target) -> None:
    """Keys are raw, sizes and digests those of the content."""
    for key in KEYS:
        assert target.put(key, key.encode()) is None
    entries = target.list()
    assert sorted(entries) == sorted(KEYS)
    for key in KEYS:
        assert target.get(key) == key.encode()
        assert entries[key].bytes == len(key.encode())
        assert entries[key].sha256 in {None, hashlib.sha256(key.encode()).hexdigest()}


def test_put_again_replaces(target: Target) -> None:
    """The last content of a key counts, also of the same size and at once."""
    target.put("a.jpg", b"one")
    target.list()
    target.put("a.jpg", b"two")
    assert target.get("a.jpg") == b"two"
    assert target.list()["a.jpg"].sha256 in {None, hashlib.sha256(b"two").hexdigest()}


def test_delete(target: Target) -> None:
    """Deleted keys are gone, others stay, and one that is gone already is no failure."""
    for key in KEYS:
        target.put(key, b"x")
    assert target.delete(["x/b.jpg", "never.jpg"]) == {}
    assert sorted(target.list()) == sorted(set(KEYS) - {"x/b.jpg"})


def test_close_leaves_the_objects(target: Target) -> None:
    """Closing takes nothing away but what the target needed for itself."""
    target.put("a.jpg", b"x")
    target.close()
    assert sorted(target.list()) == ["a.jpg"]


def test_directory_keeps_no_litter(tmp_path: Path) -> None:
    """Temporary files and emptied folders go away."""
    with open_cache(tmp_path / "work") as cache:
        target = DirectoryTarget(tmp_path / "t", cache)
        target.put("x/y/a.jpg", b"x")
        target.put("b.jpg", b"x")
        target.delete(["x/y/a.jpg"])
        target.close()
    assert [path.name for path in (tmp_path / "t").rglob("*")] == ["b.jpg"]


def test_directory_failures_are_values(tmp_path: Path) -> None:
    """One key that cannot be written is a failure of that key."""
    with open_cache(tmp_path / "work") as cache:
        target = DirectoryTarget(tmp_path / "t", cache)
        target.put("a", b"x")
        failure = target.put("a/b.jpg", b"x")
        assert failure is not None
        assert failure.code == "put-failed"
        (tmp_path / "t" / "folder").mkdir()
        assert list(target.delete(["folder"])) == ["folder"]


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("build/media", "site/build/media"),
        ("file:build", "site/build"),
        ("../out", "out"),
        ("file:../out", "out"),
    ],
)
def test_addresses(tmp_path: Path, address: str, folder: str) -> None:
    """A folder is a folder, relative to the site, with or without the scheme."""
    site = tmp_path / "site"
    site.mkdir()
    with open_cache(tmp_path / "work") as cache:
        assert open_target(address, site, cache).url == f"file:{(tmp_path / folder).as_posix()}"
        absolute = f"file://{tmp_path.as_posix()}/out"
        assert open_target(absolute, site, cache).url == f"file:{(tmp_path / 'out').as_posix()}"


@pytest.mark.parametrize("address", [".", "..", "file:", "/", "", "ftp://host/x", "build/.."])
def test_refused_addresses(tmp_path: Path, address: str) -> None:
    """The site itself, what holds it, and unknown schemes are no targets."""
    site = tmp_path / "site"
    site.mkdir()
    with open_cache(tmp_path / "work") as cache, pytest.raises(TargetError):
        open_target(address, site, cache)


def test_an_unlistable_target_is_fatal(tmp_path: Path) -> None:
    """A target that is no folder is an error before anything is written."""
    (tmp_path / "t").write_text("")
    with open_cache(tmp_path / "work") as cache, pytest.raises(TargetError, match="not a folder"):
        DirectoryTarget(tmp_path / "t", cache).list()
