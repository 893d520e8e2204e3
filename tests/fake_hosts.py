"""Hosts of pictures that are not there: what is asked is looked up in a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from mediakit.credit.polite import PoliteClient
from mediakit.web.client import Client
from mediakit.web.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping


class FakeHosts:
    """Answers to addresses, by their beginning; what is not in `pages` is gone.

    An answer is bytes, a document, a status, a reply, or an exception to raise.
    """

    def __init__(self, pages: Mapping[str, Any]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self.slept: list[float] = []

    def get(self, url: str, _headers: object = None, *, most_bytes: int = 0) -> Reply:
        self.asked.append(url)
        key = max((each for each in self.pages if url.startswith(each)), key=len, default="")
        answer = self.pages.get(key, 404)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Reply):
            return answer
        if isinstance(answer, int):
            return Reply(answer, why="Not Found" if answer == 404 else "")
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return Reply(200, body[:most_bytes])

    def client(self) -> PoliteClient:
        """Return a polite client that asks here, and does not wait."""
        clock = iter(range(1_000_000))
        return PoliteClient(
            cast("Client", self), clock=lambda: float(next(clock)), sleep=self.slept.append
        )
