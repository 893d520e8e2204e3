"""A frame of a film as coders take it: at its size, upright, in the colours of BT.709, 8 bits.

Phones record more light than a page shows (HLG, PQ) in more colours (BT.2020). Their frames become
what a camera without these would have written: light counts as it fell on the lens, what is as
bright as white paper stays nearly white, and what is brighter goes gently up to white.

Source: ITU-R BT.2100 (curves of HLG and PQ), BT.2020 and BT.709 (colours and curve), BT.2408
(white paper: three quarters of an HLG signal, 203 candela a square metre).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ImageFilter

from mediakit.images.film_coders import require_coder

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray
    from PIL import Image

SPACE = "ITU709"
_SIDEWAYS = frozenset({90, 270})
_UNKNOWN = 2
_HD = 720
_PQ, _HLG = 16, 18
_WIDE = 9
_TO_BT709 = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))
_KNEE = 0.6
"""Light of white paper is 1: above this, it comes gently up to white."""
_POINTS = 33
_BICUBIC = 4
EXACT = _BICUBIC | 0x2000 | 0x40000
"""Flags of FFmpeg for red, green and blue that are not too dark by two of 255."""


@dataclass(frozen=True)
class FrameMaker:
    """Makes frames of one film at one size; each thread has its own."""

    size: tuple[int, int]
    lines: int

    @cached_property
    def _scaler(self) -> Any:  # noqa: ANN401
        require_coder()
        from av.video.reformatter import VideoReformatter  # noqa: PLC0415 - only where films are

        return VideoReformatter()

    @cached_property
    def _shades(self) -> dict[tuple[int, int], ImageFilter.Color3DLUT]:
        return {}

    def made(self, frame: VideoFrame) -> VideoFrame:
        """Return a frame for coders."""
        turn = frame.rotation % 360
        width, height = self.size[::-1] if turn in _SIDEWAYS else self.size
        kind = int(frame.color_trc), int(frame.color_primaries)
        if kind[0] in {_PQ, _HLG} or kind[1] == _WIDE:
            small = self._shown(frame, width, height, kind)
        else:
            small = self._scaled(
                frame, width, height, "yuv420p", dst_colorspace=SPACE, dst_color_range="MPEG"
            )
        return _turned(small, turn) if turn else small

    def _scaled(
        self, frame: VideoFrame, width: int, height: int, kind: str, **colours: str
    ) -> VideoFrame:
        scaled: VideoFrame = self._scaler.reformat(
            frame, width, height, kind, src_colorspace=self._space(frame),
            interpolation=_BICUBIC if kind == "yuv420p" else EXACT, threads=1, **colours,
        )  # fmt: skip
        return scaled

    def _space(self, frame: VideoFrame) -> str | None:
        """Return what players take a film for that does not say how its colours are coded."""
        if frame.colorspace != _UNKNOWN:
            return None
        return SPACE if self.lines >= _HD else "ITU601"

    def _shown(
        self, frame: VideoFrame, width: int, height: int, kind: tuple[int, int]
    ) -> VideoFrame:
        if kind not in self._shades:
            self._shades[kind] = _shade(*kind)
        small: Any = self._scaled(frame, width, height, "rgb24", dst_color_range="JPEG")
        return frame_of(small.to_image().filter(self._shades[kind]))


def frame_of(image: Image.Image) -> VideoFrame:
    """Return a picture in RGB as a frame for coders."""
    frame: VideoFrame = require_coder().VideoFrame.from_image(image)
    return frame.reformat(format="yuv420p", dst_colorspace=SPACE, dst_color_range="MPEG")


def _shade(curve: int, primaries: int) -> ImageFilter.Color3DLUT:
    """Return the table from the red, green and blue of a film to those of BT.709."""
    level = np.linspace(0, 1, _POINTS)
    blue, green, red = np.meshgrid(level, level, level, indexing="ij")
    light = _light(np.stack([red, green, blue], axis=-1).reshape(-1, 3), curve)
    if primaries == _WIDE:
        light = light @ np.asarray(_TO_BT709).T
    if curve in {_PQ, _HLG}:
        over = 1 - _KNEE
        bent = _KNEE + over * (1 - np.exp(-np.maximum(light - _KNEE, 0) / over))
        light = np.minimum(light, bent)
    shown = _written(light.clip(0, 1))
    return ImageFilter.Color3DLUT(_POINTS, shown.astype(np.float32).ravel())


def _light(signal: NDArray[np.float64], curve: int) -> NDArray[np.float64]:
    """Return the light before the lens of a signal: 1 is that of white paper."""
    if curve == _HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        high = (np.exp((signal - c) / a) + b) / 12
        return np.where(signal <= 0.5, signal**2 / 3, high) / 0.265
    if curve == _PQ:
        root = signal ** (32 / 2523)
        part = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        candela = 10_000 * part ** (16_384 / 2610)
        return (candela / 203) ** (1 / 1.2)  # a screen shows light 1.2 times as steep
    return np.where(signal < 0.081, signal / 4.5, ((signal + 0.099) / 1.099) ** (1 / 0.45))


def _written(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(light < 0.018, 4.5 * light, 1.099 * np.maximum(light, 0) ** 0.45 - 0.099)


def _turned(frame: VideoFrame, degrees: int) -> VideoFrame:
    """Return a frame turned by a quarter, a half or three quarters, against the clock."""
    pixels = frame.to_ndarray()
    height, width = frame.height, frame.width
    light = pixels[:height].reshape(height, width)
    colour = pixels[height:].reshape(2, height // 2, width // 2)
    turned = [np.rot90(each, degrees // 90) for each in (light, *colour)]
    rows = np.concatenate([np.ascontiguousarray(each).ravel() for each in turned])
    upright: VideoFrame = require_coder().VideoFrame.from_ndarray(
        rows.reshape(-1, turned[0].shape[1]), format="yuv420p"
    )
    return upright
