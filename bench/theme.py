"""Measure a site before and after `theme install`: sizes, WebP, jumps, other hosts, dead addresses.

    python bench/theme.py [FOLDER] [--layouts THEME] [--pages N] [--keep DIR]

FOLDER has exercises in `_exercises` or `manifests`, and pictures in `assets/images`: without it,
the sample site. Its layouts are in the shape of Minimal Mistakes; THEME is a copy of the theme.
Jekyll builds the site twice, Chromium looks at N (6) exercises and the list of all, 1280 and 390
wide, with pictures that come late. Prints Markdown. Needs `pip install -e '.[test]'`, Jekyll and
Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE / "tests"))

from measured_theme import LAYOUTS, Measured, measured  # noqa: E402 - from the tests


def main() -> None:
    """Measure, and print a row for each figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    parser.add_argument("--layouts", type=Path, default=LAYOUTS)
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        top = given.keep or Path(folder)
        both = measured(given.folder, top, layouts=given.layouts, most=given.pages)
    print("| | before | after |\n| --- | ---: | ---: |")
    for rows in zip(*map(_rows, both), strict=True):
        print(f"| {rows[0][0]} | {rows[0][1]} | {rows[1][1]} |")


def _rows(found: Measured) -> list[tuple[str, str]]:
    return [
        ("pages, of them with pictures", f"{found.pages}, {found.pictured}"),
        ("`<img>` with width and height", f"{found.sized} of {found.pictures}"),
        ("of these with WebP", f"{found.webp}"),
        ("addresses of pictures without an answer", f"{found.missing} of {found.addresses}"),
        ("openings in which something jumps", f"{found.shifted} of {found.seen}"),
        ("the largest layout shift", f"{found.most:.2f}"),
        ("requests to other hosts", f"{found.foreign}"),
    ]


if __name__ == "__main__":
    main()
