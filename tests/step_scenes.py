"""Step pictures that are drawn: somebody moves in front of a wall, and the camera is moved too."""

from __future__ import annotations

import functools
import io
import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SIZE = (480, 320)
_MARGIN = 90
_POSES = ((0, 45), (30, -8), (68, -68))
"""How far the body is from the middle, and how far the hands are below the shoulders."""


@dataclass(frozen=True)
class Camera:
    """What a hand does to a camera: pixels aside and down, a factor, and degrees."""

    right: float = 0.0
    down: float = 0.0
    zoom: float = 1.0
    tilt: float = 0.0

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Return what takes a point of the still picture to one of the moved picture."""
        angle = np.radians(self.tilt)
        a, b = self.zoom * np.cos(angle), self.zoom * np.sin(angle)
        x, y = SIZE[0] / 2, SIZE[1] / 2
        return np.array([
            [a, -b, x - a * x + b * y + self.right], [b, a, y - b * x - a * y + self.down],
            [0.0, 0.0, 1.0],
        ])  # fmt: skip


STILL = Camera()


def step(
    room: int = 1, pose: int = 0, camera: Camera = STILL, shirt: str = "#2846a0", light: float = 1.0
) -> Image.Image:
    """Return a picture of a step: the room, and somebody in a pose before it."""
    image = _room(room).copy()
    pen = ImageDraw.Draw(image)
    aside, hands = _POSES[pose]
    x, y = image.width // 2 + aside, image.height // 2
    pen.ellipse((x - 20, y - 113, x + 20, y - 68), fill="#d8a888")
    pen.rectangle((x - 34, y - 68, x + 34, y + 30), fill=shirt)
    pen.rectangle((x - 30, y + 30, x + 30, y + 113), fill="#18181c")
    for side in (-1, 1):
        pen.line((x + side * 34, y - 60, x + side * 83, y - 60 + hands), fill="#d8a888", width=17)
    moved = np.linalg.inv(camera.matrix)
    shift = np.array([[1.0, 0, _MARGIN], [0, 1, _MARGIN], [0, 0, 1]]) @ moved
    seen = image.transform(
        SIZE, Image.Transform.AFFINE, tuple(shift[:2].ravel()), Image.Resampling.BICUBIC
    )
    noise = random.Random(pose).randbytes(SIZE[0] * SIZE[1])
    grain = Image.frombytes("L", SIZE, noise).convert("RGB")
    seen = Image.blend(seen.filter(ImageFilter.GaussianBlur(0.7)), grain, 0.04)
    return seen if light == 1.0 else seen.point(lambda value: min(255, round(value * light)))


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """Return the bytes of a picture as a camera saves it."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@functools.lru_cache(maxsize=8)
def _room(room: int) -> Image.Image:
    dice = random.Random(room)
    width, height = (side + 2 * _MARGIN for side in SIZE)
    image = Image.new("RGB", (width, height), _colour(dice))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height * 0.7, width, height), fill=_colour(dice))
    for _ in range(60):
        x, y = dice.randint(0, width), dice.randint(0, height)
        shape = pen.ellipse if dice.random() < 0.4 else pen.rectangle
        shape((x, y, x + dice.randint(12, 90), y + dice.randint(10, 80)), fill=_colour(dice))
    for _ in range(150):
        x, y = dice.randint(0, width), dice.randint(0, height)
        ends = (x, y, x + dice.randint(3, 40), y + dice.randint(-30, 30))
        pen.line(ends, fill=_colour(dice), width=2)
    return image


def _colour(dice: random.Random) -> tuple[int, int, int]:
    return dice.randint(40, 235), dice.randint(40, 235), dice.randint(40, 235)
