"""Vimeo: oEmbed, and the configuration that its player loads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mediakit.base.languages import language_codes
from mediakit.base.model import Chapter, VideoRecord
from mediakit.site.providers import watch_address
from mediakit.videos.client import Thumbnail, VideoDetails, ask_oembed, is_allowed, read_status
from mediakit.videos.verdict import Answer, Sign, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.videos.client import Web

_OEMBED = "https://vimeo.com/api/oembed.json"
_PLAYER = "https://player.vimeo.com/video"
_MEANINGS = {
    401: (Sign.DOUBTFUL, "private"),
    403: (Sign.NOT_EMBEDDABLE, "may not be embedded on this site"),
    404: (Sign.GONE, "no such video, private, or unlisted with another hash"),
    410: (Sign.GONE, "removed"),
}
_WITHOUT_HASH = {
    404: (Sign.DOUBTFUL, "not found: gone, private, or unlisted and named without its hash"),
}
_ONLY_SOME_SITES = (
    "may be embedded on some sites only: give the site's address (`url` in its settings), so that "
    "mediakit asks in its name"
)
_HEARD = "-autogen"
_WITHOUT_REFERRER = {403: (Sign.UNCLEAR, _ONLY_SOME_SITES)}


class Vimeo:
    """Asks Vimeo in the name of the site at `referrer`, since owners choose who may embed."""

    sources = (Source.OEMBED, Source.PLAYER)

    def __init__(self, web: Web, referrer: str = "") -> None:
        self._web = web
        self._headers = {"Referer": referrer} if referrer else {}

    def ask(self, source: Source, video: str) -> Answer:
        """Ask one source about a video."""
        return self._player(video)[0] if source is Source.PLAYER else self._oembed(video)[0]

    def details(self, video: str) -> VideoDetails:
        """Return what oEmbed and the player's configuration say together."""
        answer, document = self._oembed(video)
        if answer.sign is not Sign.ALIVE:
            return VideoDetails(answer)
        _, config = self._player(video)
        url = document.get("thumbnail_url")
        pictures = [_larger(url), url] if isinstance(url, str) else []
        thumbnails = tuple(Thumbnail(each) for each in dict.fromkeys(pictures) if is_allowed(each))
        return VideoDetails(answer, _record(document, config), thumbnails)

    def _meanings(self, video: str) -> Mapping[int, tuple[Sign, str]]:
        by_hash = {} if "/" in video else _WITHOUT_HASH
        return {**_MEANINGS, **by_hash, **({} if self._headers else _WITHOUT_REFERRER)}

    def _oembed(self, video: str) -> tuple[Answer, dict[str, Any]]:
        address = watch_address("vimeo", video)
        meanings = self._meanings(video)
        answer, document = ask_oembed(self._web, _OEMBED, address, meanings, self._headers)
        said = _read_embedding(document, meanings)
        return (Answer(Source.OEMBED, *said), document) if said else (answer, document)

    def _player(self, video: str) -> tuple[Answer, dict[str, Any]]:
        number, _, unlisted = video.partition("/")
        query = f"?h={unlisted}" if unlisted else ""
        reply = self._web.get(f"{_PLAYER}/{number}/config{query}", self._headers)
        sign, reason = read_status(reply, self._meanings(video))
        try:
            document = json.loads(reply.body)
        except ValueError:
            document = {}
        document = document if isinstance(document, dict) else {}
        words = document.get("message")
        if isinstance(words, str) and words:
            reason = f"{reason}: {words}" if sign is not Sign.ALIVE else words
        if sign is Sign.ALIVE and not isinstance(document.get("video"), dict):
            sign, reason = Sign.BROKEN, "the player's configuration has no video"
        return Answer(Source.PLAYER, sign, reason, wait=reply.retry_after), document


def _read_embedding(
    document: dict[str, Any], meanings: Mapping[int, tuple[Sign, str]]
) -> tuple[Sign, str] | None:
    """Return what an answer says that keeps the title to itself, None of another one."""
    if document.get("domain_status_code") == 403:
        return meanings[403]
    if document.get("video_id") and "title" not in document:
        return Sign.RESTRICTED, "asks for a password"
    return None


def _larger(url: str) -> str:
    """Return the address of the same picture in 1,280 px, where its size is part of the name."""
    head, mark, size = url.rpartition("-d_")
    return (
        f"{head}{mark}1280"
        if mark and size.partition("?")[0].partition("x")[0].isdecimal()
        else url
    )


def _record(document: dict[str, Any], config: dict[str, Any]) -> VideoRecord:
    found = config.get("video")
    about: dict[str, Any] = found if isinstance(found, dict) else {}
    chapters = (config.get("embed") or {}).get("chapters") or ()
    duration = document.get("duration") or about.get("duration")
    return VideoRecord(
        title=str(document.get("title") or ""),
        channel=str(document.get("author_name") or ""),
        duration=round(duration) if isinstance(duration, int | float) else None,
        uploaded=str(document.get("upload_date") or "")[: len("2026-01-01")],
        availability="public" if about.get("privacy") == "anybody" else "",
        embeddable=True,
        live="is_live" if about.get("live_event") else "not_live",
        age_limit=0,
        chapters=tuple(
            Chapter(round(each.get("timecode") or 0), str(each.get("title") or ""))
            for each in chapters
            if isinstance(each, dict)
        ),
        captions=_captions(config, heard=False),
        automatic_captions=_captions(config, heard=True),
    )


def _captions(config: dict[str, Any], *, heard: bool) -> tuple[str, ...] | None:
    """Return the languages of the player's captions, None where its configuration did not come."""
    if not isinstance(config.get("video"), dict):
        return None
    tracks = (config.get("request") or {}).get("text_tracks") or ()
    found = (str(each.get("lang")) for each in tracks if isinstance(each, dict))
    return language_codes(each for each in found if each.endswith(_HEARD) is heard)
