"""Frames to a film that is as coarse as its frames stay alike; equal frames give equal bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mediakit.images.colour import flatten
from mediakit.images.film_coders import (
    CODINGS,
    FilmError,
    FilmFormat,
    TimedFrame,
    coded,
    require_coder,
)
from mediakit.images.film_light import frame_of
from mediakit.images.resize import resize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from mediakit.images.animation import ShownFrame

CODER = 2
"""Raised by hand when the same settings come to give visibly other films."""

_HELD = 150_000_000
"""Pixels of frames that are kept to be compared: of more, the coarseness is not searched."""


@dataclass(frozen=True, slots=True)
class FilmPreset:
    """How a film is coded: as coarsely as its frames stay this alike (SSIM of their light).

    What is too long to be compared gets the usual coarseness, as does a `likeness` of 0. What
    comes out larger than `max_bytes` is coded more coarsely, down to a floor, and may still be
    larger.
    """

    format: FilmFormat = FilmFormat.MP4
    likeness: float = 0.951
    max_bytes: int | None = None


def shown_milliseconds(milliseconds: int) -> int:
    """Return how long browsers show a frame of an animation: a tenth of a second if very short."""
    return 100 if milliseconds <= 10 else milliseconds


@dataclass(frozen=True, slots=True)
class DrawnFrames:
    """Frames of pictures, to be coded: on a background, at `size` in pixels, both sides even."""

    shown: tuple[ShownFrame, ...]
    size: tuple[int, int]
    background: str = "#ffffff"

    def __iter__(self) -> Iterator[TimedFrame]:
        for each in self.shown:
            yield TimedFrame(
                drawn_frame(each, self.size, self.background), shown_milliseconds(each.milliseconds)
            )


def drawn_frame(shown: ShownFrame, size: tuple[int, int], background: str) -> VideoFrame:
    """Return a picture as a frame for coders; a side of one pixel too many is cut off."""
    image = flatten(shown.image, background).convert("RGB")
    if image.width - size[0] in {0, 1} and image.height - size[1] in {0, 1}:
        image = image.crop((0, 0, *size))
    else:
        image = resize(image, size)
    return frame_of(image)


def even_size(width: int, height: int, longest: int = 0) -> tuple[int, int]:
    """Return the size of a film: within the longest side (0: any), never enlarged, sides even."""
    scale = min(1.0, longest / max(width, height)) if longest else 1.0
    if scale == 1.0:
        return max(2, width // 2 * 2), max(2, height // 2 * 2)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def encode_film(frames: Iterable[TimedFrame], preset: FilmPreset) -> bytes:
    """Return the film of frames, which are read once, or more often where `max_bytes` asks.

    Raises:
        FilmError: there are no frames.
        UsageError: the extra is not installed.
    """
    coarseness: float = CODINGS[preset.format].usual
    held = _held(frames) if preset.likeness else None
    if held is not None:
        if not held:
            raise FilmError("there are no frames")
        data, coarseness = _as_coarse_as_alike(held, preset)
        frames = held
    else:
        data = coded(frames, preset.format, coarseness)
    return _within_bytes(frames, preset, data, coarseness)


def _held(frames: Iterable[TimedFrame]) -> list[TimedFrame] | None:
    """Return all frames, None where they would take too much memory."""
    if isinstance(frames, list):
        return frames
    held, pixels = [], 0
    for each in frames:
        held.append(each)
        pixels += each.frame.width * each.frame.height
        if pixels > _HELD:
            return None
    return held


_STEP = 0.25
"""What coders tell apart of coarseness."""

_NEAR = 0.0006
"""So little more likeness than is asked for is right."""

_TRIES = 8


def _as_coarse_as_alike(frames: list[TimedFrame], preset: FilmPreset) -> tuple[bytes, float]:
    """Return the coarsest film that is alike, else the finest of all, and its coarseness.

    Likeness falls steadily with coarseness, so that the next try is where a line between two
    others says.
    """
    coding = CODINGS[preset.format]
    planes = [_light(each.frame) for each in frames]
    fine, coarse = (float(coding.finest), 1.0), (float(coding.ragged), 0.0)
    best, tried = b"", coarse[0]
    for _ in range(_TRIES):
        data = coded(frames, preset.format, tried, alike=True)
        found = tried, _mean_likeness(data, planes)
        over = found[1] - preset.likeness
        if over >= 0:
            best, fine = data, found
        else:
            coarse = found
        if 0 <= over < _NEAR or coarse[0] - fine[0] <= _STEP:
            break
        tried = _between(fine, coarse, preset.likeness)
    return best or coded(frames, preset.format, fine[0], alike=True), fine[0]


def _between(fine: tuple[float, float], coarse: tuple[float, float], wanted: float) -> float:
    """Return where likeness is as wanted, on a line between two tries, in whole steps."""
    share = (fine[1] - wanted) / (fine[1] - coarse[1])
    room = round((coarse[0] - fine[0]) / _STEP)
    steps = round(room * min(max(share, 0.15), 0.85))
    return fine[0] + _STEP * min(max(steps, 1), room - 1)


def _within_bytes(
    frames: Iterable[TimedFrame], preset: FilmPreset, data: bytes, coarseness: float
) -> bytes:
    coarsest = CODINGS[preset.format].coarsest
    most = preset.max_bytes
    while most is not None and len(data) > most and coarseness < coarsest:
        steps = 1 + int(6 * (len(data) / most - 1))  # six steps take half of the bytes
        coarseness = min(coarsest, coarseness + min(steps, 6))
        data = coded(frames, preset.format, coarseness, alike=bool(preset.likeness))
    return data


def _mean_likeness(data: bytes, planes: list[NDArray[np.uint8]]) -> float:
    from mediakit.images.likeness import likeness  # noqa: PLC0415 - it loads NumPy

    with require_coder().open(io.BytesIO(data)) as film:
        found = [_light(frame) for frame in film.decode(video=0)]
    if len(found) != len(planes):
        return 0.0
    return sum(map(likeness, planes, found)) / len(planes)


def _light(frame: Any) -> NDArray[np.uint8]:  # noqa: ANN401
    import numpy as np  # noqa: PLC0415 - only where films are made

    plane = frame.planes[0]
    rows: NDArray[np.uint8] = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width].copy()
