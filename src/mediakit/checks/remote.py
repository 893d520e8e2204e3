"""`mediakit check --remote`: ask other hosts politely whether their pictures exist.

A site may show ten thousand pictures of one host, or of one that never answers. So a host gets two
requests at a time, at most `MOST_A_HOST` in a run, and none once it is busy or silent; after
`PATIENCE` no more requests are sent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediakit.base.model import Problem, Role, Severity
from mediakit.base.redaction import has_user, redacted
from mediakit.executors.workers import open_executor
from mediakit.web.addresses import host_of
from mediakit.web.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mediakit.base.model import Manifest
    from mediakit.web.reply import Reply

MOST_A_HOST = 1000
"""Most addresses of one host to ask in a run."""

PATIENCE = 600.0
"""Seconds after which no more requests are sent."""

_SECONDS = 30.0  # for one address, with all its redirects
_AT_ONCE = 8
_LANES = 2  # of one host
_SILENT = 3  # missing answers of a host, after which it is not asked again
_AGENT = "mediakit (+checks the pictures that a site shows)"
_BUSY = frozenset({429, 503})
_CLOSED = frozenset({401, 403})  # to programs perhaps, but not to visitors
_REPLACE = "use another picture, or remove it"


@dataclass
class _HostState:
    """How a host has answered so far."""

    silent: int = 0
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    why: str = ""
    hint: str = _REPLACE
    was_asked: bool = True


_THERE = _Answer()
_TOO_LATE = _Answer("not checked: the others took too long", "check again", was_asked=False)
_TOO_MANY = _Answer(f"not checked: {MOST_A_HOST:,} others are on its host", "", was_asked=False)


@dataclass
class RemotePictures:
    """Asks other hosts for the pictures that pages show."""

    client: Client
    patience: float = PATIENCE
    most_a_host: int = MOST_A_HOST
    _hosts: dict[str, _HostState] = field(default_factory=dict)
    _until: float = 0.0

    @classmethod
    def of_the_web(cls, *, allow_private: bool) -> RemotePictures:
        """Return one that asks the real web."""
        return cls(Client(seconds=_SECONDS, allow_private=allow_private))

    def problems(self, manifests: Iterable[Manifest]) -> list[Problem]:
        """Return a problem for each place that shows a picture that cannot be fetched."""
        places: dict[str, list[tuple[str, int]]] = {}
        for manifest in manifests:
            for image in manifest.images:
                if image.url is None or image.role is Role.VIDEO or has_user(image.url):
                    continue
                places.setdefault(image.url, []).append((manifest.path, image.line))
        answers = self._ask(places)
        return [
            _problem(path, line, url, answers[url])
            for url, used in places.items()
            if answers[url].why
            for path, line in used
        ]

    def _ask(self, urls: Iterable[str]) -> dict[str, _Answer]:
        by_host: dict[str, list[str]] = {}
        for url in urls:
            by_host.setdefault(host_of(url), []).append(url)
        self._hosts = {host: _HostState() for host in by_host}
        self._until = time.monotonic() + self.patience
        answers = {url: _TOO_MANY for each in by_host.values() for url in each[self.most_a_host :]}
        lanes = [
            (host, each[lane : self.most_a_host : _LANES])
            for lane in range(_LANES)
            for host, each in by_host.items()
        ]
        with open_executor(_AT_ONCE) as executor:
            for found in executor.map(self._ask_lane, lanes):
                answers.update(found)
        return answers

    def _ask_lane(self, lane: tuple[str, Sequence[str]]) -> dict[str, _Answer]:
        """Ask for pictures of one host, one after the other."""
        host, urls = self._hosts[lane[0]], lane[1]
        return {url: self._answer(host, url) for url in urls}

    def _answer(self, host: _HostState, url: str) -> _Answer:
        if host.is_busy:
            return _THERE  # it may be
        if host.silent >= _SILENT:
            return _Answer("its host does not answer")
        if time.monotonic() > self._until:
            return _TOO_LATE
        reply = self.client.get(url, {"User-Agent": _AGENT})
        host.silent = 0 if reply.status or reply.is_private else host.silent + 1
        if reply.status in _BUSY:
            host.is_busy = True
        return _read(reply)


def _read(reply: Reply) -> _Answer:
    """Return what a reply says about a picture; no problem if it leaves that open."""
    if reply.is_private:
        hint = "visitors cannot see it; --allow-private also asks hosts of your own network"
        return _Answer(f"not checked: {reply.why}", hint)
    if reply.status in _CLOSED or reply.status == 429 or reply.status >= 500:
        return _THERE
    if reply.why and reply.status < 400:
        return _Answer(reply.why)
    if reply.status != 200:
        return _Answer(f"HTTP {reply.status}")
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("image/"):
        return _THERE
    return _Answer(f"it is {kind}, not a picture" if kind else "the host does not say what it is")


def _problem(path: str, line: int, url: str, answer: _Answer) -> Problem:
    message = redacted(f"{url}: {answer.why}")
    if answer.was_asked:
        return Problem(path, line, "dead-picture", Severity.ERROR, message, answer.hint)
    return Problem(path, line, "unasked-picture", Severity.WARNING, message, answer.hint)
