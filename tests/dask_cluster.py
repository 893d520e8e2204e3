"""A real dask cluster on this machine: a scheduler, and workers in processes of their own."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
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

_IDLE = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}
"""Processes of the cluster that wait for work use next to no time."""


class Process:
    """A scheduler or a worker: a child of the server."""

    def __init__(self, server: _Server, pid: int) -> None:
        self._server = server
        self.pid = pid

    def kill(self) -> None:
        """Have it dead, also where it is so already."""
        self._server.order({"kill": self.pid})

    def runs(self) -> bool:
        return self._server.order({"look": self.pid}) == 1

    def wait(self, timeout: float = 120) -> None:
        end = time.monotonic() + timeout
        while self.runs():
            assert time.monotonic() < end
            time.sleep(0.05)


class _Server:
    """What starts them; see `dask_server.py`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dask_server.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._answer() == "ready"

    def start(self, args: list[str], environment: Mapping[str, str]) -> Process:
        order = {"args": args, "environment": {**os.environ, **_IDLE, **environment}}
        return Process(self, self.order(order))

    def order(self, order: Mapping[str, object]) -> int:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        return int(self._answer())

    def end(self) -> None:
        for each in (self._process.stdin, self._process.stdout):
            if each is not None:
                each.close()
        self._process.wait()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@functools.cache
def _server() -> _Server:
    """Return the one of this process."""
    started = _Server()
    atexit.register(started.end)
    return started


@dataclass
class Cluster:
    """The scheduler, and its workers of one thread each, all in processes."""

    address: str
    folder: Path
    scheduler: Process
    workers: list[Process] = field(default_factory=list)

    @property
    def executor(self) -> str:
        """What `--executor` takes."""
        return f"dask:{self.address}"

    def add_workers(self, count: int, environment: Mapping[str, str] | None = None) -> None:
        """Start workers; they are there some time later."""
        command = [
            "worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(self.folder), "--death-timeout", "60",
        ]  # fmt: skip
        self.workers += [_server().start(command, environment or {}) for _ in range(count)]

    def keep(self, count: int, environment: Mapping[str, str] | None = None) -> None:
        """Have this many workers: those that still run, the oldest first, or else new ones."""
        from distributed import Client  # noqa: PLC0415 - takes a second

        for extra in self.workers[count:]:
            extra.kill()
        self.workers = [each for each in self.workers[:count] if each.runs()]
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
    command = ["scheduler", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-dashboard", "--no-show"]
    scheduler = _server().start(command, environment or {})
    cluster = Cluster(f"tcp://127.0.0.1:{port}", folder, scheduler)
    try:
        _wait(port)
        cluster.add_workers(workers, environment)
        yield cluster
    finally:
        for process in (*cluster.workers, scheduler):
            process.kill()
            process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")
