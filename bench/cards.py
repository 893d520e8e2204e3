"""CPU of cards: `python bench/cards.py [FOLDER]`, 461 of them from the pictures of a folder.

Prints the CPU seconds of each design, and what that is on two cores. Without a folder, the
pictures are those of the sample site.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from mediakit.base.artifacts import Product
from mediakit.images.recipes import RecipeSite
from mediakit.images.recipes.card import Design, PageCard
from mediakit.images.render import PictureSource, Rendered

COUNT = 461
TITLES = (
    "Knæbøj", "Rygstræk på bold", "Skulderbladsstabiliseringsøvelse",
    "Firestående modsat arm- og benløft", "Stående tricepsekstension med vægtstang",
    "Håndledsbøjning over bænk med håndvægt og underarmsstøtte",
)  # fmt: skip


def main() -> None:
    """Draw the cards of each design, one after the other."""
    sample = Path(__file__).parents[1] / "assets/images/exercises"
    folder = Path(sys.argv[1]) if sys.argv[1:] else sample
    pictures = [each for each in sorted(folder.rglob("*-0.jpg")) if each.is_file()]
    site = RecipeSite("Træningskataloget", "da", "assets/images", lambda _path, _most: b"")
    for design in Design:
        card = PageCard("og", design=design).for_site(site)
        texts = zip(range(COUNT), itertools.cycle(TITLES), itertools.cycle(pictures), strict=False)
        start, size = time.process_time(), 0
        for _, title, path in texts:
            source = [] if design is Design.PLAIN else [PictureSource(path.read_bytes())]
            (made,) = card.make([*source, title, site.title], [Product("card.jpg", "og", ())])
            assert isinstance(made, Rendered), made
            size += len(made.data)
        spent = time.process_time() - start
        print(
            f"{design:6} {COUNT} cards: {spent:5.1f} s of CPU, {spent / 2:4.1f} s on two cores, "
            f"{size / COUNT / 1000:.0f} kB each"
        )


if __name__ == "__main__":
    main()
