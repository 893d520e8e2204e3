from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from catalog_values import OBJECTS, PICTURES, RECORDS
from mediakit.base.artifacts import Artifact, MadeRecord, SourcePicture
from mediakit.base.errors import UsageError
from mediakit.state.catalog import Catalog, dump_catalog, load_catalog


@given(PICTURES, RECORDS, OBJECTS)
def test_round_trip(
    pictures: dict[str, SourcePicture],
    records: dict[str, MadeRecord],
    objects: dict[str, Artifact],
) -> None:
    """What is written is read back, and is JSON for everybody else."""
    catalog = Catalog(
        {path: replace(each, path=path) for path, each in pictures.items()},
        {path: replace(each, path=path) for path, each in records.items()},
        {key: replace(each, path=key) for key, each in objects.items()},
    )
    data = dump_catalog(catalog)
    assert load_catalog(data, "media.json") == catalog
    assert json.loads(data)["version"] == 1


def test_equal_catalogs_give_equal_bytes() -> None:
    """The order in which things were found leaves no trace; one picture is one line."""
    one = SourcePicture("a.jpg", "1", 1, 1, 1)
    two = SourcePicture("b.jpg", "2", 1, 1, 1)
    data = dump_catalog(Catalog({"b.jpg": two, "a.jpg": one}))
    assert data == dump_catalog(Catalog({"a.jpg": one, "b.jpg": two}))
    assert sum(b".jpg" in line for line in data.splitlines()) == 2


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"version":3,"images":{}}', "newer mediakit"),
        (b'{"version":1,"images":{\n<<<<<<< HEAD\n', "merge conflict"),
        (b'{"version":1,"ima', "broken"),
        (b"", "broken"),
        (b"[]", "broken"),
        (b'{"version":1,"images":{"a":{"variants":{"b":{}}}}}', "broken"),
        (b"\xff\xfe", "broken"),
    ],
)
def test_untrustworthy_catalogs(data: bytes, what: str) -> None:
    """A catalog that cannot be trusted stops the run with what to do about it."""
    with pytest.raises(UsageError, match=what) as caught:
        load_catalog(data, "media.json")
    assert caught.value.hint


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    """No bytes make the catalog raise anything but its own error."""
    with contextlib.suppress(UsageError):
        load_catalog(data, "media.json")


def test_later_fields_are_tolerated() -> None:
    """A newer mediakit may add fields within a version."""
    catalog = load_catalog(b'{"version":1,"images":{"a":{"sha256":"1","new":3}},"more":[]}', "m")
    assert catalog.pictures["a"].sha256 == "1"


def test_objects_keep_their_form() -> None:
    """An object is written as it always was: older versions read it, and equal sites are equal."""
    objects = {
        "a.jpg": Artifact("a.jpg", "1", 5),
        "b.jpg": Artifact("b.jpg", "2", 6, ours=False, etag="x", headers="h"),
    }
    data = dump_catalog(Catalog(objects=objects))
    assert data.splitlines()[3:] == [
        b'"objects":{',
        b'"a.jpg":{"sha256":"1","bytes":5},',
        b'"b.jpg":{"sha256":"2","bytes":6,"ours":false,"etag":"x","headers":"h"}',
        b"}",
        b"}",
    ]
    assert load_catalog(data, "media.json").objects == objects
