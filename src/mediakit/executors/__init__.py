"""Where tasks are carried out: threads here, processes here, or a dask cluster."""

from mediakit.executors.bounded import finished, run_bounded
from mediakit.executors.lost import LostWorkerError
from mediakit.executors.workers import Workers, open_executor, open_workers

__all__ = [
    "LostWorkerError",
    "Workers",
    "finished",
    "open_executor",
    "open_workers",
    "run_bounded",
]
