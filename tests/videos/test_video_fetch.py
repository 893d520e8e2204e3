"""Fetched metadata and thumbnails: what comes, what is kept, and what sync makes of it."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conftest import draw
from fake_youtube import GONE, Said, Video, dead
from mediakit.base.model import Chapter, VideoRecord
from mediakit.cli.main import main
from mediakit.state.catalog import load_catalog
from mediakit.videos import fetch_missing

if TYPE_CHECKING:
    from pathlib import Path

    from video_site import VideoSite

A, B = "aaaaaaaaaaa", "bbbbbbbbbbb"
MONTH = timedelta(days=30)


def records(videos: VideoSite) -> dict[str, VideoRecord]:
    return load_catalog((videos.site.root / "media.json").read_bytes(), "media.json").videos


def thumbnail(videos: VideoSite, video: str) -> Path:
    return videos.site.root / "assets" / "images" / "videos" / f"{video}.jpg"


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        assert image.format == "JPEG"
        return image.size


def test_metadata(videos: VideoSite) -> None:
    """What yt-dlp knows of a video is in the catalog, one line a video."""
    videos.fake.set(A)
    videos.page("squat", A)
    fetched = videos.fetch()
    assert (fetched.asked, fetched.came, fetched.thumbnails) == (1, 1, 1)
    assert records(videos)[f"youtube/{A}"] == VideoRecord(
        f"Video {A}", "A channel", 61, "2020-02-29", "public", embeddable=True,
        live="not_live", thumbnail=f"assets/images/videos/{A}.jpg",
        uploaded_at="2020-02-29T00:00:00Z", captions=(), automatic_captions=(),
        owner=("UC" + "x" * 22, "@channel"),
    )  # fmt: skip


@pytest.mark.parametrize(("provider", "video"), [("youtube", A), ("vimeo", "123456789")])
def test_captions(videos: VideoSite, provider: str, video: str) -> None:
    """The catalog has the languages that people wrote and that were heard, but no translations."""
    videos.fake.set(video, captions=("da", "en-US", "en-eEY6OEpapPo"), heard=("en",))
    videos.page("squat", video, provider=provider)
    videos.fetch()
    found = records(videos)[f"{provider}/{video}"]
    assert found.captions == ("da", "en", "en-US")
    assert found.automatic_captions == ("en",)


def test_captions_are_unknown_where_nothing_plays(videos: VideoSite) -> None:
    """The page alone has no list of captions: that is no proof that there are none."""
    videos.fake.set(A, formats=False)
    videos.page("squat", A)
    videos.fetch()
    assert records(videos)[f"youtube/{A}"].captions is None


def test_vimeo(videos: VideoSite) -> None:
    """Vimeo's come from oEmbed and the player's configuration, chapters too."""
    videos.fake.set("123456789")
    videos.page("squat", "123456789", provider="vimeo")
    videos.fetch()
    found = records(videos)["vimeo/123456789"]
    assert (found.title, found.duration, found.uploaded) == ("Video 123456789", 62, "2013-10-15")
    assert found.chapters == (Chapter(10, "The second part"),)
    assert size(thumbnail(videos, "123456789")) == (1280, 720)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (("maxresdefault", "sddefault", "hqdefault", "mqdefault", "default"), (1280, 720)),
        (("sddefault", "hqdefault", "mqdefault", "default"), (640, 360)),
        (("hqdefault", "mqdefault", "default"), (480, 360 - 90)),
        (("mqdefault", "default"), (320, 180)),
        (("default",), (120, 68)),
    ],
)
def test_the_best_that_is_there(
    videos: VideoSite, sizes: tuple[str, ...], expected: tuple[int, int]
) -> None:
    """A size that is missing answers 404 with a picture in it; bars of 4:3 are cut away."""
    videos.fake.set(A, sizes=sizes)
    videos.page("squat", A)
    videos.fetch()
    width, height = size(thumbnail(videos, A))
    assert width == expected[0]
    assert abs(height - expected[1]) <= 2
    with Image.open(thumbnail(videos, A)) as image:
        edges = image.convert("L").crop((0, 0, width, 1)).tobytes()
    assert min(edges) > 60


def test_a_picture_of_4_to_3(videos: VideoSite) -> None:
    """A picture that fills 4:3 has no bars, and keeps its bytes."""
    videos.fake.set(A, sizes=("hqdefault", "default"), bars=False)
    videos.page("squat", A)
    videos.fetch()
    assert size(thumbnail(videos, A)) == (480, 360)


def test_no_thumbnail_is_no_failure(videos: VideoSite) -> None:
    """A video without any picture has its metadata, and a warning says so."""
    videos.fake.set(A, sizes=())
    videos.page("squat", A)
    fetched = videos.fetch()
    assert [each.code for each in fetched.problems] == ["no-thumbnail"]
    assert not thumbnail(videos, A).exists()
    assert records(videos)[f"youtube/{A}"].title == f"Video {A}"


def test_only_what_is_missing_or_old(videos: VideoSite) -> None:
    """Nothing is asked of what is there, until it is older than the age that is given."""
    videos.fake.set(A)
    videos.page("squat", A)
    videos.fetch(max_age=MONTH)
    assert videos.fetch(max_age=MONTH).asked == 0
    videos.later(days=31)
    assert videos.fetch().asked == 0
    assert videos.fetch(max_age=MONTH).asked == 1
    assert videos.fetch(refresh=True).asked == 1
    videos.fake.set(B)
    videos.page("bench", B)
    assert videos.fetch().asked == 1
    thumbnail(videos, B).unlink()
    assert videos.fetch().asked == 1


def test_the_last_good_data_stay(videos: VideoSite) -> None:
    """A video that is gone keeps its title and picture in the catalog; a warning names it."""
    videos.fake.set(A)
    videos.page("squat", A)
    videos.fetch()
    before = (videos.site.root / "media.json").read_bytes()
    picture = thumbnail(videos, A).read_bytes()
    for wrong in (dead(), Video(player=Said(429)), Video(sizes=())):
        videos.fake.set(A, wrong)
        fetched = videos.fetch(refresh=True)
        assert fetched.problems
        assert (videos.site.root / "media.json").read_bytes() == before
        assert thumbnail(videos, A).read_bytes() == picture


def test_a_teaser_beside_it(videos: VideoSite) -> None:
    """Thumbnails are pictures of the site: they get the teaser's variant, and are put."""
    videos.fake.set(A)
    videos.page("squat", A)
    result = videos.site.run("sync", fetch=fetch_missing, target="out")
    assert not result.problems
    assert size(thumbnail(videos, f"{A}-320")) == (320, 180)
    names = set(videos.site.tree("out"))
    assert names == {
        f"assets/images/videos/{A}.jpg", f"assets/images/videos/{A}-320.jpg", "media.json",
    }  # fmt: skip
    assert f"youtube/{A}" in json.loads(videos.site.tree("out")["media.json"])["videos"]
    videos.fake.requests.clear()
    again = videos.site.run("sync", fetch=fetch_missing, target="out")
    assert again.summary.put == again.summary.made == 0
    assert videos.fake.requests == []


