"""The workers that a run has asked for."""

from __future__ import annotations

import contextlib
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.executors.executor import ExecutorKind, ExecutorSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.executors.vetting import Vetting

_AHEAD = 16
"""Orders a thread of a cluster that are under way: answers come in batches, some 10 ms apart."""


@dataclass(frozen=True, slots=True)
class Workers:
    """An executor, and how many tasks it has use for at a time.

    `vetting` says which machines get work; it is None where all workers are on this machine.
    """

    executor: Executor
    in_flight: Callable[[], int]
    vetting: Vetting | None = None

    @property
    def are_remote(self) -> bool:
        """Whether they may be on other machines, so that what is sent to them is on a wire."""
        return self.vetting is not None


def open_executor(jobs: int) -> Executor:
    """Return the local executor: threads, since Pillow and hashing let go of the interpreter."""
    return ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="mediakit")


@contextlib.contextmanager
def open_workers(settings: ExecutorSettings, jobs: int) -> Iterator[Workers]:
    """Open the workers that are asked for; `jobs` is how many there are to be on this machine.

    Raises:
        UsageError: the cluster cannot be reached, has no workers, or these are of another make.
    """
    if settings.kind is ExecutorKind.DASK:
        from mediakit.executors.cluster import DaskCluster  # noqa: PLC0415 - takes a second

        with DaskCluster(settings.address) as cluster:
            yield Workers(cluster, lambda: _AHEAD * cluster.threads, cluster)
    elif settings.kind is ExecutorKind.PROCESSES:
        from mediakit.executors.processes import Processes  # noqa: PLC0415 - for those who ask

        with Processes(jobs) as processes:
            yield Workers(processes, lambda: jobs + 1)
    else:
        with open_executor(jobs) as threads:
            yield Workers(threads, lambda: jobs + 1)
