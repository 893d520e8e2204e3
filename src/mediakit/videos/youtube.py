"""YouTube: oEmbed, the player through yt-dlp, and the host of thumbnails."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mediakit.base.model import Chapter, VideoRecord
from mediakit.base.redaction import redacted
from mediakit.site.providers import watch_address
from mediakit.videos.client import Thumbnail, VideoDetails, ask_oembed, read_status
from mediakit.videos.tool import RUNTIME_HINT
from mediakit.videos.verdict import EXISTS, Answer, Sign, Source, read_reason

if TYPE_CHECKING:
    from collections.abc import Callable

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

_STATUS = re.compile(r"player response playability status: (\w+)")
_HTTP = re.compile(r"HTTP Error (\d{3})")
_ADVICE = re.compile(r"\.?\s*Use --cookies")  # is for people at a prompt
_INCOMPLETE = re.compile(r"Failed to parse JSON|Incomplete data received")
_NO_RESPONSE = "Failed to extract any player response"
_NO_RUNTIME = "No supported JavaScript runtime"
_NO_CONNECTION = "no connection: YouTube's player cannot be reached"
_MOST_COUNTRIES = 8
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


class Player:
    """Asks by canonical address only; `factory` makes a YoutubeDL of its options."""

    def __init__(self, factory: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self._factory = factory
        self._local = threading.local()
        self._lock = threading.Lock()

    def ask(self, video: str) -> tuple[Answer, VideoRecord | None]:
        """Return what the player says, and the metadata if the video is there."""
        ydl, log = self._open()
        from yt_dlp.utils import YoutubeDLError  # noqa: PLC0415 - loaded when it was opened

        log.clear()
        try:
            info = ydl.extract_info(watch_address("youtube", video), download=False, process=False)
        except YoutubeDLError as error:
            return _with_hint(_refusal(error, log), log), None
        if not isinstance(info, dict) or info.get("id") != video:
            other = info.get("id") if isinstance(info, dict) else None
            reason = f"plays another video, {other}" if other else "yt-dlp returned nothing"
            return _answer(Sign.NOT_EMBEDDABLE if other else Sign.BROKEN, reason), None
        answer = _with_hint(_read(info, log), log)
        # the page alone has some metadata too, but not all, and not for certain
        return answer, _record(info) if answer.sign in EXISTS else None

    def _open(self) -> tuple[Any, _Log]:
        """Return the YoutubeDL of this thread; one cannot serve several threads."""
        if not hasattr(self._local, "opened"):
            log = _Log()
            with self._lock:  # its modules import each other: two threads at once break that
                from yt_dlp import YoutubeDL  # noqa: PLC0415 - takes half a second

                import_module("yt_dlp.extractor.youtube")  # it would come with the first question
                factory: Callable[[Any], Any] = self._factory or YoutubeDL
                self._local.opened = factory(_options(log)), log
        opened: tuple[Any, _Log] = self._local.opened
        return opened


class _Log:
    """The log of yt-dlp, the only place where it says some statuses."""

    def __init__(self) -> None:
        self.status = ""
        self.warnings: list[str] = []

    def clear(self) -> None:
        self.status = ""
        self.warnings.clear()

    def debug(self, text: str) -> None:
        if found := _STATUS.search(text):
            self.status = found[1]

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def error(self, text: str) -> None:
        """Do nothing: the exception says it."""


def _options(log: _Log) -> dict[str, Any]:
    options: dict[str, Any] = {
        "quiet": True,
        "verbose": True,  # only the log has the status
        "logger": log,
        "skip_download": True,
        "noplaylist": True,
        "cachedir": False,
        "allowed_extractors": ["youtube"],
        "extractor_args": {"youtube": {"lang": ["en"]}},
        "extractor_retries": 1,
        "socket_timeout": 20,
        "color": "no_color",
    }
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        options["compat_opts"] = {"no-certifi"}  # whoever names certificates wants them used
    return options


def _answer(sign: Sign, reason: str, countries: tuple[str, ...] = ()) -> Answer:
    return Answer(Source.PLAYER, sign, redacted(reason), countries)  # proxies have passwords


def _with_hint(answer: Answer, log: _Log) -> Answer:
    """Add what to install where an answer says little, and yt-dlp misses something."""
    is_poor = answer.sign in {Sign.REFUSED, Sign.BROKEN, Sign.UNCLEAR}
    misses = any(_NO_RUNTIME in line for line in log.warnings)
    return replace(answer, hint=RUNTIME_HINT) if is_poor and misses else answer


def _refusal(error: Exception, log: _Log) -> Answer:
    from yt_dlp.networking.exceptions import HTTPError, RequestError  # noqa: PLC0415

    cause = _cause(error)
    text = _ADVICE.split(str(getattr(cause, "orig_msg", None) or cause))[0].strip()
    if isinstance(cause, HTTPError) or text.startswith(_NO_RESPONSE):
        return _by_warnings(text, [text, *log.warnings]) or _answer(Sign.BROKEN, text)
    if isinstance(cause, RequestError):
        return _answer(Sign.UNREACHABLE, _NO_CONNECTION)
    countries = tuple(sorted(getattr(cause, "countries", None) or ()))
    sign = read_reason(text, log.status)
    if sign is Sign.UNCLEAR and not getattr(cause, "expected", True):
        sign = Sign.BROKEN
    status = f" [{log.status}]" if log.status else ""
    return _answer(sign, f"{text}{status}{_playing_in(countries)}", countries)


def _playing_in(countries: tuple[str, ...]) -> str:
    """Return in which countries a blocked video plays, empty where that is not known."""
    if not countries:
        return ""
    more = len(countries) - _MOST_COUNTRIES
    ending = f" and {more} more" if more > 0 else ""
    return f"; it plays in {', '.join(countries[:_MOST_COUNTRIES])}{ending}"


def _cause(error: Exception) -> BaseException:
    """Return the error that yt-dlp wrapped."""
    info = getattr(error, "exc_info", None)
    return info[1] if info and info[1] is not None else error


def _by_warnings(text: str, lines: list[str]) -> Answer | None:
    """Return why the player could not be reached by these lines, None if it could."""
    found = next((int(match[1]) for line in lines if (match := _HTTP.search(line))), 0)
    if found:
        sign = Sign.REFUSED if found in {403, 429} else Sign.UNREACHABLE
        return _answer(sign, f"HTTP {found}: the player does not answer")
    if any("Unable to download" in line for line in lines):
        return _answer(Sign.UNREACHABLE, _NO_CONNECTION)
    if any(_INCOMPLETE.search(line) for line in lines):
        return _answer(Sign.BROKEN, text)
    return None


def _read(info: dict[str, Any], log: _Log) -> Answer:
    availability = info.get("availability")
    if info.get("live_status") == "is_upcoming":
        return _answer(Sign.PENDING, "has not begun")
    if (info.get("age_limit") or 0) >= _ADULT:
        return _answer(Sign.RESTRICTED, "for adults only: visitors have to sign in at YouTube")
    if info.get("playable_in_embed") is False:
        return _answer(Sign.NOT_EMBEDDABLE, "the owner allows no embedding")
    if availability in _NOT_FOR_EMBEDS:
        return _answer(Sign.NOT_EMBEDDABLE, f"availability {availability}")
    return _answer(Sign.ALIVE, "plays") if info.get("formats") else _without_formats(log)


def _without_formats(log: _Log) -> Answer:
    """Judge a result without formats: the page came, but perhaps the player did not."""
    trouble = _by_warnings("the player gave no answer", log.warnings)
    if trouble is not None:
        return trouble
    if log.status:
        return _answer(read_reason("", log.status), f"nothing to play [{log.status}]")
    return _answer(Sign.ALIVE, "exists, but offers mediakit nothing to play")


def _record(info: dict[str, Any]) -> VideoRecord:
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
    )


def _day(info: dict[str, Any]) -> str:
    """Return the day of the upload; an unprocessed result may only have a time, in UTC."""
    day, time = str(info.get("upload_date") or ""), info.get("timestamp")
    if len(day) == len("20260101"):
        return f"{day[:4]}-{day[4:6]}-{day[6:]}"
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}" if isinstance(time, int | float) else ""
