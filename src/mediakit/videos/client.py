"""The protocol of video providers, and what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mediakit.base.model import VideoRecord
    from mediakit.videos.verdict import Answer, Source


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """Where a picture of a video may be.

    `placeholder` is the size in pixels of what the provider shows where there is none, and
    `boxed` whether it pads pictures with bars to another shape.
    """

    url: str
    placeholder: tuple[int, int] | None = None
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """What a provider told of a video: its metadata (None: none came), and its pictures.

    `thumbnails` are the places to look, the best one first.
    """

    answer: Answer
    record: VideoRecord | None = None
    thumbnails: tuple[Thumbnail, ...] = ()


class Provider(Protocol):
    """A host of videos. Methods run on several threads at once."""

    @property
    def name(self) -> str:
        """The theme's name for it."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The places to ask about a video, the cheapest first."""

    def ask(self, source: Source, video: str) -> Answer:
        """Ask one source about the video with this id."""

    def details(self, video: str) -> Details:
        """Ask for metadata and pictures."""


def watch_address(provider: str, video: str) -> str:
    """Return the address at which people watch a video, empty where that is not known."""
    if provider == "youtube":
        return f"https://www.youtube.com/watch?v={video}"
    return f"https://vimeo.com/{video}" if provider == "vimeo" else ""
