"""The films of phones and cameras: what a file says of itself, and its frames, upright.

A film is a stranger's file: FFmpeg gets its bytes and nothing else, may open no other file or
address, and has one reader to choose from. What it may ask for has limits.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mediakit.base.cut import NOTHING, TRIM, too_long
from mediakit.images.animation import frames, is_clipped
from mediakit.images.decode import Size, probe
from mediakit.images.film import drawn_frame, even_size, shown_milliseconds
from mediakit.images.film_bytes import film_format, is_film, is_webm
from mediakit.images.film_coders import FilmError, TimedFrame, require_coder
from mediakit.images.film_light import EXACT, SPACE, FrameMaker
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.video.frame import VideoFrame
    from PIL import Image

MOST_PIXELS = 40_000_000
"""Of a frame: films of 8K have 33 million."""

MOST_MILLISECONDS = 180_000
"""Of a clip, once trimmed: what is longer is a video, which is for a provider."""

MOST_DECODED = 80_000_000_000
"""Pixels of all frames that are decoded: three minutes of 4K at 50 frames a second."""

_READERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_CODECS = frozenset({"h264", "hevc", "mpeg4", "av1", "vp8", "vp9"})
_SIDEWAYS = frozenset({90, 270})


@dataclass(frozen=True, slots=True)
class FilmSize:
    """What a film says of itself: its size in pixels as it is shown, its time, and its sound."""

    width: int
    height: int
    milliseconds: int
    has_sound: bool


def probe_film(data: bytes) -> FilmSize:
    """Return what a film says of itself; raises UnreadableError or FilmError."""
    with opened_film(data) as (film, stream):
        frame = next(film.decode(stream), None)
        if frame is None:
            raise UnreadableError("damaged film: it has no frame")
        width, height = _shown_size(stream, frame)
        return FilmSize(width, height, _length(film, stream), bool(film.streams.audio))


def probe_moving(data: bytes) -> FilmSize:
    """Return what a film or an animation says of itself: its bytes decide, not its name.

    Raises:
        UnreadableError: it is damaged, or does not move.
        FilmError: it is too much for a clip.
    """
    if is_film(data):
        return probe_film(data)
    size = probe(data)
    if not is_clipped(size):
        raise UnreadableError(f"it is a {size.format}, of which no clip can be made")
    check_pixels(size)
    lasts = sum(shown_milliseconds(each.milliseconds) for each in frames(data))
    return FilmSize(size.width, size.height, lasts, has_sound=False)


def check_pixels(size: Size) -> None:
    """Raise FilmError for an animation that has more pixels than a clip may be made of."""
    if size.width * size.height * size.frames > MAX_PIXELS:
        raise FilmError("the animation has too many pixels in its frames")


def probe_whole_film(data: bytes, *, thorough: bool) -> tuple[Size, bool] | None:
    """Return what a film says of itself, and whether it decodes to its end; None for a picture.

    Only a `thorough` look finds out. Raises UnreadableError.
    """
    if not is_film(data):
        return None
    film = probe_film(data)
    size = Size(film.width, film.height, film_format(data))
    return size, not thorough or _is_whole(data, film)


def _is_whole(data: bytes, film: FilmSize) -> bool:
    try:
        total = sum(each.milliseconds for each in FilmedFrames(data, (16, 16)))
    except UnreadableError:
        return False
    return total > film.milliseconds // 2  # what is cut off ends too early


@dataclass(frozen=True, slots=True)
class FilmedFrames:
    """Frames of a film from `start` to `end` in milliseconds (0: its end), at `size` in pixels.

    Without a size it is that of the film, at most `longest` (0: any). Each time frames are read
    they are decoded anew.
    """

    data: bytes
    size: tuple[int, int] | None = None
    start: int = 0
    end: int = 0
    most: int = MOST_MILLISECONDS
    longest: int = 0

    def __iter__(self) -> Iterator[TimedFrame]:
        with opened_film(self.data) as (film, stream):
            if self.start:
                film.seek(int(self.start / 1000 / stream.time_base), stream=stream)
            maker: FrameMaker | None = None
            before: TimedFrame | None = None
            decoded = total = 0
            for frame, at, last in _timed(film, stream):
                decoded += frame.width * frame.height
                if decoded > MOST_DECODED:
                    raise FilmError("it has more frames than clips may have", TRIM)
                if at + last <= self.start:
                    continue
                if self.end and at >= self.end:
                    break
                shown = min(at + last, self.end or at + last) - max(at, self.start)
                total += shown
                _check_time(total, self.most)
                if before is not None:
                    yield before
                if maker is None:
                    size = self.size or even_size(*_shown_size(stream, frame), self.longest)
                    maker = FrameMaker(size, stream.codec_context.height)
                before = TimedFrame(maker.made(frame), shown)
            if before is None:
                raise FilmError(NOTHING, TRIM)
            yield before


@dataclass(frozen=True, slots=True)
class AnimatedFrames:
    """Frames of a GIF, an animated PNG or WebP on a background, as browsers time them."""

    data: bytes
    size: tuple[int, int]
    background: str
    start: int = 0
    end: int = 0
    most: int = MOST_MILLISECONDS

    def __iter__(self) -> Iterator[TimedFrame]:
        at = total = 0
        for each in frames(self.data):
            begin, at = at, at + shown_milliseconds(each.milliseconds)
            first, last = max(begin, self.start), min(at, self.end or at)
            if last > first:
                total += last - first
                _check_time(total, self.most)
                yield TimedFrame(drawn_frame(each, self.size, self.background), last - first)
        if not total:
            raise FilmError(NOTHING, TRIM)


def _check_time(milliseconds: int, most: int) -> None:
    if milliseconds > most:
        raise FilmError(too_long(most), TRIM)


def picture_of(frame: VideoFrame) -> Image.Image:
    """Return a frame for coders as a picture in sRGB."""
    found: Any = frame.reformat(
        format="rgb24", src_colorspace=SPACE, src_color_range="MPEG", dst_color_range="JPEG",
        interpolation=EXACT,
    )  # fmt: skip
    image: Image.Image = found.to_image()
    return image


def still_of(data: bytes, start: int = 0) -> bytes:
    """Return the first frame of a film at its full size, as a PNG; raises UnreadableError."""
    out = io.BytesIO()
    first = next(iter(FilmedFrames(data, start=start)))
    picture_of(first.frame).save(out, "PNG", compress_level=1)
    return out.getvalue()


def boomerang(there: list[TimedFrame]) -> list[TimedFrame]:
    """Return frames there and back again: the first and the last come once."""
    return [*there, *there[-2:0:-1]]


@contextmanager
def opened_film(data: bytes) -> Iterator[tuple[Any, Any]]:
    """Open a film; what its reader raises becomes UnreadableError."""
    av = require_coder()
    kind = "matroska" if is_webm(data) else "mov"
    try:
        with av.open(
            io.BytesIO(data), format=kind, io_open=_refuse, metadata_errors="replace",
            options={"protocol_whitelist": "none", "format_whitelist": _READERS},
        ) as film:  # fmt: skip
            yield film, _stream_of(film)
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise UnreadableError("damaged film: it cannot be read to its end") from error


def _refuse(*_: object) -> Any:  # noqa: ANN401
    raise PermissionError("a film opens no other file")


def _stream_of(film: Any) -> Any:  # noqa: ANN401
    pictures = (each for each in film.streams.video if not each.disposition & _COVER)
    stream = next(pictures, None)
    if stream is None:
        raise UnreadableError("the film has no moving picture")
    context = stream.codec_context
    if context is None or context.name not in _DECODERS:
        raise UnreadableError("the film is coded in a way that mediakit does not read")
    if not 0 < context.width * context.height <= MOST_PIXELS:
        raise FilmError(f"the film has {context.width:,} x {context.height:,} pixels, too many")
    stream.thread_type = "AUTO"
    return stream


_COVER = 0x400
_DECODERS = _CODECS | {"libdav1d", "libvpx-vp9"}


def _timed(film: Any, stream: Any) -> Iterator[tuple[VideoFrame, int, int]]:  # noqa: ANN401
    """Yield frames with the milliseconds from the beginning at which they are shown, and how long.

    A frame lasts until the next one comes.
    """
    start = stream.start_time or 0
    before: VideoFrame | None = None
    at, last = 0, 40
    for frame in film.decode(stream):
        now = round((frame.pts - start) * stream.time_base * 1000) if frame.pts is not None else at
        if before is not None:
            last = max(now - at, 1)
            yield before, at, last
            now = at + last
        before, at = frame, now
    if before is not None:
        own = round(before.duration * stream.time_base * 1000) if before.duration else last
        yield before, at, own


def _shown_size(stream: Any, frame: VideoFrame) -> tuple[int, int]:  # noqa: ANN401
    ratio = stream.sample_aspect_ratio or Fraction(1)
    width = round(frame.width * ratio) if Fraction(1, 4) < ratio < 4 else frame.width
    return (frame.height, width) if frame.rotation % 360 in _SIDEWAYS else (width, frame.height)


def _length(film: Any, stream: Any) -> int:  # noqa: ANN401
    """Return the milliseconds of a film; the head of what a browser recorded does not say it."""
    whole = stream.duration * stream.time_base if stream.duration else (film.duration or 0) / 10**6
    if not whole:
        start = stream.start_time or 0
        packets = (each for each in film.demux(stream) if each.pts is not None)
        ends = (each.pts + (each.duration or 0) - start for each in packets)
        whole = max(ends, default=0) * stream.time_base
    return int(1000 * whole)
