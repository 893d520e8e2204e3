"""Videos of the front matter, in all the shapes that sites hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mediakit.base.errors import ManifestError
from mediakit.site.trees.yaml import Mapping, Node, Scalar, Sequence
from mediakit.site.video_id import YOUTUBE_ID_LENGTH, is_mangled, is_misspelt, parse_video

if TYPE_CHECKING:
    from mediakit.base.model import VideoRef

VIDEO_KEYS = {
    "video": None,
    "videos": None,
    "youtubeId": "youtube",
    "youtube_id": "youtube",
    "vimeo": "vimeo",
    "vimeoId": "vimeo",
    "vimeo_id": "vimeo",
}
"""Front matter keys that name videos, with the provider where the key says it."""


def provider_of(key: str) -> str | None:
    """Return the provider that the name of a key says."""
    return next((each for each in ("youtube", "vimeo") if each in key.casefold()), None)


class Problems(Protocol):
    """Where problems go."""

    def warn(self, code: str, message: str, line: int, hint: str = "") -> None:
        """Record a warning."""

    def refuse(self, error: ManifestError, line: int) -> None:
        """Record an error."""


class VideoReader:
    """Collects the videos of one file, each once."""

    def __init__(self, file: Problems) -> None:
        self._file = file
        self._videos: dict[tuple[str, str], VideoRef] = {}

    @property
    def found(self) -> tuple[VideoRef, ...]:
        """The videos, in the order in which they were met."""
        return tuple(self._videos.values())

    def read(self, node: Node | None, provider: str | None = None) -> None:
        """Read a video, a list of them, or a bare id or address."""
        if isinstance(node, Sequence):
            for item in node.items:
                if not isinstance(item, Sequence):
                    self.read(item, provider)
        elif isinstance(node, Mapping):
            found = node.get("id") or node.get("url") or node.get("src")
            if isinstance(found, Scalar):
                self.add(found, node.text("provider") or provider)
            else:
                self._file.warn("missing-value", "a video without `id`", node.line)
        elif node is not None and not node.is_null:
            self.add(node, provider)

    def add(self, node: Scalar, provider: str | None) -> None:
        """Add the video that an id or address names."""
        try:
            video = parse_video(node.text, provider, node.line)
        except ManifestError as error:
            self._file.refuse(error, node.line)
            return
        if node.plain and is_mangled(node.text):
            self._file.warn(
                "unquoted-id",
                f"YAML reads {node.text} as a number, so Jekyll shows another id",
                node.line,
                f'write it as "{node.text}"',
            )
        if is_misspelt(video):
            self._file.warn(
                "misspelt-id",
                f"{video.id!r} has {len(video.id)} signs, and YouTube ids have {YOUTUBE_ID_LENGTH}",
                node.line,
                "copy what follows v= in the video's address",
            )
        self._videos.setdefault((video.provider, video.id), video)
