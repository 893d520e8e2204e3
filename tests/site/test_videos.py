from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.errors import ManifestError
from mediakit.site.reader import ReaderSettings, parse_page
from mediakit.site.videos import is_mangled, is_misspelt, parse_video

ID = "aIZuK2cX4FA"


@pytest.mark.parametrize(
    ("written", "start"),
    [
        (ID, None),
        (f"{ID}?start=30", 30),
        (f"{ID}&t=1m3s", 63),
        (f"https://www.youtube.com/watch?v={ID}", None),
        (f"https://www.youtube.com/watch?list=PL0123456789&v={ID}&t=90s", 90),
        (f"https://youtu.be/{ID}?t=42", 42),
        (f"http://m.youtube.com/watch?v={ID}#t=1h2m", 3720),
        (f"//www.youtube-nocookie.com/embed/{ID}?rel=0&start=5", 5),
        (f"youtube.com/shorts/{ID}", None),
        (f"https://music.youtube.com/watch?v={ID}", None),
        (f"https://www.youtube.com/live/{ID}", None),
        (f"https://www.youtube.com/v/{ID}", None),
        (f"http://www.youtube.com/v/{ID}&hl=en&start=7", 7),
        (f"https://youtube.com/e/{ID}", None),
        (f"www.youtu.be/{ID}", None),
        (f"https://youtu.be/{ID}?si=x&amp;t=30s", 30),
        (f"https://youtu.be/{ID}?t=90.5", 90),
        (
            f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{ID}%26feature%3Dshare",
            None,
        ),
    ],
)
def test_youtube_spellings(written: str, start: int | None) -> None:
    """Every address of a video leads to its id and start."""
    video = parse_video(written, None, 1)
    assert (video.provider, video.id, video.start) == ("youtube", ID, start)


@pytest.mark.parametrize(
    ("written", "provider"),
    [
        ("76979871", "vimeo"),
        ("https://vimeo.com/76979871", None),
        ("https://player.vimeo.com/video/76979871?h=abc", "vimeo"),
        ("https://vimeo.com/channels/staffpicks/76979871", None),
        ("76979871", None),
    ],
)
def test_vimeo_spellings(written: str, provider: str | None) -> None:
    """Vimeo's ids are digits, with or without the provider's name."""
    assert parse_video(written, provider, 1).id == "76979871"
    assert parse_video(written, provider, 1).provider == "vimeo"


HASH = "0123456789"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (f"https://vimeo.com/76979871/{HASH}", "76979871/" + HASH),
        (f"https://player.vimeo.com/video/76979871?h={HASH}&amp;dnt=1", "76979871/" + HASH),
        (f"76979871?h={HASH}&start=7", "76979871/" + HASH),
        (f"76979871/{HASH}", "76979871/" + HASH),
        ("https://vimeo.com/76979871?h=<script>", "76979871"),
        ("https://vimeo.com/showcase/7/video/76979871", "76979871"),
        ("https://vimeo.com/album/7/video/76979871", "76979871"),
        ("https://vimeo.com/groups/12345/videos/76979871", "76979871"),
        ("https://vimeo.com/channels/8888/76979871", "76979871"),
        (f"https://vimeo.com/manage/videos/76979871/{HASH}", "76979871/" + HASH),
    ],
)
def test_vimeo_addresses(written: str, named: str) -> None:
    """The hash of an unlisted video is kept; the number of a group or showcase is no video's."""
    assert parse_video(written, None, 1).full_id == named


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("https://www.youtube.com/@abcdefghijk", "a channel on YouTube"),
        ("https://www.youtube.com/c/abcdefghijk", "a channel on YouTube"),
        ("https://www.youtube.com/user/abcdefghijk", "a channel on YouTube"),
        ("https://www.youtube.com/abcdefghijk", "a channel or another page on YouTube"),
        ("https://www.youtube.com/hashtag/abcdefghijk", "a hashtag on YouTube"),
        ("https://www.youtube.com/post/abcdefghijk", "a post on YouTube"),
        ("https://www.youtube.com/playlist?list=PL0123456789", "a playlist on YouTube"),
        ("https://www.youtube.com/watch?list=PL0123456789", "a playlist on YouTube"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "a playlist on YouTube"),
        ("https://vimeo.com/ondemand/film/76979871", "a film for sale or rent on Vimeo"),
        ("https://vimeo.com/event/76979871", "an event on Vimeo"),
        ("https://vimeo.com/showcase/76979871", "a showcase of several videos on Vimeo"),
        ("https://vimeo.com/staffpicks", "a profile or another page on Vimeo"),
    ],
)
def test_what_else_there_is(written: str, what: str) -> None:
    """An address of something else is refused with words, however much it looks like an id."""
    with pytest.raises(ManifestError, match=f"is {what}, not a video") as caught:
        parse_video(written, None, 1)
    assert "copy the address of one video" in caught.value.hint


