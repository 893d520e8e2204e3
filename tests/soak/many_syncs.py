"""Syncs to a bucket, many at a time on a busy machine: none dies by a signal or a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from conftest import SiteBuilder, draw
from s3_server import BUCKET, ENVIRONMENT, s3_server

LOOPS = 6

_LONGEST = 300  # seconds: a sync takes one, on a machine that is not busy


def many_syncs(folder: Path, endpoint: str, count: int) -> Counter[str]:
    """Run `count` syncs in six loops side by side, each loop on a site and a prefix of its own.

    Returns how many there were of each kind of sync.

    Raises:
        AssertionError: one died, or printed a traceback; its output is the message.
    """
    with ThreadPoolExecutor(LOOPS) as loops:
        shares = [count // LOOPS + (number < count % LOOPS) for number in range(LOOPS)]
        run = partial(_loop, folder, endpoint)
        return sum(loops.map(run, range(LOOPS), shares), Counter())


def _loop(folder: Path, endpoint: str, number: int, count: int) -> Counter[str]:
    site = SiteBuilder(folder / f"site-{number}")
    site.root.mkdir()
    for name in ("squat", "row"):
        site.exercise(name, 2)
    done: Counter[str] = Counter()
    for turn in range(count):
        kind = _change(site, turn)
        _sync(site, f"s3://{BUCKET}/loop-{number}", endpoint)
        done[kind] += 1
    return done


def _change(site: SiteBuilder, turn: int) -> str:
    """Change what the next sync finds, so that both catalogs are read in each way there is."""
    if turn == 0:
        return "of a site that is new"
    if turn % 3 == 1:
        return "with nothing to do"
    if turn % 3 == 2:
        site.write("assets/images/row-1.jpg", draw(colour=f"#{turn * 37 % 4096:03x}"))
        return "of a picture that changed"
    for file in site.root.glob(".mediakit/cache.db*"):
        file.unlink()
    return "without a cache"


def _sync(site: SiteBuilder, target: str, endpoint: str) -> None:
    environment = {
        **os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL_S3": endpoint, "MEDIAKIT_NO_VIDEOS": "1",
        "PYTHONFAULTHANDLER": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "mediakit", "sync", "--target", target],
        cwd=site.root, env=environment, capture_output=True, text=True, timeout=_LONGEST,
        check=False,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert done.returncode == 0, f"ended with {done.returncode}: {told}"
    assert "Traceback" not in told, told


def main(count: int) -> int:
    """Run that many, and print how many there were of each kind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "s3").mkdir()
        with s3_server(folder / "s3") as server:
            counts = many_syncs(folder, server.url, count)
    for what, number in sorted(counts.items()):
        print(f"{number:7,} syncs {what}")
    print(f"{counts.total():7,} syncs in {LOOPS} loops, none died")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