def test_generate_keeps_the_records(videos: VideoSite) -> None:
    """What was fetched stays in the catalog while a page names the video, and no longer."""
    videos.fake.set(A)
    videos.page("squat", A)
    videos.fetch()
    videos.site.run()
    assert set(records(videos)) == {f"youtube/{A}"}
    videos.site.exercise("squat", 1)
    videos.site.run()
    assert records(videos) == {}


def test_sync_without_a_network(
    videos: VideoSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where YouTube cannot be reached, sync says so and goes on; --strict makes it an error."""
    videos.site.exercise("bench")
    videos.page("squat", A)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.chdir(videos.site.root)
    args = ["sync", "--target", "out"]
    assert main(args) == 0
    assert "video-not-fetched" in capsys.readouterr().err
    assert (videos.site.root / "out" / "media.json").is_file()
    assert main([*args, "--strict"]) == 1
    assert main([*args, "--strict", "--no-videos"]) == 0


def test_sync_of_the_dead(videos: VideoSite) -> None:
    """A video that is known to be dead is not asked for on each push."""
    videos.fake.set(A, dead())
    videos.page("squat", A)
    videos.check()
    videos.fake.requests.clear()
    assert videos.site.run("sync", fetch=fetch_missing, target="out").problems == ()
    assert videos.fake.requests == []


def test_a_dry_run_fetches_nothing(videos: VideoSite) -> None:
    """A dry run asks nobody, and writes nothing."""
    videos.fake.set(A)
    videos.page("squat", A)
    before = videos.site.tree()
    videos.site.run("sync", fetch=fetch_missing, dry_run=True, target="out")
    assert (videos.site.tree(), videos.fake.requests) == (before, [])


def test_no_way_out_of_the_site(videos: VideoSite, tmp_path: Path) -> None:
    """A folder of thumbnails that is a link to elsewhere is not written to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (videos.site.root / "assets" / "images").mkdir(parents=True)
    (videos.site.root / "assets" / "images" / "videos").symlink_to(outside)
    videos.fake.set(A)
    videos.page("squat", A)
    fetched = videos.fetch()
    assert [each.code for each in fetched.problems] == ["refused-file"]
    assert list(outside.iterdir()) == []


def test_a_page_with_pictures_of_its_own(videos: VideoSite) -> None:
    """A thumbnail that a page names as a picture too is one picture."""
    videos.fake.set(A)
    videos.site.write(
        "_exercises/squat.md",
        f"---\ntitle: x\nvideo: {A}\nheader:\n  teaser: /assets/images/videos/{A}-320.jpg\n---\n",
    )
    videos.site.write(f"assets/images/videos/{A}.jpg", draw((1280, 720)))
    assert not videos.site.run().has_errors
    assert size(thumbnail(videos, f"{A}-320")) == (320, 180)


def test_the_command(
    videos: VideoSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command counts, warns with file and line, and takes ages in days or hours."""
    videos.fake.set(A)
    videos.fake.set(B, Video(GONE, status="ERROR", reason="This video has been removed"))
    videos.page("squat", A, B)
    monkeypatch.chdir(videos.site.root)
    assert main(["videos", "fetch"]) == 0
    said = capsys.readouterr()
    assert said.out == "asked about 2 videos: 1 answered, 1 thumbnail written\n"
    assert "_exercises/squat.md:7: warning: youtube bbbbbbbbbbb" in said.err
    assert main(["videos", "fetch", "--max-age", "1h", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["asked"] == 1
    assert main(["videos", "fetch", "--max-age", "soon"]) == 2


def test_pictures_are_whole(videos: VideoSite) -> None:
    """What is written decodes, and leaves no temporary file."""
    videos.fake.set(A, sizes=("hqdefault", "default"))
    videos.page("squat", A)
    videos.fetch()
    with Image.open(io.BytesIO(thumbnail(videos, A).read_bytes())) as image:
        image.load()
    assert [path.name for path in thumbnail(videos, A).parent.iterdir()] == [f"{A}.jpg"]


def test_addresses_of_pictures_stay(videos: VideoSite) -> None:
    """A fetch writes the catalog's addresses below the path of the site, as generate does."""
    videos.site.write("_config.yml", "collections: [exercises]\nbaseurl: /site\n")
    videos.site.exercise("squat")
    videos.site.run("generate")
    path = videos.site.root / "_data/media.json"
    before = json.loads(path.read_bytes())["images"]
    assert "/site/" in json.dumps(before)
    videos.fake.set(A)
    videos.page("lunge", A)
    assert videos.fetch().came == 1
    assert json.loads(path.read_bytes())["images"] == before
