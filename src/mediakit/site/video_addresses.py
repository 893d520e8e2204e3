"""Which addresses of YouTube and Vimeo lead to a video, and what the others lead to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from urllib.parse import SplitResult


class VideoAddress(NamedTuple):
    """What an address names: a video, and the hash of an unlisted one; or something `other`."""

    id: str
    hash: str = ""
    other: str = ""


_SHOWN_BY_PATH = frozenset({"embed", "v", "e", "shorts", "live"})
_OF_YOUTUBE = {
    "c": "a channel",
    "user": "a channel",
    "channel": "a channel",
    "playlist": "a playlist",
    "videoseries": "a playlist",
    "live_stream": "whatever a channel streams at the moment",
    "hashtag": "a hashtag",
    "post": "a post",
    "clip": "a clip of a video",
    "results": "a search",
}
_OF_VIMEO = {
    "ondemand": "a film for sale or rent",
    "event": "an event",
    "showcase": "a showcase of several videos",
    "album": "a showcase of several videos",
    "channels": "a channel",
    "groups": "a group",
}
_VIMEO = re.compile(
    r"/(?:video/|manage/videos/|channels/[^/]+/|groups/[^/]+/videos/|(?:showcase|album)/[^/]+/video/)?"
    r"([0-9]+)(?:/([0-9A-Za-z]{4,40}))?"
)
_HASH = re.compile("[0-9A-Za-z]{4,40}")


def last_segment(address: SplitResult) -> VideoAddress:
    """Return the video in the last segment of an address's path."""
    return VideoAddress(address.path.rstrip("/").rpartition("/")[2])


def youtube_video(address: SplitResult) -> VideoAddress:
    """Return the video of an address of YouTube."""
    first, _, rest = address.path.strip("/").partition("/")
    query = parse_qs(address.query)
    if first == "attribution_link":  # it leads to the page of `u`
        first, _, inner = query.get("u", [""])[0].lstrip("/").partition("?")
        query = parse_qs(inner)
    second = rest.partition("/")[0]
    if (address.hostname or "").endswith("youtu.be"):
        second = first
    elif first == "watch":
        second = query.get("v", [second])[0]
    elif first not in _SHOWN_BY_PATH:
        kind = "a channel" if first.startswith("@") else _OF_YOUTUBE.get(first)
        return VideoAddress("", other=kind or "a channel or another page")
    if not second and "list" in query:
        return VideoAddress("", other="a playlist")
    return VideoAddress(second, other=_OF_YOUTUBE.get(second, ""))


def vimeo_video(address: SplitResult) -> VideoAddress:
    """Return the video of an address of Vimeo, with the hash that opens an unlisted one."""
    found = _VIMEO.fullmatch(address.path.rstrip("/"))
    if found is None:
        first = address.path.strip("/").partition("/")[0]
        return VideoAddress("", other=_OF_VIMEO.get(first, "a profile or another page"))
    given = parse_qs(address.query).get("h", [""])[0]
    return VideoAddress(found[1], found[2] or (given if _HASH.fullmatch(given) else ""))
