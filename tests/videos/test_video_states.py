"""Each row of the state table, by real yt-dlp and real requests to a fake YouTube."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fake_youtube import ALIVE, GONE, OFFLINE, TRUNCATED, Said, Video, dead
from mediakit.videos.client import Web
from mediakit.videos.clients import open_services
from mediakit.videos.report import video_lines
from mediakit.videos.verdict import Answer, Sign, Source, State
from mediakit.videos.youtube import Player, YouTube
from video_site import states

if TYPE_CHECKING:
    from fake_youtube import Fake
    from video_site import VideoSite

ID = "aIZuK2cX4FA"
PRIVATE = Said(403, b"Forbidden")


def error(reason: str, subreason: str = "", status: str = "ERROR", said: Said = GONE) -> Video:
    """Return a video that does not play, with the player's words."""
    return Video(said, status=status, reason=reason, subreason=subreason)


ROWS = {
    "plays": (ALIVE, State.ALIVE),
    "removed": (dead(subreason="This video has been removed by the uploader"), State.DEAD),
    "policy": (
        error(
            "Video unavailable", "This video has been removed for violating YouTube's Guidelines"
        ),
        State.DEAD,
    ),
    "private": (
        error(
            "Private video", "Sign in if you've been granted access", "LOGIN_REQUIRED", PRIVATE
        ),
        State.SUSPECT,
    ),
    "terminated": (
        error(
            "Video unavailable",
            "This video is no longer available because the YouTube account associated with this "
            "video has been terminated.",
        ),
        State.DEAD,
    ),
    "claim": (
        error(
            "Video unavailable", "This video is no longer available due to a copyright claim by X"
        ),
        State.DEAD,
    ),
    "bare words, and oEmbed's 404": (error("Video unavailable"), State.SUSPECT),
    "bare words, oEmbed only refuses": (error("Video unavailable", said=PRIVATE), State.SUSPECT),
    "blocked for its music": (
        error(
            "Video unavailable",
            "This video contains content from X, who has blocked it in your country on copyright "
            "grounds",
            said=PRIVATE,
        ),
        State.GEO_BLOCKED,
    ),
    "another country": (
        error(
            "Video unavailable",
            "The uploader has not made this video available in your country",
            said=PRIVATE,
        ),
        State.GEO_BLOCKED,
    ),
    "age": (
        error(
            "Sign in to confirm your age",
            "This video may be inappropriate for some users.",
            "LOGIN_REQUIRED",
            PRIVATE,
        ),
        State.RESTRICTED,
    ),
    "members": (
        error(
            "Join this channel to get access to members-only content like this video",
            status="UNPLAYABLE", said=PRIVATE,
        ),
        State.NOT_EMBEDDABLE,
    ),
    "premiere": (
        error("Premieres in 3 hours", status="LIVE_STREAM_OFFLINE", said=PRIVATE),
        State.PENDING,
    ),
    "embedding off": (Video(Said(401, b"Unauthorized")), State.NOT_EMBEDDABLE),
    "rights": (
        error("This video is DRM protected", status="UNPLAYABLE", said=PRIVATE),
        State.RESTRICTED,
    ),
    "no formats": (Video(PRIVATE, formats=False), State.ALIVE),
    "oEmbed alone refuses": (Video(PRIVATE), State.ALIVE),
    "a bad id": (Video(Said(400, b"Bad Request"), status="ERROR"), State.SUSPECT),
    "bot check": (
        error("Sign in to confirm you’re not a bot", status="LOGIN_REQUIRED", said=PRIVATE),
        State.SUSPECT,
    ),
    "oEmbed 429": (Video(Said(429)), State.UNKNOWN),
    "oEmbed 500": (Video(Said(500)), State.UNKNOWN),
    "oEmbed cut off": (Video(Said(TRUNCATED)), State.UNKNOWN),
    "oEmbed without an answer": (Video(Said(OFFLINE)), State.UNKNOWN),
    "oEmbed in words": (Video(Said(200, b"Forbidden")), State.UNKNOWN),
    "oEmbed in other JSON": (Video(Said(200, b"[]")), State.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_one_check(videos: VideoSite, row: str) -> None:
    """What one check says of a video in each state; only two sources make it dead at once."""
    video, expected = ROWS[row]
    videos.fake.set(ID, video)
    videos.page("squat", ID)
    report = videos.check()
    assert report.rows[0].state is expected, report.rows[0].status.reason
    assert report.rows[0].status.reason
    assert report.exit_code == (1 if expected in {State.DEAD, State.NOT_EMBEDDABLE} else 0)


def ask_player(fake: Fake, video: Video) -> Answer:
    fake.set(ID, video)
    return open_services().clients["youtube"].ask(Source.PLAYER, ID)


UNKNOWN_WORDS = {
    "captcha": "Video unavailable. YouTube is requiring a captcha challenge before playback",
    "bot, ASCII": "Sign in to confirm you're not a bot",
    "bot, typographic": "Sign in to confirm you’re not a bot",
    "session": "This content isn’t available, try again later",
    "address": "All player responses are invalid. Your IP is likely being blocked by Youtube",
}


@pytest.mark.parametrize("case", UNKNOWN_WORDS)
def test_refusals_of_the_player(fake: Fake, case: str) -> None:
    """Words that are about us, not about the video, even if they begin with "unavailable"."""
    answer = ask_player(fake, Video(status="ERROR", reason=UNKNOWN_WORDS[case]))
    assert answer.sign is Sign.REFUSED


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        (Said(429), Sign.REFUSED),
        (Said(403), Sign.REFUSED),
        (Said(503), Sign.UNREACHABLE),
        (Said(OFFLINE), Sign.UNREACHABLE),
        (Said(200, b"{"), Sign.BROKEN),
        (Said(200, b"{}"), Sign.BROKEN),
    ],
)
def test_the_player_does_not_answer(fake: Fake, said: Said, sign: Sign) -> None:
    """An HTTP error or a broken answer at the player says nothing of the video."""
    answer = ask_player(fake, Video(player=said, status="UNKNOWN"))
    assert answer.sign in {sign, Sign.BROKEN, Sign.REFUSED} - {Sign.GONE}
    assert answer.sign not in {Sign.GONE, Sign.DOUBTFUL}


