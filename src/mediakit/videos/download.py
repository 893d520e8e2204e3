"""Download the file of a video by yt-dlp, and go on where an earlier run was cut off.

Where picture and sound come apart, they are joined into one MP4, without coding anything anew.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import sys
from heapq import merge
from importlib import import_module, util
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from mediakit.base.regular_file import open_regular
from mediakit.base.writer import hint_of
from mediakit.videos.tool import ToolLog, refusal, tool_options
from mediakit.videos.verdict import TROUBLE, Answer, Sign, Source
from mediakit.videos.video_file import NotArchivedError, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from mediakit.videos.video_file import Told, VideoFile

_RETRIES = 3
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_CUT = Answer(Source.PLAYER, Sign.UNREACHABLE, "the connection was cut")
_LONGEST_HEAD = 16
"""Bytes of the head of a box of MP4."""


class DownloadError(NotArchivedError):
    """A file did not come; `answer` says why where YouTube does, `stops` that no other will."""

    def __init__(
        self, message: str, hint: str = "", answer: Answer | None = None, *, stops: bool = False
    ) -> None:
        super().__init__(message, hint)
        self.answer = answer
        self.stops = stops


class _TooLargeError(Exception):
    """The file turns out to be larger than is allowed."""


class _CutOffError(Exception):
    """The connection was cut too often."""


class Downloads:
    """Files of videos on their way, in a folder of mediakit's own.

    A part that was cut off is gone on with: its name says of which file of which version it is.
    """

    def __init__(
        self, folder: Path, most: int, factory: Callable[[dict[str, Any]], Any] | None = None
    ) -> None:
        self._folder = folder
        self._most = most
        self._factory = factory

    def prepare(self, videos: Collection[str] | None) -> None:
        """Make the folder; remove what is no file of one of these videos, or no file at all.

        A link, which a repository may bring, could lead anywhere. Raises OSError.
        """
        if self._folder.is_symlink() or self._folder.parent.is_symlink():
            raise OSError(errno.EXDEV, "it is a link", str(self._folder))
        self._folder.mkdir(mode=0o775, parents=True, exist_ok=True)
        for entry in self._folder.iterdir():
            is_file = stat.S_ISREG(entry.lstat().st_mode)
            if not is_file or (videos is not None and entry.name[:11] not in videos):
                entry.unlink()

    def fetch(self, video: str, file: VideoFile) -> Path:
        """Return the file on this disk, whole.

        Raises:
            DownloadError: it did not come; what came of it is kept for the next time.
            NotArchivedError: it is larger than was told, and too large.
        """
        name = f"{video}-{_version(file)}"
        for other in self._folder.glob(f"{video}-*"):
            if not other.name.startswith(name):
                other.unlink()
        whole = self._folder / f"{name}.{file.ending}"
        try:
            if len(file.parts) == 1:
                self._download(video, file.parts[0], whole)
            elif not whole.exists():
                parts = [self._folder / f"{name}-{each['ext']}" for each in file.parts]
                for told, path in zip(file.parts, parts, strict=True):
                    self._download(video, told, path)
                _join(parts, whole)
        except _TooLargeError as error:
            self.forget(video)
            raise too_large(error.args[0], self._most) from error
        if not _is_sound(whole, file.ending):
            self.forget(video)
            raise DownloadError("the file that arrived is not a whole video", "run again later")
        return whole

    def _download(self, video: str, told: Told, path: Path) -> None:
        ydl, log = self._open()
        from yt_dlp.utils import YoutubeDLError  # noqa: PLC0415 - loaded when it was opened

        given = {"id": video, "title": video, "protocol": "https", **told}
        try:
            with _patient(ydl):
                is_done, _ = ydl.dl(str(path), given)
        except _CutOffError as error:
            raise _stopped(_CUT) from error
        except YoutubeDLError as error:
            raise _failure(error, log) from error
        except OSError as error:
            raise _no_room(error) from error
        if not is_done:
            raise DownloadError("the download stopped", "run again: it goes on from there")

    def forget(self, video: str) -> None:
        """Remove what has come of a video."""
        for each in self._folder.glob(f"{video}-*"):
            each.unlink()
        with contextlib.suppress(OSError):  # it is not empty
            self._folder.rmdir()

    def _open(self) -> tuple[Any, ToolLog]:
        from yt_dlp import YoutubeDL  # noqa: PLC0415 - takes half a second

        log = ToolLog()
        options = tool_options(log, "youtube", retries=_RETRIES, progress_hooks=[self._watch])
        factory: Callable[[Any], Any] = self._factory or YoutubeDL
        return factory(options), log

    def _watch(self, told: dict[str, Any]) -> None:
        size = max(told.get("total_bytes") or 0, told.get("downloaded_bytes") or 0)
        if size > self._most:
            raise _TooLargeError(size)


def _version(file: VideoFile) -> str:
    """Return what tells this file from another one of the same video."""
    told = [
        (
            each.get("format_id"),
            each.get("filesize"),
            parse_qs(urlsplit(each["url"]).query).get("lmt"),
        )
        for each in file.parts
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def _join(parts: list[Path], whole: Path) -> None:
    """Join picture and sound; the file is there when it is whole, and then its parts go."""
    made = whole.with_name(f"{whole.name}.joining")
    try:
        join(parts[0], parts[1], made)
        made.replace(whole)
    except JoinError as error:
        for each in parts:
            each.unlink(missing_ok=True)
        raise DownloadError(str(error), "run again later") from error
    except OSError as error:
        raise _no_room(error) from error
    finally:
        made.unlink(missing_ok=True)
    for each in parts:
        each.unlink()


def _failure(error: Exception, log: ToolLog) -> DownloadError:
    cause = getattr(error, "exc_info", (None, None))[1]
    if isinstance(cause, OSError) and cause.errno:
        return _no_room(cause)
    answer = refusal(error, log)
    # what was said while it came is nothing about the video
    return _stopped(answer if answer.sign in TROUBLE else _CUT)


def _stopped(answer: Answer) -> DownloadError:
    return DownloadError(
        f"the download stopped: {answer.reason}", "run again: it goes on from there", answer
    )


@contextlib.contextmanager
def _patient(ydl: Any) -> Iterator[None]:  # noqa: ANN401 - yt-dlp has no types
    """Let yt-dlp ask for the parts of a file, until too many have come cut off.

    Over `urllib`, which it takes where there is no package `requests`, it takes a part that ends
    early for a whole one, and would ask for ever where nothing comes.
    """
    from yt_dlp.utils import parse_http_range  # noqa: PLC0415 - loaded when it was opened

    urlopen, due, cuts = ydl.urlopen, 0, 0

    def ask(request: Any) -> Any:  # noqa: ANN401
        nonlocal due, cuts
        first, last, _ = parse_http_range(request.headers.get("Range"))
        cuts += (first or 0) < due
        if cuts > _RETRIES:
            raise _CutOffError
        due = sys.maxsize if last is None else last + 1
        answer.close()
        return answer.enter_context(contextlib.closing(urlopen(request)))

    with contextlib.closing(ydl), contextlib.ExitStack() as answer:
        ydl.urlopen = ask
        yield


def _no_room(error: OSError) -> DownloadError:
    message = f"the file cannot be kept in .mediakit: {error.strerror or error}"
    return DownloadError(message, hint_of(error), stops=error.errno in _NO_SPACE)


def _is_sound(path: Path, ending: str) -> bool:
    """Return whether a file is a whole one of its kind, as far as its structure tells."""
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if ending != "mp4":
            return size > 0 and stream.read(4) == b"\x1aE\xdf\xa3"
        names, place = set(), 0
        while place < size:
            stream.seek(place)
            head = stream.read(_LONGEST_HEAD)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:], "big")
            elif length == 0:  # to the end
                length = size - place
            if length < 8:
                return False
            names.add(head[4:8])
            place += length
    return place == size and {b"ftyp", b"moov", b"mdat"} <= names


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
