"""Very many values in an order of their own, in a temporary file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar, overload

import msgspec

from mediakit.base.aside import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PIECE = 32
"""Values that are read at once."""

_Value = TypeVar("_Value")


class Many(Sequence[_Value]):
    """Values that are made anew each time that they are asked for; quick to go through.

    `encode` makes bytes of some of them, and `decode` makes these again.
    """

    def __init__(
        self,
        decode: Callable[[bytes], Sequence[_Value]],
        encode: Callable[[Sequence[_Value]], bytes] = msgspec.msgpack.encode,
    ) -> None:
        self._encode, self._decode = encode, decode
        self._spool = Spool()
        self._last: list[_Value] = []
        self._odd: dict[int, Sequence[_Value]] = {}

    def append(self, value: _Value) -> None:
        """Add a value."""
        self._last.append(value)
        if len(self._last) == _PIECE:
            try:
                self._spool.put(self._encode(self._last))
            except UnicodeEncodeError:  # half a character, as an escape: rare
                self._odd[self._spool.put(b"")] = self._last
            self._last = []

    def __len__(self) -> int:
        return len(self._spool) * _PIECE + len(self._last)

    def __iter__(self) -> Iterator[_Value]:
        for number in range(len(self._spool)):
            yield from self._piece(number)
        yield from self._last

    @overload
    def __getitem__(self, at: int) -> _Value: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[_Value, ...]: ...

    def __getitem__(self, at: int | slice) -> _Value | tuple[_Value, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        number, place = divmod(range(len(self))[at], _PIECE)
        return (self._piece(number) if number < len(self._spool) else self._last)[place]

    def _piece(self, number: int) -> Sequence[_Value]:
        return self._odd.get(number) or self._decode(self._spool.get(number))
