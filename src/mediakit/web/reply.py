"""The answer to a request."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reply:
    """HTTP status (0: no answer), body, and headers in lower case.

    `why` says what went wrong. `is_private`: the host is not public, so it was not asked.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    is_private: bool = False

    @property
    def retry_after(self) -> float | None:
        """The seconds that the server asks us to wait, None if it does not ask."""
        return _seconds(self.headers.get("retry-after", ""))


def _seconds(field: str) -> float | None:
    if field.strip().isdecimal():
        return float(field)
    try:
        until = email.utils.parsedate_to_datetime(field)
    except ValueError:
        return None
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
