"""Very many values by path in little memory: rows of some bytes, which become values when asked.

A site has several values for each picture: as objects with their texts they take a kilobyte. Of
more than some hundreds, all are rows (`base/aside.py`), and what does not fit into a row, such as a
digest that is none, is kept as it is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, ValuesView
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from mediakit.base.artifacts import Artifact, SourcePicture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mediakit.base.aside import Blocks, Runs

SHA256 = 32
_MD5, _RGB = 16, 3

_FEW = 512
"""Values that are no rows yet."""


_Value = TypeVar("_Value")
Cells = tuple[tuple[int | bytes, ...], tuple[Any, ...], str]
"""Numbers and digests of a value, what very many values have in common, and one text."""


class Form(msgspec.Struct, Generic[_Value], frozen=True):
    """How values of one type become rows, and rows values.

    `layout` has the codes of `struct` for numbers and digests. `split` raises ValueError for a
    value that is to be kept as it is.
    """

    layout: str
    split: Callable[[_Value], Cells]
    join: Callable[[str, tuple[Any, ...], tuple[Any, ...], str], _Value]


class Rows(Generic[_Value]):
    """Values for a table, in any order; of a path the last one counts."""

    def __init__(self, form: Form[_Value]) -> None:
        self._form = form
        self._few: dict[str, _Value] = {}
        self._runs: Runs[_Value] | None = None

    def add(self, path: str, value: _Value) -> None:
        """Add the value of a path."""
        self._few[path] = value
        if len(self._few) == _FEW:
            self._put_aside()

    def table(self) -> Table[_Value]:
        """Return what was added; nothing is to be added after that."""
        if self._runs is None:
            return Table(_Few(self._few))
        self._put_aside()
        return Table(self._runs.blocks())

    def _put_aside(self) -> None:
        if self._runs is None:
            from mediakit.base.aside import Runs  # noqa: PLC0415 - for those that have many

            self._runs = Runs(self._form)
        self._runs.add(self._few)
        self._few = {}


class _Few(Generic[_Value]):
    """Values in the order of their paths, as they are."""

    def __init__(self, values: dict[str, _Value]) -> None:
        self._keys = sorted(values)
        self._values = values

    def __len__(self) -> int:
        return len(self._keys)

    def keys(self) -> Iterator[str]:
        return iter(self._keys)

    def values(self) -> Iterator[_Value]:
        return map(self._values.__getitem__, self._keys)

    def find(self, path: str) -> int:
        return bisect_left(self._keys, path) if path in self._values else -1

    def get(self, path: str) -> _Value | None:
        return self._values.get(path)

    def apart(self) -> _Few[_Value]:
        return self


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

    __slots__ = ("_gone", "_own", "_rows")

    def __init__(
        self,
        rows: _Few[_Value] | Blocks[_Value],
        own: Mapping[str, _Value] | None = None,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        self._rows = rows
        self._own = own or {}
        self._gone = gone  # paths of rows that do not count, also since `own` has them

    def changed(self, values: Mapping[str, _Value], without: Collection[str]) -> Table[_Value]:
        """Return a table with these values, and without these paths, that shares its rows."""
        without = frozenset(without)
        left = {path: each for path, each in self._own.items() if path not in without}
        asked = chain(sorted(without), in_order(values))  # in order they are found quickly
        gone = self._gone.union(path for path in asked if self.find(path) >= 0)
        return Table(self._rows, {**left, **values} if left else values, gone)

    @property
    def is_plain(self) -> bool:
        """Whether the table has its own rows and no others."""
        return not self._own and not self._gone

    def __getitem__(self, path: str) -> _Value:
        found = self.get(path)
        if found is None and path not in self:
            raise KeyError(path)
        return found  # type: ignore[no-any-return]

    def get(self, path: str, default: Any = None) -> Any:  # noqa: ANN401 - as of a mapping
        """Return the value of a path, the default without one."""
        if self._own and path in self._own:
            return self._own[path]
        found = None if self._gone and path in self._gone else self._rows.get(path)
        return default if found is None else found

    def __contains__(self, path: object) -> bool:
        if self._own and path in self._own:
            return True
        is_there = isinstance(path, str) and self._rows.find(path) >= 0
        return is_there and not (self._gone and path in self._gone)

    def __iter__(self) -> Iterator[str]:
        keys = self._rows.keys()
        if self.is_plain:
            return keys
        return merge((each for each in keys if each not in self._gone), sorted(self._own))

    def __len__(self) -> int:
        return len(self._rows) - len(self._gone) + len(self._own)

    def shares(self, other: Mapping[str, _Value], path: str) -> bool:
        """Return whether this table and another one have the very same value of a path."""
        if not isinstance(other, Table) or self._rows is not other._rows:  # noqa: SLF001 - a table
            return False
        gone = path in self._gone or path in other._gone  # noqa: SLF001
        return not gone and self.find(path) >= 0

    def values(self) -> ValuesView[_Value]:
        """Return the values, in the order of the paths."""
        return _Values(self)

    def apart(self) -> Table[_Value]:
        """Return the same for another thread: each reads on where it was."""
        return Table(self._rows.apart(), self._own, self._gone)

    def find(self, path: str) -> int:
        """Return the number of the row of a path, -1 where there is none."""
        return self._rows.find(path)

    def plain_values(self) -> Iterator[_Value]:
        """Yield the values of the rows, which need not be looked for."""
        return self._rows.values()


class _Values(ValuesView[_Value]):
    """The values of a table."""

    def __init__(self, table: Table[_Value]) -> None:
        super().__init__(table)
        self._table = table

    def __iter__(self) -> Iterator[_Value]:
        table = self._table
        return table.plain_values() if table.is_plain else map(table.__getitem__, table)


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


def in_order(values: Mapping[str, object]) -> Iterable[str]:
    """Return the paths of values in their order."""
    return values if isinstance(values, Table) else sorted(values)


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
    return fixed, (*has, each.format, each.ours, each.headers, each.whole), ""


def _artifact(path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], _rest: str) -> Artifact:
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
    return fixed, shared, each.placeholder


def _picture(
    path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], placeholder: str
) -> SourcePicture:
    _, size, width, height, sha256, colour = fixed
    has_sha256, has_colour, kind, moves = shared
    return SourcePicture(
        path, sha256.hex() if has_sha256 else "", size, width, height, kind,
        f"#{colour.hex()}" if has_colour else "", placeholder, moves,
    )  # fmt: skip


PICTURES = Form(f"QII{SHA256}s{_RGB}s", _split_picture, _picture)


KEYS: Form[None] = Form("", lambda _none: ((), (), ""), lambda *_cells: None)
"""Of paths alone."""
