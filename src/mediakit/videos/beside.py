"""What is archived beside the file of a video: its picture, its captions, and what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mediakit.base.model import Chapter
from mediakit.site.providers import watch_address
from mediakit.videos.client import is_allowed
from mediakit.videos.fetch import best_thumbnail
from mediakit.videos.youtube import thumbnails_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.model import VideoRecord
    from mediakit.videos.client import Web

_LANGUAGE = re.compile(r"[0-9A-Za-z_-]{1,60}")
_HEARD = "-orig"
_NOT_GIVEN = "YouTube does not give them to programs now"


class ArchivedInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a video is, as its provider said when it was archived; `info.json`."""

    version: Literal[1] = 1
    provider: str
    id: str
    address: str
    title: str
    channel: str
    channel_id: str
    handle: str = ""
    uploaded: str = ""
    duration: int | None = None
    description: str = ""
    tags: list[str] = []
    chapters: tuple[Chapter, ...] = ()
    licence: str = ""


def files_beside(
    web: Web, video: str, info: dict[str, Any], record: VideoRecord
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files by name, and why some did not come."""
    files = {"info.json": _info(video, info, record)}
    missing: dict[str, str] = {}
    picture = best_thumbnail(web, thumbnails_of(video))
    if isinstance(picture, bytes):
        files["thumbnail.jpg"] = picture
    else:
        missing["thumbnail.jpg"] = picture
    if record.captions is None:
        missing["captions"] = _NOT_GIVEN
    for name, url in _captions(info):
        reply = web.get(url)
        if reply.status == 200 and reply.body.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
            files[name] = reply.body
        else:
            why = reply.why if reply.status == 0 else f"HTTP {reply.status}"
            missing[name] = _NOT_GIVEN if reply.status == 200 else why
    return files, missing


def _info(video: str, info: dict[str, Any], record: VideoRecord) -> bytes:
    tags = info.get("tags") or ()
    found = ArchivedInfo(
        provider="youtube", id=video, address=watch_address("youtube", video),
        title=record.title, channel=record.channel, channel_id=str(info.get("channel_id") or ""),
        handle=str(info.get("uploader_id") or ""), uploaded=record.uploaded_at or record.uploaded,
        duration=record.duration, description=str(info.get("description") or ""),
        tags=[str(each) for each in tags], chapters=record.chapters,
        licence=str(info.get("license") or ""),
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def _captions(info: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield names and addresses of captions: all that people wrote, else those of machines.

    Translations by machines are left out.
    """
    written = info.get("subtitles") or {}
    for language, tracks in sorted(written.items()):
        yield from _track(language, tracks, "vtt")
    spoken = {language.partition("-")[0] for language in written}
    for name, tracks in sorted((info.get("automatic_captions") or {}).items()):
        language = name.removesuffix(_HEARD)
        if language != name and language.partition("-")[0] not in spoken:
            yield from _track(language, tracks, "auto.vtt")


def _track(language: str, tracks: list[dict[str, Any]], ending: str) -> Iterator[tuple[str, str]]:
    found = (str(each.get("url")) for each in tracks if each.get("ext") == "vtt")
    url = next(filter(is_allowed, found), None)
    if url is not None and _LANGUAGE.fullmatch(language):
        yield f"captions.{language}.{ending}", url
