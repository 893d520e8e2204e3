"""`videos replace`: what is offered for a dead video, and what the pages say after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fake_youtube import GONE, Said, Video
from mediakit.base.model import VideoRecord
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.state.catalog import Catalog
from mediakit.sync.session import open_session
from mediakit.sync.wayback import archived_copy, open_wayback
from mediakit.videos.history import VideoStatus, write_history
from mediakit.videos.replace import find_candidates, replace_video
from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from video_site import VideoSite

LOST, SAME, OTHER, DEAD = "lost_______", "same_______", "other______", "gone_______"
SNAPSHOT = (
    b'{"archived_snapshots":{"closest":{"available":true,"url":"javascript:x",'
    b'"timestamp":"20200102030405","status":"200"}}}'
)
PAGE = f"""---
title: Knæbøj
video:
  provider: youtube
  id: {LOST}?start=12  # ours
---

{{% include youtube.html id="{LOST}" %}} and [here](https://youtu.be/{LOST}?t=12).
"""


def about(title: str, author: str = "Physio Nord", seconds: int = 301) -> dict[str, Any]:
    return {"title": title, "author": author, "lengthSeconds": str(seconds)}


@pytest.fixture
def lost(videos: VideoSite) -> VideoSite:
    """Return a site whose video was known, and is dead now; others are like it."""
    videos.site.write("_exercises/squat.md", PAGE)
    record = VideoRecord(title="Squat for beginners HD", channel="Physio Nord", duration=301)
    bury(videos, record)
    videos.fake.set(OTHER, about=about("Squat for beginners", "Somebody"))
    videos.fake.set(SAME, about=about("SQUAT for Beginners 2024 💪", seconds=302))
    videos.fake.set(DEAD, Video(GONE), about=about("Squat for beginners HD"))
    return videos


def bury(videos: VideoSite, record: VideoRecord | None = None) -> None:
    """Have the history say that the video is dead, and the catalog what it was."""
    config = load_config(videos.site.root)
    with open_session(config) as session:
        status = VideoStatus(State.DEAD, "removed", checked=videos.now)
        write_history(config, {("youtube", LOST): status}, session.writer)
        if record is not None:
            catalog = Catalog(videos={f"youtube/{LOST}": record})
            config.catalog_file.write(catalog, session.writer)


def run(site: VideoSite, *arguments: str) -> int:
    return main(["videos", "replace", "--site", str(site.site.root), *arguments])


def found(capsys: pytest.CaptureFixture[str], site: VideoSite, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    run(site, "--format", "json", *arguments)
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def page(site: VideoSite) -> str:
    return (site.site.root / "_exercises/squat.md").read_text("utf-8")


def test_the_whole_way(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """The right one is first and takes all places; then nothing is left, and an undo is exact."""
    shown = found(capsys, lost, "-n", "--yes")
    (video,) = shown["videos"]
    assert [each["id"] for each in video["candidates"]] == [SAME, OTHER]
    assert video["candidates"][0]["reasons"] == [
        "its title is the same", "it is as long as before, 5:02",
        "it is from a channel of the same name",
    ]  # fmt: skip
    assert (video["replacement"], shown["pages"]) == (SAME, ["_exercises/squat.md"])
    assert page(lost) == PAGE
    assert found(capsys, lost, "--yes")["quarantine"] == ".mediakit-quarantine/0001"
    assert page(lost) == PAGE.replace(LOST, SAME)
    again = found(capsys, lost, "--yes")
    assert (again["videos"], again["pages"], again["quarantine"]) == ([], [], None)
    assert run(lost, "--undo") == 0
    assert page(lost) == PAGE


def test_a_key_chooses(
    lost: VideoSite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal one key takes a video; its length differs, so the start goes."""
    lost.fake.set(SAME, about=about("Squat for beginners", seconds=320))
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    for key, changes in (("x", False), ("q", False), ("1", True)):
        monkeypatch.setattr("click.getchar", lambda key=key: key)
        assert run(lost) == 0
        assert (page(lost) != PAGE) == changes
    assert f"id: {SAME}  # ours" in page(lost)
    assert f"youtu.be/{SAME})" in page(lost)
    assert "press 1 to 2 to take it" in capsys.readouterr().out


def test_without_a_terminal(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is taken that nobody chose, nor with --yes what is not nearly the same."""
    assert run(lost) == 0
    assert "give --yes" in capsys.readouterr().err
    lost.fake.videos.pop(SAME)
    assert run(lost, "--yes") == 0
    assert page(lost) == PAGE
    assert run(lost, "--yes", "--min-score", "70") == 0
    assert OTHER in page(lost)


def test_only_the_living_are_offered(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Not one without embedding, for adults, in other countries, or too long; search lags."""
    for number, said in enumerate((
        Video(Said(401)), Video(GONE),
        Video(status="ERROR", reason="Video unavailable", subreason="The uploader has not made "
              "this video available in your country"),
        Video(embeddable=False),
    )):  # fmt: skip
        title = about("Squat for beginners")
        lost.fake.videos[f"bad{number}_______"] = Video(**{**vars_of(said), "about": title})
    lost.fake.set("long_______", about=about("Squat for beginners", seconds=700))
    (video,) = found(capsys, lost, "-n")["videos"]
    assert [each["id"] for each in video["candidates"]] == [SAME, OTHER]


def vars_of(video: Video) -> dict[str, Any]:
    return {name: getattr(video, name) for name in video.__dataclass_fields__}


def test_a_hostile_title(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of it reaches a terminal or a page: only the id is written."""
    title = 'Squat for beginners\x1b]0;x\x07\n::error::](x) "\n---\nvideo: \u202e{{ x }}'
    lost.fake.set(SAME, about=about(title))
    assert run(lost, "--yes", "--min-score", "40") == 0
    out = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e"} & {*out}
    assert "\n::error" not in out
    assert page(lost) in {PAGE.replace(LOST, SAME), PAGE.replace(LOST, OTHER)}


def test_a_refusal(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Where YouTube refuses, the search stops after three times, and says so with exit code 3."""
    lost.fake.search = Said(429)
    lost.fake.requests.clear()
    assert run(lost, "--yes") == 3
    assert "stopped early: youtube: 3 refusals in a row: HTTP 429" in capsys.readouterr().err
    assert sum(path.endswith("/search") for _, path, _ in lost.fake.requests) == 3
    assert page(lost) == PAGE


def test_a_player_that_refuses(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not asked again: what oEmbed calls alive is offered."""
    for video in (SAME, OTHER):
        lost.fake.set(video, lost.fake.videos[video], player=Said(429))
    lost.fake.requests.clear()
    (video,) = found(capsys, lost, "-n")["videos"]
    assert [each["id"] for each in video["candidates"]] == [SAME, OTHER]
    assert sum(path.endswith("/player") for _, path, _ in lost.fake.requests) == 1


def test_the_wayback_machine(lost: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Its answer becomes a link that is built here, and only where it is asked for."""
    lost.fake.wayback = Said(200, SNAPSHOT)
    assert found(capsys, lost, "-n")["videos"][0]["archived"] == ""
    assert not any(host == "archive.org" for host, _, _ in lost.fake.requests)
    link = f"https://web.archive.org/web/20200102030405/https://www.youtube.com/watch?v={LOST}"
    assert found(capsys, lost, "-n", "--wayback")["videos"][0]["archived"] == link
    for answer in (SNAPSHOT.replace(b"20200102030405", b"1/../x"), b"<html>", b"[" * 9999):
        lost.fake.wayback = Said(200, answer)
        assert archived_copy(open_wayback(), "https://youtu.be/x") == ""


def test_only_a_title_of_the_page(videos: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing else is known it is searched for, and never taken by itself."""
    videos.site.write("_exercises/squat.md", PAGE)
    bury(videos)
    videos.fake.set(SAME, about=about("Knæbøj"))
    (video,) = found(capsys, videos, "--yes")["videos"]
    assert (video["candidates"][0]["id"], video["replacement"]) == (SAME, None)
    assert video["candidates"][0]["reasons"] == ["the page's title is the same"]


def test_what_the_desk_calls(lost: VideoSite) -> None:
    """Candidates of one video, and a replacement by an address, without the command."""
    with open_session(load_config(lost.site.root)) as session:
        entry = find_candidates(session, "youtube", LOST)
        done = replace_video(session, ("youtube", LOST), entry.candidates[0].address)
    assert done.pages == ("_exercises/squat.md",)
    assert f"id: {SAME}  # ours" in page(lost)
