"""What every target does, whatever it stores in."""

from __future__ import annotations

import hashlib
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes import MemoryTarget, Opening
from mediakit.base.actions import Failure
from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError
from mediakit.base.regular_file import read_regular, sha256_file
from mediakit.storage.folder import FolderStorage, fits_windows
from mediakit.storage.open import open_storage
from mediakit.storage.protocol import Storage, Upload
from mediakit.storage.settings import headers_of
from mediakit.sync.session import open_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Prefix

KEYS = ["a.jpg", "x/b.jpg", "æ ø+å & (1)/#?%20.jpg", "x/y/c.jpg", "media.json"]


HEADERS = headers_of("a.jpg")


@pytest.fixture(params=["directory", "memory", "s3"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    with open_cache(tmp_path / "work") as cache:
        if request.param == "s3":
            prefix: Prefix = request.getfixturevalue("prefix")
            yield open_storage(prefix.url, Opening(tmp_path), cache)
        elif request.param == "memory":
            yield MemoryTarget()
        else:
            yield FolderStorage(tmp_path / "t", cache)


def put(target: Storage, key: str, data: bytes) -> str:
    stored = target.put(key, data, HEADERS)
    assert isinstance(stored, Artifact), stored
    return stored.version


def read(target: Storage, key: str) -> bytes | None:
    found = target.get(key)
    return found.data if found else None


def test_new_target_is_empty(target: Storage) -> None:
    """A target that was never used lists nothing, and is not an error."""
    assert target.list() == {}
    assert target.get("media.json") is None


def test_what_is_put_is_listed(target: Storage) -> None:
    """Keys are raw, sizes and digests those of the content."""
    for key in KEYS:
        put(target, key, key.encode())
    entries = target.list()
    assert sorted(entries) == sorted(KEYS)
    for key in KEYS:
        assert read(target, key) == key.encode()
        assert entries[key].bytes == len(key.encode())
        assert entries[key].sha256 in {"", hashlib.sha256(key.encode()).hexdigest()}


def test_put_again_replaces(target: Storage) -> None:
    """The last content of a key counts, also of the same size and at once."""
    put(target, "a.jpg", b"one")
    target.list()
    put(target, "a.jpg", b"two")
    assert read(target, "a.jpg") == b"two"
    assert target.list()["a.jpg"].sha256 in {"", hashlib.sha256(b"two").hexdigest()}


def test_a_version_is_of_a_content(target: Storage) -> None:
    """What a put returns, a get finds; other content has another version."""
    first = put(target, "a.jpg", b"one")
    found = target.get("a.jpg")
    assert found is not None
    assert (found.data, found.version) == (b"one", first)
    assert put(target, "a.jpg", b"two") != first


def test_replace_on_condition(target: Storage) -> None:
    """An object is replaced only if nobody has written it since it was read."""
    first = target.replace("media.json", b"1", HEADERS, None)
    assert isinstance(first, Artifact)
    second = target.replace("media.json", b"2", HEADERS, first.version)
    assert isinstance(second, Artifact)
    for version in (None, first.version):
        refused = target.replace("media.json", b"3", HEADERS, version)
        assert isinstance(refused, Failure)
        assert refused.code == "target-changed"
    assert read(target, "media.json") == b"2"
    target.delete(["media.json"])
    assert isinstance(target.replace("media.json", b"3", HEADERS, second.version), Failure)


@pytest.mark.parametrize("way", ["bytes", "file"])
def test_put_on_condition(target: Storage, tmp_path: Path, way: str) -> None:
    """What another run has put since the listing stays; our own content is no conflict."""
    if target.has_headers:
        pytest.skip("the server knows no conditions: tests/sync/test_crossing.py has one that does")

    def sent(data: bytes, only_if: str | None) -> Artifact | Failure:
        if way == "bytes":
            return target.put("a.jpg", data, HEADERS, only_if=only_if)
        path = tmp_path / "file"
        path.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        upload = Upload(Artifact("a.jpg", digest, len(data)), str(path.parent), path.name, HEADERS)
        return target.put_file(upload, only_if=only_if)

    first = sent(b"one", None)
    assert isinstance(first, Artifact)
    assert sent(b"one", None) == first
    assert isinstance(sent(b"two", first.version), Artifact)
    for version in (None, first.version):
        refused = sent(b"three", version)
        assert isinstance(refused, Failure)
        assert (refused.code, "newest deploy" in refused.hint) == ("target-changed", True)
    assert read(target, "a.jpg") == b"two"
    target.delete(["a.jpg"])
    assert isinstance(sent(b"three", first.version), Failure)


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_files(target: Storage, tmp_path: Path, size: int) -> None:
    """Small and large files arrive whole; one that is not what was hashed does not."""
    data = hashlib.shake_128(b"x").digest(size)
    path = tmp_path / "large.jpg"
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    upload = Upload(Artifact("large.jpg", digest, size), str(path.parent), path.name, HEADERS)
    stored = target.put_file(upload)
    assert isinstance(stored, Artifact)
    found = target.get("large.jpg")
    assert found is not None
    assert found.data == data
    assert found.version == stored.version
    path.write_bytes(data[:-1] + b"?")
    changed = target.put_file(upload)
    assert isinstance(changed, Failure)
    assert changed.code == "changed-meanwhile"
    assert read(target, "large.jpg") == data
    path.unlink()
    gone = target.put_file(upload)
    assert isinstance(gone, Failure)
    assert gone.code == "unreadable-file"


def test_one_that_takes_long_holds_nobody_up(target: Storage, tmp_path: Path) -> None:
    """Many files go side by side: the others are there before a slow one ends, and it ends too."""
    if isinstance(target, MemoryTarget):
        pytest.skip("it puts one after the other")
    others_are_there = threading.Event()

    def slowly(path: Path | str) -> bytes:
        assert others_are_there.wait(60)
        return Path(path).read_bytes()

    uploads = []
    for number in range(12):
        data = b"%d" % number
        (tmp_path / f"{number}.jpg").write_bytes(data)
        artifact = Artifact(f"{number}.jpg", hashlib.sha256(data).hexdigest(), len(data))
        read = read_regular if number else slowly
        uploads.append((Upload(artifact, str(tmp_path), f"{number}.jpg", HEADERS, read), None))
    ended = []
    with ThreadPoolExecutor(target.connections) as threads:
        for upload, put in target.put_files(uploads, threads):
            assert isinstance(put, Artifact)
            ended.append(upload.name)
            if len(ended) == 11:
                others_are_there.set()
    assert ended[-1] == "0.jpg"
    assert sorted(target.list()) == sorted(ended)


def test_a_film_is_copied_in_parts(tmp_path: Path) -> None:
    """A folder gets a file that is larger than the memory there is for it."""
    film, size = tmp_path / "film.mp4", 48_000_000
    with film.open("wb") as stream:
        stream.truncate(size)
    artifact = Artifact("film.mp4", sha256_file(film), size)
    with open_cache(tmp_path / "work") as cache:
        target = FolderStorage(tmp_path / "t", cache)
        tracemalloc.start()
        put = target.put_file(Upload(artifact, str(tmp_path), film.name, HEADERS))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert put == artifact
    assert sha256_file(tmp_path / "t/film.mp4") == artifact.sha256
    assert peak < size / 10


def test_describe(target: Storage) -> None:
    """An object tells its headers, where the target has such; one that is not there, nothing."""
    assert target.describe("a.jpg") is None
    put(target, "a.jpg", b"x")
    described = target.describe("a.jpg")
    assert described is not None
    assert described.headers == (HEADERS.digest if target.has_headers else "")
    assert described.sha256 == hashlib.sha256(b"x").hexdigest()


def test_delete(target: Storage) -> None:
    """Deleted keys are gone, others stay, and one that is gone already is no failure."""
    for key in KEYS:
        put(target, key, b"x")
    assert target.delete(["x/b.jpg", "never.jpg"]) == {}
    assert sorted(target.list()) == sorted(set(KEYS) - {"x/b.jpg"})


def test_close_leaves_the_objects(target: Storage) -> None:
    """Closing takes nothing away but what the target needed for itself."""
    put(target, "a.jpg", b"x")
    target.close()
    assert sorted(target.list()) == ["a.jpg"]


def test_directory_keeps_no_litter(tmp_path: Path) -> None:
    """Temporary files and emptied folders go away."""
    with open_cache(tmp_path / "work") as cache:
        target = FolderStorage(tmp_path / "t", cache)
        put(target, "x/y/a.jpg", b"x")
        put(target, "b.jpg", b"x")
        target.delete(["x/y/a.jpg"])
        target.close()
    assert [path.name for path in (tmp_path / "t").rglob("*")] == ["b.jpg"]


def test_directory_failures_are_values(tmp_path: Path) -> None:
    """One key that cannot be written is a failure of that key."""
    with open_cache(tmp_path / "work") as cache:
        target = FolderStorage(tmp_path / "t", cache)
        put(target, "a", b"x")
        failure = target.put("a/b.jpg", b"x", HEADERS)
        assert isinstance(failure, Failure)
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
        assert (
            open_storage(address, Opening(site), cache).url
            == f"file:{(tmp_path / folder).as_posix()}"
        )
        absolute = f"file://{tmp_path.as_posix()}/out"
        assert (
            open_storage(absolute, Opening(site), cache).url
            == f"file:{(tmp_path / 'out').as_posix()}"
        )


@pytest.mark.parametrize("address", [".", "..", "file:", "/", "", "ftp://host/x", "build/.."])
def test_refused_addresses(tmp_path: Path, address: str) -> None:
    """The site itself, what holds it, and unknown schemes are no targets."""
    site = tmp_path / "site"
    site.mkdir()
    with open_cache(tmp_path / "work") as cache, pytest.raises(TargetError):
        open_storage(address, Opening(site), cache)


def test_an_unlistable_target_is_fatal(tmp_path: Path) -> None:
    """A target that is no folder is an error before anything is written."""
    (tmp_path / "t").write_text("")
    with open_cache(tmp_path / "work") as cache, pytest.raises(TargetError, match="not a folder"):
        FolderStorage(tmp_path / "t", cache).list()


@pytest.mark.parametrize(
    "name", ["con.jpg", "x/AUX.png", "lpt1.a.jpg", "a:b.jpg", "x./a.jpg", "x /a.jpg"]
)
def test_names_that_windows_takes_for_others(name: str) -> None:
    """Devices, streams, and endings that are cut off: not to be written there."""
    assert not fits_windows(name)
    assert fits_windows("x/context.jpg")
