"""How well steps are laid on each other, and which exercises of a site make a loop.

    python bench/flips.py SITE [--sheet SHEET.png]

First the error in pixels at the corners and the middle of the sides of pictures that are shifted,
zoomed and tilted by known amounts: drawn ones, in which somebody moves, and the second step of
each exercise of the site that makes a loop, moved once more. Then how many exercises make a loop,
and why the others do not. The sheet has each loop: first step, second step, and where they differ.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops, ImageDraw

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mediakit.base.files import FileTree
from mediakit.base.model import Role
from mediakit.config.config import load_config
from mediakit.images.flip.align import ALIGN_SIDE, StepAligner
from mediakit.images.flip.steps import Misfit, laid_steps
from mediakit.images.resize import within
from mediakit.sync.content import read_content
from step_scenes import SIZE, Camera, step

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRIES = 60
TILE = (180, 120)


def camera(dice: random.Random) -> Camera:
    """Return what a hand does."""
    return Camera(
        dice.uniform(-25, 25), dice.uniform(-18, 18), dice.uniform(0.9, 1.1), dice.uniform(-4, 4)
    )


def apart(one: NDArray[np.float64], other: NDArray[np.float64], size: tuple[int, int]) -> float:
    """Return how many pixels two matrices are apart, where they are most, in a picture."""
    x, y = np.meshgrid(np.linspace(0, size[0], 3), np.linspace(0, size[1], 3))
    points = np.stack([x.ravel(), y.ravel(), np.ones(9)])
    a, b = (each @ points for each in (one, other))
    return float(np.linalg.norm(a[:2] / a[2] - b[:2] / b[2], axis=0).max())


def of_drawn(aligner: StepAligner) -> list[float]:
    """Return the errors of drawn pictures."""
    errors = []
    for number in range(TRIES):
        dice = random.Random(number)  # noqa: S311 - seeded
        moved = camera(dice)
        room, pose = dice.randint(1, 8), dice.randint(1, 2)
        one, base = (
            aligner.view(np.asarray(each))
            for each in (step(room, pose=pose, camera=moved), step(room))
        )
        found = aligner.lay(one, base)
        errors.append(
            99.0 if found is None else apart(found.matrix @ moved.matrix, np.eye(3), SIZE)
        )
    return errors


def told(name: str, errors: list[float]) -> None:
    """Print errors."""
    low, most = np.median(errors), max(errors)
    print(f"{name}: {len(errors)} pictures, error {low:.2f} px in the middle, {most:.2f} at most")


def steps_of(root: Path) -> list[tuple[str, list[Path]]]:
    """Return the exercises of a site with two pictures or more in their gallery."""
    config = load_config(root)
    tree = FileTree(root)
    found = []
    for page in read_content(config, tree).manifests:
        paths = dict.fromkeys(
            each.source for each in page.images if each.role is Role.GALLERY and each.source
        )
        files = [root / each for each in paths if (root / each).is_file()]
        if len(files) > 1:
            found.append((page.path, files))
    return found


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    aligner = StepAligner()
    told("drawn", of_drawn(aligner))
    errors, reasons, tiles = [], Counter[str](), []
    for number, (page, files) in enumerate(steps_of(options.site)):
        photos = [Image.open(each).convert("RGB") for each in files]
        made = laid_steps(photos)
        if isinstance(made, Misfit):
            reasons["".join(each for each in made.why if not each.isdigit())] += 1
            continue
        reasons["a loop"] += 1
        dice = random.Random(number)  # noqa: S311 - seeded
        errors.append(again(aligner, photos[0], photos[1], dice))
        pair = [each.resize(TILE) for each in made[:2]]
        tiles.append((page, [*pair, ImageChops.difference(*pair)]))
    told("moved once more", errors)
    for why, count in reasons.most_common():
        print(f"{count:5} {why}")
    if options.sheet:
        sheet(tiles).save(options.sheet)


def again(aligner: StepAligner, base: Image.Image, one: Image.Image, dice: random.Random) -> float:
    """Return by how much a step is laid elsewhere after it was moved by a known amount."""
    first, second = (np.asarray(within(each, ALIGN_SIDE)) for each in (base, one))
    size = second.shape[1], second.shape[0]
    shift = np.array([[1.0, 0, size[0] / 2], [0, 1, size[1] / 2], [0, 0, 1]])
    moved = camera(dice)
    angle = np.radians(moved.tilt)
    a, b = moved.zoom * np.cos(angle), moved.zoom * np.sin(angle)
    turn = np.array([[a, -b, moved.right], [b, a, moved.down], [0, 0, 1]])
    matrix = shift @ turn @ np.linalg.inv(shift)
    view = aligner.view(first)
    before = aligner.lay(aligner.view(second), view)
    after = aligner.lay(aligner.view(aligner.laid(second, matrix, size)), view)
    if before is None or after is None:
        return 99.0
    return apart(after.matrix @ matrix, before.matrix, size)


def sheet(tiles: list[tuple[str, list[Image.Image]]], columns: int = 3) -> Image.Image:
    """Return all loops side by side."""
    width, height = TILE[0] * 3 + 6, TILE[1] + 14
    rows = -(-len(tiles) // columns)
    found = Image.new("RGB", (width * columns, height * rows), "white")
    pen = ImageDraw.Draw(found)
    for number, (page, pictures) in enumerate(tiles):
        x, y = number % columns * width, number // columns * height
        pen.text((x + 2, y + 1), page, fill="black")
        for place, each in enumerate(pictures):
            found.paste(each, (x + place * TILE[0], y + 13))
    return found


if __name__ == "__main__":
    main()
