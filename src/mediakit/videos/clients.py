"""The clients of the providers that mediakit fetches from and checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mediakit.videos.client import Web
from mediakit.videos.search import VideoSearch, YouTubeSearch
from mediakit.videos.vimeo import Vimeo
from mediakit.videos.youtube import YouTube

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediakit.videos.client import VideoClient

CLIENTS: dict[str, Callable[[Web, str], VideoClient]] = {"youtube": YouTube, "vimeo": Vimeo}
"""The clients by their providers' names; each takes the web, and the address of the site."""


@dataclass(frozen=True)
class Services:
    """What the commands for videos ask: clients by provider, the web, the search, the clock."""

    clients: Mapping[str, VideoClient]
    web: Web = field(default_factory=Web)
    search: VideoSearch = field(default_factory=YouTubeSearch)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0)


def open_services(referrer: str = "") -> Services:
    """Return the real services; `referrer` is the address of the site."""
    web = Web()
    return Services({name: client(web, referrer) for name, client in CLIENTS.items()}, web)
