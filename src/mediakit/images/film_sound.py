"""The sound of a film for its clip: cut as the picture is, AAC in an MP4 and Opus in a WebM."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mediakit.images.film_coders import BITEXACT, CODINGS, FilmFormat, index_first, require_coder
from mediakit.images.filmed import opened_film
from mediakit.images.opening import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

_RATE = 48_000
_PIECE = 48_000
_BITEXACT_CODER = 1 << 23
_BYTES_A_SECOND = 13_000
"""What stereo takes at the rate that is asked for, with what the container adds."""

_CODERS = {FilmFormat.MP4: ("aac", 96_000), FilmFormat.WEBM: ("libopus", 64_000)}
_DECODERS = frozenset({"aac", "alac", "ac3", "mp3float", "opus", "vorbis", "amrnb", "amrwb", "pcm"})


def sound_bytes(milliseconds: int) -> int:
    """Return how many bytes the sound of a clip may take."""
    return milliseconds * _BYTES_A_SECOND // 1000


def heard(data: bytes, start: int, milliseconds: int) -> NDArray[np.float32] | None:
    """Return the sound of a part of a film, a row a channel; None without one that can be read."""
    try:
        return _read(data, start, milliseconds)
    except UnreadableError:
        return None


def _read(data: bytes, start: int, milliseconds: int) -> NDArray[np.float32] | None:
    import numpy as np  # noqa: PLC0415 - only where films are made

    with opened_film(data) as (film, shown):
        stream = next(iter(film.streams.audio), None)
        name = getattr(getattr(stream, "codec_context", None), "name", "")
        if stream is None or name.partition("_")[0] not in _DECODERS:
            return None
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        resampler = require_coder().AudioResampler("fltp", layout, _RATE)
        begin = (shown.start_time or 0) * shown.time_base + Fraction(start, 1000)
        end = begin + Fraction(milliseconds, 1000)
        heard = np.zeros((1 if layout == "mono" else 2, milliseconds * _RATE // 1000), np.float32)
        if start:
            film.seek(int(begin / stream.time_base), stream=stream)
        for frame in film.decode(stream):
            if frame.pts is not None and frame.pts * stream.time_base >= end:
                break
            _put(heard, resampler.resample(frame), begin)
        _put(heard, resampler.resample(None), begin)
    return heard


def _put(heard: NDArray[np.float32], frames: Iterable[Any], begin: Fraction) -> None:
    """Put samples to their time; what is before the beginning or after the end is left out."""
    for each in frames:
        if each.pts is None:
            continue  # nobody knows when it is heard
        at = round((each.pts * each.time_base - begin) * _RATE)
        samples = each.to_ndarray()[:, max(0, -at) :]
        room = heard[:, max(0, at) :][:, : samples.shape[1]]
        room[:] = samples[:, : room.shape[1]]


def with_sound(clip: bytes, sound: NDArray[np.float32], kind: FilmFormat) -> bytes:
    """Return a clip with a sound: its frames as they are coded, and the sound beside them."""
    av = require_coder()
    out = io.BytesIO()
    options = CODINGS[kind].container
    with (
        av.open(io.BytesIO(clip)) as silent,
        av.open(out, "w", format=kind.value, options=options) as film,
    ):
        film.flags |= BITEXACT
        shown = silent.streams.video[0]
        copied = film.add_stream_from_template(shown, opaque=True)
        name, rate = _CODERS[kind]
        coder = film.add_stream(name, rate=_RATE)
        context = coder.codec_context
        context.layout = "mono" if len(sound) == 1 else "stereo"
        context.bit_rate, context.flags = rate, context.flags | _BITEXACT_CODER
        packets = [each for each in silent.demux(shown) if each.size]
        for each in packets:
            each.stream = copied
        packets += _coded(coder, sound)
        for each in sorted(packets, key=lambda each: each.dts * each.time_base):
            film.mux(each)
    data = out.getvalue()
    return index_first(data) if kind is FilmFormat.MP4 else data


def _coded(coder: Any, sound: NDArray[np.float32]) -> Iterator[Any]:  # noqa: ANN401
    import numpy as np  # noqa: PLC0415 - only where films are made

    layout = coder.codec_context.layout.name
    for at in range(0, sound.shape[1], _PIECE):
        piece = np.ascontiguousarray(sound[:, at : at + _PIECE])
        frame = require_coder().AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = _RATE, at, Fraction(1, _RATE)
        yield from coder.encode(frame)
    yield from coder.encode(None)
