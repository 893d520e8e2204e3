"""Public reports of checkers that cried wolf, or missed the wolf: each is a test here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fake_youtube import GONE, Said, Video, dead
from mediakit.cli.main import main
from mediakit.videos.verdict import State
from video_site import states

if TYPE_CHECKING:
    from video_site import VideoSite

A, B = "aaaaaaaaaaa", "bbbbbbbbbbb"


def test_pages_of_removed_videos_answer_200(videos: VideoSite) -> None:
    """broken-link-checker 237: the watch page is there for a removed video as well."""
    videos.fake.set(A, dead())
    videos.page("squat", A)
    assert states(videos.check()) == {A: State.DEAD}


@pytest.mark.parametrize(
    "written",
    [
        f"https://youtu.be/{A}",
        f"https://www.youtube-nocookie.com/embed/{A}",
        f"https://www.youtube.com/embed/{A}?rel=0",
        f"https://m.youtube.com/watch?v={A}&list=PL0123456789&t=1m3s",
    ],
)
def test_every_spelling_is_one_video(videos: VideoSite, written: str) -> None:
    """Lychee 214, 906 and 1562: each spelling is asked about as the canonical address."""
    videos.fake.set(A, dead())
    videos.site.write("_exercises/squat.md", f'---\ntitle: x\nvideo: "{written}"\n---\n')
    assert states(videos.check()) == {A: State.DEAD}
    addresses = {query["url"][0] for _, path, query in videos.fake.requests if "oembed" in path}
    assert f"https://www.youtube.com/watch?v={A}" in addresses


def test_embedding_disabled_is_not_broken(videos: VideoSite) -> None:
    """Lychee 214: oEmbed's 401 means that the owner allows no embedding, not that it is gone."""
    videos.fake.set(A, Video(Said(401, b"Unauthorized")))
    videos.page("squat", A)
    assert states(videos.check()) == {A: State.NOT_EMBEDDABLE}


def test_words_in_scripts(videos: VideoSite) -> None:
    """auto-archiver 434: "video unavailable" is in the scripts of every page, also of this one."""
    videos.fake.set(A, Video(Said(403)))
    videos.page("squat", A)
    assert states(videos.check()) == {A: State.ALIVE}
    assert videos.fake.kinds()["watch"] == 1


def test_429_is_not_broken(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """near/docs 244: too many requests are no dead links, and fail no build as such."""
    videos.fake.set(A, Video(Said(429)))
    videos.page("squat", A)
    monkeypatch.chdir(videos.site.root)
    assert main(["videos", "check", "-q"]) == 0


def test_unavailable_comes_and_goes(videos: VideoSite) -> None:
    """yt-dlp 14095: a player that now and then says "unavailable" of a live video."""
    videos.page("squat", A)
    words = Video(
        Said(403), status="ERROR", reason="Video unavailable. This content isn't available"
    )
    for _ in range(3):
        videos.fake.set(A, words)
        assert states(videos.check()) == {A: State.SUSPECT}
        videos.later(days=2)
    videos.fake.set(A)
    assert states(videos.check()) == {A: State.ALIVE}


def test_bot_checks_on_servers(videos: VideoSite) -> None:
    """yt-dlp 10798 and 10128: a bot check for each video stops the run, and kills none."""
    bot = Video(GONE, status="LOGIN_REQUIRED", reason="Sign in to confirm you’re not a bot")
    ids = [f"{number:011}" for number in range(12)]
    for video in ids:
        videos.fake.set(video, bot, sizes=("hqdefault", "default"))
    videos.page("squat", *ids)
    report = videos.check()
    assert report.exit_code == 3
    assert State.DEAD not in states(report).values()


def test_one_dead_does_not_end_the_batch(videos: VideoSite) -> None:
    """youtube-dl 876: the videos after a dead one are asked about, and fetched."""
    for number in range(5):
        videos.fake.set(f"{number:011}", dead() if number == 1 else Video())
        videos.page(f"e{number}", f"{number:011}")
    assert sorted(states(videos.check()).values()) == [State.ALIVE] * 4 + [State.DEAD]
    assert videos.fetch(refresh=True).came == 4


def test_a_leading_dash(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """yt-dlp 3274: ids that begin with a dash are no options, here or anywhere."""
    video = "-gabcdefghi"
    videos.fake.set(video, Video(Said(403)))
    videos.site.write("_exercises/squat.md", "---\ntitle: Squat\n---\n")
    monkeypatch.chdir(videos.site.root)
    assert main(["videos", "add", "squat", f"--id={video}"]) == 0
    assert states(videos.check()) == {video: State.ALIVE}
    assert videos.fetch().thumbnails == 1
    assert (videos.site.root / f"assets/images/videos/{video}.jpg").is_file()
