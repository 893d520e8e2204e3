"""Whether sizes are those that sharp gives: random sources and frames, every fit."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from pathlib import Path

from mediakit.images.preset import Fit, place

_SCRIPT = Path(__file__).with_name("sharp_sizes.mjs")
_COUNT = 600


def sizes(modules: Path) -> None:
    """Print for each fit how many of the sizes differ from those of sharp in `modules`."""
    dice = random.Random(5)  # noqa: S311 - the same ones in every run
    shapes = ((900, 900), (30, 30), (3000, 40), (40, 3000))
    print("\n| fit | sizes | other than sharp's |\n| --- | ---: | ---: |")
    for fit in Fit:
        cases = []
        for _ in range(_COUNT):
            widest, highest = dice.choice(shapes)
            source = dice.randint(1, widest), dice.randint(1, highest)
            cases.append((source, (dice.randint(1, 500), dice.randint(1, 500))))
        theirs = _of_sharp(modules, fit, cases)
        ours = [place(fit, frame, source).size for source, frame in cases]
        differ = sum(list(one) != other for one, other in zip(ours, theirs, strict=True))
        print(f"| {fit} | {_COUNT} | {differ} |")


def _of_sharp(
    modules: Path, fit: Fit, cases: list[tuple[tuple[int, int], tuple[int, int]]]
) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "cases.json")
        listed.write_text(json.dumps({"fit": fit, "cases": cases}), "utf-8")
        told = subprocess.run(
            ["node", str(_SCRIPT), str(modules), str(listed)], check=True, capture_output=True
        )
    found: list[list[int]] = json.loads(told.stdout)
    return found
