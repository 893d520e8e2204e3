"""Scenes that are drawn: a room, a mat, and somebody in a pose, as photos of exercises are."""

from __future__ import annotations

import functools
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (600, 400)
_ARMS = ((60, 300), (120, 250), (125, 175), (110, 100), (50, 60))
"""Where the hands are, from hanging to overhead."""


def scene(room: int, pose: int = 0, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture; equal rooms have equal walls and floors, poses move the arms only."""
    image = _drawn(room, pose)
    return image.copy() if size == SIZE else image.resize(size, Image.Resampling.LANCZOS)


@functools.lru_cache(maxsize=200)
def _drawn(room: int, pose: int) -> Image.Image:
    dice = random.Random(room)
    image = Image.new("RGB", SIZE, _colour(dice))
    pen = ImageDraw.Draw(image)
    horizon = dice.randint(200, 280)
    pen.rectangle((0, horizon, *SIZE), fill=_colour(dice))
    for _ in range(14):
        x, y = dice.randint(0, 560), dice.randint(0, 360)
        width, height = dice.randint(15, 110), dice.randint(10, 90)
        shape = pen.ellipse if dice.random() < 0.4 else pen.rectangle
        shape((x, y, x + width, y + height), fill=_colour(dice))
    for _ in range(60):
        x, y = dice.randint(0, 590), dice.randint(0, 390)
        pen.line((x, y, x + dice.randint(3, 30), y + dice.randint(-12, 12)), _colour(dice), 2)
    x = dice.randint(220, 360)
    pen.ellipse((x - 22, 120, x + 22, 164), fill="#d8a888")
    pen.rectangle((x - 30, 165, x + 30, 270), fill="#202028")
    reach, height = _ARMS[pose]
    for side in (-1, 1):
        pen.line((x + side * 28, 175, x + side * reach, height), fill="#301810", width=20)
    grain = Image.frombytes("L", SIZE, random.Random(room).randbytes(SIZE[0] * SIZE[1]))
    image = Image.blend(image, grain.convert("RGB"), 0.2)
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _colour(dice: random.Random) -> tuple[int, int, int]:
    return dice.randint(90, 235), dice.randint(90, 235), dice.randint(90, 235)
