"""What search engines are told: objects of schema.org, safe texts, and sitemaps."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from mediakit.base.model import (
    ArchivedFile,
    Chapter,
    ImageRef,
    Manifest,
    Role,
    VideoRecord,
    VideoRef,
)
from mediakit.structured.facts import PictureCredit, SearchFacts
from mediakit.structured.objects import json_ld, objects_of, structured_data
from mediakit.structured.sitemap import SITEMAP_KEY, sitemaps
from schema_org import faults

if TYPE_CHECKING:
    from collections.abc import Iterable

VIDEO = VideoRef("youtube", "aaaaaaaaaaa", 3)
HOSTILE = "</script><script>alert(1)</script><!-- \u2028 & 'Squat'"
PHOTO = "assets/images/squat 1.jpg"
STILL = "assets/images/videos/aaaaaaaaaaa.jpg"
PAGE = Manifest(
    "_exercises/squat.md", "Squat",
    (ImageRef(Role.GALLERY, "gallery", 4, PHOTO, PHOTO, alt="Low"),
     ImageRef(Role.VIDEO, "video", 3, STILL, STILL)),
    (VIDEO,), description="Bend your knees.", address="/exercise/squat/",
)  # fmt: skip
RECORD = VideoRecord(
    "The  squat", "A channel", 3661, "2020-02-29", thumbnail=STILL,
    chapters=(Chapter(0, "Feet"), Chapter(90, "Hip")), uploaded_at="2020-02-29T08:00:00Z",
)  # fmt: skip
CREDIT = PictureCredit(
    "A. Photographer", "Studio", "© Studio", "https://cc.example/by", "https://studio.example/buy"
)


def facts(record: VideoRecord = RECORD, **changes: Any) -> SearchFacts:
    given: dict[str, Any] = {
        "url": "https://moves.example/site", "pictures_url": "https://media.example",
        "key_of": str, "pictures": {PHOTO, STILL}, "videos": {"youtube/aaaaaaaaaaa": record},
        "credits": {PHOTO: CREDIT}, "clips": True,
    }  # fmt: skip
    return SearchFacts(**(given | changes))


def test_all_that_is_known_is_told_and_valid() -> None:
    """A video with clips and a picture with its owner: each property is schema.org's."""
    video, picture = found = objects_of(PAGE, facts())
    assert [fault for each in found for fault in faults(each)] == []
    assert video == {
        "@type": "VideoObject",
        "name": "The squat",
        "description": "Bend your knees.",
        "thumbnailUrl": [f"https://media.example/{STILL}"],
        "uploadDate": "2020-02-29T08:00:00Z",
        "duration": "PT1H1M1S",
        "embedUrl": "https://www.youtube.com/embed/aaaaaaaaaaa",
        "hasPart": [
            {"@type": "Clip", "name": "Feet", "startOffset": 0, "endOffset": 90,
             "url": "https://moves.example/site/exercise/squat/?t=0"},
            {"@type": "Clip", "name": "Hip", "startOffset": 90, "endOffset": 3661,
             "url": "https://moves.example/site/exercise/squat/?t=90"},
        ],
    }  # fmt: skip
    assert picture["contentUrl"] == "https://media.example/assets/images/squat%201.jpg"
    assert (picture["license"], picture["creditText"]) == ("https://cc.example/by", "Studio")


def test_an_archived_video_has_its_file() -> None:
    """Told where the address of the target is known; the catalog's keys cannot lead elsewhere."""
    key = "videos/youtube/aaaaaaaaaaa/video.mp4"
    record = replace(RECORD, archive=(ArchivedFile(key, "0", 1),))
    known = facts(record, target_url="https://media.example")
    video = objects_of(PAGE, known)[0]
    assert (video["contentUrl"], faults(video)) == (f"https://media.example/{key}", [])
    page = sitemaps([PAGE], known, "https://x.example")[SITEMAP_KEY].decode()
    assert f"<video:content_loc>https://media.example/{key}</video:content_loc>" in page
    assert "contentUrl" not in objects_of(PAGE, facts(record))[0]
    odd = replace(RECORD, archive=(ArchivedFile("../admin/video.mp4", "0", 1),))
    assert "contentUrl" not in objects_of(PAGE, facts(odd, target_url="https://x.example"))[0]


@pytest.mark.parametrize(
    ("record", "left_out"),
    [
        (replace(RECORD, uploaded="", uploaded_at=""), {"uploadDate"}),
        (replace(RECORD, uploaded="yesterday", uploaded_at="2020"), {"uploadDate"}),
        (replace(RECORD, duration=None), {"duration"}),
        (replace(RECORD, thumbnail="assets/images/gone.jpg"), {"thumbnailUrl"}),
        (replace(RECORD, chapters=()), {"hasPart"}),
    ],
)
def test_what_is_not_known_is_left_out(record: VideoRecord, left_out: set[str]) -> None:
    """A wrong date is worse than none; a picture that is not there has no address."""
    video = objects_of(PAGE, facts(record))[0]
    assert objects_of(PAGE, facts())[0].keys() - video.keys() == left_out
    assert {fault.split()[-1] for fault in faults(video)} <= left_out


