"""Mode `scaling`: whether twice the photos take twice the time."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

from photos import make_small
from rounds import table
from sites import make_site, mediakit

COUNTS = (1, 100, 1_000, 10_000)
SIZE = (400, 300)


def scaling(rounds: int) -> None:
    """Print seconds a photo of whole runs, cold and with nothing to do, for each count."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        pictures = Path(temporary, "pictures")
        make_small(pictures, max(COUNTS), SIZE)
        photos = sorted(pictures.iterdir())
        start: tuple[float, float] = (0, 0)
        for count in COUNTS:
            cold, again = _timed(Path(temporary, "site"), photos[:count], rounds)
            if count == 1:
                start = cold, again
                continue
            each = [
                (taken - begin) / count * 1e3
                for taken, begin in zip((cold, again), start, strict=True)
            ]
            rows.append(
                (f"{count:,}", f"{cold:.2f}", f"{each[0]:.2f}", f"{again:.2f}", f"{each[1]:.3f}")
            )
    print(f"{SIZE[0]} x {SIZE[1]} pixels, a page and a teaser each; a run with one photo")
    print(f"({start[0]:.2f} s, {start[1]:.2f} s) is taken off before dividing\n")
    head = ("photos", "cold, s", "ms a photo", "nothing to do, s", "ms a photo")
    print(table(head, rows), flush=True)


def _timed(site: Path, photos: list[Path], rounds: int) -> tuple[float, float]:
    """Return the median seconds of a first run, and of one with nothing to do."""
    cold, again = [], []
    # few large runs are as sure as many small ones
    for _ in range(max(1, min(rounds, 3000 // len(photos)))):
        make_site(site, photos, overlay=False)
        cold.append(mediakit(site, "generate").seconds)
        again.append(mediakit(site, "generate").seconds)
        shutil.rmtree(site)
    return statistics.median(cold), statistics.median(again)
