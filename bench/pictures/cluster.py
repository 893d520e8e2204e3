"""Mode `cluster`: what workers cost that are not threads, and what they gain."""

from __future__ import annotations

import contextlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from photos import make_small
from rounds import table

from sites import Run, make_site, mediakit

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS = (1, 2, 4)
SMALL, SMALL_SIZE = 1_000, (400, 300)
_DASK = Path(sys.executable).with_name("dask")


@dataclass
class Wire:
    """A relay in front of the scheduler, which counts what the client sends and gets."""

    upstream: int
    bytes: int = 0
    listener: socket.socket = field(default_factory=socket.socket)

    def __post_init__(self) -> None:
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        """Where the client connects to."""
        return f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.upstream))
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._copy, args=ends, daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.bytes += len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def running(workers: int) -> Iterator[Wire]:
    """Run a scheduler and workers of one thread, and a relay in front of them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        commands = [
            ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-show"],
            *(
                [
                    "worker", f"tcp://127.0.0.1:{port}", "--no-nanny", "--nthreads", "1",
                    "--local-directory", folder,
                ] for _ in range(workers)
            ),
        ]  # fmt: skip
        processes = [
            subprocess.Popen(
                [str(_DASK), *command, "--no-dashboard"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ) for command in commands
        ]  # fmt: skip
        try:
            _wait(port, workers)
            yield Wire(port)
        finally:
            for process in reversed(processes):
                process.kill()
                process.wait()


def _wait(port: int, workers: int) -> None:
    from distributed import Client  # noqa: PLC0415 - an extra

    end = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), Client(f"tcp://127.0.0.1:{port}", timeout=5) as client:
            client.wait_for_workers(workers, timeout=60)
            return
        if time.monotonic() > end:
            raise TimeoutError("the cluster did not start")


def cluster(photos: list[Path], rounds: int) -> None:
    """Print both tables: large photos, and small ones, where overhead shows."""
    with tempfile.TemporaryDirectory() as temporary:
        small = Path(temporary, "small")
        make_small(small, SMALL, SMALL_SIZE)
        for name, files in (("12 MP", photos), ("400 x 300", sorted(small.iterdir()))):
            _compare(name, files, rounds)


@dataclass
class Comparison:
    """Runs on all photos, and on one alone, by who made the pictures and how many they were."""

    photos: list[Path]
    runs: dict[tuple[str, int], list[Run]] = field(default_factory=dict)
    single: dict[tuple[str, int], list[Run]] = field(default_factory=dict)
    sent: dict[tuple[str, int], int] = field(default_factory=dict)

    def take_turns(self) -> None:
        """Let everyone make the photos once."""
        for count in WORKERS:
            for who in ("threads", "processes"):
                self._turn((who, count), "--executor", who, "--jobs", str(count))
            with running(count) as wire:
                self._turn(("dask", count), "--executor", f"dask:{wire.address}", wire=wire)

    def _turn(self, key: tuple[str, int], *arguments: str, wire: Wire | None = None) -> None:
        self.single.setdefault(key, []).append(_generate(self.photos[:1], arguments))
        before = wire.bytes if wire else 0
        self.runs.setdefault(key, []).append(_generate(self.photos, arguments))
        if wire:
            self.sent[key] = wire.bytes - before

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each."""
        for key, taken in sorted(self.runs.items()):
            who, count = key
            seconds = statistics.median(run.seconds for run in taken)
            gain = self._work(who, 1) / self._work(who, count) / count
            yield (
                f"{who}, {count}", f"{seconds:.2f}", f"{seconds - self._work(who, count):.2f}",
                f"{self._work(who, count) / (len(self.photos) - 1) * 1e3:.2f}", f"{gain:.2f}",
                f"{statistics.median(run.peak for run in taken):.0f}",
                f"{self.sent[key] / len(self.photos) / 1e3:.1f}" if key in self.sent else "",
            )  # fmt: skip

    def _work(self, who: str, count: int) -> float:
        """Return the seconds that all photos but one took."""
        return statistics.median(
            many.seconds - one.seconds
            for many, one in zip(self.runs[who, count], self.single[who, count], strict=True)
        )


def _compare(name: str, photos: list[Path], rounds: int) -> None:
    comparison = Comparison(photos)
    for _ in range(rounds):
        comparison.take_turns()
    print(f"{len(photos):,} photos of {name}, two variants of each, {rounds} rounds\n")
    head = (
        "workers", "s", "s with one photo", "ms for each other", "efficiency",
        "client's peak in MB", "client's KB on the wire a photo",
    )  # fmt: skip
    print(table(head, list(comparison.rows())), flush=True)


def _generate(photos: list[Path], arguments: tuple[str, ...]) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        make_site(site, photos)
        run = mediakit(site, "generate", *arguments)
        shutil.rmtree(site)
        return run
