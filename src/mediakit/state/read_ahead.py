"""Rows of a table by their key, a page at a time: quick where keys are asked for in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = tuple[Any, ...]

_PAGE = 1_000
"""Rows that are read at once, at most."""

_FEW = 8
"""A page of which less than this part was asked for was too large."""

_END = chr(0x10FFFF)


class ReadAhead:
    """Looks keys up in ascending order; in any other one it is right too, but slow.

    `read` gives the rows from a key on, at most so many, in the order of their keys, which are
    the first column. As long as neighbours are asked for, pages grow.
    """

    def __init__(self, read: Callable[[str, int], list[Row]]) -> None:
        self._read = read
        self._page: dict[str, Row] = {}
        self._first, self._last = _END, ""
        self._limit = 1
        self._hits = 0

    def row(self, key: str) -> Row | None:
        """Return the row with this key, None where there is none."""
        if not self._first <= key <= self._last:
            self._turn(key)
        found = self._page.get(key)
        self._hits += found is not None
        return found

    def _turn(self, key: str) -> None:
        useful = key > self._last and self._hits * _FEW >= len(self._page)
        self._limit = min(2 * self._limit, _PAGE) if useful else max(self._limit // 2, 1)
        rows = self._read(key, self._limit)
        self._page = {row[0]: row for row in rows}
        self._first = key
        self._last = rows[-1][0] if len(rows) == self._limit else _END
        self._hits = 0
