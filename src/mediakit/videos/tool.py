"""yt-dlp, the tool that asks YouTube: its version, its options, its log, and how it refuses."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from importlib import metadata
from typing import Any

from mediakit.base.redaction import redacted
from mediakit.videos.verdict import Answer, Sign, Source, read_reason

_STATUS = re.compile(r"player response playability status: (\w+)")
_HTTP = re.compile(r"HTTP Error (\d{3})")
_ADVICE = re.compile(r"\.?\s*Use --cookies")  # is for people at a prompt
_INCOMPLETE = re.compile(r"Failed to parse JSON|Incomplete data received")
_NO_RESPONSE = "Failed to extract any player response"
_LEFT_OUT = "missing subtitles languages"
_NO_CONNECTION = "no connection: YouTube cannot be reached"
_MOST_COUNTRIES = 8
_OLD = timedelta(days=90)
"""Age of a yt-dlp that YouTube has probably left behind: it is released about monthly."""

RUNTIME_HINT = (
    "yt-dlp found no JavaScript runtime, which YouTube's player needs since 2025: install Deno "
    "(https://deno.com). Without it, oEmbed and thumbnails still tell what is gone; ages and "
    "countries may stay unknown"
)


def tool_version() -> str:
    """Return the version of yt-dlp, which is a date."""
    return metadata.version("yt-dlp")


def age_hint(today: date) -> str:
    """Return the advice to upgrade an old yt-dlp, empty if it is new."""
    found = re.match(r"(\d{4})\.(\d{1,2})\.(\d{1,2})", version := tool_version())
    if found is None:
        return ""
    age = today - date(*map(int, found.groups()))
    if age < _OLD:
        return ""
    return f"yt-dlp {version} is {age.days} days old: pip install --upgrade yt-dlp"


class ToolLog:
    """The log of yt-dlp, the only place where it says some statuses."""

    def __init__(self) -> None:
        self.status = ""
        self.warnings: list[str] = []
        self.leaves_out_captions = False

    def clear(self) -> None:
        """Forget what was said of the last video."""
        self.status = ""
        self.warnings.clear()
        self.leaves_out_captions = False

    def debug(self, text: str) -> None:
        """Take the status out of a line, and that captions are there which yt-dlp cannot get."""
        if found := _STATUS.search(text):
            self.status = found[1]
        self.leaves_out_captions |= _LEFT_OUT in text

    def warning(self, text: str) -> None:
        """Keep a line."""
        self.warnings.append(text)
        self.leaves_out_captions |= _LEFT_OUT in text

    def error(self, text: str) -> None:
        """Do nothing: the exception says it."""


def tool_options(log: ToolLog, extractor: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - yt-dlp's options
    """Return options with which yt-dlp takes addresses of one extractor, and says only to `log`."""
    options: dict[str, Any] = {
        "quiet": True,
        "verbose": True,  # only the log has the status
        "logger": log,
        "skip_download": True,
        "noplaylist": True,
        "cachedir": False,
        "allowed_extractors": [extractor],
        "extractor_args": {"youtube": {"lang": ["en"]}},
        "extractor_retries": 1,
        "socket_timeout": 20,
        "color": "no_color",
        **more,
    }
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        options["compat_opts"] = {"no-certifi"}  # whoever names certificates wants them used
    return options


def player_answer(sign: Sign, reason: str, countries: tuple[str, ...] = ()) -> Answer:
    """Return an answer in yt-dlp's words."""
    return Answer(Source.PLAYER, sign, redacted(reason), countries)  # proxies have passwords


def refusal(error: Exception, log: ToolLog) -> Answer:
    """Return what it says of a video that yt-dlp could not get it."""
    from yt_dlp.networking.exceptions import HTTPError, RequestError  # noqa: PLC0415

    cause = _cause(error)
    text = _ADVICE.split(str(getattr(cause, "orig_msg", None) or cause))[0].strip()
    if isinstance(cause, HTTPError) or text.startswith(_NO_RESPONSE):
        return by_warnings(text, [text, *log.warnings]) or player_answer(Sign.BROKEN, text)
    if isinstance(cause, RequestError):
        return player_answer(Sign.UNREACHABLE, _NO_CONNECTION)
    countries = tuple(sorted(getattr(cause, "countries", None) or ()))
    sign = read_reason(text, log.status)
    if sign is Sign.UNCLEAR and not getattr(cause, "expected", True):
        sign = Sign.BROKEN
    status = f" [{log.status}]" if log.status else ""
    return player_answer(sign, f"{text}{status}{_playing_in(countries)}", countries)


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


def by_warnings(text: str, lines: list[str]) -> Answer | None:
    """Return why the player could not be reached by these lines, None if it could."""
    found = next((int(match[1]) for line in lines if (match := _HTTP.search(line))), 0)
    if found:
        sign = Sign.REFUSED if found in {403, 429} else Sign.UNREACHABLE
        return player_answer(sign, f"HTTP {found}: YouTube does not answer")
    if any("Unable to download" in line for line in lines):
        return player_answer(Sign.UNREACHABLE, _NO_CONNECTION)
    if any(_INCOMPLETE.search(line) for line in lines):
        return player_answer(Sign.BROKEN, text)
    return None
