"""YouTube: oEmbed, the player through yt-dlp and what it says, and the host of thumbnails."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mediakit.base.languages import language_codes
from mediakit.base.model import Chapter, VideoRecord
from mediakit.site.providers import watch_address
from mediakit.videos.client import Thumbnail, VideoDetails, ask_oembed, read_status
from mediakit.videos.tool import (
    RUNTIME_HINT,
    ToolLog,
    by_warnings,
    player_answer,
    refusal,
    tool_options,
)
from mediakit.videos.verdict import EXISTS, Answer, Sign, Source, read_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.videos.client import Web

_OEMBED = "https://www.youtube.com/oembed"
_MEANINGS = {
    400: (Sign.DOUBTFUL, "no such id"),
    401: (Sign.NOT_EMBEDDABLE, "the owner allows no embedding"),
    403: (Sign.DOUBTFUL, "private"),
    404: (Sign.GONE, "no such video"),
}
_ENGLISH = {"Accept-Language": "en"}
"""As the player is asked, so that a translated title is the same one."""

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

_NO_RUNTIME = "No supported JavaScript runtime"
_NOT_FOR_EMBEDS = frozenset({"subscriber_only", "premium_only", "needs_auth"})
_ADULT = 18


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
        return ask_oembed(self._web, _OEMBED, address, _MEANINGS, _ENGLISH)[0]

    def details(self, video: str) -> VideoDetails:
        """Return the player's metadata, and thumbnails even without metadata."""
        answer, record = self._player.ask(video)
        thumbnails = thumbnails_of(video) if answer.sign in EXISTS else ()
        return VideoDetails(answer, record, thumbnails)

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


