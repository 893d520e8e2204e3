#!/usr/bin/env python3
"""Time the main job on a copy of a site: a first sync, one with nothing to do, one on a fresh copy.

    python bench/main_job.py SITE [--runs N]

Prints the median of N runs (5) in seconds for each, as whole commands. Copies are made in a
temporary folder; SITE is not touched. The interpreter is to have mediakit installed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def timed(site: Path, *args: str) -> tuple[float, str]:
    """Run a command on the site, and return its seconds and last line."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mediakit", *args],
        cwd=site, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return time.perf_counter() - start, done.stdout.strip().splitlines()[-1]


def one_round(source: Path, base: Path) -> dict[str, tuple[float, str]]:
    """Return seconds and summary of each case, on new copies of the site."""
    site, fresh, target = base / "site", base / "fresh", base / "target"
    shutil.copytree(source, site, copy_function=shutil.copyfile)
    results = {"first sync": timed(site, "sync", "--no-videos", "--target", str(target))}
    results["sync, nothing to do"] = timed(site, "sync", "--no-videos", "--target", str(target))
    results["status, nothing to do"] = timed(site, "status")
    shutil.copytree(
        site, fresh, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".mediakit")
    )
    results["sync, fresh checkout"] = timed(fresh, "sync", "--no-videos", "--target", str(target))
    results["mediakit --version"] = timed(site, "--version")
    return results


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    rounds = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as base:
            rounds.append(one_round(options.site.resolve(), Path(base)))
    print(f"{'median s':>9}  {'min':>6}  {'max':>6}  what")
    for name in rounds[0]:
        seconds = [each[name][0] for each in rounds]
        middle = statistics.median(seconds)
        row = f"{middle:9.2f}  {min(seconds):6.2f}  {max(seconds):6.2f}"
        print(f"{row}  {name}: {rounds[0][name][1]}")


if __name__ == "__main__":
    main()
