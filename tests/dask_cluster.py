"""A real dask cluster on this machine: a scheduler, and workers in processes of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from s3_server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DASK = Path(sys.executable).with_name("dask")
_IDLE = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}
"""Processes of the cluster that wait for work use next to no time."""


@dataclass
class Cluster:
    """The scheduler, and its workers of one thread each, all in processes."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def executor(self) -> str:
        """What `--executor` takes."""
        return f"dask:{self.address}"

    def add_workers(self, count: int, environment: Mapping[str, str] | None = None) -> None:
        """Start workers; they are there some time later."""
        command = [
            str(_DASK), "worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(self.folder), "--death-timeout", "60",
        ]  # fmt: skip
        self.workers += [
            subprocess.Popen(
                command, env={**os.environ, **_IDLE, **(environment or {})},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for _ in range(count)
        ]  # fmt: skip

    def keep(self, count: int, environment: Mapping[str, str] | None = None) -> None:
        """Have this many workers: those that still run, the oldest first, or else new ones."""
        from distributed import Client  # noqa: PLC0415 - takes a second

        for extra in self.workers[count:]:
            extra.kill()
        for each in self.workers[count:]:
            each.wait()
        self.workers = [each for each in self.workers[:count] if each.poll() is None]
        self.add_workers(count - len(self.workers), environment)
        with Client(self.address, set_as_default=False) as client:
            end = time.monotonic() + 120
            while len(client.scheduler_info()["workers"]) != count:
                assert time.monotonic() < end
                time.sleep(0.05)


@contextlib.contextmanager
def dask_cluster(
    folder: Path, workers: int, environment: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Run a cluster until the block ends; it has `environment` besides this process's."""
    port = free_port()
    command = [str(_DASK), "scheduler", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-dashboard", "--no-show"]
    with subprocess.Popen(
        command, env={**os.environ, **_IDLE, **(environment or {})},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as scheduler:  # fmt: skip
        cluster = Cluster(f"tcp://127.0.0.1:{port}", folder, scheduler)
        try:
            _wait(port)
            cluster.add_workers(workers, environment)
            yield cluster
        finally:
            for process in cluster.workers:
                process.kill()
                process.wait()
            scheduler.kill()


def _wait(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")
