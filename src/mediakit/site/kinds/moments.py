"""The dates in front matter: from when, and until when, a generator shows a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.site.trees.yaml import Node

ALWAYS = (0.0, inf)
"""From the beginning to the end, in seconds since 1970."""

_MOMENT = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt\s]{1,3}(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?"
    r"\s{0,3}(?:([Zz])|([+-])(\d{2}):?(\d{2}))?)?"
)
_EAST, _WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
"""Where a day begins first and last: a date without a zone may be of any."""


def since(text: str) -> float:
    """Return the earliest moment that a date may mean, 0 for what is no date."""
    return _seconds(text, _EAST) or 0.0


def until(text: str) -> float:
    """Return the latest moment that a date may mean, infinite for what is no date."""
    return _seconds(text, _WEST) or inf


def first_text(nodes: Iterable[Node | None]) -> str:
    """Return the first text that is a date, else nothing."""
    texts = (getattr(each, "text", "") for each in nodes)
    return next((text for text in texts if _MOMENT.match(text)), "")


def _seconds(text: str, zone: timezone) -> float | None:
    found = _MOMENT.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(each or 0) for each in found.groups()[:6])
    if found[7]:
        zone = UTC
    elif found[8]:
        away = timedelta(hours=int(found[9]), minutes=int(found[10]))
        zone = timezone(-away if found[8] == "-" else away) if away < timedelta(days=1) else zone
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None
