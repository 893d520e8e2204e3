"""Run tasks in threads, in processes, or on a dask cluster."""

from mediakit.executors.bounded import LostWorkerError, finished, run_bounded
from mediakit.executors.workers import Workers, open_executor, open_workers

__all__ = [
    "LostWorkerError",
    "Workers",
    "finished",
    "open_executor",
    "open_workers",
    "run_bounded",
]
