"""YouTube: oEmbed, the player through yt-dlp, and the host of thumbnails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.site.providers import watch_address
from mediakit.videos.client import Thumbnail, VideoDetails, ask_oembed, read_status
from mediakit.videos.player import Player
from mediakit.videos.verdict import EXISTS, Answer, Sign, Source

if TYPE_CHECKING:
    from mediakit.videos.client import Web

_OEMBED = "https://www.youtube.com/oembed"
_MEANINGS = {
    400: (Sign.DOUBTFUL, "no such id"),
    401: (Sign.NOT_EMBEDDABLE, "the owner allows no embedding"),
    403: (Sign.DOUBTFUL, "private"),
    404: (Sign.GONE, "no such video"),
}
_IMAGES = "https://i.ytimg.com/vi"
_MISSING = (120, 90)
"""Size of the grey picture that YouTube sends for a missing one."""

_SIZES = (
    ("maxresdefault", False),
    ("sddefault", True),
    ("hqdefault", True),
    ("mqdefault", False),
)
"""Names of thumbnails, the best first, and whether they are 4:3 with bars; `hq720` is never
there without `maxresdefault`."""

_PROBES = ("hqdefault", "default")
"""Thumbnails that each video has."""


class YouTube:
    """Asks YouTube."""

    sources = (Source.OEMBED, Source.PLAYER, Source.THUMBNAILS)

    def __init__(self, web: Web, _referrer: str = "", player: Player | None = None) -> None:
        self._web = web
        self._player = player or Player()

    def ask(self, source: Source, video: str) -> Answer:
        """Ask one source about a video."""
        if source is Source.PLAYER:
            return self._player.ask(video)[0]
        if source is Source.THUMBNAILS:
            return self._ask_thumbnails(video)
        address = watch_address("youtube", video)
        return ask_oembed(self._web, _OEMBED, address, _MEANINGS)[0]

    def details(self, video: str) -> VideoDetails:
        """Return the player's metadata, and thumbnails even without metadata."""
        answer, record = self._player.ask(video)
        names = (*_SIZES, ("default", True))
        thumbnails = tuple(
            Thumbnail(
                f"{_IMAGES}/{video}/{name}.jpg", None if name == "default" else _MISSING, boxed
            )
            for name, boxed in names
        )
        return VideoDetails(answer, record, thumbnails if answer.sign in EXISTS else ())

    def _ask_thumbnails(self, video: str) -> Answer:
        """Ask for thumbnails that every video has; one proves nothing, since caches keep it."""
        replies = []
        for name in _PROBES:
            reply = self._web.get(f"{_IMAGES}/{video}/{name}.jpg")
            replies.append(reply)
            if reply.status != 404:
                break
        else:
            return Answer(Source.THUMBNAILS, Sign.GONE, "HTTP 404: no thumbnails")
        sign, reason = read_status(replies[-1], {})
        if sign is Sign.ALIVE:
            sign, reason = Sign.UNCLEAR, "has thumbnails"
        return Answer(Source.THUMBNAILS, sign, reason, wait=replies[-1].retry_after)
