"""Print the heaviest variants of each page: `python weights.py SITE [--most 3] [--above 60000]`."""

from __future__ import annotations

import argparse

from mediakit import Exercise, Site, Variant


def main() -> None:
    """Read the command line, and print a table."""
    parser = argparse.ArgumentParser(description="Print the heaviest variants of each page.")
    parser.add_argument("site", help="the folder of the site")
    parser.add_argument("--most", type=int, default=3, help="variants a page")
    parser.add_argument("--above", type=int, default=0, help="only those of more bytes")
    given = parser.parse_args()
    for exercise in Site.open(given.site).exercises:
        heavy = [each for each in heaviest(exercise) if each.bytes > given.above]
        for variant in heavy[: given.most]:
            print(f"{exercise.path}\t{variant.path}\t{variant.width} px\t{variant.bytes:,} bytes")


def heaviest(exercise: Exercise) -> list[Variant]:
    """Return the variants of a page, the heaviest first."""
    variants = [variant for picture in exercise.pictures for variant in picture.variants]
    return sorted(variants, key=lambda variant: -variant.bytes)


if __name__ == "__main__":
    main()
