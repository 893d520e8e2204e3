"""Run tasks in threads, in processes, or on a dask cluster."""

from mediakit.executors.workers import (
    LostWorkerError,
    Workers,
    finished,
    open_executor,
    open_workers,
    run_bounded,
)

__all__ = [
    "LostWorkerError",
    "Workers",
    "finished",
    "open_executor",
    "open_workers",
    "run_bounded",
]
