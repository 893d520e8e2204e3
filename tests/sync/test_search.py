"""What search engines are told of a site: written by generate, put at the target by sync."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from conftest import draw, reasons
from mediakit.base.actions import Kind
from placed import exif, iptc, segment, within
from schema_org import faults

if TYPE_CHECKING:
    from conftest import Prefix, SiteBuilder

A, B = "aaaaaaaaaaa", "bbbbbbbbbbb"
DATA, SITEMAP = "_data/media-structured.json", "media-sitemap.xml"
ON = "[structured]\ndata = true\nsitemap = true\n"


@pytest.fixture
def told(site: SiteBuilder) -> SiteBuilder:
    """Return a site with two videos, of which the catalog knows what a fetch brings."""
    site.write(
        "_config.yml", "url: https://moves.example\ncollections: {exercises: {output: true}}\n"
    )
    site.write("mediakit.toml", ON)
    site.exercise("squat", 1)
    site.write("_exercises/rows.md", f"---\nvideos: [{A}, {B}]\n---\nPull *hard*.\n")
    videos = {}
    for video in (A, B):
        still = f"assets/images/videos/{video}.jpg"
        site.write(still, draw((320, 180)))
        about = {"title": f"Row {video}", "duration": 61, "uploaded": "2020-02-29"}
        videos[f"youtube/{video}"] = about | {"thumbnail": still}
    site.write("_data/media.json", json.dumps({"version": 1, "images": {}, "videos": videos}))
    return site


def objects(site: SiteBuilder, page: str = "_exercises/rows.md") -> list[dict[str, Any]]:
    pages = json.loads((site.root / DATA).read_bytes())["pages"]
    found: list[dict[str, Any]] = json.loads(pages[page]["json"])["@graph"] if page in pages else []
    return found


def test_generate_writes_the_document(told: SiteBuilder) -> None:
    """Once, with whole addresses and the words of the page; a dry run only says that it would."""
    assert reasons(told.run(dry_run=True))[DATA] == "new"
    assert not (told.root / DATA).exists()
    assert told.run().summary.written == 1
    found = objects(told)
    assert [fault for each in found for fault in faults(each)] == []
    assert [each["name"] for each in found] == [f"Row {A}", f"Row {B}"]
    assert {each["description"] for each in found} == {"Pull hard."}
    still = f"https://moves.example/assets/images/videos/{A}.jpg"
    assert found[0]["thumbnailUrl"] == [still]
    assert told.run().summary.written == 0


def test_a_video_that_died_is_taken_out_by_the_next_run(told: SiteBuilder) -> None:
    """One that is in doubt is still told of."""
    told.run()
    rows = {"youtube": {A: {"state": "dead"}, B: {"state": "suspect"}}}
    told.write("_data/videos-history.json", json.dumps({"version": 1, "videos": rows}))
    assert told.run().summary.written == 1
    assert [each["name"] for each in objects(told)] == [f"Row {B}"]


@pytest.mark.usefixtures("later")
def test_a_run_with_nothing_to_do_is_settled(
    told: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It observes nothing, and sees all the same that document or history are others."""
    told.run()
    told.run()
    with monkeypatch.context() as blind:
        blind.setattr("mediakit.sync.observe.observe", None)
        told.run()
    (told.root / DATA).unlink()
    assert told.run().summary.written == 1
    told.run()
    rows = {"youtube": {A: {"state": "dead"}}}
    told.write("_data/videos-history.json", json.dumps({"version": 1, "videos": rows}))
    assert told.run().summary.written == 1


