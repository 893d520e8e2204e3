"""Checks of whole sites: when a video is dead, when to stop, what is remembered and printed."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from fake_youtube import ALIVE, CANARIES, GONE, Said, Video, dead
from mediakit.base.errors import UsageError
from mediakit.cli.main import main
from mediakit.videos.verdict import State
from video_site import states

if TYPE_CHECKING:
    from processes import Done, Nursery
    from video_site import VideoSite

A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"
DOCS = Path(__file__).parents[2] / "docs"
HISTORY = "videos-history.json"
BARE = Video(GONE, status="LOGIN_REQUIRED", reason="Sign in to confirm you're not a bot")
"""A video that oEmbed calls gone, while the player does not talk to us: one definite answer."""


def test_a_site(videos: VideoSite) -> None:
    """One alive, one dead: the dead one comes first, with its pages, lines and what to do."""
    videos.fake.set(A)
    videos.fake.set(B, dead())
    videos.page("squat", A, B)
    videos.page("bench", B)
    report = videos.check()
    assert states(report) == {B: State.DEAD, A: State.ALIVE}
    first = report.rows[0]
    assert first.places == (("_exercises/bench.md", 5), ("_exercises/squat.md", 7))
    assert first.instead == A
    assert (report.exit_code, report.stopped) == (1, "")


def test_one_question_a_video(videos: VideoSite) -> None:
    """Alive costs one request, however many pages name it; watch pages are never asked."""
    for number in range(20):
        videos.page(f"e{number}", A, f"{number:011}")
        videos.fake.set(f"{number:011}")
    videos.fake.set(A)
    videos.check()
    assert videos.fake.kinds() == {"oembed": 21}


def test_dead_takes_a_day(videos: VideoSite) -> None:
    """One source is a suspicion; a second definite answer a day later is death."""
    videos.fake.set(A, BARE)
    videos.page("squat", A)
    videos.fake.set(A, sizes=("hqdefault", "default"), said=BARE)
    assert states(videos.check()) == {A: State.SUSPECT}
    videos.later(hours=23)
    assert states(videos.check()) == {A: State.SUSPECT}
    videos.later(hours=1)
    report = videos.check()
    assert states(report) == {A: State.DEAD}
    assert (report.rows[0].status.streak, report.exit_code) == (3, 1)


def test_one_alive_answer_resets(videos: VideoSite) -> None:
    """A video that comes and goes is never dead."""
    videos.page("squat", A)
    for _ in range(4):
        videos.fake.set(A, BARE)
        assert states(videos.check()) == {A: State.SUSPECT}
        videos.later(hours=20)
        videos.fake.set(A, ALIVE)
        assert states(videos.check()) == {A: State.ALIVE}
        videos.later(hours=20)


def test_unknown_is_a_warning(videos: VideoSite) -> None:
    """Where nothing can be learnt the exit code is 0, and what was known stays."""
    videos.page("squat", A)
    videos.fake.set(A, Video(Said(500)))
    report = videos.check()
    assert (states(report), report.exit_code) == ({A: State.UNKNOWN}, 0)
    videos.fake.set(A, BARE)
    videos.check()
    videos.later(days=2)
    videos.fake.set(A, Video(Said(500)))
    assert states(videos.check()) == {A: State.SUSPECT}
    assert (report.is_doubtful, report.stopped) == (True, "")


def test_too_many_requests(videos: VideoSite) -> None:
    """After three refusals in a row nothing more is asked; the rest is not checked, exit 3."""
    ids = [f"{number:011}" for number in range(40)]
    for video in ids:
        videos.fake.set(video, Video(Said(429)))
    videos.page("squat", *ids)
    report = videos.check()
    assert report.exit_code == 3
    assert "3 refusals in a row" in report.stopped
    assert videos.fake.kinds()["oembed"] < 20
    assert {*states(report).values()} == {State.UNKNOWN}


def test_a_player_that_refuses(videos: VideoSite) -> None:
    """A bot check of the canary: players are not asked further, and that stops no run.

    On hosted machines that is the usual state: each video of the site is checked by oEmbed alone.
    """
    ids = [f"{number:011}" for number in range(20)]
    for video in [*ids, CANARIES[0]]:
        videos.fake.set(video, BARE, oembed=GONE if video in ids else Said())
        videos.fake.set(video, videos.fake.videos[video], sizes=("hqdefault", "default"))
    videos.page("squat", *ids)
    report = videos.check()
    assert (report.exit_code, report.stopped) == (0, "")
    assert {*states(report).values()} == {State.SUSPECT}
    assert videos.fake.kinds()["player"] == 0
    videos.later(days=1)
    assert {*states(videos.check()).values()} == {State.DEAD}


def test_one_provider_stops(videos: VideoSite) -> None:
    """Where YouTube refuses, Vimeo is asked all the same; what is known is told, with exit 3."""
    videos.page("squat", A)
    videos.fake.set(A, dead())
    assert states(videos.check()) == {A: State.DEAD}
    videos.fake.set(CANARIES[0], Video(Said(429)))
    videos.fake.set("123456789")
    videos.page("bench", "123456789", provider="vimeo")
    report = videos.check()
    assert states(report) == {A: State.DEAD, "123456789": State.ALIVE}
    assert (report.exit_code, report.broken) == (3, 1)


def test_a_definite_player_against_oembed(videos: VideoSite) -> None:
    """What the player calls removed twice is dead, though oEmbed answers, and a refusal between."""
    removed = replace(dead(), oembed=Said())
    videos.page("squat", A)
    videos.fake.set(A, removed)
    assert states(videos.check(thorough=True)) == {A: State.SUSPECT}
    videos.later(days=1)
    videos.fake.set(A, removed, player=Said(429), status="OK", reason="")
    assert states(videos.check()) == {A: State.SUSPECT}
    videos.later(days=1)
    videos.fake.set(A, removed)
    assert states(videos.check()) == {A: State.DEAD}
    videos.fake.set(A)
    assert states(videos.check()) == {A: State.ALIVE}


def test_doubts_add_up(videos: VideoSite) -> None:
    """OEmbed refuses for two weeks, the thumbnails stand: it is told, but not called dead."""
    videos.page("squat", A)
    for _ in range(4):
        videos.fake.set(A, BARE, oembed=Said(403))
        report = videos.check()
        assert (states(report), report.exit_code) == ({A: State.SUSPECT}, 0)
        videos.later(days=4)
    report = videos.check()
    assert (states(report), report.exit_code) == ({A: State.MISSING}, 1)
    videos.fake.set(A)
    assert states(videos.check()) == {A: State.ALIVE}


def test_not_embeddable_is_an_error(
    videos: VideoSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Visitors see a black box: exit 1, unless a flag allows it."""
    videos.fake.set(A, Video(Said(401)))
    videos.page("squat", A)
    monkeypatch.chdir(videos.site.root)
    assert main(["videos", "check", "--format", "markdown"]) == 1
    out = capsys.readouterr().out
    assert "A visitor sees a black box" in out
    assert "- [ ] \\_exercises/squat.md:5" in out
    assert main(["videos", "check", "--allow-unembeddable", "--format", "github"]) == 0
    assert "::warning file=_exercises/squat.md,line=5" in capsys.readouterr().out
    assert main(["videos", "check", "--allow-unembeddable", "--strict"]) == 0


