"""Search YouTube by words, through yt-dlp."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from mediakit.site.providers import PROVIDERS, is_whole_id
from mediakit.videos.tool import ToolLog, player_answer, refusal, tool_options
from mediakit.videos.verdict import LONGEST_NAME, Answer, Sign

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_YET = frozenset({"is_upcoming", "is_live"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A video that a search found; `owner` are the channel's id and handle, which are unique."""

    id: str
    title: str
    channel: str = ""
    owner: tuple[str, ...] = ()
    duration: int | None = None


class VideoSearch(Protocol):
    """Searches for videos of YouTube."""

    def find(self, words: str, most: int) -> tuple[Answer, tuple[Hit, ...]]:
        """Return how it went, and the videos that are found first."""


class YouTubeSearch:
    """Asks YouTube's search; `factory` makes a YoutubeDL of its options."""

    def __init__(self, factory: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self._factory = factory
        self._opened: tuple[Any, ToolLog] | None = None

    def find(self, words: str, most: int) -> tuple[Answer, tuple[Hit, ...]]:
        """Return how it went, and the videos that YouTube finds first."""
        words = " ".join(words.split())[:LONGEST_NAME]
        if not words:
            return player_answer(Sign.UNCLEAR, "no words to search for"), ()
        ydl, log = self._open()
        from yt_dlp.utils import YoutubeDLError  # noqa: PLC0415 - loaded when it was opened

        log.clear()
        try:
            found = ydl.extract_info(f"ytsearch{most}:{words}", download=False, process=False)
            entries = list(islice(found["entries"], most))
        except YoutubeDLError as error:
            return refusal(error, log), ()
        hits = (_hit(each) for each in entries if isinstance(each, dict))
        return player_answer(Sign.ALIVE, "answers"), tuple(hit for hit in hits if hit is not None)

    def _open(self) -> tuple[Any, ToolLog]:
        if self._opened is None:
            from yt_dlp import YoutubeDL  # noqa: PLC0415 - takes half a second

            import_module("yt_dlp.extractor.youtube")
            log = ToolLog()
            factory: Callable[[Any], Any] = self._factory or YoutubeDL
            self._opened = factory(tool_options(log, "youtube:search")), log
        return self._opened


def _hit(entry: dict[str, Any]) -> Hit | None:
    """Return a video of the list, None for one that cannot be shown on a page."""
    video, duration = entry.get("id"), entry.get("duration")
    if not isinstance(video, str) or not is_whole_id(PROVIDERS["youtube"], video):
        return None
    if entry.get("live_status") in _NOT_YET:
        return None
    owner = (entry.get("channel_id"), entry.get("uploader_id"))
    return Hit(
        video,
        str(entry.get("title") or "")[:LONGEST_NAME],
        str(entry.get("channel") or "")[:LONGEST_NAME],
        tuple(each for each in owner if isinstance(each, str) and each),
        round(duration) if isinstance(duration, int | float) else None,
    )
