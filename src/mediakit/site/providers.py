"""The providers of videos: one row for each, with all that pages and clients have to know.

A row alone lets pages name videos of a provider. To fetch and check them too, add a client in
`videos/` and a line in `videos/clients.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class Provider:
    """A host of videos. Patterns match whole texts; `{id}` and `{start}` stand for a video's.

    Attributes:
        name: what front matter calls it, as in `provider: youtube`.
        title: its name in messages.
        ids: pattern of an id.
        id_words: what messages say of its ids.
        id_length: the length of every id (0: they differ); another one is a typing error.
        is_guessed: whether an id without a provider may be one of its ids.
        has_hashes: whether an unlisted video has a hash, as in `ID/HASH` and `ID?h=HASH`.
        keys: keys of front matter that hold its videos.
        tags: includes, shortcodes and tags that show its videos in the bodies of pages.
        hosts: pattern of the hosts in the addresses of its videos.
        frames: pattern of the paths of the pages that show one video in a frame.
        embed: the address of the page that shows a video in a frame.
        find: reads such an address.
        watch: the address at which people watch a video.
        share: the address to write into a page, followed by `share_start` for a start.
        canary: a video known to be alive, asked about before the others.
        domains: the domains that its client may ask.
    """

    name: str
    title: str
    ids: str = "[0-9A-Za-z_-]{1,64}"
    id_words: str = "1 to 64 letters, digits, - or _"
    id_length: int = 0
    is_guessed: bool = False
    has_hashes: bool = False
    keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    hosts: str = ""
    frames: str = ""
    embed: str = ""
    find: Callable[[SplitResult], VideoAddress] = last_segment
    watch: str = ""
    share: str = ""
    share_start: str = ""
    canary: str = ""
    domains: tuple[str, ...] = ()


PROVIDERS = {
    row.name: row
    for row in (
        Provider(
            "youtube",
            "YouTube",
            # one character lost or typed twice is read too, to be reported as such
            ids=r"(?!(?:videoseries|live_stream)\Z)[0-9A-Za-z_-]{10,12}",
            id_words="11 letters, digits, - or _",
            id_length=11,
            is_guessed=True,
            keys=("youtubeId", "youtube_id"),
            tags=(
                "youtube",
                "youtubeplayer",
                "youtubeembed",
                "youtubelite",
                "youtubevideo",
                "yt",
                "embedyoutube",
                "liteyoutube",
                "responsiveyoutube",
            ),
            hosts=r"(?:(?:www|m|music)\.)?youtube(?:-nocookie)?\.com|(?:www\.)?youtu\.be",
            frames=r"/(?:embed|v|e)/(?!videoseries|live_stream)[^/]+/?",
            embed="https://www.youtube.com/embed/{id}",
            find=youtube_video,
            watch="https://www.youtube.com/watch?v={id}",
            share="https://youtu.be/{id}",
            share_start="?t={start}",
            canary="jNQXAC9IVRw",  # the first video on YouTube
            domains=("youtube.com", "ytimg.com"),
        ),
        Provider(
            "vimeo",
            "Vimeo",
            ids="[0-9]{1,12}",
            id_words="up to 12 digits",
            is_guessed=True,
            has_hashes=True,
            keys=("vimeo", "vimeoId", "vimeo_id"),
            tags=("vimeo", "vimeoplayer", "vimeoembed", "vimeovideo", "embedvimeo", "vimeolite"),
            hosts=r"(?:(?:www|player)\.)?vimeo\.com",
            frames=r"/video/[^/]+/?",
            embed="https://player.vimeo.com/video/{id}",
            find=vimeo_video,
            watch="https://vimeo.com/{id}",
            share="https://vimeo.com/{id}",
            share_start="#t={start}s",
            canary="76979871",  # the video of Vimeo's own examples
            domains=("vimeo.com", "vimeocdn.com"),
        ),
        # themes show these; mediakit lists them, and asks nobody about them
        Provider("bilibili", "Bilibili", tags=("bilibili",)),
        Provider("dailymotion", "Dailymotion", tags=("dailymotion",)),
        Provider("google-drive", "Google Drive"),
        Provider("niconico", "Niconico"),
        Provider("odysee", "Odysee", ids="[0-9A-Za-z@:_-]{1,200}", id_words="its name and its id"),
        Provider("peertube", "PeerTube"),
        Provider("streamable", "Streamable"),
        Provider("tiktok", "TikTok"),
        Provider("twitch", "Twitch"),
        Provider("wistia", "Wistia"),
        Provider("youku", "Youku", ids="[0-9A-Za-z_=-]{1,64}"),
    )
}
"""The providers by name; where an id may be of several, the first one takes it."""


_ANY_VIDEO = (
    "video", "videoembed", "videoplayer", "embed", "embedvideo", "responsiveembed",
    "responsivevideo",
)  # fmt: skip


def video_tags() -> dict[str, str]:
    """Return the includes, shortcodes and tags that show videos, with their providers.

    Names are without folder, ending, `-`, `_` and capital letters; a provider is empty where each
    video says its own.
    """
    own = {tag: row.name for row in PROVIDERS.values() for tag in row.tags}
    return {**dict.fromkeys(_ANY_VIDEO, ""), **own}


def provider_in_key(key: str) -> str | None:
    """Return the provider whose name is part of a front matter key, if there is one."""
    return next((name for name in PROVIDERS if name in key.casefold()), None)


def provider_at(host: str) -> Provider | None:
    """Return the provider whose videos have addresses with this host."""
    host = host.lower()
    rows = (row for row in PROVIDERS.values() if row.hosts and re.fullmatch(row.hosts, host))
    return next(rows, None)


def provider_of_id(video: str) -> Provider:
    """Return the provider that an id without one is read as; YouTube's where none fits."""
    rows = [row for row in PROVIDERS.values() if row.is_guessed]
    fitting = (row for row in rows if is_whole_id(row, video))
    return next(fitting, rows[0])


def is_whole_id(provider: Provider, video: str) -> bool:
    """Return whether a text is an id of a provider, with no character lost or added."""
    return bool(re.fullmatch(provider.ids, video)) and provider.id_length in {0, len(video)}


def watch_address(provider: str, video: str) -> str:
    """Return the address at which people watch a video, empty where that is not known."""
    row = PROVIDERS.get(provider)
    return row.watch.format(id=video) if row is not None else ""


def share_address(provider: str, video: str, start: int | None = None) -> str:
    """Return the address that a page names a video by, empty where that is not known."""
    row = PROVIDERS.get(provider)
    if row is None:
        return ""
    ending = row.share_start if start is not None else ""
    return (row.share + ending).format(id=video, start=start)