class Player:
    """Asks by canonical address only; `factory` makes a YoutubeDL of its options."""

    def __init__(self, factory: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self._factory = factory
        self._local = threading.local()
        self._lock = threading.Lock()

    def ask(self, video: str) -> tuple[Answer, VideoRecord | None]:
        """Return what the player says, and the metadata if the video is there."""
        answer, info = self.look(video)
        return answer, self.record(info) if info is not None else None

    def record(self, info: dict[str, Any]) -> VideoRecord:
        """Return the metadata in what the last look of this thread has found."""
        return record_of(info, are_captions_known=_knows_captions(info, self._open()[1]))

    def look(self, video: str) -> tuple[Answer, dict[str, Any] | None]:
        """Return what the player says, and all that yt-dlp knows if the video is there."""
        ydl, log = self._open()
        from yt_dlp.utils import YoutubeDLError  # noqa: PLC0415 - loaded when it was opened

        log.clear()
        try:
            info = ydl.extract_info(watch_address("youtube", video), download=False, process=False)
        except YoutubeDLError as error:
            return _with_hint(refusal(error, log), log), None
        if not isinstance(info, dict) or info.get("id") != video:
            other = info.get("id") if isinstance(info, dict) else None
            reason = f"plays another video, {other}" if other else "yt-dlp returned nothing"
            return player_answer(Sign.NOT_EMBEDDABLE if other else Sign.BROKEN, reason), None
        answer = _with_hint(_read(info, log), log)
        # the page alone has some metadata too, but not all, and not for certain
        return answer, info if answer.sign in EXISTS else None

    def _open(self) -> tuple[Any, ToolLog]:
        """Return the YoutubeDL of this thread; one cannot serve several threads."""
        if not hasattr(self._local, "opened"):
            log = ToolLog()
            with self._lock:  # its modules import each other: two threads at once break that
                from yt_dlp import YoutubeDL  # noqa: PLC0415 - takes half a second

                import_module("yt_dlp.extractor.youtube")  # it would come with the first question
                factory: Callable[[Any], Any] = self._factory or YoutubeDL
                self._local.opened = factory(tool_options(log, "youtube")), log
        opened: tuple[Any, ToolLog] = self._local.opened
        return opened


def thumbnails_of(video: str) -> tuple[Thumbnail, ...]:
    """Return where the pictures of a video are, the best first."""
    return tuple(
        Thumbnail(f"{_IMAGES}/{video}/{name}.jpg", None if name == "default" else _MISSING, boxed)
        for name, boxed in (*_SIZES, ("default", True))
    )


def _with_hint(answer: Answer, log: ToolLog) -> Answer:
    """Add what to install where an answer says little, and yt-dlp misses something."""
    is_poor = answer.sign in {Sign.REFUSED, Sign.BROKEN, Sign.UNCLEAR}
    misses = any(_NO_RUNTIME in line for line in log.warnings)
    return replace(answer, hint=RUNTIME_HINT) if is_poor and misses else answer


def _read(info: dict[str, Any], log: ToolLog) -> Answer:
    availability = info.get("availability")
    if info.get("live_status") == "is_upcoming":
        return player_answer(Sign.PENDING, "has not begun")
    if (info.get("age_limit") or 0) >= _ADULT:
        return player_answer(
            Sign.RESTRICTED, "for adults only: visitors have to sign in at YouTube"
        )
    if info.get("playable_in_embed") is False:
        return player_answer(Sign.NOT_EMBEDDABLE, "the owner allows no embedding")
    if availability in _NOT_FOR_EMBEDS:
        return player_answer(Sign.NOT_EMBEDDABLE, f"availability {availability}")
    return player_answer(Sign.ALIVE, "plays") if info.get("formats") else _without_formats(log)


def _without_formats(log: ToolLog) -> Answer:
    """Judge a result without formats: the page came, but perhaps the player did not."""
    trouble = by_warnings("the player gave no answer", log.warnings)
    if trouble is not None:
        return trouble
    if log.status:
        return player_answer(read_reason("", log.status), f"nothing to play [{log.status}]")
    return player_answer(Sign.ALIVE, "exists, but offers mediakit nothing to play")


def _knows_captions(info: dict[str, Any], log: ToolLog) -> bool:
    """Return whether the captions are all there: they come with what plays."""
    return bool(info.get("formats")) and not log.leaves_out_captions


_LAST = 253_402_300_800
"""The end of the year 9999, in seconds since 1970."""

_ORIGINAL = "-orig"


def record_of(info: dict[str, Any], *, are_captions_known: bool) -> VideoRecord:
    """Return the metadata in what yt-dlp says of a video."""
    duration = info.get("duration")
    embeddable = info.get("playable_in_embed")
    return VideoRecord(
        title=str(info.get("title") or ""),
        channel=str(info.get("channel") or info.get("uploader") or ""),
        duration=round(duration) if isinstance(duration, int | float) else None,
        uploaded=_day(info),
        availability=str(info.get("availability") or ""),
        embeddable=embeddable if isinstance(embeddable, bool) else None,
        live=str(info.get("live_status") or ""),
        age_limit=int(info.get("age_limit") or 0),
        chapters=tuple(
            Chapter(round(each.get("start_time") or 0), str(each.get("title") or ""))
            for each in info.get("chapters") or ()
        ),
        uploaded_at=_moment(info),
        captions=language_codes(info.get("subtitles") or ()) if are_captions_known else None,
        automatic_captions=_heard(info.get("automatic_captions") or ())
        if are_captions_known
        else None,
        owner=owner_of(info),
    )


def owner_of(info: dict[str, Any]) -> tuple[str, ...]:
    """Return the id and the handle of the channel that YouTube names, as far as it does."""
    found = (info.get("channel_id"), info.get("uploader_id"))
    return tuple(each for each in found if isinstance(each, str) and each)


def _heard(names: Iterable[str]) -> tuple[str, ...]:
    """Return the languages that were heard; the others are translations by machine."""
    return language_codes(
        each.removesuffix(_ORIGINAL) for each in names if each.endswith(_ORIGINAL)
    )


def _moment(info: dict[str, Any]) -> str:
    time = info.get("timestamp")
    if not isinstance(time, int | float) or not 0 < time < _LAST:
        return ""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _day(info: dict[str, Any]) -> str:
    """Return the day of the upload; an unprocessed result may only have a time, in UTC."""
    day, time = str(info.get("upload_date") or ""), info.get("timestamp")
    if len(day) == len("20260101"):
        return f"{day[:4]}-{day[4:6]}-{day[6:]}"
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}" if isinstance(time, int | float) else ""