def test_pictures_say_whose_they_are(told: SiteBuilder) -> None:
    """By the ledger of credits, else by what is in the file: in EXIF, IPTC or XMP."""
    plus = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        b'syntax-ns#"><rdf:Description xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:xr="'
        b'http://ns.adobe.com/xap/1.0/rights/" xr:WebStatement="https://studio.example/terms">'
        b'<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorName>S</plus:'
        b"LicensorName><plus:LicensorURL>https://studio.example/buy</plus:LicensorURL></rdf:li>"
        b"</rdf:Seq></plus:Licensor></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    told.exercise("lunge", 2)
    photo = draw((900, 600), exif=exif(place=False))
    told.write("assets/images/lunge-0.jpg", photo)
    block = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + plus)
    told.write("assets/images/lunge-1.jpg", within(draw((900, 600)), block, iptc(x110=b"Studio")))
    told.run()
    first, second = found = objects(told, "_exercises/lunge.md")
    assert [fault for each in found for fault in faults(each)] == []
    assert (first["creator"], first["copyrightNotice"]) == (
        {"@type": "Person", "name": "Ann"}, "(c) Ann",
    )  # fmt: skip
    assert second["creditText"] == "Studio"
    assert second["license"] == "https://studio.example/terms"
    assert second["acquireLicensePage"] == "https://studio.example/buy"
    entry = {"author": "Jo", "licence_url": "https://cc.example/by", "source": "javascript:x"}
    entries = {"version": 1, "pictures": {"assets/images/lunge-0.jpg": entry}}
    told.write("_data/credits.json", json.dumps(entries))
    assert told.run().summary.written == 1
    said = objects(told, "_exercises/lunge.md")[0]
    assert (said["creator"]["name"], said["license"]) == ("Jo", "https://cc.example/by")
    assert "acquireLicensePage" not in said


def test_off_by_default(told: SiteBuilder) -> None:
    """Nothing is written, nothing is put, and pages keep no words for it."""
    told.write("mediakit.toml", "")
    told.run("sync", target="out")
    assert not (told.root / DATA).exists()
    assert not (told.root / "out" / SITEMAP).exists()


def test_sync_puts_the_sitemap(told: SiteBuilder) -> None:
    """Planned, put once, kept, put again when it changed, and an orphan when it is turned off."""
    assert reasons(told.run("sync", target="out", dry_run=True), "target")[SITEMAP] == "new"
    assert not (told.root / "out").exists()
    told.run("sync", target="out")
    text = (told.root / "out" / SITEMAP).read_text()
    assert "<loc>https://moves.example/exercises/rows.html</loc>" in text
    assert "<video:player_loc>https://www.youtube.com/embed/aaaaaaaaaaa</video:player_loc>" in text
    assert "<image:loc>https://moves.example/assets/images/squat-0.jpg</image:loc>" in text
    assert reasons(told.run("sync", target="out"), "target")[SITEMAP] == "up to date"
    told.exercise("lunge", 1)
    again = reasons(told.run("sync", target="out"), "target")
    assert again[SITEMAP] == "content changed"
    told.write("mediakit.toml", "")
    told.run("sync", target="out")
    assert (told.root / "out" / SITEMAP).exists()
    told.run("sync", target="out", delete=True)
    assert not (told.root / "out" / SITEMAP).exists()


def test_a_bucket_serves_it_as_xml(told: SiteBuilder, prefix: Prefix) -> None:
    """Search engines take it by its type, and ask for it anew."""
    told.run("sync", target=prefix.url)
    bucket, _, folder = prefix.url.removeprefix("s3://").partition("/")
    client = boto3.client("s3", endpoint_url=prefix.access[0])
    said = client.head_object(Bucket=bucket, Key=f"{folder}/{SITEMAP}")
    assert said["ContentType"] == "application/xml"
    assert said["CacheControl"] == "no-cache"
    kept = told.run("sync", target=prefix.url)
    assert {each.action.kind for each in kept.outcomes if each.action.path == SITEMAP} == {
        Kind.KEEP
    }


def test_pictures_from_another_host(told: SiteBuilder) -> None:
    """Pages stay where the site is; pictures have the address that includes put before them."""
    base = '[theme]\nbase_url = "https://media.example/x/"\n'
    told.write(
        "mediakit.toml", f'{base}[structured]\ndata = true\nurl = "https://other.example/b/"\n'
    )
    told.run()
    assert objects(told)[0]["thumbnailUrl"][0].startswith("https://media.example/x/assets/")
    page = json.loads((told.root / DATA).read_bytes())["pages"]["_exercises/rows.md"]
    assert page["address"] == "https://other.example/b/exercises/rows.html"


@pytest.mark.parametrize("said", ["", "url: localhost\n", "url: 'javascript:alert(1)'\n"])
def test_a_site_without_an_address(told: SiteBuilder, said: str) -> None:
    """Search engines want whole addresses: a warning says what to write, and nothing is told."""
    told.write("_config.yml", f"{said}collections: {{exercises: {{output: true}}}}\n")
    result = told.run("sync", target="out")
    assert [(each.path, each.line, each.code) for each in result.problems] == [
        ("mediakit.toml", 1, "no-site-address")
    ]
    assert objects(told) == []
    assert not (told.root / "out" / SITEMAP).exists()
