"""The coders of films: frames at one coarseness to an MP4 (H.264) or a WebM (AV1), with PyAV.

Nothing but pixels and times goes in: no sound, no names of programs, no date.
"""

from __future__ import annotations

import contextlib
import io
import platform
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from mediakit.base.errors import require_extra
from mediakit.base.quiet import keep_place, keep_quiet
from mediakit.images.boxes import boxes
from mediakit.images.opening import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av.video.frame import VideoFrame

MILLISECOND = Fraction(1, 1000)
BITEXACT = 0x400
_BT709, _LIMITED = 1, 1


class FilmFormat(StrEnum):
    """The formats of films."""

    MP4 = "mp4"
    WEBM = "webm"


class FilmError(UnreadableError):
    """The frames cannot be made a film, or the film is too much; the message says why."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class TimedFrame(NamedTuple):
    """A frame as coders take it (yuv420p, BT.709, limited range), and how long it is shown."""

    frame: VideoFrame
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Coding:
    """A coder with its settings, and the range of its coarseness (CRF) from fine to coarse.

    `usual` is for films whose frames nobody compares. From `ragged` on, edges are seen to be so,
    however alike frames are on the whole.
    """

    name: str
    options: dict[str, str]
    finest: int
    usual: int
    ragged: int
    coarsest: int
    container: dict[str, str] = field(default_factory=dict)
    unwanted: str = ""
    alike: dict[str, str] = field(default_factory=dict)


# All frames of AV1 are as fine: grain is new in each, and a finer one helps none of those after it.
_EVEN = (
    "aq-mode=0:use-fixed-qindex-offsets=1:key-frame-qindex-offset=0:qindex-offsets=[0,0,0,0,0,0]"
)
_AV1 = "crf={coarseness:g}:lp={threads}:tune=2:enable-tf=0"
CODINGS = {
    FilmFormat.MP4: Coding(
        "libx264", {"crf": "{coarseness:g}", "preset": "slow", "profile": "high"},
        14, 25, 38, 42,
        {"video_track_timescale": "1000"}, "filter_units=remove_types=6", {"tune": "ssim"},
    ),
    FilmFormat.WEBM: Coding(
        "libsvtav1", {"preset": "5", "svtav1-params": _AV1}, 5, 35, 42, 58,
        alike={"svtav1-params": f"{_AV1}:{_EVEN}"},
    ),
}  # fmt: skip


def require_coder() -> Any:  # noqa: ANN401 - PyAV, which is loaded where films are made
    """Return PyAV; raises UsageError where the extra is not installed."""
    require_extra("films", "clips", "av")
    return import_module("av")


def coded(
    frames: Iterable[TimedFrame], kind: FilmFormat, coarseness: float, *, alike: bool = False
) -> bytes:
    """Return a film at one coarseness (CRF); it begins with the index of its frames.

    One that is to be `alike` has no detail that only seems to be that of its frames, and frames
    of one fineness: with as much likeness, grain takes a quarter less.
    """
    coding = CODINGS[kind]
    if alike:
        coding = replace(coding, options={**coding.options, **coding.alike})
    out = io.BytesIO()
    with require_coder().open(out, "w", format=kind.value, options=coding.container) as film:
        film.flags |= BITEXACT
        coder: _Coder | None = None
        for each in frames if isinstance(frames, list) else _ahead(frames):
            coder = coder or _Coder(film, _stream(film, each.frame, coding, coarseness), coding)
            coder.add(each)
        if coder is None:
            raise FilmError("there are no frames")
        coder.end()
    data = out.getvalue()
    return index_first(data) if kind is FilmFormat.MP4 else data


_WAITING = 8
"""Frames that are ready before they are coded."""


def _ahead(frames: Iterable[TimedFrame]) -> Iterator[TimedFrame]:
    """Yield frames that a thread reads and scales while those before them are coded."""
    source = iter(frames)
    with ThreadPoolExecutor(1) as thread:
        coming = deque(thread.submit(next, source, None) for _ in range(_WAITING))
        while (frame := coming.popleft().result()) is not None:
            coming.append(thread.submit(next, source, None))
            yield frame


def steady() -> dict[str, str]:
    """Return what keeps x264 to code that gives equal films for equal frames.

    That for AVX-512 reads memory that nobody wrote, where it looks ahead. AVX2, which takes a tenth
    less time, gives the bytes of SSE4.2, which all processors have that NumPy runs on.
    """
    if platform.machine() not in {"x86_64", "AMD64"}:
        return {}
    known: dict[str, bool] = {}
    with contextlib.suppress(ImportError):  # NumPy has no public name for it
        known = import_module("numpy._core._multiarray_umath").__cpu_features__
    return {"x264-params": f"asm={'AVX2' if known.get('AVX2') else 'SSE4.2'}"}


_LARGE = 500_000
"""Pixels of a frame from which on it is worth while to code in several threads."""


def _stream(film: Any, frame: VideoFrame, coding: Coding, coarseness: float) -> Any:  # noqa: ANN401
    # the number of threads decides the bytes of x264: it must not be that of the machine
    threads = 4 if frame.width * frame.height >= _LARGE else 1
    values = {"coarseness": coarseness, "threads": threads}
    options = {name: each.format_map(values) for name, each in coding.options.items()}
    if coding.name == "libx264":
        options |= steady()
    keep_quiet("SVT_LOG", "0")
    stream = film.add_stream(coding.name, rate=25, options=options)
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
    context = stream.codec_context
    context.time_base = stream.time_base = MILLISECOND
    context.thread_count, context.thread_type = threads, "FRAME"  # slices take bytes, and wait
    context.color_range, context.colorspace = _LIMITED, _BT709
    context.color_primaries = context.color_trc = _BT709
    with keep_place():
        context.open()
    return stream


class _Coder:
    """Codes frames into a film, without the settings of the coder, which x264 writes there."""

    def __init__(self, film: Any, stream: Any, coding: Coding) -> None:  # noqa: ANN401
        self._film = film
        self._stream = stream
        unwanted = coding.unwanted
        filters = require_coder().BitStreamFilterContext
        self._bare = filters(unwanted, self._stream) if unwanted else None
        self._times: dict[int, int] = {}
        self._at = self._first = 0
        self._last: Any = None

    def add(self, timed: TimedFrame) -> None:
        """Add a frame after those before."""
        frame = timed.frame
        frame.pts, frame.time_base, frame.pict_type = self._at, MILLISECOND, 0
        self._times[self._at] = timed.milliseconds
        self._at += timed.milliseconds
        self._mux(self._stream.encode(frame))

    def end(self) -> None:
        """Write what the coder still has.

        An MP4 also adds up times in the order of decoding: its last packet gets what is left.
        """
        self._mux(self._stream.encode(None))
        last = self._last
        if last is not None:
            last.duration = max(last.duration, self._at - (last.dts - self._first))
            self._film.mux(last)

    def _mux(self, packets: Iterable[Any]) -> None:
        for packet in packets:
            packet.duration = self._times[packet.pts]
            for each in self._bare.filter(packet) if self._bare else (packet,):
                if self._last is None:
                    self._first = each.dts
                else:
                    self._film.mux(self._last)
                self._last = each


_INDEX_OF_OFFSETS = (b"trak", b"mdia", b"minf", b"stbl")


def index_first(data: bytes) -> bytes:
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
