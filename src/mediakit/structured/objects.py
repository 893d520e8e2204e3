"""What schema.org says of pages, as a document: `VideoObject` with `Clip`, and `ImageObject`.

`docs/how-to/search-engines.md` says what Google wants of them, with its sources. What is not known
is left out: a wrong date is worse than none.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from mediakit.site.paths import is_data
from mediakit.structured.facts import player_address, shown_pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.base.model import ImageRef, Manifest, VideoRecord, VideoRef
    from mediakit.structured.facts import SearchFacts

Thing = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def objects_of(manifest: Manifest, facts: SearchFacts) -> list[Thing]:
    """Return the objects of a page: its videos, then its pictures whose owner is known."""
    videos = (video_object(video, manifest, facts) for video in manifest.videos)
    pictures = (image_object(image, facts) for image in shown_pictures(manifest))
    return [each for found in (videos, pictures) for each in found if each]


def video_object(video: VideoRef, manifest: Manifest, facts: SearchFacts) -> Thing:
    """Return what is told of a video on a page, nothing where it does not play."""
    record = facts.record(video)
    if record is None:
        return {}
    name = " ".join(record.title.split())
    return _known(
        {
            "@type": "VideoObject",
            "name": name,
            "description": manifest.description or name,
            "thumbnailUrl": [each for each in (facts.picture_address(record.thumbnail),) if each],
            "uploadDate": uploaded(record),
            "duration": duration(record.duration or 0),
            "embedUrl": player_address(video),
            "contentUrl": facts.film_address(record),
            "hasPart": list(_clips(record, manifest, facts)),
        }
    )


def image_object(image: ImageRef, facts: SearchFacts) -> Thing:
    """Return what is told of a picture, nothing where nobody knows whose it is."""
    credit = facts.credits.get(image.source or "")
    address = facts.picture_address(image.source or "")
    if credit is None or not any(credit) or not address:
        return {}
    creator = {"@type": "Person", "name": credit.creator} if credit.creator else None
    return _known(
        {
            "@type": "ImageObject",
            "contentUrl": address,
            "caption": image.alt or "",
            "creator": creator,
            "creditText": credit.credit or credit.creator,
            "copyrightNotice": credit.notice,
            "license": credit.licence,
            "acquireLicensePage": credit.acquire,
        }
    )


def uploaded(record: VideoRecord) -> str:
    """Return when a video was uploaded: the moment with its zone, else the day, else nothing."""
    if _MOMENT.fullmatch(record.uploaded_at):
        return record.uploaded_at
    return record.uploaded if _DAY.fullmatch(record.uploaded) else ""


def duration(seconds: int) -> str:
    """Return a duration as ISO 8601, empty for none.

    >>> duration(3661), duration(60)
    ('PT1H1M1S', 'PT1M')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    found = "".join(f"{number}{unit}" for number, unit in parts if number)
    return f"PT{found}" if found else ""


def _clips(record: VideoRecord, manifest: Manifest, facts: SearchFacts) -> Iterator[Thing]:
    """Yield the chapters of a video, where the page can begin at each of them."""
    page = facts.page_address(manifest) if facts.clips else ""
    chapters = [each for each in record.chapters if each.title.strip()] if page else []
    ends = [*(each.start for each in chapters[1:]), record.duration or 0]
    for chapter, end in zip(chapters, ends, strict=False):
        clip = {
            "@type": "Clip",
            "name": " ".join(chapter.title.split()),
            "startOffset": chapter.start,
            "endOffset": end if end > chapter.start else None,
            "url": f"{page}?t={chapter.start}",
        }
        yield {key: value for key, value in clip.items() if value is not None}


def _known(found: Thing) -> Thing:
    return {key: value for key, value in found.items() if value}


VERSION = 1
CONTEXT = "https://schema.org"
_ESCAPED = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})


class StructuredPage(msgspec.Struct, frozen=True):
    """A page: its whole address, empty where it is not known, and the text of its JSON-LD."""

    address: str
    json: str


def structured_data(manifests: Iterable[Manifest], facts: SearchFacts) -> bytes:
    """Return the document: JSON, UTF-8, a line a page; `addresses` lead to the pages' paths."""
    pages: dict[str, StructuredPage] = {}
    addresses: dict[str, str] = {}
    for manifest in manifests:
        found = [] if is_data(manifest.path) else objects_of(manifest, facts)
        if found:
            pages[manifest.path] = StructuredPage(facts.page_address(manifest), json_ld(found))
            if manifest.address:
                addresses[manifest.address] = manifest.path
    head = b'{"version":%d,\n"addresses":{\n%b\n},\n' % (VERSION, _lines(addresses))
    return head + b'"pages":{\n%b\n}\n}\n' % _lines(pages)


def json_ld(things: list[Thing]) -> str:
    """Return JSON-LD that is safe inside an element `script`."""
    graph = {"@context": CONTEXT, "@graph": things}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def _lines(values: dict[str, StructuredPage] | dict[str, str]) -> bytes:
    lines = (msgspec.json.encode({key: each})[1:-1] for key, each in sorted(values.items()))
    return b",\n".join(lines)
