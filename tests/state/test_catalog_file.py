from __future__ import annotations

import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from catalog_values import OBJECTS, PICTURES, RECORDS
from mediakit.base.artifacts import Artifact, MadeRecord, SourcePicture
from mediakit.base.errors import UsageError
from mediakit.base.model import VideoRecord
from mediakit.state.catalog import Catalog, dump_catalog, load_catalog
from mediakit.state.catalog_file import (
    A_SHARD,
    WHOLE,
    catalog_files,
    lines_of,
    shard_count,
    shard_of,
)
from mediakit.state.documents import TypedReader, read_document


class Old(msgspec.Struct):
    """The document as it was read before there were shards."""

    version: int
    images: dict[str, object] = {}


def loaded(files: dict[str, bytes], *, placeholders: bool = True) -> Catalog:
    return load_catalog(
        files["media.json"], "_data/media.json", files.get, placeholders=placeholders
    )


@given(PICTURES, RECORDS, OBJECTS, st.integers(2, 20), st.booleans())
def test_round_trip(
    pictures: dict[str, SourcePicture],
    records: dict[str, MadeRecord],
    objects: dict[str, Artifact],
    count: int,
    by_content: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    """In any number of files a catalog is the same as in one, and the main file comes last."""
    catalog = Catalog(
        {path: replace(each, path=path) for path, each in pictures.items()},
        {path: replace(each, path=path) for path, each in records.items()},
        {key: replace(each, path=key) for key, each in objects.items()},
        {"youtube/x": VideoRecord("A title")},
    )
    files = dict(
        catalog_files(catalog, "media.json", lines_of(catalog, count), by_content=by_content)
    )
    assert list(files)[-1] == "media.json"
    assert len(files) == count + 1
    assert loaded(files) == catalog == load_catalog(dump_catalog(catalog), "media.json")
    assert all(json.loads(data)["version"] == 2 for data in files.values())


def many(count: int) -> Catalog:
    return Catalog({f"a/{number}.jpg": SourcePicture(f"a/{number}.jpg", "1", 1, 2, 3, "JPEG")
                    for number in range(count)})  # fmt: skip


def test_a_picture_is_in_one_shard() -> None:
    """A change to one picture changes one shard, and not the main file."""
    before = dict(catalog_files(many(200), "media.json", lines_of(many(200), 8)))
    other = SourcePicture("a/7.jpg", "2", 1, 2, 3, "JPEG")
    changed = Catalog({**many(200).pictures, other.path: other})
    after = dict(catalog_files(changed, "media.json", lines_of(changed, 8)))
    (different,) = [name for name in before if before[name] != after[name]]
    assert different == f"media_shards/8-{shard_of('a/7.jpg', 8)}.json"


def test_how_many() -> None:
    """One file up to a size, then powers of two; each has its share."""
    assert shard_count(WHOLE) == 1
    for pictures in (WHOLE + 1, 300_000, 10_000_000):
        count = shard_count(pictures)
        assert count.bit_count() == 1
        assert A_SHARD / 2 < pictures / count <= A_SHARD
    shares = Counter(shard_of(f"assets/squat-{number}.jpg", 16) for number in range(16_000))
    assert len(shares) == 16
    assert max(shares.values()) < 1_200


def test_the_place_of_a_picture_stays() -> None:
    """Which shard a path is in is part of the format: another one would rewrite all files."""
    assert [shard_of(path, 16) for path in ("a.jpg", "assets/knæbøj-0.jpg", "b/c.png")] == [6, 1, 5]


def test_names_are_legal_for_jekyll() -> None:
    """Names of data are letters, digits and hyphens, and no shard is `site.data.media`."""
    for by_content in (False, True):
        for name, _ in catalog_files(
            many(3), "media.json", lines_of(many(3), 2), by_content=by_content
        ):
            folder, _, file = name.rpartition("/")
            assert (folder, file) == ("", "media.json") or folder == "media_shards"
            assert file.removesuffix(".json").replace("-", "").isalnum()


def test_an_older_mediakit_refuses() -> None:
    """One that knows catalogs in one file says that this is newer, and reads nothing as empty."""
    for data in dict(catalog_files(many(9), "media.json", lines_of(many(9), 2))).values():
        with pytest.raises(UsageError, match="newer mediakit"):
            read_document(data, TypedReader(Old), "media.json", 1, "")


def test_any_name_of_a_catalog() -> None:
    """Shards of a catalog with an unusual name are found again."""
    files = dict(catalog_files(many(9), "my media.v1.json", lines_of(many(9), 2)))
    assert load_catalog(files["my media.v1.json"], "my media.v1.json", files.get) == many(9)


def test_without_placeholders() -> None:
    """A catalog that is only looked at has all but the placeholders."""
    catalog = Catalog({"a.jpg": SourcePicture("a.jpg", "1", 1, 2, 3, "JPEG", "#aabbcc", "data:x")})
    for count in (1, 2):
        files = dict(catalog_files(catalog, "media.json", lines_of(catalog, count)))
        (picture,) = loaded(files, placeholders=False).pictures.values()
        assert picture == replace(catalog.pictures["a.jpg"], placeholder="")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"version":2,"images":{\n<<<<<<< HEAD\n', "media_shards/2-1.json: .*merge conflict"),
        (b'{"version":3,"images":{}}', "media_shards/2-1.json: .*newer mediakit"),
        (None, "_data/media_shards/2-1.json: is missing"),
    ],
)
def test_a_shard_that_cannot_be_trusted(data: bytes | None, what: str) -> None:
    """What is wrong with a shard is told with its name."""
    files = dict(catalog_files(many(9), "media.json", lines_of(many(9), 2)))
    if data is None:
        del files["media_shards/2-1.json"]
    else:
        files["media_shards/2-1.json"] = data
    with pytest.raises(UsageError, match=what) as caught:
        loaded(files)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["../x.json", "/etc/passwd", "media_shards/../x.json", "x.json"])
def test_a_shard_is_beside_the_catalog(name: str) -> None:
    """A main file cannot lead out of its folder."""
    data = json.dumps({"version": 2, "shards": [name]}).encode()
    with pytest.raises(UsageError, match="is missing"):
        load_catalog(data, "media.json", lambda _: b'{"version":2}')
