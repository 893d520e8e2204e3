"""Measure how fast and how good mediakit makes pictures, beside sharp, vipsthumbnail, ImageMagick.

    python bench/pictures library [--from FOLDER] [--modules FOLDER] [--photos N] [--rounds N]

Makes its own photos of 12 MP: mosaics of the JPEGs in the folder `--from`, drawn ones without.
`--modules` is a folder with `node_modules/sharp` (the working folder). `--work` keeps the photos
there for the next run. A peer that is not on the machine is said and left out. The modes:

- library: calls on photos in memory, and the peers' programs, at qualities of equal SSIM
- command: `mediakit generate` and a bare node script with sharp, on 40 of the photos, and on a
  copy of the site `--corpus`
- memory: the peak of resident memory with 12 MP photos, and with a JPEG of 200 MP
- scaling: whole runs on 100, 1,000 and 10,000 small photos
- looks: a first run over 2,000 small pictures that need no variant
- cluster: threads, processes and dask workers, on the photos and on small ones
- stages: where the time goes, also on the photos of the site `--corpus`
- sizes: whether every fit gives the sizes that sharp gives
- tried: other ways to the same variants; simplejpeg and pyvips where they are installed

Prints Markdown. Everyone takes a turn in each round; a ratio is the median over rounds, with
quartiles. Needs numpy and scikit-image.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cluster import cluster
from command import command
from memory import memory
from photos import make_photos
from scaling import looks, scaling
from sizes import sizes
from stages import stages
from tried import tried

from library import library

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Make the photos, and run the mode that is asked for."""
    modes: dict[str, Callable[[argparse.Namespace, list[Path]], None]] = {
        "library": lambda asked, photos: library(photos, asked.modules, asked.rounds),
        "command": lambda asked, photos: command(photos, asked.corpus, asked.modules, asked.rounds),
        "memory": lambda _, photos: memory(photos),
        "scaling": lambda asked, _: scaling(asked.rounds),
        "looks": lambda asked, _: looks(asked.rounds),
        "cluster": lambda asked, photos: cluster(photos, asked.rounds),
        "stages": lambda asked, photos: stages(photos, asked.corpus, asked.rounds),
        "sizes": lambda asked, _: sizes(asked.modules),
        "tried": lambda asked, photos: tried(photos, asked.rounds),
    }
    parser = argparse.ArgumentParser(
        prog="bench/pictures", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("mode", choices=tuple(modes))
    parser.add_argument("--from", dest="given", type=Path, help="folder of JPEGs")
    parser.add_argument("--corpus", type=Path, help="a site, for `command` and `stages`")
    parser.add_argument("--modules", type=Path, default=Path.cwd(), help="for sharp")
    parser.add_argument("--photos", type=int, help="how many (12; for `command` 40)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--work", type=Path, help="folder to keep the photos in")
    asked = parser.parse_args()
    count = asked.photos or (40 if asked.mode == "command" else 12)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.work or Path(temporary)) / ("mosaics" if asked.given else "drawn")
        if asked.mode not in {"looks", "scaling", "sizes"}:
            make_photos(folder, count, asked.given)
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        print(
            f"{asked.mode}: {platform.machine()}, {cores} cores, Python {platform.python_version()}"
        )
        modes[asked.mode](asked, sorted(folder.glob("*.jpg"))[:count])


if __name__ == "__main__":
    main()
