"""Run tasks in threads, in processes, or on a dask cluster."""