def test_a_day_without_a_moment_stays_a_day() -> None:
    """Nobody makes up an hour and a zone."""
    video = objects_of(PAGE, facts(replace(RECORD, uploaded_at="")))[0]
    assert video["uploadDate"] == "2020-02-29"


@pytest.mark.parametrize(
    "changes",
    [
        {"gone": {"youtube/aaaaaaaaaaa"}},
        {"videos": {}},
        {"record": replace(RECORD, embeddable=False)},
        {"record": replace(RECORD, title=" ")},
        {"record": replace(RECORD, live="is_upcoming")},
    ],
)
def test_a_video_that_does_not_play_is_not_described(changes: dict[str, Any]) -> None:
    """Neither on its page nor in the sitemap."""
    known = facts(**changes)
    assert [each["@type"] for each in objects_of(PAGE, known)] == ["ImageObject"]
    assert b"video:video" not in sitemaps([PAGE], known, "https://x.example")[SITEMAP_KEY]


def test_pictures_of_nobody_known_are_not_described() -> None:
    """Nothing is claimed of a picture that says nothing."""
    assert len(objects_of(PAGE, facts(credits={}))) == 1
    assert len(objects_of(PAGE, facts(credits={PHOTO: PictureCredit()}))) == 1


class _Scripts(HTMLParser):
    """Counts elements as a browser does."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, _attributes: Iterable[Any]) -> None:
        self.tags.append(tag)


def test_a_hostile_title_stays_a_text() -> None:
    """It ends neither the element nor the JSON, and comes out as it was."""
    found = objects_of(PAGE, facts(replace(RECORD, title=HOSTILE)))
    text = json_ld(found)
    assert not {*"<>&\u2028\u2029"} & {*text}
    page = _Scripts()
    page.feed(f'<script type="application/ld+json">{text}</script><p>')
    assert page.tags == ["script", "p"]
    assert json.loads(text)["@graph"][0]["name"] == " ".join(HOSTILE.split())


def test_the_document() -> None:
    """Pages by site path and by address; what a page shows nothing of is not there."""
    plain = Manifest("_exercises/rest.md", "Rest", address="/exercise/rest/")
    found = json.loads(structured_data([PAGE, plain], facts()))
    assert found["addresses"] == {"/exercise/squat/": "_exercises/squat.md"}
    page = found["pages"]["_exercises/squat.md"]
    assert page["address"] == "https://moves.example/site/exercise/squat/"
    assert json.loads(page["json"])["@context"] == "https://schema.org"
    assert [*found["pages"]] == ["_exercises/squat.md"]


SPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
}


def tree(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - our own


def test_the_sitemap() -> None:
    """Whole addresses, escaped; a video has what Google demands of one."""
    found = sitemaps([PAGE], facts(replace(RECORD, title=HOSTILE + "\x07")), "https://x.example")
    root = tree(found[SITEMAP_KEY])
    page = root.find("s:url", SPACES)
    assert page is not None
    assert page.findtext("s:loc", "", SPACES) == "https://moves.example/site/exercise/squat/"
    pictures = [each.text for each in page.findall("image:image/image:loc", SPACES)]
    assert pictures == ["https://media.example/assets/images/squat%201.jpg"]
    video = page.find("video:video", SPACES)
    assert video is not None
    assert {each.tag.rpartition("}")[2]: each.text for each in video} == {
        "thumbnail_loc": f"https://media.example/{STILL}",
        "title": " ".join(HOSTILE.split()),
        "description": "Bend your knees.",
        "player_loc": "https://www.youtube.com/embed/aaaaaaaaaaa",
        "duration": "3661",
        "publication_date": "2020-02-29T08:00:00Z",
    }


def test_a_large_sitemap_is_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the limit of addresses nor that of bytes is passed, and no page is lost."""
    pages = [replace(PAGE, path=f"{number}.md", address=f"/{number:03}/") for number in range(25)]
    one = len(sitemaps(pages[:1], facts(), "https://x.example")[SITEMAP_KEY])
    monkeypatch.setattr("mediakit.structured.sitemap.MOST_ADDRESSES", 10)
    monkeypatch.setattr("mediakit.structured.sitemap.MOST_BYTES", 6 * one)
    found = sitemaps(pages, facts(), "https://x.example/media")
    index = tree(found.pop(SITEMAP_KEY))
    named = [each.text for each in index.findall("s:sitemap/s:loc", SPACES)]
    assert named == [f"https://x.example/media/{key}" for key in found]
    parts = [tree(each).findall("s:url/s:loc", SPACES) for each in found.values()]
    assert [loc.text for part in parts for loc in part] == [
        f"https://moves.example/site/{number:03}/" for number in range(25)
    ]
    assert all(len(part) <= 10 for part in parts)
    assert all(len(each) <= 6 * one for each in found.values())


def test_pages_without_an_address_are_in_no_sitemap() -> None:
    """An address that is not known is not guessed."""
    assert sitemaps([replace(PAGE, address="")], facts(), "https://x.example") == {}
