"""The photos to measure with: 12 MP and as full of detail as those of a phone, 3 to 5 MB each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (4032, 3024)
ROWS = 3
GRAIN = 3.0
"""Standard deviation of the noise, of 255: about that of a phone's sensor in good light."""

QUALITY = 93


def make_photos(folder: Path, count: int, given: Path | None, size: tuple[int, int] = SIZE) -> None:
    """Write `count` photos into `folder`: mosaics of the pictures in `given`, or drawn ones.

    The same arguments give the same pixels. What is there already is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tiles = sorted(given.rglob("*.jpg")) if given else []
    for number in range(count):
        path = folder / f"photo-{number:05}.jpg"
        if not path.exists():
            chance = np.random.default_rng(number)
            picture = _mosaic(tiles, size, chance) if tiles else _enlarged(size, chance)
            _grained(picture, chance).save(path, quality=QUALITY, subsampling="4:2:0")


def make_small(folder: Path, count: int, size: tuple[int, int]) -> None:
    """Write `count` small photos quickly: parts of one drawn picture, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = size
    canvas = _drawn((2 * width, 2 * height), np.random.default_rng(1))
    for number in range(count):
        left, top = number % width, number // width % height
        part = canvas.crop((left, top, left + width, top + height))
        part.save(folder / f"small-{number:05}.jpg", quality=85)


def make_large(path: Path, size: tuple[int, int], *, progressive: bool) -> None:
    """Write one very large JPEG of repeated tiles."""
    tile = _drawn((1000, 1000), np.random.default_rng(2))
    canvas = Image.new("RGB", size)
    for left in range(0, size[0], tile.width):
        for top in range(0, size[1], tile.height):
            canvas.paste(tile, (left, top))
    canvas.save(path, quality=85, progressive=progressive)


def _mosaic(tiles: list[Path], size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """Return rows of pictures, each scaled to the height of its row."""
    width, height = size
    canvas = Image.new("RGB", size)
    order = iter(_endless(len(tiles), chance))
    for row in range(ROWS):
        top, bottom = height * row // ROWS, height * (row + 1) // ROWS
        left = 0
        while left < width:
            with Image.open(tiles[next(order)]) as tile:
                scaled = round(tile.width * (bottom - top) / tile.height), bottom - top
                canvas.paste(
                    tile.convert("RGB").resize(scaled, Image.Resampling.BICUBIC), (left, top)
                )
            left += scaled[0]
    return canvas


def _endless(count: int, chance: np.random.Generator) -> Iterator[int]:
    while True:
        yield from map(int, chance.permutation(count))


def _enlarged(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    half = size[0] // 2, size[1] // 2
    return _drawn(half, chance).resize(size, Image.Resampling.BICUBIC)


def _drawn(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """Return clouds whose detail falls with frequency as in photos, cut by hard edges."""
    width, height = size
    rows = np.fft.fftfreq(height)[:, None]
    columns = np.fft.rfftfreq(width)[None, :]
    # amplitude falls as one over frequency in natural scenes (Field 1987)
    falling = 1 / np.maximum(np.hypot(rows, columns), 1 / max(size))
    luma = _clouds(falling, size, chance, 45) + 120
    for _ in range(40):
        x, y, radius = (
            chance.uniform(0, width),
            chance.uniform(0, height),
            chance.uniform(0.02, 0.2),
        )
        down, across = np.ogrid[:height, :width]
        inside = (across - x) ** 2 + (down - y) ** 2 < (radius * height) ** 2
        luma[inside] = luma[inside] * 0.6 + chance.uniform(20, 220) * 0.4
    red, blue = (_clouds(falling**1.3, size, chance, 18) for _ in range(2))
    planes = np.stack([luma + red, luma - (red + blue) / 2, luma + blue], axis=-1)
    return Image.fromarray(np.clip(planes, 0, 255).astype(np.uint8))


def _clouds(
    falling: NDArray[np.float64], size: tuple[int, int], chance: np.random.Generator, spread: float
) -> NDArray[np.float32]:
    noise = np.fft.rfft2(chance.standard_normal(size[::-1], dtype=np.float32))
    field = np.fft.irfft2(noise * falling, s=size[::-1]).astype(np.float32)
    centred: NDArray[np.float32] = (field - field.mean()) / field.std() * spread
    return centred


def _grained(picture: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Add noise: enlarged pictures are smoother than those of a camera."""
    pixels = np.asarray(picture, dtype=np.int16)
    grain = chance.standard_normal(pixels.shape[:2], dtype=np.float32) * GRAIN
    noisy = pixels + np.rint(grain).astype(np.int16)[:, :, None]
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
