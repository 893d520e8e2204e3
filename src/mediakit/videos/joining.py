"""Join the picture and the sound of a video into one MP4, without coding anything anew."""

from __future__ import annotations

from heapq import merge
from importlib import import_module, util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_BITEXACT = 0x400


class JoinError(Exception):
    """Two streams cannot be joined."""


def can_join() -> bool:
    """Return whether the extra is installed that joins streams."""
    return util.find_spec("av") is not None


def join(picture: Path, sound: Path, joined: Path) -> None:
    """Write an MP4 of the picture of one file and the sound of another.

    Equal files give equal bytes. Raises JoinError or OSError.
    """
    av: Any = import_module("av")  # takes a while, and only this needs it
    try:
        with (
            av.open(str(picture)) as film,
            av.open(str(sound)) as voice,
            av.open(str(joined), "w", format="mp4", options={"movflags": "faststart"}) as made,
        ):
            made.flags |= _BITEXACT
            sources = (film, film.streams.video[0]), (voice, voice.streams.audio[0])
            tracks = [_packets(each, stream, made) for each, stream in sources]
            for _, _, packet in merge(*tracks, key=lambda each: each[:2]):
                made.mux(packet)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        if isinstance(error, OSError) and error.errno and error.errno > 0:
            raise
        raise JoinError("picture and sound cannot be joined") from error


def _packets(source: Any, stream: Any, made: Any) -> Iterator[tuple[float, int, Any]]:  # noqa: ANN401
    """Return the packets of a stream with their times, for a new stream of `made`."""
    track = made.add_stream_from_template(stream)

    def packets() -> Iterator[tuple[float, int, Any]]:
        for packet in source.demux(stream):
            if packet.dts is None:  # the mark of the end
                continue
            packet.stream = track
            yield float(packet.dts * packet.time_base), track.index, packet

    return packets()
