"""Mode `scaling`: whether twice the photos take twice the time."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

from photos import make_small
from rounds import table

from sites import Run, make_site, mediakit

COUNTS = (1, 100, 1_000, 10_000)
SIZE = (400, 300)


def scaling(rounds: int) -> None:
    """Print the time a photo of whole runs, cold and with nothing to do, for each count."""
    cold: dict[int, list[Run]] = {count: [] for count in COUNTS}
    again: dict[int, list[Run]] = {count: [] for count in COUNTS}
    with tempfile.TemporaryDirectory() as temporary:
        pictures = Path(temporary, "pictures")
        make_small(pictures, max(COUNTS), SIZE)
        photos = sorted(pictures.iterdir())
        for _ in range(rounds):
            for count in COUNTS:
                # a small site several times, so that all counts get a fair share of the time
                for _ in range(1 if count > 1000 else 3):
                    site = Path(temporary, "site")
                    make_site(site, photos[:count], overlay=False)
                    cold[count].append(mediakit(site, "generate"))
                    again[count].append(mediakit(site, "generate"))
                    shutil.rmtree(site)
    rows = [
        (f"{count:,}", *_each(cold, count), *_each(again, count)) for count in COUNTS if count > 1
    ]
    one = statistics.median(run.seconds for run in cold[1])
    print(f"{SIZE[0]} x {SIZE[1]} pixels, a page and a teaser each, {rounds} rounds")
    print(f"a photo: after the time of a run with a single one is taken off ({one:.2f} s)\n")
    columns = ("s", "ms a photo", "ms of CPU a photo")
    head = [f"{when}, {each}" for when in ("cold", "again") for each in columns]
    print(table(("photos", *head), rows), flush=True)


def looks(rounds: int) -> None:
    """Print the time a picture of a first run over pictures that need no variant."""
    count, size = 2_000, (300, 200)
    runs: dict[int, list[Run]] = {1: [], count: []}
    with tempfile.TemporaryDirectory() as temporary:
        pictures = Path(temporary, "pictures")
        make_small(pictures, count, size)
        photos = sorted(pictures.iterdir())
        for _ in range(rounds):
            for each, found in runs.items():
                site = Path(temporary, "site")
                make_site(site, photos[:each], plain=True)
                found.append(mediakit(site, "generate"))
                shutil.rmtree(site)
    seconds, wall, used = _each(runs, count)
    print(
        f"{count:,} pictures of {size[0]} x {size[1]} pixels, a page each, {rounds} rounds: ",
        end="",
    )
    print(f"{seconds} s; {wall} ms and {used} ms of CPU a picture")


def _each(runs: dict[int, list[Run]], count: int) -> tuple[str, str, str]:
    """Return seconds, and milliseconds and those of CPU a photo, as medians."""
    seconds, cpu = (
        {size: statistics.median(getattr(run, name) for run in runs[size]) for size in (1, count)}
        for name in ("seconds", "cpu")
    )
    each = ((taken[count] - taken[1]) / (count - 1) * 1e3 for taken in (seconds, cpu))
    wall, used = each
    return f"{seconds[count]:.2f}", f"{wall:.2f}", f"{used:.2f}"
