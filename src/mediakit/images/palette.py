"""Pictures in few colours: which ones, and how far off the picture is with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

_MOST_KINDS = 8192
"""Colours that are told apart while a palette is looked for: more are taken together in cubes."""

_APART = 600.0
"""What sets opaque, translucent and clear pixels so far apart that no entry mixes them."""

_ROUNDS = 2
_AREA = 8
_MEAN = 2.0
_WORST = 8.0


class Colours:
    """The colours of a picture, which give its palettes; opaque pixels stay opaque in all."""

    def __init__(self, image: Image.Image) -> None:
        self._size = image.size
        pixels = np.asarray(image.convert("RGBA")).reshape(-1, 4)
        packed = np.ascontiguousarray(pixels).view(np.uint32).ravel()
        packed = np.where(pixels[:, 3] == 0, np.uint32(0), packed)  # clear is clear
        self._exact, self._places = np.unique(packed, return_inverse=True)
        self._counts = np.bincount(self._places)

    @property
    def number(self) -> int:
        """How many there are; all that is clear counts as one."""
        return len(self._exact)

    def reduced(self, most: int) -> tuple[Image.Image, bytes]:
        """Return the picture in a palette of at most `most` colours, and the alpha of each.

        The clear one comes first. Up to `most` colours, all are kept as they are.
        """
        if self.number <= most:
            rgba, labels = self._exact.view(np.uint8).reshape(-1, 4), np.arange(self.number)
        else:
            points, weights, kinds = self._kinds
            centres = _cut(points, weights, most)
            for _ in range(_ROUNDS):
                centres = _moved(centres, points, weights)
            rgba, labels = _plain(centres), _nearest(points, centres)[kinds]
        order = np.argsort(rgba[:, 3] != 0, kind="stable")
        ranks = np.empty(len(order), np.uint8)
        ranks[order] = np.arange(len(order))
        image = Image.frombytes("P", self._size, ranks[labels][self._places].tobytes())
        image.putpalette(np.ascontiguousarray(rgba[order, :3]).tobytes())
        return image, rgba[order, 3].tobytes()

    @cached_property
    def _kinds(self) -> tuple[Numbers, Numbers, NDArray[np.intp]]:
        """Colours as points with their weights, and the kind of each exact colour."""
        rgba = self._exact.view(np.uint8).reshape(-1, 4)
        points = _points(rgba)
        kinds = np.arange(self.number)
        for shift in (1, 2, 3):
            if kinds.max(initial=0) < _MOST_KINDS:
                break
            cubes = np.where(rgba[:, 3:] == 255, [0, 0, 0, 255], 0) | (rgba >> shift << shift)
            packed = np.ascontiguousarray(cubes.astype(np.uint8)).view(np.uint32).ravel()
            _, kinds = np.unique(packed, return_inverse=True)
        weights = np.bincount(kinds, self._counts).astype(np.float32)
        return _means(points, self._counts, kinds, len(weights)), weights, kinds


def _points(rgba: NDArray[np.uint8]) -> Numbers:
    """Return colours in five dimensions: premultiplied, alpha, and whether opaque or clear."""
    alpha = rgba[:, 3:].astype(np.float32)
    kind = _APART * (np.where(alpha == 255, 1, 0) - np.where(alpha == 0, 1, 0))
    return np.hstack((rgba[:, :3] * (alpha / 255), alpha, kind)).astype(np.float32)


def _plain(points: Numbers) -> NDArray[np.uint8]:
    alpha = points[:, 3:4]
    colours = points[:, :3] * (255 / np.maximum(alpha, 1e-3))
    return np.hstack((np.where(alpha > 0, colours, 0), alpha)).round().clip(0, 255).astype(np.uint8)


def _means(points: Numbers, weights: NDArray[Any], labels: NDArray[np.intp], many: int) -> Numbers:
    total = np.maximum(np.bincount(labels, weights, many), 1e-9)
    sums = [np.bincount(labels, weights * points[:, at], many) for at in range(points.shape[1])]
    return np.stack([each / total for each in sums], axis=1).astype(np.float32)


def _cut(points: Numbers, weights: Numbers, most: int) -> Numbers:
    """Return the means of boxes: the one that is most off is cut at its mean, over and over."""
    boxes = [_Box.around(points, weights)]
    while len(boxes) < most:
        widest = max(range(len(boxes)), key=lambda at: boxes[at].spread)
        halves = boxes[widest].cut()
        if halves is None:
            break
        boxes[widest : widest + 1] = halves
    return np.stack([box.mean for box in boxes])


@dataclass(frozen=True, slots=True)
class _Box:
    """Points that are near each other: their mean, and the axis on which they spread most."""

    points: Numbers
    weights: Numbers
    mean: Numbers
    axis: int
    spread: float

    @classmethod
    def around(cls, points: Numbers, weights: Numbers) -> _Box:
        mean = (weights @ points) / weights.sum()
        spreads = weights @ (points - mean) ** 2
        axis = int(spreads.argmax())
        return cls(points, weights, mean, axis, float(spreads[axis]))

    def cut(self) -> tuple[_Box, _Box] | None:
        """Return both sides of the mean, None where all points are alike."""
        low = self.points[:, self.axis] <= self.mean[self.axis]
        if self.spread <= 0 or low.all() or not low.any():
            return None
        high = ~low
        return (
            _Box.around(self.points[low], self.weights[low]),
            _Box.around(self.points[high], self.weights[high]),
        )


def _moved(centres: Numbers, points: Numbers, weights: Numbers) -> Numbers:
    labels = _nearest(points, centres)
    means = _means(points, weights, labels, len(centres))
    used = np.bincount(labels, minlength=len(centres)) > 0
    return np.where(used[:, None], means, centres)


def _nearest(points: Numbers, centres: Numbers) -> NDArray[np.intp]:
    distances = (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(distances.argmin(axis=1))


@dataclass(frozen=True, slots=True)
class FewColours:
    """Frames in palettes: `transparent` as Pillow takes it, `alike` where they look the same."""

    frames: tuple[Image.Image, ...]
    transparent: bytes | int | None
    alike: bool


def in_colours(frames: Sequence[Image.Image], most: int, *, has_own: bool) -> FewColours:
    """Return frames in at most `most` colours: each in its own palette, or all in one.

    In palettes of their own, as in a GIF, colours are opaque, and the first one may be clear.
    """
    if not has_own:
        return _in_one_palette(frames, most)
    has_clear = any(frame.has_transparency_data for frame in frames)
    bare = [_all_or_nothing(frame) for frame in frames]
    found = [Colours(frame).reduced(most - has_clear) for frame in bare]
    alike = all(is_close(frame, _shown(*made)) for frame, made in zip(bare, found, strict=True))
    images = (_clear_first(*made) if has_clear else made[0] for made in found)
    return FewColours(tuple(images), 0 if has_clear else None, alike)


def _in_one_palette(frames: Sequence[Image.Image], most: int) -> FewColours:
    width, height = frames[0].size
    strip = Image.new("RGBA", (width, height * len(frames)))
    for at, frame in enumerate(frames):
        strip.paste(frame.convert("RGBA"), (0, at * height))
    image, alpha = Colours(strip).reduced(most)
    tops = range(0, height * len(frames), height)
    images = tuple(image.crop((0, top, width, top + height)) for top in tops)
    transparent = alpha if min(alpha) < 255 else None
    return FewColours(images, transparent, is_close(strip, _shown(image, alpha)))


def _shown(image: Image.Image, alpha: bytes) -> Image.Image:
    shown = image.convert("RGB")
    indices = Image.frombytes("L", image.size, image.tobytes())
    shown.putalpha(indices.point(list(alpha.ljust(256, b"\0"))))
    return shown


def _clear_first(image: Image.Image, alpha: bytes) -> Image.Image:
    """Return a picture whose first colour is the clear one, also if it has no clear pixel."""
    if alpha[0] == 0:
        return image
    moved = bytes((index + 1) % 256 for index in range(256))
    found = Image.frombytes("P", image.size, image.tobytes().translate(moved))
    found.putpalette(bytes(3) + bytes(image.getpalette() or ()))
    return found


def _all_or_nothing(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    image.putalpha(image.getchannel("A").point(lambda alpha: 255 * (alpha >= 128)))
    return image


def is_close(picture: Image.Image, reduced: Image.Image) -> bool:
    """Return whether a picture in fewer colours still looks the same."""
    mean, worst = differences(picture, reduced)
    return mean < _MEAN and worst <= _WORST


def differences(picture: Image.Image, reduced: Image.Image) -> tuple[float, float]:
    """Return by how much two pictures differ, of 255: on the mean, and in the worst area.

    Of the four channels, colours premultiplied by alpha. What the eye takes together is an area of
    8 x 8 pixels: its mean counts, in the channel that is most off.
    """
    difference = _premultiplied(picture) - _premultiplied(reduced)
    mean = float(np.abs(difference).mean())
    height, width = difference.shape[:2]
    rows, columns = (np.arange(0, side, _AREA) for side in (height, width))
    sums = np.add.reduceat(np.add.reduceat(difference, rows, axis=0), columns, axis=1)
    tall, wide = (np.diff([*edges, side]) for edges, side in ((rows, height), (columns, width)))
    return mean, float(np.abs(sums / np.outer(tall, wide)[..., None]).max())


def _premultiplied(image: Image.Image) -> Numbers:
    rgba = np.asarray(image.convert("RGBA"), np.float32)
    return np.dstack((rgba[..., :3] * (rgba[..., 3:] / 255), rgba[..., 3]))
