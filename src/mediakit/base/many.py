"""Very many values in an order of their own, in a temporary file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, overload

import msgspec

from mediakit.base.aside import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PIECE = 16
"""Values that are read at once."""

_Value = TypeVar("_Value")


class Many(Sequence[_Value]):
    """Values that are made anew each time that they are asked for; quick to go through.

    `decode` reads a list of them from MessagePack.
    """

    def __init__(
        self, values: Iterable[_Value], decode: Callable[[bytes], Sequence[_Value]]
    ) -> None:
        self._decode = decode
        self._spool = Spool()
        self._odd: dict[int, Sequence[_Value]] = {}
        self._count = 0
        left = iter(values)
        while piece := list(islice(left, _PIECE)):
            self._count += len(piece)
            try:
                self._spool.put(msgspec.msgpack.encode(piece))
            except UnicodeEncodeError:  # half a character, as an escape: rare
                self._odd[self._spool.put(b"")] = piece

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[_Value]:
        for number in range(len(self._spool)):
            yield from self._piece(number)

    @overload
    def __getitem__(self, at: int) -> _Value: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[_Value, ...]: ...

    def __getitem__(self, at: int | slice) -> _Value | tuple[_Value, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        number, place = divmod(range(self._count)[at], _PIECE)
        return self._piece(number)[place]

    def _piece(self, number: int) -> Sequence[_Value]:
        return self._odd.get(number) or self._decode(self._spool.get(number))
