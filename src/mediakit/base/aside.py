"""What is too much for memory: pieces of bytes, and rows in order, in temporary files."""

from __future__ import annotations

import marshal
from array import array
from bisect import bisect_left, bisect_right
from copy import copy
from itertools import chain
from struct import Struct, error
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import IO

    from mediakit.base.tables import Form

    Row = tuple[bytes, str | None]
    Keyed = tuple[str, Row]

_Value = TypeVar("_Value")
_NUMBER = Struct("<I")
_MARSHAL = 2
"""The version that looks for nothing twice: it takes a third of the time."""

BLOCK = 128
"""Rows that are read at once."""

_RUN = 8_192
"""Rows that are put in order in memory."""

_IN_MEMORY = 1 << 17
"""Bytes of a spool that need no file."""


class Spool:
    """Keeps pieces of bytes in a file that goes with it; any thread may ask for one.

    Where no file can be written, they stay in memory.
    """

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}
        self._room = _IN_MEMORY
        self._ends = array("Q", [0])  # in the file
        self._file: IO[bytes] | None = None
        self._lock = Lock()

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def put(self, data: bytes) -> int:
        """Keep a piece, and return its number."""
        number, end = len(self), self._ends[-1]
        if len(data) <= self._room or not self._is_written(data, end):
            self._room -= len(data)
            self._kept[number] = data
        else:
            end += len(data)
        self._ends.append(end)
        return number

    def get(self, number: int) -> bytes:
        """Return a piece; raises OSError."""
        kept = self._kept.get(number)
        if kept is not None or self._file is None:
            return kept or b""
        start, end = self._ends[number], self._ends[number + 1]
        with self._lock:
            self._file.seek(start)
            return self._file.read(end - start)

    def _is_written(self, data: bytes, end: int) -> bool:
        try:
            with self._lock:
                if self._file is None:
                    from tempfile import TemporaryFile  # noqa: PLC0415 - it loads much

                    self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - it goes with the spool
                self._file.seek(end)
                return self._file.write(data) == len(data)
        except OSError:
            return False


class Block(NamedTuple):
    """Some rows in the order of their keys, from the number `start` on."""

    start: int
    keys: list[str]
    rows: list[bytes]


_NONE = Block(0, [], [])


class Packer(Generic[_Value]):
    """Makes rows of values, and values of rows."""

    def __init__(self, form: Form[_Value]) -> None:
        self._form = form
        self._row = Struct(f"<I{form.layout}")
        self._shared: list[tuple[Any, ...]] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._odd: dict[int, _Value] = {}
        """Values that are kept as they are, by the number in their row."""
        self.value = self._reader()

    def row(self, value: _Value) -> bytes:
        """Return a value as bytes."""
        shared = self._shared
        try:
            fixed, common, rest = self._form.split(value)
            number = self._numbers.setdefault(common, len(shared))
            if number == len(shared):
                shared.append(common)
            row = self._row.pack(number, *fixed)
            return row + rest.encode("utf-8", "surrogatepass") if rest else row
        except (ValueError, error):
            number = len(shared)
            shared.append(())
            self._odd[number] = value
            return _NUMBER.pack(number)

    def _reader(self) -> Callable[[str, bytes], _Value]:
        """Return what makes the value of a row: as a method it takes a third longer."""
        shared, odd, join = self._shared, self._odd, self._form.join
        unpack, size = self._row.unpack_from, self._row.size

        def value(key: str, row: bytes) -> _Value:
            if odd and len(row) == _NUMBER.size and _NUMBER.unpack(row)[0] in odd:
                return odd[_NUMBER.unpack(row)[0]]
            cells = unpack(row)
            rest = row[size:].decode("utf-8", "surrogatepass") if len(row) > size else ""
            return join(key, cells, shared[cells[0]], rest)

        return value


