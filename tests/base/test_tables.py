from __future__ import annotations

import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base import tables
from mediakit.base.artifacts import Artifact, SourcePicture
from mediakit.base.tables import ARTIFACTS, PICTURES, Compared, Rows, Table, changed, tabled

if TYPE_CHECKING:
    from collections.abc import Mapping

PATHS = st.text("ab/é\ud800", min_size=1, max_size=4)
DIGESTS = st.sampled_from(["", "0" * 64, "ab" * 32, "AB" * 32, "1", " " * 64, "a" * 63])
ETAGS = st.sampled_from(["", "0" * 32, "cd" * 16, "abc-3", "x"])
NUMBERS = st.sampled_from([0, 1, 2**32 - 1, 2**32, 2**63, 2**70, -1])
COLOURS = st.sampled_from(["", "#000000", "#a1b2c3", "#ABCDEF", "#abc", "red"])


@given(
    st.builds(
        Artifact, PATHS, DIGESTS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "JPEG"]),
        st.booleans(), ETAGS, st.sampled_from(["", "h"]), st.booleans(),
        st.sampled_from(["", "broken"]),
    )
)  # fmt: skip
def test_what_is_known_of_a_file_comes_back(value: Artifact) -> None:
    """A row is the value again, whatever digests and numbers a catalog or a server gives."""
    assert tabled(ARTIFACTS, [(value.path, value)])[value.path] == value


@given(
    st.builds(
        SourcePicture, PATHS, DIGESTS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "GIF"]),
        COLOURS, st.sampled_from(["", "data:image/webp;base64,AA=="]), st.booleans(),
    )
)  # fmt: skip
def test_a_picture_comes_back(value: SourcePicture) -> None:
    """A row is the picture again, also one whose colour is none."""
    assert tabled(PICTURES, [(value.path, value)])[value.path] == value


def known(**sizes: int) -> dict[str, Artifact]:
    return {path: Artifact(path, "ab" * 32, size) for path, size in sizes.items()}


VALUES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3)).map(
    lambda sizes: known(**sizes)
)


def same(table: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Hold all that a mapping can be asked against another one."""
    assert list(table) == sorted(wanted)
    assert len(table) == len(wanted)
    assert list(table.values()) == [wanted[path] for path in sorted(wanted)]
    for path in "abcdefg":
        assert (path in table) == (path in wanted)
        assert table.get(path) == wanted.get(path)


@given(first=VALUES, values=VALUES, without=st.sets(st.sampled_from("abcdef")), again=VALUES)
def test_a_changed_table(
    first: dict[str, Artifact],
    values: dict[str, Artifact],
    without: set[str],
    again: dict[str, Artifact],
) -> None:
    """A table with changes, and changes of these, is what a dict would be."""
    table = changed(tabled(ARTIFACTS, first.items()), values, without)
    wanted = {path: each for path, each in first.items() if path not in without} | values
    same(table, wanted)
    same(changed(table, tabled(ARTIFACTS, again.items()), {"a"}),
         {path: each for path, each in wanted.items() if path != "a"} | again)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9))))
def test_any_order(pairs: list[tuple[str, int]]) -> None:
    """Rows may come in any order, and of a path the last one counts."""
    rows = Rows(ARTIFACTS)
    for path, size in pairs:
        rows.add(path, Artifact(path, "" if size % 2 else "none", size, etag="cd" * 16))
    last = dict(pairs)
    found = rows.table()
    assert [(path, each.bytes) for path, each in found.items()] == sorted(last.items())
    assert all(each.sha256 == ("" if each.bytes % 2 else "none") for each in found.values())


@given(first=VALUES, kept=st.sets(st.sampled_from("abcdef")), others=VALUES)
def test_what_is_as_it_was(
    first: dict[str, Artifact], kept: set[str], others: dict[str, Artifact]
) -> None:
    """What is compared with a table has what was kept of it, and the rest as rows of its own."""
    whole = tabled(ARTIFACTS, first.items())
    found = Compared(whole, ARTIFACTS)
    kept = kept & first.keys() - others.keys()
    for path in kept:
        found.keep(path)
    for path, each in others.items():
        found.others.add(path, each)
    table = found.table()
    same(table, {path: first[path] for path in kept} | others)
    assert {path for path in first if table.shares(whole, path)} == kept


MANY = 20_000  # more than are put in order in memory


def test_very_many_in_any_order() -> None:
    """Also what no longer fits into memory is in order, found, and counts once."""
    numbers = random.Random(3).choices(range(MANY), k=2 * MANY)
    rows = Rows(ARTIFACTS)
    for at, number in enumerate(numbers):
        etag = "odd" if number % 5_000 == 0 else "cd" * 16
        rows.add(f"{number:05}", Artifact(f"{number:05}", bytes=at, etag=etag))
    last = {f"{number:05}": at for at, number in enumerate(numbers)}
    table = rows.table()
    assert list(table) == sorted(last)
    assert len(table) == len(last)
    assert [each.bytes for each in table.values()] == [last[key] for key in sorted(last)]
    for number in random.Random(4).choices(range(-9, MANY + 9), k=2_000):
        found = table.get(f"{number:05}")
        assert (found.bytes if found else None) == last.get(f"{number:05}")
        assert found is None or found.etag == ("odd" if number % 5_000 == 0 else "cd" * 16)


def test_threads_share_a_table() -> None:
    """Ranges of a listing are compared with what is known side by side."""
    table = tabled(ARTIFACTS, known(**{f"k{number:05}": number for number in range(MANY)}).items())

    def look(start: int) -> bool:
        keys = range(start, MANY, 4)
        return all(table[f"k{number:05}"].bytes == number for number in keys)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(look, range(4)))


def test_without_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no temporary file can be written, rows stay in memory."""

    def refuse(**_given: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    values = known(**{f"k{number:05}": number for number in range(MANY)})
    assert dict(tabled(ARTIFACTS, values.items())) == values


def taken(count: int, *, is_compared: bool) -> float:
    """Return the bytes that rows, or what is compared with them, take for each of so many."""
    paths = [f"assets/images/p{number:06}.jpg" for number in range(count)]
    digests = [f"{number:064x}" for number in range(count)]

    def values() -> Table[Artifact]:
        rows = Rows(ARTIFACTS)
        for number, path in enumerate(paths):
            etag = digests[number][32:]
            rows.add(path, Artifact(path, digests[number], 10_000 + number, etag=etag))
        return rows.table()

    known = values()
    tracemalloc.start()
    try:
        if is_compared:
            found = Compared(known, ARTIFACTS)
            for path in paths:
                found.keep(path)
        table = found.table() if is_compared else values()
        # what other threads take meanwhile does not count
        ours = tracemalloc.Filter(
            inclusive=True, filename_pattern=f"{Path(tables.__file__).parent}/*"
        )
        held = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
    finally:
        tracemalloc.stop()
    assert len(table) == count
    return sum(each.size for each in held) / count


@pytest.mark.parametrize("is_compared", [False, True])
def test_many_take_little(is_compared: bool) -> None:  # noqa: FBT001
    """Rows take a fifth of what objects take, and what is known already takes next to nothing."""
    assert taken(5_000, is_compared=is_compared) < (5 if is_compared else 100)


def test_very_many_take_next_to_nothing() -> None:
    """Beyond some thousands, rows are not in memory."""
    assert taken(40_000, is_compared=False) < 25
