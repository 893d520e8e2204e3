"""What yt-dlp says of a video at YouTube, as a record of the catalog."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mediakit.base.languages import language_codes
from mediakit.base.model import Chapter, VideoRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

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