class Blocks(Generic[_Value]):
    """Rows in the order of their keys, as blocks, of which only the last may be short.

    They are quick to ask for in that order.
    """

    def __init__(self, packer: Packer[_Value], spool: Spool) -> None:
        self._value = packer.value
        self._spool = spool
        self._start = len(spool)  # other rows may be there too
        self._firsts: list[str] = []
        self._count = 0
        self._last = ""
        self._near = _NONE, -1
        """Where the last row was that was asked for; threads may ask at once, but then slowly."""

    def __len__(self) -> int:
        return self._count

    def add(self, keys: list[str], rows: list[bytes]) -> bool:
        """Add a block after those that are there; returns False where it does not come after."""
        if self._count % BLOCK or (self._count and self._last >= keys[0]):
            return False
        self._spool.put(marshal.dumps((keys, rows), _MARSHAL))
        self._firsts.append(keys[0])
        self._count += len(keys)
        self._last = keys[-1]
        return True

    def keys(self) -> Iterator[str]:
        """Yield the keys."""
        return chain.from_iterable(keys for _, keys, _ in self.blocks())

    def values(self) -> Iterator[_Value]:
        """Yield the values."""
        return chain.from_iterable(map(self._value, keys, rows) for _, keys, rows in self.blocks())

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks."""
        return map(self._load, range(len(self._firsts)))

    def _load(self, number: int) -> Block:
        data = self._spool.get(self._start + number)
        return Block(number * BLOCK, *marshal.loads(data))  # noqa: S302 - nobody else has the file

    def find(self, key: str) -> int:
        """Return the number of a row, -1 where there is none."""
        block, at = self._near
        at += 1
        start, keys, _ = block
        if at == len(keys) or keys[at] != key:
            if at and keys[at - 1] == key:
                return start + at - 1
            number = bisect_right(self._firsts, key) - 1
            if number < 0:
                return -1
            if not keys or number * BLOCK != start:
                block = start, keys, _ = self._load(number)
            at = bisect_left(keys, key)
            if at == len(keys) or keys[at] != key:
                self._near = block, at - 1  # the next one may be there
                return -1
        self._near = block, at
        return start + at

    def get(self, key: str) -> _Value | None:
        """Return the value of a key, None without one."""
        block, at = self._near
        at += 1
        if at < len(block[1]) and block[1][at] == key:
            self._near = block, at
            return self._value(key, block[2][at])
        at = self.find(key)
        return None if at < 0 else self.value(at)

    def value(self, at: int) -> _Value:
        """Return the value of a row."""
        start, keys, rows = self._near[0]
        at -= start
        if not 0 <= at < len(keys):
            start, keys, rows = self._load((start + at) // BLOCK)
            at %= BLOCK
        return self._value(keys[at], rows[at])

    def apart(self) -> Blocks[_Value]:
        """Return the same rows for another thread."""
        return copy(self)


class Runs(Generic[_Value]):
    """Puts values in the order of their keys, some thousands at a time; the last counts."""

    def __init__(self, form: Form[_Value]) -> None:
        self._packer = Packer(form)
        self._spool = Spool()
        self._runs: list[Blocks[_Value]] = []
        self._few: dict[str, bytes] = {}

    def add(self, values: Mapping[str, _Value]) -> None:
        """Add values."""
        row = self._packer.row
        self._few |= {key: row(value) for key, value in values.items()}
        if len(self._few) >= _RUN:
            self._end()

    def blocks(self) -> Blocks[_Value]:
        """Return all that was added; nothing is to be added after that."""
        self._end()
        if len(self._runs) == 1:
            return self._runs[0]
        whole = Blocks(self._packer, Spool())
        left: dict[str, bytes] = {}
        for found in _merged([run.blocks() for run in self._runs]):
            left |= found
            *full, (keys, rows) = _in_blocks(left)
            for each in full:
                whole.add(*each)
            left = dict(zip(keys, rows, strict=True))
        for each in _in_blocks(left):
            whole.add(*each)
        return whole

    def _end(self) -> None:
        few, self._few = self._few, {}
        for keys, rows in _in_blocks(few):
            if not (self._runs and self._runs[-1].add(keys, rows)):
                self._runs.append(Blocks(self._packer, self._spool))
                self._runs[-1].add(keys, rows)


def _in_blocks(found: dict[str, bytes]) -> Iterator[tuple[list[str], list[bytes]]]:
    keys = sorted(found)
    for at in range(0, len(keys), BLOCK):
        part = keys[at : at + BLOCK]
        yield part, [found[key] for key in part]


def _merged(runs: Sequence[Iterator[Block]]) -> Iterator[dict[str, bytes]]:
    """Yield the rows of all runs: each time those up to a key that all have been read to."""
    heads = [next(run, _NONE) for run in runs]
    while any(keys for _, keys, _ in heads):
        last = min(keys[-1] for _, keys, _ in heads if keys)
        found: dict[str, bytes] = {}
        for number, (_, keys, rows) in enumerate(heads):
            end = bisect_right(keys, last)
            found.update(zip(keys[:end], rows[:end], strict=True))
            heads[number] = Block(0, keys[end:], rows[end:])
            if end == len(keys):
                heads[number] = next(runs[number], _NONE)
        yield found
