"""The setting `executor`, and the workers that it opens."""

from __future__ import annotations

import contextlib
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from mediakit.base.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator  # noqa: TC004 - nothing evaluates the types of `Workers`
    from concurrent.futures import Executor, Future  # noqa: TC004

    from mediakit.executors.vetting import Vetting  # noqa: TC004


_AHEAD = 16
"""Tasks in flight per thread of a cluster: answers come in batches, some 10 ms apart."""
_QUEUED = 4
"""The same of this machine: a thread that is done does not wait for the one that hands out."""
_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class ExecutorKind(StrEnum):
    """The kinds of workers."""

    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"


class ExecutorSettings(msgspec.Struct, frozen=True):
    """A kind of workers, and the address of a cluster's scheduler (`tcp://HOST:PORT`)."""

    kind: ExecutorKind = ExecutorKind.THREADS
    address: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}" if self.address else str(self.kind)

    @classmethod
    def parse(cls, text: str) -> ExecutorSettings:
        """Read `threads`, `processes` or `dask:ADDRESS`; raises UsageError."""
        found = re.fullmatch(r"dask:((?:tcp|tls)://[^/\s@]+:[0-9]{1,5})", text)
        if found is not None:
            return cls(ExecutorKind.DASK, found[1])
        if text in {ExecutorKind.THREADS, ExecutorKind.PROCESSES}:
            return cls(ExecutorKind(text))
        raise UsageError(
            f"no executor {text!r}", "known are threads, processes and dask:tcp://HOST:8786"
        )


class Follow(Protocol):
    """Passes things on as they come, and shows somebody how far that is of `total`."""

    def __call__(self, things: Iterator[_Task], total: int, /) -> Iterator[_Task]:
        """Follow."""


def unseen(things: Iterator[_Task], _total: int) -> Iterator[_Task]:
    """Show nobody anything."""
    return things


class Workers(msgspec.Struct, frozen=True):
    """An executor, and how many tasks to keep in flight on it.

    `vetting` decides which machines get work; it is None where all workers are on this machine.
    `follow` shows somebody how far the work has come.
    """

    executor: Executor
    in_flight: Callable[[], int]
    vetting: Vetting | None = None
    follow: Follow = unseen

    @property
    def are_remote(self) -> bool:
        """Whether workers may be on other machines, so that tasks travel over a network."""
        return self.vetting is not None

    def run(
        self,
        tasks: Collection[_Task],
        start: Callable[[Executor, _Task], Future[_Result]],
        lost: Callable[[_Task, LostWorkerError], _Result] | None = None,
    ) -> Iterator[tuple[_Task, _Result]]:
        """Do tasks as `run_bounded` does, and show how far they have come."""
        return self.follow(
            run_bounded(self.executor, self.in_flight, tasks, start, lost), len(tasks)
        )


def open_executor(jobs: int) -> Executor:
    """Return threads of this machine: Pillow and hashing release the interpreter lock."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - it loads logging

    return ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="mediakit")


@contextlib.contextmanager
def open_workers(
    settings: ExecutorSettings, jobs: int, follow: Follow = unseen
) -> Iterator[Workers]:
    """Open workers; `jobs` is their number where they are on this machine.

    Raises:
        UsageError: the cluster cannot be reached, has no workers, or these are of another make.
    """
    if settings.kind is ExecutorKind.DASK:
        from mediakit.executors.cluster import DaskCluster  # noqa: PLC0415 - takes a second

        with DaskCluster(settings.address) as cluster:
            yield Workers(cluster, lambda: _AHEAD * cluster.threads, cluster, follow)
    elif settings.kind is ExecutorKind.PROCESSES:
        from mediakit.executors.processes import Processes  # noqa: PLC0415 - for those who ask

        with Processes(jobs) as processes:
            yield Workers(processes, lambda: jobs + 1, None, follow)
    else:
        with open_executor(jobs) as threads:
            yield Workers(threads, lambda: _QUEUED * jobs, None, follow)


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
    from concurrent.futures import wait  # noqa: PLC0415 - it loads logging
    from queue import SimpleQueue  # noqa: PLC0415

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
    from concurrent.futures import Future  # noqa: PLC0415 - it loads logging

    future: Future[_Result] = Future()
    future.set_result(result)
    return future
