"""The calls of a run on a cluster: given to the workers that are there, and to others later."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from mediakit.base.errors import UsageError
from mediakit.executors.workers import LostWorkerError

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")

_MOST_MOVES = 3
"""Times that a call may lose all its workers, as `allowed-failures` of dask."""


@dataclass(eq=False, slots=True)
class _ClusterCall:
    """A call in progress: `inner` is dask's future, None while there is no worker to give it to."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    outer: Future[Any] = field(default_factory=Future)
    inner: Future[Any] | None = None
    workers: frozenset[str] = frozenset()
    moves: int = 0


class ClusterCalls:
    """The calls in progress, each given to the workers of that moment, and to others later."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - a class of distributed, which has no types
        self._client = client
        self._lock = threading.Lock()  # never held while waiting for dask
        self._open: dict[_ClusterCall, None] = {}
        self._workers: frozenset[str] = frozenset()
        self._executor: Any = None

    def submit(self, function: Callable[..., _Answer], args: tuple[Any, ...]) -> Future[_Answer]:
        """Start a call, or keep it until there is a worker."""
        call = _ClusterCall(function, args)
        with self._lock:
            self._open[call] = None
            inner = self._give(call)
        self._follow(call, inner)
        call.outer.add_done_callback(
            lambda outer: self._cancel(call) if outer.cancelled() else None
        )
        return call.outer

    def give_to(self, workers: frozenset[str]) -> None:
        """Give work to these workers from now on, also the calls whose workers are all gone."""
        with self._lock:
            if self._workers != workers:
                self._workers = workers
                # dask is to give nothing to a worker that has not been checked
                self._executor = self._client.get_executor(
                    pure=False, workers=sorted(workers), allow_other_workers=False
                )
            calls = list(self._open)
        for call in calls:
            if workers and call.workers.isdisjoint(workers):
                self._move(call)

    def fail_all(self, error: Exception) -> None:
        """End all calls with an error."""
        with self._lock:
            calls = list(self._open)
        for call in calls:
            self._fail(call, error)

    def _give(self, call: _ClusterCall) -> Future[Any] | None:
        """Submit a call to the present workers; where there are none, it waits."""
        call.workers = self._workers
        submit = self._executor.submit if self._workers else None
        call.inner = submit(call.function, *call.args) if submit else None
        return call.inner

    def _move(self, call: _ClusterCall) -> None:
        call.moves += bool(call.workers)
        if call.moves > _MOST_MOVES:
            self._fail(call, _died())
            return
        with self._lock:
            if call not in self._open:
                return  # it has ended meanwhile
            old, new = call.inner, self._give(call)
        self._follow(call, new)
        if old is not None:
            old.cancel()

    def _follow(self, call: _ClusterCall, inner: Future[Any] | None) -> None:
        if inner is not None:
            inner.add_done_callback(lambda ended: self._end(call, ended))

    def _end(self, call: _ClusterCall, inner: Future[Any]) -> None:
        if call.inner is not inner:
            return  # other workers have the call
        if _is_lost(inner):
            self._move(call)
        elif self._close(call):
            _pass_on(inner, call.outer)

    def _fail(self, call: _ClusterCall, error: Exception) -> None:
        if self._close(call):
            if call.outer.set_running_or_notify_cancel():
                call.outer.set_exception(error)
            self._cancel(call)

    def _cancel(self, call: _ClusterCall) -> None:
        self._close(call)
        if call.inner is not None:
            call.inner.cancel()

    def _close(self, call: _ClusterCall) -> bool:
        """Remove a call from those in progress; False where that was done before."""
        with self._lock:
            return self._open.pop(call, self) is None


def _is_lost(inner: Future[Any]) -> bool:
    """Return whether the worker died between its answer and dask's passing it on.

    dask then takes the answer for an error, and fails to take it apart.
    """
    error = None if inner.cancelled() else inner.exception()
    trace = error.__traceback__ if isinstance(error, TypeError) else None
    if trace is None or trace.tb_next is not None:
        return False
    return trace.tb_frame.f_code.co_filename.endswith("cfexecutor.py")


def _pass_on(inner: Future[Any], outer: Future[Any]) -> None:
    if not outer.set_running_or_notify_cancel():
        return
    if inner.cancelled():
        outer.set_exception(_gone())
        return
    error = inner.exception()
    if error is None:
        outer.set_result(inner.result())
    elif type(error).__name__ == "KilledWorker":
        outer.set_exception(_died())
    else:
        outer.set_exception(_gone() if isinstance(error, CancelledError) else error)


def _gone() -> UsageError:
    return UsageError(
        "the cluster's scheduler has gone", "run again: what is finished is not done twice"
    )


def _died() -> LostWorkerError:
    return LostWorkerError("several workers died at it")
