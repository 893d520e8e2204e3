"""A provider of videos is a row in site/providers.py, a client, and a line in videos/clients.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fake_youtube import ALIVE, dead
from mediakit.base.model import VideoRecord
from mediakit.cli.main import main
from mediakit.site.providers import PROVIDERS, Provider, watch_address
from mediakit.videos.client import Thumbnail, VideoDetails, ask_oembed
from mediakit.videos.clients import CLIENTS
from mediakit.videos.verdict import EXISTS, Answer, Sign, Source, State
from video_site import states

if TYPE_CHECKING:
    from conftest import SiteBuilder
    from mediakit.videos.client import Web
    from video_site import VideoSite

ROW = Provider(
    "moves",
    "Moves",
    ids="[a-z]{4}",
    id_words="4 letters",
    id_length=4,
    keys=("movesId",),
    tags=("moves",),
    hosts=r"moves\.example",
    watch="https://moves.example/{id}",
    share="https://moves.example/{id}",
    canary="live",
    domains=("moves.example",),
)


class Moves:
    """Asks the made-up provider."""

    sources = (Source.OEMBED,)

    def __init__(self, web: Web, _referrer: str = "") -> None:
        self._web = web

    def ask(self, source: Source, video: str) -> Answer:  # noqa: ARG002 - it has one source
        address = watch_address("moves", video)
        gone = {404: (Sign.GONE, "no such video")}
        return ask_oembed(self._web, "https://moves.example/oembed", address, gone)[0]

    def details(self, video: str) -> VideoDetails:
        answer = self.ask(Source.OEMBED, video)
        if answer.sign not in EXISTS:
            return VideoDetails(answer)
        picture = Thumbnail(f"https://moves.example/pictures/{video}.jpg")
        return VideoDetails(answer, VideoRecord(title=f"Video {video}"), (picture,))


@pytest.fixture
def moves(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> VideoSite:
    """Return a site in a program that knows the provider."""
    monkeypatch.setitem(PROVIDERS, "moves", ROW)
    monkeypatch.setitem(CLIENTS, "moves", Moves)
    videos.fake.videos["live"] = ALIVE
    monkeypatch.chdir(videos.site.root)
    return videos


def test_all_the_way(moves: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Its videos are listed, fetched with thumbnails, and checked; one that is gone is dead."""
    moves.fake.videos["jump"] = ALIVE
    moves.site.write("_exercises/key.md", "---\nmovesId: jump\n---\n")
    moves.site.write("_exercises/block.md", "---\nvideo:\n  provider: moves\n  id: jump\n---\n")
    moves.site.write("_exercises/long.md", "---\nvideo: https://moves.example/gone?t=7\n---\n")
    assert main(["list", "--format", "json"]) == 0
    listed = capsys.readouterr().out
    assert [listed.count(f'"id": "{each}"') for each in ("jump", "gone")] == [2, 1]
    fetched = moves.fetch()
    assert (fetched.asked, fetched.came, fetched.thumbnails) == (2, 1, 1)
    assert (moves.site.root / "assets/images/videos/jump.jpg").is_file()
    moves.fake.videos["gone"] = dead()
    report = moves.check()
    assert states(report) == {"gone": State.SUSPECT, "jump": State.ALIVE}
    moves.later(days=2)
    assert states(moves.check())["gone"] is State.DEAD
    assert main(["videos", "check"]) == 1
    assert "moves gone" in capsys.readouterr().out


def test_in_bodies(moves: VideoSite, site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Its tag in the body of a page of Eleventy or Hugo shows its videos."""
    moves.site.write("mediakit.toml", 'site = "hugo"\n')
    site.write("content/turn.md", "---\ntitle: Turn\n---\n{{< moves turn >}}\n")
    assert main(["list", "--format", "json"]) == 0
    assert '"id": "turn"' in capsys.readouterr().out


def test_added(moves: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """`videos add` takes its addresses, and refuses what is no id of it."""
    moves.site.write("_exercises/squat.md", "---\ntitle: Squat\n---\n")
    assert main(["videos", "add", "squat", "moves.example/jump"]) == 0
    page = (moves.site.root / "_exercises/squat.md").read_text("utf-8")
    assert "provider: moves\n  id: jump\n" in page
    assert main(["videos", "add", "squat", "https://moves.example/jumping"]) == 2
    assert "not a Moves id: ids have 4 letters, this one has 7" in capsys.readouterr().err
