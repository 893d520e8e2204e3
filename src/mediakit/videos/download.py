"""Download the file of a video by yt-dlp: which one, and how it goes on after it was cut off."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from mediakit.base.artifacts import VIDEO_ENDINGS
from mediakit.base.regular_file import open_regular
from mediakit.base.writer import hint_of
from mediakit.videos.tool import ToolLog, refusal, tool_options
from mediakit.videos.verdict import TROUBLE, Answer, Sign

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

MEGABYTE = 1_000_000
_HOSTS = (".googlevideo.com", ".youtube.com")
_RETRIES = 3
_PART = ".part"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_LONGEST_HEAD = 16
"""Bytes of the head of a box of MP4."""


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A file of a video with picture and sound, as yt-dlp describes it; 0 is not known.

    `best` are the lines of the best picture that YouTube has without sound.
    """

    told: dict[str, Any]
    ending: str
    lines: int = 0
    bytes: int = 0
    best: int = 0

    @property
    def words(self) -> str:
        """What a person has to know of it: how good it is, and that it could be better."""
        words = f"{self.lines} lines" if self.lines else "its size is not known"
        words += f", {_megabytes(self.bytes)}" if self.bytes else ""
        if not self.lines or self.best <= self.lines:
            return words
        return f"{words}; YouTube has {self.best} lines, but only with picture and sound apart"


class DownloadError(Exception):
    """A file did not come; `answer` says why where YouTube does, `stops` that no other will."""

    def __init__(
        self, message: str, hint: str = "", answer: Answer | None = None, *, stops: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.answer = answer
        self.stops = stops


class _TooLargeError(Exception):
    """The file turns out to be larger than is allowed."""


def choose_file(info: dict[str, Any], most: int) -> VideoFile:
    """Return the best file with picture and sound in it that has at most `most` bytes.

    Raises:
        DownloadError: there is none.
    """
    formats = [each for each in info.get("formats") or () if isinstance(each, dict)]
    best = max((each.get("height") or 0 for each in formats if _has(each, "vcodec")), default=0)
    found = [
        VideoFile(each, each["ext"], each.get("height") or 0, _size(each), best)
        for each in formats
        if _is_whole(each)
    ]
    if not found:
        raise DownloadError(
            "YouTube offers no file with both picture and sound, only separate streams",
            "download it in YouTube Studio, where the owner finds the whole file",
        )
    small = [each for each in found if each.bytes <= most]
    if not small:
        size = min(each.bytes for each in found)
        raise _too_large(size, most)
    return max(small, key=lambda each: (each.lines, each.told.get("tbr") or 0))


def _too_large(size: int, most: int) -> DownloadError:
    return DownloadError(
        f"it is too large: {_megabytes(size)}, and archive_limit is {_megabytes(most)}",
        "raise archive_limit in [videos], if that is right",
    )


def _megabytes(size: int) -> str:
    return f"{-(-size // MEGABYTE):,} MB"


def _is_whole(told: dict[str, Any]) -> bool:
    parts = urlsplit(str(told.get("url") or ""))
    return (
        _has(told, "vcodec")
        and _has(told, "acodec")
        and told.get("ext") in VIDEO_ENDINGS
        and (told.get("protocol") or "https") == "https"
        and not told.get("has_drm")
        and parts.scheme == "https"
        and f".{parts.hostname}".endswith(_HOSTS)
    )


def _has(told: dict[str, Any], codec: str) -> bool:
    return told.get(codec) not in {None, "none"}


def _size(told: dict[str, Any]) -> int:
    in_address = parse_qs(urlsplit(told["url"]).query).get("clen", [""])[0]
    known = told.get("filesize") or (int(in_address) if in_address.isdecimal() else 0)
    return int(known or told.get("filesize_approx") or 0)


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
        """
        path = self._folder / f"{video}-{_version(file)}.{file.ending}"
        for other in self._folder.glob(f"{video}-*"):
            if other.name not in {path.name, path.name + _PART}:
                other.unlink()
        ydl, log = self._open()
        from yt_dlp.utils import YoutubeDLError  # noqa: PLC0415 - loaded when it was opened

        told = {"id": video, "title": video, "protocol": "https", **file.told}
        try:
            is_done, _ = ydl.dl(str(path), told)
        except _TooLargeError as error:
            self.forget(video)
            raise _too_large(error.args[0], self._most) from error
        except YoutubeDLError as error:
            raise _failure(error, log) from error
        except OSError as error:
            raise _no_room(error) from error
        if not is_done or not _is_sound(path, file.ending):
            self.forget(video)
            raise DownloadError("what came is no whole video", "run again later")
        return path

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
    changed = parse_qs(urlsplit(file.told["url"]).query).get("lmt", [""])[0]
    told = f"{file.told.get('format_id')} {file.told.get('filesize')} {changed}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _failure(error: Exception, log: ToolLog) -> DownloadError:
    cause = getattr(error, "exc_info", (None, None))[1]
    if isinstance(cause, OSError) and cause.errno:
        return _no_room(cause)
    answer = refusal(error, log)
    if answer.sign not in TROUBLE:  # what was said while it came is nothing about the video
        answer = Answer(answer.source, Sign.UNREACHABLE, "the connection was cut")
    return DownloadError(
        f"the download stopped: {answer.reason}", "run again: it goes on from there", answer
    )


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
