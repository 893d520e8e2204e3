"""oEmbed (oembed.com): one cheap request that tells whether a page may embed a video."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mediakit.videos.verdict import Answer, Sign, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediakit.videos.web import Web
    from mediakit.web.reply import Reply


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
        document = json.loads(reply.body)
    except ValueError:
        document = None
    # a refusal in words has been answered with 200 as well
    if not isinstance(document, dict) or not isinstance(document.get("title"), str):
        return Answer(Source.OEMBED, Sign.BROKEN, "the answer is no oEmbed document"), {}
    return Answer(Source.OEMBED, Sign.ALIVE, "answers", wait=None), document


def read_status(reply: Reply, meanings: Mapping[int, tuple[Sign, str]]) -> tuple[Sign, str]:
    """Return what a status says of a video, in one word and in several."""
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
