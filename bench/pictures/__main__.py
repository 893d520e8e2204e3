"""Measure how fast and how good mediakit makes pictures, beside sharp, vipsthumbnail, ImageMagick.

    python bench/pictures library [--from FOLDER] [--modules FOLDER] [--photos N] [--rounds N]

Makes its own photos of 12 MP: mosaics of the JPEGs in the folder `--from`, drawn ones without.
`--modules` is a folder with `node_modules/sharp` (the working folder). `--work` keeps the photos
there for the next run. A peer that is not on the machine is said and left out. The modes:

- library: calls on photos in memory, and the peers' programs, at qualities of equal SSIM
- command: `mediakit generate` and a bare node script with sharp, on 40 of the photos, and on a
  copy of the site `--corpus`

Prints Markdown. Everyone takes a turn in each round; a ratio is the median over rounds, with
quartiles. Needs numpy and scikit-image.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from command import command
from library import library
from photos import make_photos


def main() -> None:
    """Make the photos, and run the mode that is asked for."""
    modes = ("library", "command")
    parser = argparse.ArgumentParser(
        prog="bench/pictures", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("mode", choices=modes)
    parser.add_argument("--from", dest="given", type=Path, help="folder of JPEGs")
    parser.add_argument("--corpus", type=Path, help="a site, for the mode `command`")
    parser.add_argument("--modules", type=Path, default=Path.cwd())
    parser.add_argument("--photos", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--work", type=Path, help="folder to keep the photos in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        photos = work / ("mosaics" if options.given else "drawn")
        make_photos(photos, options.photos, options.given)
        chosen = sorted(photos.glob("*.jpg"))[: options.photos]
        if options.mode == "library":
            library(chosen, options.modules, options.rounds)
        else:
            command(chosen, options.corpus, options.modules, options.rounds)


if __name__ == "__main__":
    main()