def test_no_network(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be reached, each source says so."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    providers = open_services().clients
    assert providers["youtube"].ask(Source.PLAYER, ID).sign is Sign.UNREACHABLE
    monkeypatch.setattr("mediakit.videos.client.time.sleep", lambda _: None)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("video", "sign"),
    [
        (Video(embeddable=False), Sign.NOT_EMBEDDABLE),
        (Video(other_id="zzzzzzzzzzz"), Sign.REFUSED),
        (Video(microformat={"isFamilySafe": False}), Sign.RESTRICTED),
        (Video(about={"isLive": True, "isLiveContent": True}), Sign.ALIVE),
        (Video(about={"isUpcoming": True}), Sign.PENDING),
    ],
)
def test_metadata_say_more(fake: Fake, video: Video, sign: Sign) -> None:
    """A video that can be extracted may still not play on a page."""
    assert ask_player(fake, video).sign is sign


def test_the_country_of_the_site(videos: VideoSite) -> None:
    """A video that is blocked elsewhere, but plays where the readers are, is alive."""
    blocked = error(
        "Video unavailable", "The uploader has not made this video available in your country",
        said=PRIVATE,
    )  # fmt: skip
    videos.fake.set(ID, blocked, countries=("DK", "SE"))
    videos.page("squat", ID)
    videos.site.write("mediakit.toml", '[videos]\npace = 0\naudience = ["DK"]\n')
    assert videos.check().rows[0].state is State.ALIVE
    videos.site.write("mediakit.toml", '[videos]\npace = 0\naudience = ["DK", "DE"]\n')
    report = videos.check()
    assert report.rows[0].state is State.GEO_BLOCKED
    assert "it plays in DK, SE" in report.rows[0].status.reason
    assert "in those countries a black box" in "\n".join(video_lines(report))


def test_thorough(videos: VideoSite) -> None:
    """Ages and countries are known to the player alone: it is asked about each if one wants."""
    adult = Video(status="LOGIN_REQUIRED", reason="Sign in to confirm your age")
    videos.fake.set(ID, adult)
    videos.page("squat", ID)
    assert videos.check().rows[0].state is State.ALIVE
    assert videos.check(thorough=True).rows[0].state is State.RESTRICTED


