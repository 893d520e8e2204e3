"""What is remembered of each video between checks, and how a check changes it. Pure.

Dead takes two definite answers at least `confirm` apart, or one check in which two sources
agree. An answer that shows the video to exist starts the count anew. An unknown neither adds
nor resets. The rows are kept in a file beside the catalog, so that a scheduled run on a fresh
machine keeps its counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.errors import UsageError
from mediakit.base.own_files import HISTORY_NAME
from mediakit.state.documents import TypedReader, read_document
from mediakit.videos.verdict import Finding, Sign, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION = 1
FORGET_AFTER = timedelta(days=180)
"""How long a video that no page names any more is remembered."""

Key = tuple[str, str]
"""Provider and id."""

_STANDING = frozenset({State.DEAD, State.SUSPECT})
_NOTHING_LEARNT = frozenset({Sign.REFUSED, Sign.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a video; times are UTC, in whole seconds.

    `checked`: when a check last learnt something or found nothing to learn; `ok`: when it was
    last seen to exist; `failed` and `streak`: the first of the definite answers since then,
    and how many; `fetched`: when its metadata were fetched; `tool`: the yt-dlp that was used.
    """

    state: State = State.UNKNOWN
    reason: str = ""
    checked: datetime | None = None
    ok: datetime | None = None
    failed: datetime | None = None
    streak: int = 0
    fetched: datetime | None = None
    tool: str = ""


def advance(
    before: Checked | None, finding: Finding, now: datetime, confirm: timedelta, tool: str = ""
) -> Checked:
    """Return what is known after a check.

    A suspect or dead video stays so after a check that learnt nothing.
    """
    old = before or Checked()
    if finding.state is State.UNKNOWN:
        standing = old.state in _STANDING
        return replace(
            old,
            state=old.state if standing else State.UNKNOWN,
            reason=old.reason if standing else finding.reason,
            # one that nobody could be asked about is still the one to ask first
            checked=old.checked if finding.trouble in _NOTHING_LEARNT else now,
        )
    new = replace(old, state=finding.state, reason=finding.reason, checked=now, tool=tool)
    if finding.state not in _STANDING:
        return replace(new, ok=now, failed=None, streak=0)
    if not finding.definite:
        return replace(new, state=State.DEAD, reason=old.reason) if _is_dead(old) else new
    failed = min(old.failed or now, now)  # a clock that was wrong must not hold it back forever
    confirmed = finding.state is State.DEAD or _is_dead(old) or now - failed >= confirm
    state = State.DEAD if confirmed else State.SUSPECT
    return replace(new, state=state, failed=failed, streak=old.streak + 1)


def due_order(
    keys: Iterable[Key], known: Mapping[Key, Checked], now: datetime, confirm: timedelta
) -> tuple[list[Key], list[Key]]:
    """Return (suspects whose second answer is due, all others, the oldest-checked first).

    The order of those checked at the same time, or never, is that of `keys`.
    """
    urgent: list[Key] = []
    others: list[Key] = []
    for key in keys:
        row = known.get(key, Checked())
        is_due = row.state is State.SUSPECT and row.failed and now - row.failed >= confirm
        (urgent if is_due else others).append(key)
    others.sort(key=lambda key: _age_key(known.get(key)))
    return urgent, others


def remembered(rows: Mapping[Key, Checked], named: set[Key], now: datetime) -> dict[Key, Checked]:
    """Return the rows that are still worth keeping: those of videos named, or lately so."""
    return {
        key: row
        for key, row in rows.items()
        if key in named or (row.checked is not None and now - row.checked < FORGET_AFTER)
    }


class _Document(msgspec.Struct, frozen=True):
    version: int
    videos: dict[str, dict[str, Checked]] = {}


_DOCUMENT = TypedReader(_Document)


def dump_history(rows: Mapping[Key, Checked]) -> bytes:
    """Return the exported file: JSON, UTF-8, one line a video."""
    providers = []
    for provider in sorted({provider for provider, _ in rows}):
        lines = [
            msgspec.json.encode(video) + b":" + _dump_row(row)
            for (name, video), row in sorted(rows.items())
            if name == provider
        ]
        body = b",\n".join(lines)
        providers.append(msgspec.json.encode(provider) + b":{\n" + body + b"}")
    return b'{"version":%d,"videos":{\n%s\n}}\n' % (VERSION, b",\n".join(providers))


def load_history(data: bytes, name: str) -> dict[Key, Checked]:
    """Read an exported file called `name` in messages.

    Raises:
        UsageError: it cannot be trusted.
    """
    advice = "restore it from version control, or delete it: the checks then begin anew"
    document = read_document(data, _DOCUMENT, name, VERSION, advice)
    return {
        (provider, video): _zoned(row)
        for provider, rows in document.videos.items()
        for video, row in rows.items()
    }


def _dump_row(row: Checked) -> bytes:
    """Return one row as JSON, without what is not known."""
    fields = {key: value for key in _FIELDS if (value := getattr(row, key)) not in (None, "", 0)}
    return msgspec.json.encode(fields)


_FIELDS = ("state", "reason", "checked", "ok", "failed", "streak", "fetched", "tool")


def _is_dead(row: Checked) -> bool:
    return row.state is State.DEAD


def _age_key(row: Checked | None) -> float:
    return row.checked.timestamp() if row is not None and row.checked is not None else 0.0


def _zoned(row: Checked) -> Checked:
    """Refuse times without a zone, which could not be compared."""
    for name in ("checked", "ok", "failed", "fetched"):
        time = getattr(row, name)
        if time is not None and time.tzinfo is None:
            raise UsageError(f"{HISTORY_NAME}: {name} has a time without a zone: {time}")
    return row