def test_a_hash_on_the_same_page() -> None:
    """A video that a page names twice has its hash, wherever that is."""
    text = f"---\nvimeo: '76979871'\n---\n<iframe src='//player.vimeo.com/video/76979871?h={HASH}'>"
    page = parse_page("_posts/2024-01-01-a.md", text.encode(), ReaderSettings())
    assert page is not None
    assert [(each.full_id, each.line) for each in page.manifest.videos] == [(f"76979871/{HASH}", 2)]


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        (f"https://www.youtube.com/watch?v={ID}", f"https://www.youtube.com/embed/{ID}"),
        (f"https://youtu.be/{ID}", f"https://www.youtube.com/embed/{ID}"),
        (f"https://vimeo.com/1/{HASH}", f"https://player.vimeo.com/video/1?h={HASH}"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", ""),
        ("https://vimeo.com/event/1/embed", ""),
        ("https://www.youtube.com/abcdefghijk", ""),
    ],
)
def test_a_frame_that_stays_empty(address: str, hint: str) -> None:
    """Browsers show no page at which people watch a video in a frame: the page hears how to."""
    text = f"---\ntitle: x\n---\n<iframe src='{address}'></iframe>\n"
    page = parse_page("_posts/2024-01-01-a.md", text.encode(), ReaderSettings())
    assert page is not None
    told = [(each.code, each.line, each.hint.partition(": ")[2]) for each in page.problems]
    assert told == ([("unframed-video", 4, hint)] if hint else [])
    assert len(page.manifest.videos) == bool(hint)


@pytest.mark.parametrize(
    ("written", "provider", "code"),
    [
        ("tooshort", "youtube", "bad-video"),
        (f"{ID}; rm -rf", "youtube", "bad-video"),
        ("https://example.org/watch?v=" + ID, "youtube", "bad-video"),
        ("https://youtube.com.evil.example/watch?v=" + ID, "youtube", "bad-video"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "youtube", "bad-video"),
        ("https://www.youtube.com/playlist?list=PL0123456789", None, "bad-video"),
        ("https://[broken/", None, "bad-video"),
        ("abc", "vimeo", "bad-video"),
        ("abc", "rutube", "unknown-provider"),
        ("", "youtube", "bad-video"),
    ],
)
def test_refused(written: str, provider: str | None, code: str) -> None:
    """What is no video of a known provider is a problem, not a guess."""
    with pytest.raises(ManifestError) as caught:
        parse_video(written, provider, 1)
    assert caught.value.code == code


def test_other_providers_are_recognised() -> None:
    """The theme's other providers are read, for reports that say they are not checked."""
    assert parse_video("1abC_-x", "google-drive", 1).provider == "google-drive"
    assert parse_video("BV1xx411c7mD", "bilibili", 1).id == "BV1xx411c7mD"


@pytest.mark.parametrize(
    ("provider", "written", "told"),
    [
        ("twitch", "1634779211", []), ("wistia", "e4a27b971d", []), ("peertube", "9c9de5e8", []),
        ("dailymotion", "https://www.dailymotion.com/video/x8abcd", []),
        ("of-the-club", "17", [("unknown-provider", "warning")]),
        ("of-the-club", "https://club.example/17", [("unknown-provider", "warning")]),
        ("youtube", "/assets/films/squat.mp4", []),
    ],
)  # fmt: skip
def test_what_only_the_theme_shows_is_no_error(
    provider: str, written: str, told: list[tuple[str, str]]
) -> None:
    """Themes have more providers than mediakit, and films of the site: neither is an error."""
    page = parse_page(
        "_posts/2024-01-01-a.md",
        f"---\nvideo:\n  provider: {provider}\n  id: {written}\n---\n".encode(),
        ReaderSettings(),
    )
    assert page is not None
    assert [(each.code, each.severity) for each in page.problems] == told


def test_misspelt_by_one_sign() -> None:
    """A YouTube id with a sign lost or doubled is read as written, and known as misspelt."""
    assert is_misspelt(parse_video(ID + "x", "youtube", 1))
    assert is_misspelt(parse_video(ID[:-1], "youtube", 1))
    assert not is_misspelt(parse_video(ID, "youtube", 1))


@pytest.mark.parametrize("text", ["12_34567890", "0x123456789", "01234567012", "0b101010101"])
def test_mangled_by_yaml(text: str) -> None:
    """Unquoted ids that YAML reads as numbers of another look are found out."""
    assert is_mangled(text)


@pytest.mark.parametrize("text", ["12345678901", "-1234567890", ID, "1e234567890", "76979871"])
def test_not_mangled(text: str) -> None:
    """Ids that YAML keeps, or that come out the same, are left in peace."""
    assert not is_mangled(text)


@given(st.text(), st.none() | st.sampled_from(["youtube", "vimeo", "bilibili"]) | st.text())
def test_only_its_own_error(text: str, provider: str | None) -> None:
    """Whatever is written, an id is safe to put into an address, or is refused."""
    try:
        video = parse_video(text, provider, 1)
    except ManifestError:
        return
    assert video.id.replace("-", "").replace("_", "").isalnum()
    assert video.id.isascii()
