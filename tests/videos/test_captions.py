"""Captions: what is known of them is shown, and a page whose language is missing is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from mediakit.base.languages import has_language, language_code
from mediakit.cli.main import main
from mediakit.videos.tool import ToolLog

if TYPE_CHECKING:
    from conftest import SiteBuilder

VIDEO = "aaaaaaaaaaa"


def say(site: SiteBuilder, language: str, **record: object) -> None:
    """Write a page with a video, in a language, and what the catalog knows of the video."""
    site.write("mediakit.toml", "")
    site.write("_exercises/squat.md", f"---\n{language}\nvideo: {VIDEO}\n---\n")
    videos = {f"youtube/{VIDEO}": {"title": "Squat", **record}}
    site.write("media.json", json.dumps({"version": 1, "images": {}, "videos": videos}))


@pytest.mark.parametrize(
    ("language", "record", "told"),
    [
        ("lang: da", {"captions": ["en"]}, "has captions in en; the page is in da"),
        ("lang: da", {"captions": []}, "has no captions; the page is in da"),
        ("lang: da", {"captions": ["en"], "automatic_captions": ["da"]}, ""),
        ("locale: en_GB.UTF-8", {"captions": ["en-US"]}, ""),
        ("lang: nb", {"captions": ["no"]}, ""),
        ("title: Squat", {"captions": []}, ""),
        ("lang: Danish", {"captions": []}, ""),
        ("lang: da", {}, ""),
    ],
)
def test_a_note_where_the_language_of_the_page_is_missing(
    site: SiteBuilder,
    capsys: pytest.CaptureFixture[str],
    language: str,
    record: dict[str, object],
    told: str,
) -> None:
    """With page and line, at exit 0; nothing is told of what nobody knows."""
    say(site, language, **record)
    assert main(["check", "--site", str(site.root), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["problems"]
    notes = [
        (each["path"], each["line"], each["severity"], each["message"])
        for each in found
        if each["code"] == "no-captions"
    ]
    where = "_exercises/squat.md", 3, "note"
    assert notes == ([(*where, f"youtube {VIDEO} {told}")] if told else [])


def test_list_shows_what_is_known(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """The document of `list` has captions and the page's language, nothing where unknown."""
    say(site, "lang: da", captions=["en"])
    assert main(["list", "--site", str(site.root), "--format", "json"]) == 0
    page = json.loads(capsys.readouterr().out)["manifests"][0]
    assert page["language"] == "da"
    assert page["videos"][0]["captions"] == ["en"]
    assert page["videos"][0]["automatic_captions"] == []
    say(site, "title: Squat")
    assert main(["list", "--site", str(site.root), "--format", "json"]) == 0
    page = json.loads(capsys.readouterr().out)["manifests"][0]
    assert "language" not in page
    assert "captions" not in page["videos"][0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("da", "da"), ("en_us", "en-US"), ("zh-hans-cn", "zh-Hans-CN"), ("es-419", "es-419"),
        ("en-eEY6OEpapPo", "en"), ("English", ""), ("und", ""), ("live_chat", ""), ("", ""),
    ],
)  # fmt: skip
def test_codes_of_languages(text: str, code: str) -> None:
    """What pages and hosts write becomes one spelling; what is no code is no language."""
    assert language_code(text) == code


def test_a_language_is_the_same_in_all_countries() -> None:
    """Readers of a language understand it with any country, and by its other codes."""
    assert has_language(["pt-BR"], "pt-PT")
    assert has_language(["nn"], "nb")
    assert not has_language(["dav"], "da")


def test_captions_that_yt_dlp_leaves_out_are_not_known() -> None:
    """It says so only in its log; the next video begins anew."""
    log = ToolLog()
    log.debug("[debug] x: There are missing subtitles languages because a PO token was not given.")
    assert log.leaves_out_captions
    log.clear()
    assert not log.leaves_out_captions


def test_list_tells_the_hash(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs that read the list can ask Vimeo about an unlisted video too."""
    site.write("mediakit.toml", "")
    site.write("_exercises/a.md", "---\nvideo: https://vimeo.com/76979871/0123456789\n---\n")
    assert main(["list", "--site", str(site.root), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (video,) = document["manifests"][0]["videos"]
    assert (video["id"], video["hash"]) == ("76979871", "0123456789")
    path = Path(__file__).parents[2] / "docs/reference/schemas/list.schema.json"
    Draft202012Validator(json.loads(path.read_text("utf-8"))).validate(document)
