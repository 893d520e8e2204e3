"""The providers that are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mediakit.videos import vimeo, youtube
from mediakit.videos.player import Player
from mediakit.videos.vimeo import Vimeo
from mediakit.videos.web import Web
from mediakit.videos.youtube import YouTube

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from mediakit.videos.client import Provider

CANARIES = {"youtube": youtube.CANARY, "vimeo": vimeo.CANARY}
"""Videos that are known to be alive."""


@dataclass(frozen=True)
class Services:
    """What is asked about videos: the providers by the theme's names, the web, and the clock."""

    providers: Mapping[str, Provider]
    web: Web = field(default_factory=Web)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0)


def open_services(
    referrer: str = "", factory: Callable[[dict[str, Any]], Any] | None = None
) -> Services:
    """Return the real services.

    `referrer` is the address of the site, `factory` makes a YoutubeDL of its options.
    """
    web = Web()
    return Services({"youtube": YouTube(web, Player(factory)), "vimeo": Vimeo(web, referrer)}, web)
