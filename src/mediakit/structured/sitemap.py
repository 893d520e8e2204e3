"""The sitemap of pages with pictures and videos, with Google's extensions for both.

A sitemap has at most 50,000 addresses and 50 MB; what is more goes into several, and `media-
sitemap.xml` is then the index of them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from mediakit.structured.facts import player_address, shown_pictures
from mediakit.structured.objects import uploaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.model import Manifest, VideoRef
    from mediakit.structured.facts import SearchFacts

SITEMAP_KEY = "media-sitemap.xml"
MOST_ADDRESSES, MOST_BYTES = 50_000, 50_000_000
_MOST_PICTURES = 1_000
_MOST_LETTERS = 2_048
"""Of the description of a video."""
_LONGEST = 28_800
"""Seconds of a video of which Google takes the duration."""

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = (
    f'{_XML}<urlset xmlns="{_SPACE}"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">\n'
)
_END = "</urlset>\n"


def sitemaps(manifests: Iterable[Manifest], facts: SearchFacts, url: str) -> dict[str, bytes]:
    """Return the sitemap by its key at the target, or an index and its parts; `url` is theirs."""
    entries = [_entry(each, facts) for each in sorted(manifests, key=lambda each: each.address)]
    parts = list(_parts(each for each in entries if each))
    if len(parts) <= 1:
        return {SITEMAP_KEY: parts[0]} if parts else {}
    stem = SITEMAP_KEY.removesuffix(".xml")
    named = {f"{stem}-{number}.xml": part for number, part in enumerate(parts, 1)}
    lines = (f"<sitemap><loc>{_text(f'{url}/{key}')}</loc></sitemap>\n" for key in named)
    index = f'{_XML}<sitemapindex xmlns="{_SPACE}">\n{"".join(lines)}</sitemapindex>\n'
    return {SITEMAP_KEY: index.encode(), **named}


def _parts(entries: Iterable[str]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = room = MOST_BYTES - len(_HEAD) - len(_END)
    for entry in entries:
        data = entry.encode()
        if held and (len(held) == MOST_ADDRESSES or len(data) > size):
            yield b"".join((_HEAD.encode(), *held, _END.encode()))
            held, size = [], room
        held.append(data)
        size -= len(data)
    if held:
        yield b"".join((_HEAD.encode(), *held, _END.encode()))


def _entry(manifest: Manifest, facts: SearchFacts) -> str:
    """Return the entry of a page, empty where its address or all that it shows is not known."""
    page = facts.page_address(manifest)
    if not page:
        return ""
    addresses = (facts.picture_address(each.source or "") for each in shown_pictures(manifest))
    pictures = [
        f"<image:image><image:loc>{_text(each)}</image:loc></image:image>\n"
        for each in islice(filter(None, dict.fromkeys(addresses)), _MOST_PICTURES)
    ]
    videos = [_video(each, manifest, facts) for each in manifest.videos]
    shown = "".join((*pictures, *videos))
    return f"<url>\n<loc>{_text(page)}</loc>\n{shown}</url>\n" if shown else ""


def _video(video: VideoRef, manifest: Manifest, facts: SearchFacts) -> str:
    """Return a video; one without a picture or a player is not taken by Google."""
    record = facts.record(video)
    picture = facts.picture_address(record.thumbnail) if record else ""
    player = player_address(video)
    if record is None or not picture or not player:
        return ""
    seconds = record.duration or 0
    fields = {
        "thumbnail_loc": picture,
        "title": " ".join(record.title.split()),
        "description": (manifest.description or record.title)[:_MOST_LETTERS],
        "content_loc": facts.film_address(record),
        "player_loc": player,
        "duration": str(seconds) if 0 < seconds <= _LONGEST else "",
        "publication_date": uploaded(record),
    }
    lines = (
        f"<video:{name}>{_text(value)}</video:{name}>\n" for name, value in fields.items() if value
    )
    return f"<video:video>\n{''.join(lines)}</video:video>\n"


def _text(text: str) -> str:
    """Return a text as XML has it: escaped, and without the letters that XML has not."""
    kept = "".join(each for each in text if each >= " " and each not in "\ufffe\uffff")
    return escape(kept, {'"': "&quot;", "'": "&apos;"})
