"""Which file of a video is archived: the best one that is not too large. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from mediakit.base.artifacts import VIDEO_ENDINGS
from mediakit.base.errors import with_extra

if TYPE_CHECKING:
    from collections.abc import Sequence

MEGABYTE = 1_000_000
_HOSTS = (".googlevideo.com", ".youtube.com")
_STUDIO = "the owner finds the whole film in YouTube Studio"
_EXTRA = "clips"
"""The extra of the package with which picture and sound are joined."""

Told = dict[str, Any]
"""What yt-dlp tells of one stream."""


class NotArchivedError(Exception):
    """A video is not archived, for this reason; without `is_own` it may be somebody else's."""

    def __init__(self, message: str, hint: str = "", *, is_own: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.is_own = is_own


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A file of a video: one stream with picture and sound, or two that are joined; 0 is unknown.

    `best` are the lines of the best picture that YouTube has, `can_join` whether two can be joined.
    """

    parts: tuple[Told, ...]
    lines: int
    best: int
    can_join: bool

    @property
    def ending(self) -> str:
        """The ending of its name."""
        return str(self.parts[0]["ext"])

    @property
    def bytes(self) -> int:
        """Its size, 0 where that is not known before it comes."""
        sizes = [_size(each) for each in self.parts]
        return sum(sizes) if all(sizes) else 0

    @property
    def words(self) -> str:
        """What a person has to know of it: how good it is, and that it could be better."""
        words = f"{self.lines} lines" if self.lines else "its size is not known"
        words += f", {megabytes(self.bytes)}" if self.bytes else ""
        if not self.lines or self.best <= self.lines:
            return words
        if self.can_join:
            return f"{words}; YouTube has {self.best} lines too, in a larger file or another format"
        apart = f"YouTube has {self.best} lines, but only with picture and sound apart"
        return f"{words}; {apart}: {with_extra(_EXTRA)}"


def choose_file(info: Told, most: int, *, can_join: bool) -> VideoFile:
    """Return the best file of at most `most` bytes, as far as their sizes are known.

    Raises:
        NotArchivedError: there is none.
    """
    told = [each for each in info.get("formats") or () if isinstance(each, dict)]
    usable = [each for each in told if _is_usable(each)]
    best = max((each.get("height") or 0 for each in told if _has(each, "vcodec")), default=0)
    choices: list[tuple[Told, ...]] = [(each,) for each in usable if _is_whole(each)]
    if can_join:
        choices += _pairs(usable)
    found = [VideoFile(each, each[0].get("height") or 0, best, can_join) for each in choices]
    if not found:
        hint = _STUDIO if can_join else f"{with_extra(_EXTRA)}; {_STUDIO}"
        raise NotArchivedError("YouTube has picture and sound of it only as separate streams", hint)
    small = [each for each in found if each.bytes <= most]
    if not small:
        raise too_large(min(each.bytes for each in found), most)
    return max(small, key=lambda each: (each.lines, -len(each.parts), _rate(each.parts[0])))


def _pairs(usable: Sequence[Told]) -> list[tuple[Told, ...]]:
    """Return the pictures that browsers show in an MP4, each with the best sound for it."""
    sounds = [
        each
        for each in usable
        if each.get("ext") == "m4a" and _has(each, "acodec") and not _has(each, "vcodec")
    ]
    if not sounds:
        return []
    # the language of the film itself, not a translation
    sound = max(sounds, key=lambda each: (each.get("language_preference") or 0, _rate(each)))
    return [
        (each, sound)
        for each in usable
        if str(each.get("vcodec")).startswith("avc1")
        and not _has(each, "acodec")
        and each.get("ext") == "mp4"
    ]


def too_large(size: int, most: int) -> NotArchivedError:
    """Return the refusal of a file of this size."""
    return NotArchivedError(
        f"it is too large: {megabytes(size)}, and archive_limit is {megabytes(most)}",
        "raise archive_limit in [videos], if that is right",
    )


def megabytes(size: int) -> str:
    """Return a size in words."""
    return f"{-(-size // MEGABYTE):,} MB"


def _is_usable(told: Told) -> bool:
    parts = urlsplit(str(told.get("url") or ""))
    return (
        (told.get("protocol") or "https") == "https"
        and not told.get("has_drm")
        and parts.scheme == "https"
        and f".{parts.hostname}".endswith(_HOSTS)
    )


def _is_whole(told: Told) -> bool:
    return _has(told, "vcodec") and _has(told, "acodec") and told.get("ext") in VIDEO_ENDINGS


def _has(told: Told, codec: str) -> bool:
    return told.get(codec) not in {None, "none"}


def _rate(told: Told) -> float:
    return float(told.get("tbr") or told.get("abr") or 0)


def _size(told: Told) -> int:
    in_address = parse_qs(urlsplit(told["url"]).query).get("clen", [""])[0]
    known = told.get("filesize") or (int(in_address) if in_address.isdecimal() else 0)
    return int(known or told.get("filesize_approx") or 0)
