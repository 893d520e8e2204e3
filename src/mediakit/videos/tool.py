"""yt-dlp, the tool that asks YouTube's player: its version, and what it may lack."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib import metadata

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
