"""How many puts into a bucket are under way at once."""

from __future__ import annotations

from importlib import import_module

_FIRST = 32
_TIMES, _QUEUE = 3, 0.01
"""How long an answer may take: so many times the quickest, as servers vary, and seconds more."""


def most_connections(asked: int) -> int:
    """Return how many connections may be open: as asked, but half of a process's files at most.

    A process on a Mac may have 256 files open, and pictures, the cache and pipes are some of them.
    """
    try:
        resource = import_module("resource")
    except ImportError:  # Windows sets no such limit
        return asked
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return asked if limit == resource.RLIM_INFINITY else max(min(asked, limit // 2), 1)


class Traffic:
    """As many puts at once as the server keeps up with, up to `most`: `window`.

    There are `_FIRST` to begin with. An answer makes room for one more if it took no longer than
    three of the quickest, and a little: so of a server that is far away as much is asked as of one
    that is near. One that took longer has waited for others, here or there, where more of them
    would only wait longer, and takes that room away again. A server that is busy, or does not
    answer, is asked half as much, once for all that was under way, and then one more only after as
    many answers as there are puts under way.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.window = float(min(most, _FIRST))
        self._quickest = float("inf")
        self._halved: float | None = None

    def note(self, began: float, ended: float, *, is_answered: bool) -> None:
        """Note a put, and when on the monotonic clock it was sent, and was answered or not."""
        if is_answered:
            self._quickest = min(self._quickest, ended - began)
            if ended - began <= _TIMES * self._quickest + _QUEUE:
                more = 1 if self._halved is None else 1 / self.window
                self.window = min(self.window + more, self._most)
            elif self.window > _FIRST:
                self.window -= 1
        elif self._halved is None or began > self._halved:
            self.window, self._halved = max(self.window / 2, 1.0), ended
