#!/usr/bin/env python3
"""Time what comes before the work: starting mediakit, and importing its library.

    python bench/start.py [--runs N] [--pages N]

Prints the median and the least of N runs (30) in milliseconds of CPU, how many times that of Python
alone this is, the time on the clock, and how many modules were imported; at last, how many
processes wanted a core (the load of the last minute). Cases take turns; one is `status` on a site
of N pages (150) with three pictures each, where nothing is to do. The interpreter is to have
mediakit installed, and keeps compiled modules, as installed programs do. `typing_extensions` is
hidden: packages of development bring it, an installed mediakit does not, and msgspec loads it.
`python -X importtime -m mediakit --version` shows which imports take how long.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from many import make_site, mediakit

NOTHING = "python, nothing"
AS_INSTALLED = "import sys; sys.modules['typing_extensions'] = None\n"
CASES = {
    NOTHING: "pass",
    "import mediakit": "import mediakit",
    "from mediakit import Site": "from mediakit import Site",
    "mediakit --version": "from mediakit.cli.main import main; main(['--version'])",
    "mediakit --help": "from mediakit.cli.main import main; main(['--help'])",
    "packages alone": "import click, msgspec, sqlite3, hashlib, pathlib",
    "packages, as mediakit loads them": (
        "import gc; gc.set_threshold(100_000, 50, 50);"
        "import click, msgspec, sqlite3, hashlib, os, pathlib; os._exit(0)"
    ),
}


def timed(code: str) -> tuple[float, float]:
    """Return the milliseconds of a fresh interpreter that runs `code`: on the clock, and of CPU."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", AS_INSTALLED + code], check=True, stdout=subprocess.DEVNULL
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds * 1000, used * 1000


def modules(code: str) -> int:
    """Return how many modules are loaded after `code`."""
    counting = (
        "import atexit, os, sys; os._exit = sys.exit;"
        f"atexit.register(lambda: print(len(sys.modules)))\n{AS_INSTALLED}{code}"
    )
    done = subprocess.run(
        [sys.executable, "-c", counting], check=True, capture_output=True, text=True
    )
    return int(done.stdout.splitlines()[-1])


def settled_site(folder: str, pages: int) -> Path:
    """Make a site whose last `generate` had nothing to do."""
    site = Path(folder, "site")
    make_site(site, pages)
    for _ in range(2):
        time.sleep(2.5)  # what has just been written is not trusted by its times
        mediakit(site, "generate")
    return site


def measure(cases: dict[str, str], runs: int) -> None:
    """Run the cases in turns, and print the table."""
    rounds = [{name: timed(code) for name, code in cases.items()} for _ in range(runs + 1)][1:]
    print(f"{'CPU, ms':>9}  {'least':>6}  {'times':>6}  {'clock':>6}  {'modules':>7}  what")
    for name, code in cases.items():
        clock, used = ([each[name][at] for each in rounds] for at in (0, 1))
        times = statistics.median(each[name][1] / each[NOTHING][1] for each in rounds)
        row = f"{statistics.median(used):9.0f}  {min(used):6.0f}  {times:6.1f}"
        print(f"{row}  {statistics.median(clock):6.0f}  {modules(code):7}  {name}")
    print(f"load {os.getloadavg()[0]:.0f}")


def main() -> None:
    """Make the site, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--pages", type=int, default=150)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        site = settled_site(folder, options.pages)
        status = (
            f"import sys; sys.argv = ['mediakit', 'status', '--site', {str(site)!r}];"
            "from mediakit.cli.main import run; run()"
        )
        measure({**CASES, f"mediakit status, {options.pages} pages": status}, options.runs)


if __name__ == "__main__":
    main()
