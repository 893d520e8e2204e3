"""Run tasks in threads, in processes, or on a dask cluster."""

from mediakit.executors.workers import (
    Follow,
    LostWorkerError,
    Workers,
    finished,
    open_executor,
    open_workers,
    run_bounded,
    unseen,
)

__all__ = [
    "Follow",
    "LostWorkerError",
    "Workers",
    "finished",
    "open_executor",
    "open_workers",
    "run_bounded",
    "unseen",
]