def test_changed_is_told_once(videos: VideoSite) -> None:
    """Another title or channel than the catalog has is told by the check that sees it, once."""
    videos.fake.set(A)
    videos.page("squat", A)
    videos.fetch()
    assert states(videos.check()) == {A: State.ALIVE}
    body = b'{"title": "Something else", "author_name": "A channel"}'
    videos.fake.set(A, Video(Said(200, body)))
    report = videos.check()
    assert (states(report), report.exit_code, report.to_tell) == ({A: State.CHANGED}, 0, 1)
    assert report.rows[0].status.reason == (
        "the title was 'Video aaaaaaaaaaa', and is 'Something else'"
    )
    assert states(videos.check()) == {A: State.ALIVE}


def test_no_network(
    videos: VideoSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No connection is said once, in words for people, by check and fetch."""
    videos.page("squat", *(f"{number:011}" for number in range(7)))
    videos.page("bench", "123456789", provider="vimeo")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.chdir(videos.site.root)
    assert main(["videos", "check"]) == 3
    assert main(["videos", "fetch"]) == 3
    said = "".join(capsys.readouterr())
    assert said.count("no connection") == 2, said
    assert not re.search("urllib|Errno|urlopen|refused|HTTPSConnection", said)


def test_a_missing_javascript_runtime(
    videos: VideoSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the player says little, and yt-dlp misses what it needs, the report says what."""
    videos.fake.set(A, BARE, oembed=Said(403))
    videos.page("squat", A)
    monkeypatch.chdir(videos.site.root)
    monkeypatch.setenv("PATH", "")
    assert main(["videos", "check"]) == 0
    assert "yt-dlp found no JavaScript runtime" in capsys.readouterr().err


def test_retry_after(videos: VideoSite) -> None:
    """A short wait that is asked for is kept; one that is too long ends the run."""
    videos.fake.set(A, Video(Said(429, headers=(("Retry-After", "7"),))))
    videos.page("squat", A)
    videos.check()
    assert videos.waited == [7.0, 7.0]
    videos.fake.set(A, Video(Said(429, headers=(("Retry-After", "3600"),))))
    report = videos.check()
    assert report.exit_code == 3
    assert "stay away for 3,600 s" in report.stopped


def test_the_canary(videos: VideoSite) -> None:
    """Where a video that is known to be alive fails, nothing is asked and nothing changes."""
    videos.fake.set(A, dead())
    videos.page("squat", A)
    videos.fake.set(CANARIES[0], dead())
    report = videos.check()
    assert (report.exit_code, states(report)) == (3, {A: State.UNKNOWN})
    assert CANARIES[0] in report.stopped
    assert videos.fake.kinds() == {}


def test_a_player_that_lies(videos: VideoSite) -> None:
    """A player that calls the canary gone is not believed about others."""
    videos.fake.set(CANARIES[0], dead(), oembed=Said())
    videos.fake.set(A, dead(), oembed=Said(403), sizes=("hqdefault", "default"))
    videos.page("squat", A)
    assert states(videos.check()) == {A: State.SUSPECT}


def test_a_slice_a_day(videos: VideoSite) -> None:
    """With a limit, each run asks about those that were checked longest ago."""
    ids = [f"{number:011}" for number in range(10)]
    for video in ids:
        videos.fake.set(video)
    videos.page("squat", *ids)
    asked: list[str] = []
    for _ in range(5):
        asked += [row.id for row in videos.check(limit=2).rows if row.asked]
        videos.later(days=1)
    assert sorted(asked) == ids
    again = [row.id for row in videos.check(limit=2).rows if row.asked]
    assert {*again} == {*asked[:2]}


def test_a_fresh_machine(videos: VideoSite) -> None:
    """The history is a file beside the catalog: without cache the count goes on."""
    videos.fake.set(A, BARE, sizes=("hqdefault", "default"))
    videos.page("squat", A)
    videos.check()
    kept = (videos.site.root / HISTORY).read_bytes()
    (videos.site.root / ".mediakit" / "cache.db").unlink()
    videos.later(days=1)
    assert states(videos.check()) == {A: State.DEAD}
    assert (videos.site.root / HISTORY).read_bytes() != kept
    assert list(videos.site.root.glob(".mediakit/tmp/*")) == []


def test_beside_the_catalog(videos: VideoSite) -> None:
    """On a Jekyll site the history is in `_data`, as the catalog is."""
    videos.site.write("_config.yml", "url: https://site.example\ncollections: [exercises]\n")
    videos.fake.set(A)
    videos.page("squat", A)
    videos.check()
    assert json.loads((videos.site.root / "_data" / HISTORY).read_text())["version"] == 1


def test_a_broken_history(videos: VideoSite) -> None:
    """A history that cannot be trusted stops the run, and stays as it is."""
    videos.page("squat", A)
    videos.site.write(HISTORY, "<<<<<<< HEAD\n")
    with pytest.raises(UsageError, match="conflict"):
        videos.check()
    assert (videos.site.root / HISTORY).read_text() == "<<<<<<< HEAD\n"


def test_wrong_ids(videos: VideoSite) -> None:
    """Ids that cannot exist are problems with their line, and are not asked about."""
    videos.site.write(
        "_exercises/squat.md",
        "---\ntitle: x\nvideos:\n- id: aaaaaaaaaa\n- id: bbbbbbbbbbbb\n- id: 12_34567890\n"
        "- id: https://example.com/watch\n---\n",
    )
    report = videos.check()
    assert {(each.line, each.code) for each in report.problems} == {
        (4, "misspelt-id"), (5, "misspelt-id"), (6, "unquoted-id"), (7, "unknown-provider"),
    }  # fmt: skip
    assert [row.state for row in report.rows].count(State.NOT_CHECKED) == 2
    asked = {query["url"][0] for _, path, query in videos.fake.requests if path == "/oembed"}
    assert not any("aaaaaaaaaa" in each for each in asked)


def test_killed_in_the_middle(videos: VideoSite) -> None:
    """What was learnt before an interrupt is kept."""
    videos.fake.set(A)
    videos.fake.set(B)
    videos.page("squat", A, B)
    videos.check(limit=1)

    def interrupt(_number: int, _total: int) -> None:
        raise KeyboardInterrupt

    from mediakit.config.config import load_config  # noqa: PLC0415
    from mediakit.sync.session import open_session  # noqa: PLC0415
    from mediakit.videos.check import VideoCheck, VideoCheckJob  # noqa: PLC0415

    with open_session(load_config(videos.site.root)) as session:
        check = VideoCheck(session, VideoCheckJob())
        with pytest.raises(KeyboardInterrupt):
            check.run(interrupt)
    rows = json.loads((videos.site.root / HISTORY).read_text())["videos"]["youtube"]
    assert len(rows) == 2 or set(rows) <= {A, B}
    assert check.report.rows


def mediakit(videos: VideoSite, nursery: Nursery, *args: str) -> Done:
    """Run the program, untouched: a proxy and a certificate lead it to the fake."""
    environment = {**os.environ, **videos.fake.environment}
    return nursery.start(videos.site.root, "videos", *args, environment=environment).wait()


def test_the_program(videos: VideoSite, nursery: Nursery) -> None:
    """The whole program against the fake: a table, exit 1, and nothing but allowed hosts."""
    videos.fake.set(A)
    videos.fake.set(B, dead())
    videos.page("squat", A, B)
    done = mediakit(videos, nursery, "check")
    assert done.code == 1, done.err
    assert done.out.startswith("dead (1): gone")
    assert f"_exercises/squat.md:7: youtube {B}" in done.out
    assert f"on the same page {A} is alive" in done.out
    assert done.out.splitlines()[-1] == "asked about 2 of 2 videos: 1 dead, 1 alive"
    assert videos.fake.strays == []


def test_formats(videos: VideoSite, nursery: Nursery) -> None:
    """JSON for programs, annotations for GitHub, a body for an issue, JUnit for pipelines."""
    videos.fake.set(A)
    videos.fake.set(B, dead(subreason="removed %0A::error::x <b>|</b>"))
    videos.page("squat", A, B)
    document = json.loads(mediakit(videos, nursery, "check", "--format", "json").out)
    schema = (DOCS / "reference/schemas/videos.schema.json").read_text("utf-8")
    Draft202012Validator(json.loads(schema)).validate(document)
    assert document["counts"]["dead"] == 1
    assert document["videos"][0]["places"] == [{"path": "_exercises/squat.md", "line": 7}]
    assert document["videos"][0]["instead"] == A
    annotations = mediakit(videos, nursery, "check", "--format", "github").out.splitlines()
    assert len(annotations) == 1
    assert annotations[0].startswith("::error file=_exercises/squat.md,line=7,title=video dead::")
    assert "%250A" in annotations[0]
    body = mediakit(videos, nursery, "check", "--format", "markdown").out
    assert "- [ ] \\_exercises/squat.md:7: [youtube bbbbbbbbbbb](https://www.youtube.com" in body
    assert "<b>" not in body
    suite = ET.fromstring(mediakit(videos, nursery, "check", "--format", "junit").out)  # noqa: S314 - ours
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failed = suite.find("testcase[failure]")
    assert failed is not None
    assert failed.get("file") == "_exercises/squat.md"


def test_step_summary(
    videos: VideoSite, nursery: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a pipeline the body for an issue is also the summary of the step."""
    videos.fake.set(B, dead())
    videos.page("squat", B)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    assert mediakit(videos, nursery, "check", "-q").code == 1
    assert "- [ ]" in (tmp_path / "summary").read_text()


def test_strict(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --strict also what is unknown makes the exit code 1."""
    videos.fake.set(A, Video(Said(500)))
    videos.page("squat", A)
    monkeypatch.chdir(videos.site.root)
    assert main(["videos", "check", "-q"]) == 0
    assert main(["videos", "check", "-q", "--strict"]) == 1


def test_a_hundred(videos: VideoSite) -> None:
    """Many videos are asked about side by side, and each is asked about once."""
    ids = [f"{number:011}" for number in range(100)]
    for video in ids:
        videos.fake.set(video)
    videos.page("squat", *ids)
    report = videos.check()
    assert {*states(report).values()} == {State.ALIVE}
    assert videos.fake.kinds() == {"oembed": 100}


def test_pace() -> None:
    """Requests are spaced by the pace on average, never at regular times."""
    from mediakit.videos.client import Pace  # noqa: PLC0415

    waits: list[float] = []
    pace = Pace(1.0, clock=lambda: 100.0, sleep=waits.append)
    for _ in range(200):
        pace.wait()
    gaps = [later - earlier for earlier, later in pairwise(waits)]
    assert all(0.5 <= gap <= 1.5 for gap in gaps)
    assert 0.8 < sum(gaps) / len(gaps) < 1.2
    assert len({round(gap, 6) for gap in gaps}) > 100


def test_the_hint_of_an_old_tool(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where answers are not understood, and yt-dlp is old, the report says what to do."""
    monkeypatch.setattr("mediakit.videos.tool.tool_version", lambda: "2025.01.15")
    videos.fake.set(A, Video(Said(403), player=Said(200, b"{")))
    videos.page("squat", A)
    assert re.search(r"yt-dlp 2025\.01\.15 is \d+ days old", videos.check().hint)
