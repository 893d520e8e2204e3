"""The protocol of the clients that ask providers about videos, and what they return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mediakit.base.model import VideoRecord
    from mediakit.videos.verdict import Answer, Source


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The address of a picture of a video.

    `placeholder` is the size in pixels of the picture that the provider sends where it has none,
    and `boxed` says whether it pads pictures with bars to another shape.
    """

    url: str
    placeholder: tuple[int, int] | None = None
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class VideoDetails:
    """What a provider says of a video: its metadata, and where its pictures are, the best first."""

    answer: Answer
    record: VideoRecord | None = None
    thumbnails: tuple[Thumbnail, ...] = ()


class VideoClient(Protocol):
    """Asks one provider about videos. Its methods run on several threads at once."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that it can ask, the cheapest first."""

    def ask(self, source: Source, video: str) -> Answer:
        """Ask one source about the video with this id."""

    def details(self, video: str) -> VideoDetails:
        """Ask for metadata and pictures."""