VIMEO = {
    "plays": (ALIVE, State.ALIVE),
    "not found, but named without a hash": (dead(), State.SUSPECT),
    "its hash is missing": (Video(hash="0123456789"), State.SUSPECT),
    "other sites only": (Video(Said(403, b"{}")), State.NOT_EMBEDDABLE),
    "other sites only, as oEmbed says it": (
        Video(Said(200, b'{"type": "video", "video_id": 1, "domain_status_code": 403}')),
        State.NOT_EMBEDDABLE,
    ),
    "a password": (Video(Said(200, b'{"type": "video", "video_id": 1}')), State.RESTRICTED),
    "busy": (Video(Said(429)), State.UNKNOWN),
    "gone for oEmbed": (Video(GONE), State.ALIVE),
    "player forbids": (Video(GONE, player=Said(403, b'{"message": "no"}')), State.NOT_EMBEDDABLE),
    "player is down": (Video(GONE, player=Said(500)), State.SUSPECT),
}


@pytest.mark.parametrize("row", VIMEO)
def test_vimeo(videos: VideoSite, row: str) -> None:
    """Vimeo's oEmbed and player say the same of its states; it is asked as the site itself."""
    video, expected = VIMEO[row]
    videos.fake.set("123456789", video)
    videos.page("squat", "123456789", provider="vimeo")
    report = videos.check()
    assert report.rows[0].state is expected, report.rows[0].status.reason
    assert set(videos.fake.referrers) == {"https://site.example"}


def test_vimeo_of_a_site_without_an_address(fake: Fake) -> None:
    """Where mediakit cannot ask in the site's name, a refusal of other sites says nothing."""
    for said in (Said(403, b"{}"), Said(200, b'{"domain_status_code": 403}')):
        fake.set("123456789", Video(said))
        answers = [
            open_services(site).clients["vimeo"].ask(Source.OEMBED, "123456789").sign
            for site in ("", "https://site.example")
        ]
        assert answers == [Sign.UNCLEAR, Sign.NOT_EMBEDDABLE]


@pytest.mark.parametrize("written", ["123456789/0123456789", "123456789?h=0123456789&dnt=1"])
def test_an_unlisted_video_of_vimeo(videos: VideoSite, written: str) -> None:
    """One that lives is alive, and fetched: the sources are asked by the hash that pages have."""
    videos.fake.set("123456789", Video(hash="0123456789"))
    videos.page("squat", written, provider="vimeo")
    report = videos.check(thorough=True)
    assert states(report) == {"123456789": State.ALIVE}
    assert report.rows[0].address == "https://vimeo.com/123456789/0123456789"
    assert (videos.fake.kinds()["player"], videos.fetch().came) == (1, 1)
    videos.fake.set("123456789", replace(dead(), hash="0123456789"))
    assert states(videos.check()) == {"123456789": State.DEAD}


@pytest.mark.parametrize("provider", ["google-drive", "bilibili", "dailymotion"])
def test_others_are_named(videos: VideoSite, provider: str) -> None:
    """Videos of other providers are listed as not checked, and nobody is asked."""
    videos.page("squat", "abcdef", provider=provider)
    report = videos.check()
    assert [row.state for row in report.rows] == [State.NOT_CHECKED]
    assert (report.exit_code, videos.fake.requests) == (0, [])


def test_the_player_by_the_request_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    """yt-dlp's own seam: no socket at all, and the one request has the canonical address."""
    import io  # noqa: PLC0415
    from typing import Any  # noqa: PLC0415

    from yt_dlp import YoutubeDL  # noqa: PLC0415
    from yt_dlp.networking import RequestHandler, Response  # noqa: PLC0415
    from yt_dlp.networking.common import Features  # noqa: PLC0415

    asked: list[str] = []
    answer = {"playabilityStatus": {"status": "ERROR", "reason": "This video has been removed"}}

    class LocalRH(RequestHandler):
        _SUPPORTED_URL_SCHEMES = ("http", "https")
        _SUPPORTED_FEATURES = tuple(Features)
        _SUPPORTED_PROXY_SCHEMES = None

        def _check_extensions(self, extensions: dict[str, Any]) -> None:
            super()._check_extensions(extensions)  # type: ignore[misc]
            extensions.clear()

        def _send(self, request: Any) -> Response:
            asked.append(request.url)
            body = b"<html></html>" if "/watch" in request.url else json.dumps(answer).encode()
            return Response(io.BytesIO(body), request.url, {}, status=200)

    def factory(options: dict[str, Any]) -> Any:
        ydl = YoutubeDL(options)  # type: ignore[arg-type]
        ydl.__dict__["_request_director"] = ydl.build_request_director([LocalRH])  # type: ignore[list-item]
        return ydl

    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    video = "-1234567890"
    found = YouTube(Web(), player=Player(factory)).ask(Source.PLAYER, video)
    assert found.sign is Sign.GONE
    assert asked[0].startswith(f"https://www.youtube.com/watch?v={video}")
