#!/usr/bin/env python3
"""Time what comes before the work: starting mediakit, and importing its library.

    python bench/start.py [--runs N]

Prints the median and the least of N runs (30) in milliseconds, the CPU time of the process beside
it, and how many modules were imported. Cases take turns. The interpreter is to have mediakit
installed. `python -X importtime -m mediakit --version` shows which imports take how long.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time

CASES = {
    "python, nothing": "pass",
    "import mediakit": "import mediakit",
    "from mediakit import Site": "from mediakit import Site",
    "mediakit --version": "from mediakit.cli.main import main; main(['--version'])",
    "mediakit --help": "from mediakit.cli.main import main; main(['--help'])",
}


def timed(code: str) -> tuple[float, float]:
    """Return the milliseconds of a fresh interpreter that runs `code`: on the clock, and of CPU."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds * 1000, used * 1000


def modules(code: str) -> int:
    """Return how many modules are loaded after `code`."""
    counting = f"{code}\nimport sys; print(len(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", counting], check=True, capture_output=True, text=True
    )
    return int(done.stdout.splitlines()[-1])


def main() -> None:
    """Run the cases in turns, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    rounds = [{name: timed(code) for name, code in CASES.items()} for _ in range(runs + 1)][1:]
    print(f"{'median ms':>9}  {'least':>6}  {'CPU':>6}  {'modules':>7}  what")
    for name, code in CASES.items():
        clock = [each[name][0] for each in rounds]
        used = [each[name][1] for each in rounds]
        row = f"{statistics.median(clock):9.0f}  {min(clock):6.0f}  {statistics.median(used):6.0f}"
        print(f"{row}  {modules(code):7}  {name}")


if __name__ == "__main__":
    main()
