"""What an include, a shortcode or the tag of a plugin shows: pictures and videos.

Its own text, or the program behind it, is not looked at. A tag with one of the names in the table
of video tags shows a video. Of any other, each argument that ends like a picture is a picture: for
certain where the name says so, else where there is such a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.model import ImageRef, Role
from mediakit.site.galleries import DECORATION
from mediakit.site.paths import names_picture
from mediakit.site.providers import is_whole_id, provider_at, provider_of_id, video_tags
from mediakit.site.templates.expanded import Argument, Tag, Unknown
from mediakit.site.trees.yaml import Scalar
from mediakit.site.videos import VideoReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.kinds.kind import SiteKind
    from mediakit.site.reader import PageParser

_LABELS = frozenset({
    "alt", "attr", "attrlink", "caption", "class", "description", "excerpt", "text",
    "title",
})  # fmt: skip
"""Arguments that are read by people, or say how something looks."""

_SOURCES = ("image_path", "src", "path", "image", "0")
"""Where the tags for pictures have the picture."""

_VIDEOS = (
    "id", "video_id", "videoid", "videoId", "youtubeId", "youtube_id", "vimeo_id", "video", "url",
    "src", "path", "link", "0",
)  # fmt: skip
"""Where the tags for videos have the id or the address."""

_PLAYLIST = "videoseries"
"""What YouTube's players have in place of an id for a playlist."""


class TagReader:
    """Reads the tags of one page's text."""

    def __init__(self, file: PageParser, kind: SiteKind) -> None:
        self._file = file
        self._videos = VideoReader(file)
        self._certain = kind.picture_tags
        self._folders = kind.folders_by_argument

    def read(self, tag: Tag, line: int) -> Iterator[ImageRef]:
        """Yield the pictures that a tag shows; add its video to those of the page."""
        name = _base_name(tag.name)
        provider = video_tags().get(name.replace("-", "").replace("_", "").casefold())
        if provider is not None:
            self._read_video(tag, provider, line)
        is_known = name in self._certain and not tag.is_foreign
        found = list(self._pictures(tag, line, is_known=is_known))
        if not found and is_known:
            self._warn_of_none(tag, line)
        yield from found

    def _pictures(self, tag: Tag, line: int, *, is_known: bool) -> Iterator[ImageRef]:
        keys = ("alt", "1") if is_known else ("alt",)
        label = next((tag.arguments[key] for key in keys if key in tag.arguments), None)
        title, role = (tag.arguments.get(name) for name in ("title", DECORATION[0]))
        for key, each in tag.arguments.items():
            text = (each.text or "").strip()
            is_certain = is_known and key in _SOURCES
            if not text or key in _LABELS or not (is_certain or names_picture(text)):
                continue
            is_relative = not text.startswith(("/", "\\")) and "://" not in text
            more = self._folders.get((tag.name.removesuffix(".html"), key), ())
            place = self._file.locate(text, line, self._file.addresses.tags_with(more))
            missing = "" if is_certain else None
            alt = label.text if label else missing
            if not alt and role is not None and role.text in DECORATION[1]:
                alt = None
            labels = {"alt": alt, "title": title.text if title else None}
            for image in self._file.reference(Role.BODY, "body", line, place, **labels):
                yield replace(image, is_name=is_relative and not is_certain)

    def _warn_of_none(self, tag: Tag, line: int) -> None:
        for key in _SOURCES:
            if key in tag.arguments:
                self._warn_of(tag, tag.arguments[key], line)
                return
        if tag.arguments.keys() <= _LABELS:
            self._warn_missing(tag, _SOURCES[0], line)

    def _warn_of(self, tag: Tag, argument: Argument, line: int) -> None:
        """Say that an argument has no value, unless only the generator may know it."""
        if argument.value is not Unknown.GENERATOR and not argument.text:
            what = f"`{argument.written}` has no value here"
            self._file.warn("missing-value", f"include {_base_name(tag.name)}: {what}", line)

    def _warn_missing(self, tag: Tag, key: str, line: int) -> None:
        name = _base_name(tag.name)
        self._file.warn("missing-value", f"include {name}: `{key}` is missing", line)

    def _read_video(self, tag: Tag, provider: str, line: int) -> None:
        key = next((key for key in _VIDEOS if key in tag.arguments), None)
        given = tag.arguments.get("provider")
        if key is None:
            if given is not None:
                self._warn_missing(tag, "id", line)
            return
        video, named = tag.arguments[key].text, provider or (given.text if given else None)
        if not video:
            self._warn_of(tag, tag.arguments[key], line)
        elif not _is_elsewhere(video) and (named or _may_be_of_provider(video)):
            self._videos.add(Scalar(video, line), named)


def _base_name(name: str) -> str:
    """Return the name of an include or shortcode without folder and ending."""
    return name.rpartition("/")[2].partition(".")[0]


def _may_be_of_provider(video: str) -> bool:
    """Return whether a text without a provider is an address, or a whole id of one."""
    return "/" in video or is_whole_id(provider_of_id(video), video)


def _is_elsewhere(video: str) -> bool:
    """Return whether a video is a file, a list of videos, or on a host that no provider has."""
    if video.startswith(_PLAYLIST):
        return True
    web = video.partition("://")[2] or video.removeprefix("//")
    host, slash, _ = web.partition("/")
    return provider_at(host) is None if slash else "." in video
