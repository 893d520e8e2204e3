"""Where the Wayback Machine has a page or a picture that is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

import msgspec

from mediakit.state.documents import TypedReader
from mediakit.web.addresses import host_of
from mediakit.web.client import Client

if TYPE_CHECKING:
    from mediakit.web.reply import Reply

_QUESTION = "https://archive.org/wayback/available?url="
_TIME = re.compile(r"[0-9]{4,14}")
_IN_ADDRESS = re.compile(r"https?://web\.archive\.org/web/([0-9]{8,14})/")
_MOST_BYTES = 64 * 1024


class _Snapshot(msgspec.Struct, frozen=True):
    available: bool = True
    timestamp: str = ""
    url: str = ""
    status: str | int = "200"


class _Snapshots(msgspec.Struct, frozen=True):
    closest: _Snapshot | None = None


class _Answer(msgspec.Struct, frozen=True):
    archived_snapshots: _Snapshots = _Snapshots()


_ANSWER = TypedReader(_Answer)


class WaybackClient(Protocol):
    """Asks the archive."""

    def get(self, url: str, *, most_bytes: int) -> Reply:
        """Return the answer to a GET."""


def open_wayback() -> Client:
    """Return the client that asks: public addresses only, and no other host."""
    return Client(seconds=20.0, may_follow=lambda url: host_of(url) == "archive.org")


def archived_copy(client: WaybackClient, address: str, form: str = "") -> str:
    """Return the address of the latest copy, empty without one or without an answer.

    It is built here: nothing of the answer but its time goes into it. The `form` `im_` is the file
    itself, without the bar of the archive.
    """
    reply = client.get(f"{_QUESTION}{quote(address, safe='')}", most_bytes=_MOST_BYTES)
    if reply.status != 200:
        return ""
    try:
        closest = _ANSWER.from_json(reply.body).archived_snapshots.closest
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    if closest is None or not closest.available or str(closest.status) != "200":
        return ""
    found = _IN_ADDRESS.match(closest.url)
    time = closest.timestamp or (found[1] if found else "")
    return f"https://web.archive.org/web/{time}{form}/{address}" if _TIME.fullmatch(time) else ""
