"""The best real picture of a video: there, whole, no placeholder, and without bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.images.letterbox import UnreadableError, size_of, without_bars

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.videos.client import Thumbnail
    from mediakit.videos.web import Web


def best_thumbnail(web: Web, places: Iterable[Thumbnail]) -> bytes | str:
    """Return the bytes of the first real picture, a JPEG, or else why there is none.

    A status other than 200 is no picture, whatever its body holds.
    """
    said = "the provider names none"
    for place in places:
        reply = web.get(place.url)
        if reply.status != 200:
            said = f"HTTP {reply.status}" if reply.status else reply.why
            continue
        try:
            if place.placeholder is not None and size_of(reply.body) == place.placeholder:
                said = "only a placeholder is there"
                continue
            if not reply.body.startswith(b"\xff\xd8"):
                said = "not a JPEG"
                continue
            size_of(reply.body)
            return without_bars(reply.body) if place.boxed else reply.body
        except UnreadableError as error:
            said = str(error)
    return said
