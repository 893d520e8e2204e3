"""Very many values by path in little memory: rows of some bytes, which become values when asked.

A site has several values for each picture: as objects with their texts they take a kilobyte, as
rows a tenth of it. What does not fit into a row, such as a digest that is none, is kept as it is.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, ValuesView
from heapq import merge
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from mediakit.base.artifacts import Artifact, SourcePicture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

SHA256 = 32
_MD5, _RGB = 16, 3


_Value = TypeVar("_Value")
Cells = tuple[tuple[int | bytes, ...], tuple[Any, ...], object]
"""Numbers and digests of a value, what very many values have in common, and one object or None."""


class Form(msgspec.Struct, Generic[_Value], frozen=True):
    """How values of one type become rows, and rows values.

    `layout` has the codes of `struct` for numbers and digests. `split` raises ValueError for a
    value that is to be kept as it is.
    """

    layout: str
    split: Callable[[_Value], Cells]
    join: Callable[[str, tuple[Any, ...], tuple[Any, ...], Any], _Value]


class Rows(Generic[_Value]):
    """Values for a table, in any order; of a path the last one counts."""

    def __init__(self, form: Form[_Value]) -> None:
        self.form = form
        self.row = struct.Struct(f"<H{form.layout}")
        self.keys: list[str] = []
        self.fixed = bytearray()
        self.shared: list[tuple[Any, ...]] = []
        self.rest: list[object] = []
        self.odd: dict[int, _Value] = {}
        self.order = array("Q")
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._is_sorted = True

    def add(self, path: str, value: _Value) -> None:
        """Add the value of a path."""
        at, rest = len(self.keys), None
        try:
            fixed, shared, rest = self.form.split(value)
            number = self._numbers.setdefault(shared, len(self.shared))
            if number == len(self.shared):
                self.shared.append(shared)
            self.fixed += self.row.pack(number, *fixed)
        except (ValueError, struct.error):
            self.odd[at] = value
            self.fixed += bytes(self.row.size)
        if rest is not None and not self.rest:
            self.rest = [None] * at
        if rest is not None or self.rest:
            self.rest.append(rest)
        self._is_sorted = self._is_sorted and (not at or self.keys[-1] < path)
        self.keys.append(path)

    def table(self) -> Table[_Value]:
        """Return what was added; nothing is to be added after that."""
        if not self._is_sorted:
            self._sort()
        return Table(self)

    def _sort(self) -> None:
        """Put the paths in order, and note where their rows are, which stay: they are many."""
        keys = self.keys
        order = sorted(range(len(keys)), key=keys.__getitem__)
        pairs = zip_longest(order, islice(order, 1, None))
        last = (at for at, after in pairs if after is None or keys[at] != keys[after])
        self.order = array("Q", last)
        self.keys = [keys[at] for at in self.order]


class Compared(Generic[_Value]):
    """Values that are mostly those of a table: only `others` are rows of their own."""

    def __init__(self, known: Mapping[str, _Value], form: Form[_Value]) -> None:
        if not isinstance(known, Table) or not known.is_plain:
            known = tabled(form, known.items())
        self.known: Table[_Value] = known
        self._is_kept = bytearray(len(self.known))
        self.others = Rows(form)

    def keep(self, path: str) -> None:
        """Add the value that the table has."""
        self._is_kept[self.known.find(path)] = True

    def table(self) -> Table[_Value]:
        """Return what was added."""
        pairs = zip(self.known, self._is_kept, strict=True)
        return self.known.changed(self.others.table(), {path for path, kept in pairs if not kept})


class Table(Mapping[str, _Value]):
    """Values by path, in the order of the paths; quick to ask for in that order.

    A value is another object each time. Make one with `tabled`, or from `Rows`.
    """

    __slots__ = ("_at", "_gone", "_keys", "_own", "_rows", "_value")

    def __init__(
        self,
        rows: Rows[_Value],
        own: Mapping[str, _Value] | None = None,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        self._rows = rows
        self._keys = rows.keys
        self._own = own or {}
        self._gone = gone  # paths of rows that do not count, also since `own` has them
        self._at = -1
        self._value = _reader(rows)

    def changed(self, values: Mapping[str, _Value], without: Collection[str]) -> Table[_Value]:
        """Return a table with these values, and without these paths, that shares its rows."""
        without = frozenset(without)
        left = {path: each for path, each in self._own.items() if path not in without}
        gone = self._gone.union(path for path in chain(without, values) if self.find(path) >= 0)
        return Table(self._rows, {**left, **values} if left else values, gone)

    @property
    def is_plain(self) -> bool:
        """Whether the table has its own rows and no others."""
        return not self._own and not self._gone

    def __getitem__(self, path: str) -> _Value:
        if self._own and path in self._own:
            return self._own[path]
        at = self.find(path)
        if at < 0 or (self._gone and path in self._gone):
            raise KeyError(path)
        return self._value(at)

    def __contains__(self, path: object) -> bool:
        if self._own and path in self._own:
            return True
        is_there = isinstance(path, str) and self.find(path) >= 0
        return is_there and not (self._gone and path in self._gone)

    def __iter__(self) -> Iterator[str]:
        if self.is_plain:
            return iter(self._keys)
        return merge((each for each in self._keys if each not in self._gone), sorted(self._own))

    def __len__(self) -> int:
        return len(self._keys) - len(self._gone) + len(self._own)

    def shares(self, other: Mapping[str, _Value], path: str) -> bool:
        """Return whether this table and another one have the very same value of a path."""
        if not isinstance(other, Table) or self._rows is not other._rows:  # noqa: SLF001 - a table
            return False
        gone = path in self._gone or path in other._gone  # noqa: SLF001
        return not gone and self.find(path) >= 0

    def values(self) -> ValuesView[_Value]:
        """Return the values, in the order of the paths."""
        return _Values(self, self._value)

    def find(self, path: str) -> int:
        """Return the number of the row of a path, -1 where there is none."""
        keys, at = self._keys, self._at
        count = len(keys)
        if at + 1 < count and keys[at + 1] == path:
            at += 1
        elif at < 0 or keys[at] != path:
            at = bisect_left(keys, path)
            if at == count or keys[at] != path:
                return -1
        self._at = at
        return at


def _reader(rows: Rows[_Value]) -> Callable[[int], _Value]:
    """Return the function that makes the value of a row: as a method it takes a third longer."""
    keys, fixed, shared, rest, odd = rows.keys, rows.fixed, rows.shared, rows.rest, rows.odd
    unpack, size, join, order = rows.row.unpack_from, rows.row.size, rows.form.join, rows.order

    def value(at: int) -> _Value:
        row = order[at] if order else at
        if odd and row in odd:
            return odd[row]
        cells = unpack(fixed, row * size)
        return join(keys[at], cells, shared[cells[0]], rest[row] if rest else None)

    return value


class _Values(ValuesView[_Value]):
    """The values of a table: they need not be looked for."""

    def __init__(self, table: Table[_Value], value: Callable[[int], _Value]) -> None:
        super().__init__(table)
        self._table, self._value = table, value

    def __iter__(self) -> Iterator[_Value]:
        table = self._table
        return (
            map(self._value, range(len(table))) if table.is_plain else map(table.__getitem__, table)
        )


def changed(
    known: Mapping[str, _Value], values: Mapping[str, _Value], without: Collection[str] = ()
) -> Mapping[str, _Value]:
    """Return a mapping with these values, and without these paths; a table shares its rows."""
    if isinstance(known, Table):
        return known.changed(values, without) if values or without else known
    if not known:
        return values
    return {**{path: each for path, each in known.items() if path not in without}, **values}


def tabled(form: Form[_Value], values: Iterable[tuple[str, _Value]]) -> Table[_Value]:
    """Return a table of paths and their values."""
    rows = Rows(form)
    for path, each in values:
        rows.add(path, each)
    return rows.table()


def packed(digest: str, size: int) -> bytes:
    """Return a digest as bytes; raises ValueError for what is none."""
    data = bytes.fromhex(digest)
    if digest and (len(data) != size or data.hex() != digest):
        raise ValueError(digest)
    return data


def _split_artifact(each: Artifact) -> Cells:
    if each.fault:
        raise ValueError(each.fault)
    sha256, etag = packed(each.sha256, SHA256), packed(each.etag, _MD5)
    fixed = (each.bytes, each.width, each.height, sha256, etag)
    has = bool(each.sha256), bool(each.etag)
    return fixed, (*has, each.format, each.ours, each.headers, each.whole), None


def _artifact(path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], _rest: None) -> Artifact:
    _, size, width, height, sha256, etag = fixed
    has_sha256, has_etag, kind, ours, headers, whole = shared
    return Artifact(
        path, sha256.hex() if has_sha256 else "", size, width, height, kind, ours,
        etag.hex() if has_etag else "", headers, whole,
    )  # fmt: skip


ARTIFACTS = Form(f"QII{SHA256}s{_MD5}s", _split_artifact, _artifact)


def _split_picture(each: SourcePicture) -> Cells:
    colour = bytes.fromhex(each.colour[1:])
    if each.colour and (len(colour) != _RGB or f"#{colour.hex()}" != each.colour):
        raise ValueError(each.colour)
    fixed = each.bytes, each.width, each.height, packed(each.sha256, SHA256), colour
    shared = bool(each.sha256), bool(each.colour), each.format, each.moves
    return fixed, shared, each.placeholder or None


def _picture(
    path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], placeholder: str | None
) -> SourcePicture:
    _, size, width, height, sha256, colour = fixed
    has_sha256, has_colour, kind, moves = shared
    return SourcePicture(
        path, sha256.hex() if has_sha256 else "", size, width, height, kind,
        f"#{colour.hex()}" if has_colour else "", placeholder or "", moves,
    )  # fmt: skip


PICTURES = Form(f"QII{SHA256}s{_RGB}s", _split_picture, _picture)
