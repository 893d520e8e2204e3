"""Where the Wayback Machine has the page of a video that is gone."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import msgspec

from mediakit.state.documents import TypedReader
from mediakit.web.client import Client

_QUESTION = "https://archive.org/wayback/available?url="
_PAGE = "https://web.archive.org/web/{time}/{address}"
_TIME = re.compile(r"[0-9]{4,14}")
_MOST_BYTES = 64 * 1024


class _Snapshot(msgspec.Struct, frozen=True):
    available: bool = False
    timestamp: str = ""


class _Snapshots(msgspec.Struct, frozen=True):
    closest: _Snapshot = _Snapshot()


class _Answer(msgspec.Struct, frozen=True):
    archived_snapshots: _Snapshots = _Snapshots()


_ANSWER = TypedReader(_Answer)


def open_wayback() -> Client:
    """Return the client that asks: public addresses only, and no other host."""
    return Client(seconds=20.0, may_follow=lambda url: _host(url) == "archive.org")


def archived_page(client: Client, address: str) -> str:
    """Return the address of the latest copy of a page, empty without one or without an answer.

    The address is built here: nothing of the answer but its time goes into it.
    """
    reply = client.get(f"{_QUESTION}{quote(address, safe='')}", most_bytes=_MOST_BYTES)
    if reply.status != 200:
        return ""
    try:
        closest = _ANSWER.from_json(reply.body).archived_snapshots.closest
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    if not closest.available or not _TIME.fullmatch(closest.timestamp):
        return ""
    return _PAGE.format(time=closest.timestamp, address=address)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
