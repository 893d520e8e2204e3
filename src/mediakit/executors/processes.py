"""Worker processes: a decoder that crashes takes one picture with it, not the run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mediakit.executors.lost import LostWorkerError

if TYPE_CHECKING:
    from collections.abc import Callable


_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)


class Processes(Executor):
    """`jobs` processes, with new ones for those that die.

    When one dies, the pool does not say which task it was at, and loses them all. Each of
    these is then tried again alone: the one that takes its process down once more is lost
    (LostWorkerError), the others are done.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.RLock()  # a call may end while it is submitted
        self._pool = _pool(jobs)
        self._suspects: deque[_Call] = deque()
        self._rescuer: threading.Thread | None = None

    def submit(
        self, fn: Callable[_Given, _Answer], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Answer]:
        """Start a call, whose arguments and result can be pickled; positional arguments only."""
        if kwargs:
            raise TypeError("tasks take positional arguments only, as on a cluster")
        call = _Call(fn, args)
        with self._lock:
            self._start(call)
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as declared by Executor
        """End the processes when they have done what they began."""
        while wait and (rescuer := self._rescuer) is not None:
            rescuer.join()
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def _start(self, call: _Call) -> None:
        try:
            inner = self._pool.submit(call.function, *call.args)
        except BrokenProcessPool:
            self._pool = _pool(self._jobs)
            inner = self._pool.submit(call.function, *call.args)
        inner.add_done_callback(lambda ended: self._end(call, ended))
        call.future.add_done_callback(lambda outer: outer.cancelled() and inner.cancel())

    def _end(self, call: _Call, inner: Future[Any]) -> None:
        if call.future.cancelled() or inner.cancelled():
            call.future.cancel()
            return
        if not isinstance(inner.exception(), BrokenProcessPool):
            _pass_on(inner, call.future)
            return
        with self._lock:
            self._suspects.append(call)
            if self._rescuer is None:
                self._rescuer = threading.Thread(target=self._rescue, name="mediakit-rescue")
                self._rescuer.start()

    def _rescue(self) -> None:
        while True:
            with self._lock:
                if not self._suspects:
                    self._rescuer = None
                    return
                call = self._suspects.popleft()
            if call.future.cancelled():
                continue
            with _pool(1) as alone:
                inner = alone.submit(call.function, *call.args)
                if isinstance(inner.exception(), BrokenProcessPool):
                    _fail(call.future, LostWorkerError("two worker processes died at it"))
                else:
                    _pass_on(inner, call.future)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # spawned, as on Macs and Windows, and since a fork copies threads' locks
    return ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _pass_on(inner: Future[Any], outer: Future[Any]) -> None:
    error = inner.exception()
    if error is not None:
        _fail(outer, error)
    elif outer.set_running_or_notify_cancel():
        outer.set_result(inner.result())


def _fail(outer: Future[Any], error: BaseException) -> None:
    if outer.set_running_or_notify_cancel():
        outer.set_exception(error)
