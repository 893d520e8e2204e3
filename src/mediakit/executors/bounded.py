"""Feed any `concurrent.futures.Executor` with a bounded number of tasks at a time."""

from __future__ import annotations

from concurrent.futures import Executor, Future, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class LostWorkerError(Exception):
    """Workers died at a task each time that it was tried; the message says how many."""


def run_bounded(
    executor: Executor,
    in_flight: int | Callable[[], int],
    tasks: Iterable[_Task],
    start: Callable[[Executor, _Task], Future[_Result]],
    lost: Callable[[_Task, LostWorkerError], _Result] | None = None,
) -> Generator[tuple[_Task, _Result], None, None]:
    """Yield (task, result) as tasks complete, with at most `in_flight` of them started at a time.

    `start` submits a task and returns its future. `in_flight` may be a function, since clusters
    grow and shrink. `lost` returns the result of a task that killed its workers; without it, the
    error is raised. When the caller stops early (an interrupt, say), tasks that have not begun are
    cancelled, and those that have begun are waited for.
    """
    pending: dict[Future[_Result], _Task] = {}
    done: SimpleQueue[Future[_Result]] = SimpleQueue()

    def completed() -> tuple[_Task, _Result]:
        future = done.get()
        task = pending.pop(future)
        try:
            return task, future.result()
        except LostWorkerError as error:
            if lost is None:
                raise
            return task, lost(task, error)

    try:
        for task in tasks:
            future = start(executor, task)
            pending[future] = task
            future.add_done_callback(done.put)
            while len(pending) >= (in_flight if isinstance(in_flight, int) else in_flight()):
                yield completed()
        while pending:
            yield completed()
    finally:
        for future in pending:
            future.cancel()
        wait([future for future in pending if not future.cancelled()])


def finished(result: _Result) -> Future[_Result]:
    """Return a future that already has its result, for a task that needs no worker."""
    future: Future[_Result] = Future()
    future.set_result(result)
    return future
