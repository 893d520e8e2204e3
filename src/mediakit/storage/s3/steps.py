"""Requests as steps: generators that yield what they wait for, so that one thread carries many.

A thread for each request costs more than most requests do, since threads of Python take turns.
`finish` takes one request to its end, `side_by_side` as many at a time as there is room for.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from types import FrameType

_Result = TypeVar("_Result")
_Key = TypeVar("_Key")

_NEVER = float("inf")
_LONGEST = 1.0  # seconds of a wait, since not every system ends one for a signal


class Wait(Struct, frozen=True, gc=False):
    """Wait until a socket is ready for an event, but at most so many seconds."""

    seconds: float
    socket: socket.socket | None = None
    event: int = EVENT_READ


class Blocking(Struct, frozen=True):
    """Have something done that blocks, and go on with its result."""

    do: Callable[[], Any]


Steps: TypeAlias = Generator[Wait | Blocking, Any, _Result]


def finish(steps: Steps[_Result]) -> _Result:
    """Take steps to their end on this thread, and return their result."""
    ((_, result),) = side_by_side([(None, steps)], lambda _: True)
    return result


def side_by_side(
    tasks: Iterable[tuple[_Key, Steps[_Result]]],
    has_room: Callable[[int], bool],
    threads: Executor | None = None,
) -> Iterator[tuple[_Key, _Result]]:
    """Yield (key, result) as tasks end; all are carried by the thread that asks for the next one.

    `has_room` says whether another task may begin beside so many. `threads` do what blocks; without
    them it is done in turn. When the caller stops early (an interrupt, say), or a task raises an
    error, no further one begins, and those that have begun are taken to their end.
    """
    turns: _Turns[_Key, _Result] = _Turns(threads)
    try:
        for key, steps in tasks:
            with turns.signals:
                turns.begin(key, steps)
            yield from turns.ended()
            while turns.running and not has_room(turns.running):
                turns.take()
                yield from turns.ended()
        while turns.running:
            turns.take()
            yield from turns.ended()
    finally:
        turns.close()


class _Signals:
    """Holds signals back while tasks are gone on with: one that is cut there would never end."""

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
        self._is_held = False
        self._came: list[int] = []
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)  # Windows has no SIGHUP
                handler = None if number is None else signal.getsignal(number)
                if number is not None and callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._meet)

    def __enter__(self) -> None:
        self._is_held = True

    def __exit__(self, *_exception: object) -> None:
        self._is_held = False
        if self._came:
            self._pass_on()

    def _pass_on(self) -> None:
        try:
            self._meet(self._came.pop(0), None)
        finally:
            if self._came:  # at the same moment as the one that has raised an error
                self._pass_on()

    def _meet(self, number: int, frame: FrameType | None) -> None:
        if self._is_held:
            self._came.append(number)
        else:
            self._handlers[number](number, frame)

    def close(self) -> None:
        """Give them back to those who had them."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)


class _Turns(Generic[_Key, _Result]):
    """The tasks that are under way, and what they wait for."""

    def __init__(self, threads: Executor | None) -> None:
        self._threads = threads
        self._selector = DefaultSelector()
        self._keys: dict[Steps[_Result], _Key] = {}
        self._waits: dict[Steps[_Result], tuple[float, socket.socket | None]] = {}
        self._next = _NEVER  # no wait is over before
        self._ended: deque[tuple[_Key, _Result]] = deque()
        self._done: deque[tuple[Steps[_Result], Future[Any]]] = deque()
        self._bell: tuple[socket.socket, socket.socket] | None = None
        self.signals = _Signals()

    @property
    def running(self) -> int:
        """How many tasks are under way."""
        return len(self._keys)

    def begin(self, key: _Key, steps: Steps[_Result]) -> None:
        """Begin a task."""
        self._keys[steps] = key
        self._go_on(steps)

    def ended(self) -> Iterator[tuple[_Key, _Result]]:
        """Yield what has ended meanwhile."""
        while self._ended:
            yield self._ended.popleft()

    def take(self) -> None:
        """Wait until something comes, and go on with each task that waited for it."""
        seconds = min(self._next - time.monotonic(), _LONGEST)
        found = self._selector.select(max(seconds, 0.0))
        with self.signals:
            for ready, _ in found:
                if ready.data is None:
                    self._hear()
                else:
                    self._selector.unregister(ready.fileobj)
                    del self._waits[ready.data]
                    self._go_on(ready.data)
            while self._done:
                steps, job = self._done.popleft()
                error = job.exception()
                self._go_on(steps, None if error else job.result(), error)
            if time.monotonic() >= self._next:
                self._take_those_in_time(time.monotonic())

    def close(self) -> None:
        """Take what is under way to its end, whatever that is."""
        try:
            while self._keys:
                with contextlib.suppress(Exception):  # the first error is on its way
                    self.take()
        finally:
            self.signals.close()
            self._selector.close()
            for each in self._bell or ():
                each.close()

    def _go_on(
        self, steps: Steps[_Result], result: object = None, error: BaseException | None = None
    ) -> None:
        while True:
            try:
                asked = steps.send(result) if error is None else steps.throw(error)
            except StopIteration as end:
                self._ended.append((self._keys.pop(steps), end.value))
                return
            except BaseException:
                del self._keys[steps]
                raise
            if isinstance(asked, Wait):
                due = time.monotonic() + asked.seconds
                self._waits[steps] = due, asked.socket
                self._next = min(self._next, due)
                if asked.socket is not None:
                    self._selector.register(asked.socket, asked.event, steps)
                return
            try:
                if self._threads is not None:
                    self._submit(self._threads, steps, asked)
                    return
                result, error = asked.do(), None
            except BaseException as raised:  # noqa: BLE001 - the steps know what to do
                result, error = None, raised

    def _submit(self, threads: Executor, steps: Steps[_Result], job: Blocking) -> None:
        if self._bell is None:
            self._bell = socket.socketpair()
            for each in self._bell:
                each.settimeout(0)
            self._selector.register(self._bell[0], EVENT_READ)
        threads.submit(job.do).add_done_callback(partial(self._ring, self._bell[1], steps))

    def _ring(self, bell: socket.socket, steps: Steps[_Result], done: Future[Any]) -> None:
        """Note that a job is done, and wake the thread that carries its task."""
        self._done.append((steps, done))
        with contextlib.suppress(BlockingIOError):  # it rings already
            bell.send(b"!")

    def _hear(self) -> None:
        assert self._bell is not None  # noqa: S101 - it rang
        self._bell[0].recv(4096)

    def _take_those_in_time(self, now: float) -> None:
        for steps in [steps for steps, (due, _) in self._waits.items() if due <= now]:
            _, waited = self._waits.pop(steps)
            if waited is not None:
                self._selector.unregister(waited)
            self._go_on(steps)
        self._next = min((due for due, _ in self._waits.values()), default=_NEVER)
