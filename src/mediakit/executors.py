"""Where pictures are made: any `concurrent.futures.Executor`, fed with bounded work in flight."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def open_executor(jobs: int) -> Executor:
    """Return the local executor: threads, since Pillow and hashing let go of the interpreter."""
    return ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="mediakit")


def run_bounded(
    executor: Executor,
    in_flight: int,
    tasks: Iterable[_Task],
    start: Callable[[Executor, _Task], Future[_Result]],
) -> Generator[tuple[_Task, _Result], None, None]:
    """Yield (task, result) as tasks complete, at most `in_flight` of them started at a time.

    `start` submits a task and returns its future. When the caller stops early (an interrupt,
    say), what has not begun is cancelled and what has begun is waited for.
    """
    pending: dict[Future[_Result], _Task] = {}
    done: SimpleQueue[Future[_Result]] = SimpleQueue()
    try:
        for task in tasks:
            future = start(executor, task)
            pending[future] = task
            future.add_done_callback(done.put)
            while len(pending) >= in_flight:
                yield _completed(pending, done)
        while pending:
            yield _completed(pending, done)
    finally:
        for future in pending:
            future.cancel()
        wait([future for future in pending if not future.cancelled()])


def finished(result: _Result) -> Future[_Result]:
    """Return a future that has `result` already, for a task with nothing to submit."""
    future: Future[_Result] = Future()
    future.set_result(result)
    return future


def _completed(
    pending: dict[Future[_Result], _Task], done: SimpleQueue[Future[_Result]]
) -> tuple[_Task, _Result]:
    future = done.get()
    return pending.pop(future), future.result()
