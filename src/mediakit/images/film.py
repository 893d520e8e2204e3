"""Frames to a film: MP4, WebM or an animated WebP; equal frames give equal bytes.

Nothing but pixels and times goes in: no sound, no names of programs, no date. PyAV brings its own
FFmpeg.
"""

from __future__ import annotations

import io
import platform
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from importlib import import_module, util
from typing import TYPE_CHECKING, Any, NamedTuple

from mediakit.base.errors import with_extra
from mediakit.images.boxes import boxes
from mediakit.images.colour import flatten
from mediakit.images.scaling import resize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from mediakit.images.animation import ShownFrame

CODER = 1
"""Raised by hand when the same settings come to give visibly other films."""

MILLISECOND = Fraction(1, 1000)
_HELD = 150_000_000
"""Pixels of frames that are kept to be compared: of more, the coarseness is not searched."""

_BITEXACT = 0x400
_BT709, _LIMITED = 1, 1


class FilmFormat(StrEnum):
    """The formats of films."""

    MP4 = "mp4"
    WEBM = "webm"


class FilmError(Exception):
    """The frames cannot be made a film, or the film is none; the message says why."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class FilmPreset:
    """How a film is coded: as coarsely as its frames stay this alike (SSIM of their light).

    `coarseness` (CRF) is for what is too long to be compared. What comes out larger than
    `max_bytes` is coded more coarsely, down to a floor, and may still be larger.
    """

    format: FilmFormat = FilmFormat.MP4
    likeness: float = 0.955
    coarseness: int = 25
    max_bytes: int | None = None


class TimedFrame(NamedTuple):
    """A frame as coders take it (yuv420p, BT.709, limited range), and how long it is shown."""

    frame: VideoFrame
    milliseconds: int


@dataclass(frozen=True, slots=True)
class _Coding:
    """A coder with its settings, and the range of its coarseness from fine to coarse."""

    name: str
    options: dict[str, str]
    finest: int
    coarsest: int
    container: dict[str, str] = field(default_factory=dict)
    unwanted: str = ""


# The code for later processors reads memory that nobody wrote, where x264 looks ahead: without it
# equal frames give equal films. All processors that NumPy runs on have SSE4.2.
_STEADY = {"x264-params": "asm=SSE4.2"} if platform.machine() in {"x86_64", "AMD64"} else {}
_CODINGS = {
    FilmFormat.MP4: _Coding(
        "libx264", {"preset": "slow", "profile": "high", **_STEADY}, 14, 42,
        {"video_track_timescale": "1000"}, "filter_units=remove_types=6",
    ),
    FilmFormat.WEBM: _Coding(
        "libvpx-vp9",
        {"deadline": "good", "cpu-used": "2", "row-mt": "0", "b": "0", "lag-in-frames": "25",
         "auto-alt-ref": "1", "tune-content": "default"},
        10, 60,
    ),
}  # fmt: skip


def require_coder() -> Any:  # noqa: ANN401 - PyAV, which is loaded where films are made
    """Return PyAV; raises FilmError where the extra is not installed."""
    if util.find_spec("av") is None:
        raise FilmError("films need more than mediakit alone", with_extra("clips"))
    return import_module("av")


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
    av = require_coder()
    image = flatten(shown.image, background).convert("RGB")
    if image.width - size[0] in {0, 1} and image.height - size[1] in {0, 1}:
        image = image.crop((0, 0, *size))
    else:
        image = resize(image, size)
    frame: VideoFrame = av.VideoFrame.from_image(image)
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")


def even_size(width: int, height: int, longest: int = 0) -> tuple[int, int]:
    """Return the size of a film: within the longest side (0: any), never enlarged, sides even."""
    scale = min(1.0, longest / max(width, height)) if longest else 1.0
    if scale == 1.0:
        return max(2, width // 2 * 2), max(2, height // 2 * 2)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def encode_film(frames: Iterable[TimedFrame], preset: FilmPreset) -> bytes:
    """Return the film of frames, which are read once, or more often where `max_bytes` asks.

    Raises:
        FilmError: the extra is not installed, or there are no frames.
    """
    held = _held(frames)
    if held is not None:
        if not held:
            raise FilmError("there are no frames")
        data, coarseness = _as_coarse_as_alike(held, preset)
        frames = held
    else:
        data, coarseness = coded(frames, preset.format, preset.coarseness), preset.coarseness
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


def _as_coarse_as_alike(frames: list[TimedFrame], preset: FilmPreset) -> tuple[bytes, int]:
    """Return the coarsest film that is alike, else the finest of all, and its coarseness."""
    coding = _CODINGS[preset.format]
    planes = [_light(each.frame) for each in frames]
    low, high = coding.finest, coding.coarsest
    best = b""
    while low < high or not best:
        middle = (low + high + 1) // 2
        data = coded(frames, preset.format, middle)
        if middle == coding.finest or _mean_likeness(data, planes) >= preset.likeness:
            best, low = data, middle
        else:
            high = middle - 1
    return best, low


def _within_bytes(
    frames: Iterable[TimedFrame], preset: FilmPreset, data: bytes, coarseness: int
) -> bytes:
    coarsest = _CODINGS[preset.format].coarsest
    most = preset.max_bytes
    while most is not None and len(data) > most and coarseness < coarsest:
        steps = 1 + int(6 * (len(data) / most - 1))  # six steps take half of the bytes
        coarseness = min(coarsest, coarseness + min(steps, 6))
        data = coded(frames, preset.format, coarseness)
    return data


def coded(frames: Iterable[TimedFrame], kind: FilmFormat, coarseness: int) -> bytes:
    """Return a film at one coarseness (CRF); it begins with the index of its frames."""
    av, coding = require_coder(), _CODINGS[kind]
    out = io.BytesIO()
    with av.open(out, "w", format=kind.value, options=coding.container) as film:
        film.flags |= _BITEXACT
        stream, bare, times, at = None, None, {}, 0
        for frame, milliseconds in frames:
            if stream is None:
                stream = _stream(film, frame, coding, coarseness)
                bare = _Bare(av, stream, coding.unwanted)
            frame.pts, frame.time_base, frame.pict_type = at, MILLISECOND, 0
            times[at] = milliseconds
            at += milliseconds
            _mux(film, bare.packets(stream.encode(frame)), times)
        if stream is None:
            raise FilmError("there are no frames")
        _mux(film, bare.packets(stream.encode(None)), times)
    data = out.getvalue()
    return _index_first(data) if kind is FilmFormat.MP4 else data


_LARGE = 500_000


def _stream(film: Any, frame: VideoFrame, coding: _Coding, coarseness: int) -> Any:  # noqa: ANN401
    options = {**coding.options, "crf": str(coarseness)}
    stream = film.add_stream(coding.name, rate=25, options=options)
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
    context = stream.codec_context
    context.time_base = stream.time_base = MILLISECOND
    # the number of threads decides the bytes: it must not be that of the machine
    context.thread_count = 4 if frame.width * frame.height >= _LARGE else 1
    context.color_range, context.colorspace = _LIMITED, _BT709
    context.color_primaries = context.color_trc = _BT709
    return stream


class _Bare:
    """Packets without the settings of the coder, which it writes into the first one."""

    def __init__(self, av: Any, stream: Any, unwanted: str) -> None:  # noqa: ANN401
        self._filter = av.BitStreamFilterContext(unwanted, stream) if unwanted else None

    def packets(self, packets: Iterable[Any]) -> Iterator[Any]:
        """Yield packets with what a browser needs."""
        for packet in packets:
            yield from self._filter.filter(packet) if self._filter else (packet,)


def _mux(film: Any, packets: Iterable[Any], times: dict[int, int]) -> None:  # noqa: ANN401
    for packet in packets:
        packet.duration = times[packet.pts]
        film.mux(packet)


def _mean_likeness(data: bytes, planes: list[NDArray[np.uint8]]) -> float:
    from mediakit.images.likeness import likeness  # noqa: PLC0415 - it loads NumPy

    with require_coder().open(io.BytesIO(data)) as film:
        found = [_light(frame) for frame in film.decode(video=0)]
    if len(found) != len(planes):
        return 0.0
    return sum(map(likeness, planes, found)) / len(planes)


def _light(frame: VideoFrame) -> NDArray[np.uint8]:
    import numpy as np  # noqa: PLC0415 - only where films are made

    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width].copy()


_INDEX_OF_OFFSETS = (b"trak", b"mdia", b"minf", b"stbl")


def _index_first(data: bytes) -> bytes:
    """Return an MP4 with its index before its frames, so that it plays while it comes in."""
    parts = [(kind, at, end) for kind, at, end in boxes(data, 0, len(data))]
    start = {kind: at - 8 for kind, at, _ in parts}
    (moov,) = (data[at - 8 : end] for kind, at, end in parts if kind == b"moov")
    if start[b"moov"] < start[b"mdat"]:
        return data
    index = bytearray(moov)
    for at, end in _tables(moov, 8, len(moov), _INDEX_OF_OFFSETS):
        for place in range(at + 8, end, 4):
            offset = int.from_bytes(index[place : place + 4], "big") + len(moov)
            index[place : place + 4] = offset.to_bytes(4, "big")
    frames = start[b"mdat"]
    return data[:frames] + bytes(index) + data[frames : start[b"moov"]]


def _tables(data: bytes, at: int, end: int, way: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    wanted = way[0] if way else b"stco"
    for kind, start, last in boxes(data, at, end):
        if kind == wanted and not way:
            yield start, last
        elif kind == wanted:
            yield from _tables(data, start, last, way[1:])
