"""What the clients of providers stand on: their protocol, requests, oEmbed, and the pace."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

from mediakit.base.redaction import redacted
from mediakit.site.providers import PROVIDERS
from mediakit.videos.verdict import LONGEST_NAME, Answer, Finding, Sign, Source
from mediakit.web.client import Client
from mediakit.web.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediakit.base.model import VideoRecord

LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait; mediakit stops asking one that wants more."""

_SECONDS = 60.0  # for an answer in all
_TRIES = 3
_MOST_BYTES = 16 * 1024 * 1024
_BUSY = frozenset({429, 503})
_AGENT = "mediakit (+checks the videos that a site embeds)"
_REFUSALS = 3
"""Refusals in a row after which mediakit stops: more requests would prolong them."""

_SILENCES = 5
"""Unanswered requests in a row that mean that the network is down."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The address of a picture of a video.

    `placeholder` is the size in pixels of the picture that the provider sends where it has none,
    and `boxed` says whether it pads pictures with bars to another shape.
    """

    url: str
    placeholder: tuple[int, int] | None = None
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class VideoDetails:
    """What a provider says of a video: its metadata, and where its pictures are, the best first."""

    answer: Answer
    record: VideoRecord | None = None
    thumbnails: tuple[Thumbnail, ...] = ()


class VideoClient(Protocol):
    """Asks one provider about videos, by their full ids, on several threads at once."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that it can ask, the cheapest first."""

    def ask(self, source: Source, video: str) -> Answer:
        """Ask one source about a video."""

    def details(self, video: str) -> VideoDetails:
        """Ask for metadata and pictures."""


class Web:
    """Requests to the providers' domains, through the proxies of the environment.

    Waits for a busy server that asks for at most `LONGEST_WAIT` seconds, and repeats a request
    without an answer once.
    """

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, client: Client | None = None
    ) -> None:
        self._sleep = sleep
        self._client = client or Client(seconds=_SECONDS, may_follow=is_allowed)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer to a GET; a redirect to another domain is not followed."""
        if not is_allowed(url):
            return Reply(0, why=redacted(f"mediakit does not ask {url}"))
        sent = {"User-Agent": _AGENT, **(headers or {})}
        reply = self._client.get(url, sent, most_bytes=_MOST_BYTES)
        for attempt in range(1, _TRIES):
            wait = reply.retry_after
            if reply.status in _BUSY and wait is not None and wait <= LONGEST_WAIT:
                self._sleep(wait)
            elif (reply.status == 0 or reply.status >= 500) and attempt == 1:
                self._sleep(1.0)
            else:
                break
            reply = self._client.get(url, sent, most_bytes=_MOST_BYTES)
        return reply


def is_allowed(url: str) -> bool:
    """Return whether mediakit may ask an address: https, in a domain of a provider's row."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and any(
        host == domain or host.endswith(f".{domain}")
        for row in PROVIDERS.values()
        for domain in row.domains
    )


def ask_oembed(
    web: Web,
    endpoint: str,
    address: str,
    meanings: Mapping[int, tuple[Sign, str]],
    headers: Mapping[str, str] | None = None,
) -> tuple[Answer, dict[str, Any]]:
    """Return what a provider's `endpoint` says of the video at `address`, and the document.

    `meanings` are those of the statuses in which providers differ.
    """
    reply = web.get(f"{endpoint}?format=json&url={quote(address, safe='')}", headers)
    sign, reason = read_status(reply, meanings)
    if sign is not Sign.ALIVE:
        return Answer(Source.OEMBED, sign, reason, wait=reply.retry_after), {}
    try:
        read = json.loads(reply.body)
    except ValueError:
        read = None
    document = read if isinstance(read, dict) else {}
    # providers have sent refusals in words with a status of 200 too
    if not isinstance(document.get("title"), str):
        return Answer(Source.OEMBED, Sign.BROKEN, "the answer is not an oEmbed document"), document
    title, channel = document["title"], str(document.get("author_name") or "")
    name = title[:LONGEST_NAME], channel[:LONGEST_NAME]
    return Answer(Source.OEMBED, Sign.ALIVE, "answers", name=name), document


def read_status(reply: Reply, meanings: Mapping[int, tuple[Sign, str]]) -> tuple[Sign, str]:
    """Return what a status says of a video, as a sign and in words."""
    status = reply.status
    if status == 200:
        return Sign.ALIVE, "answers"
    if status == 0:
        return Sign.UNREACHABLE, reply.why or "no answer"
    if status in meanings:
        sign, words = meanings[status]
        return sign, f"HTTP {status}: {words}"
    if status == 429:
        return Sign.REFUSED, "HTTP 429: too many requests"
    if status >= 500:
        return Sign.UNREACHABLE, f"HTTP {status} {reply.why}".strip()
    return Sign.UNCLEAR, f"HTTP {status} {reply.why}".strip()


class Pace:
    """Spaces the requests of all threads, on average by `seconds`, at irregular times."""

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self, times: float = 1.0) -> None:
        """Wait for a turn; the next one comes after `times` the usual time."""
        if not self._seconds:
            return
        gap = self._seconds * times * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + gap
        self._sleep(turn - now)


class Breaker:
    """Decides when to stop: after several refusals or silences, or when asked to stay away."""

    def __init__(self) -> None:
        self._refused = self._silent = 0

    def note(self, finding: Finding) -> str:
        """Count a finding; returns why to stop, empty to go on."""
        self._refused = self._refused + 1 if finding.trouble is Sign.REFUSED else 0
        self._silent = self._silent + 1 if finding.trouble is Sign.UNREACHABLE else 0
        if finding.wait is not None and finding.wait > LONGEST_WAIT:
            return f"asked to stay away for {finding.wait:,.0f} s: {finding.reason}"
        if self._refused >= _REFUSALS:
            return f"{_REFUSALS} refusals in a row: {finding.reason}"
        if self._silent >= _SILENCES:
            return f"no answer {_SILENCES} times in a row: {finding.reason}"
        return ""
