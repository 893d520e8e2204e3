"""`videos archive`: what is kept at the target, whose it is, and what a cut off run leaves."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from conftest import draw
from fake_youtube import Said, Video, dead, mp4
from mediakit.base.model import VideoRecord
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.state.catalog import Catalog, load_catalog
from mediakit.storage.open import open_storage
from mediakit.storage.settings import headers_of
from mediakit.sync.session import open_session
from mediakit.sync.target import read_target_catalog
from mediakit.videos.tool import tool_options

if TYPE_CHECKING:
    from conftest import Prefix
    from video_site import VideoSite

av: Any = import_module("av")  # untyped in parts
SCHEMA = Path(__file__).parents[2] / "docs/reference/schemas/videos.schema.json"
A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"
OWN = "UC" + "x" * 22
OTHERS = {"channelId": "UC" + "y" * 22, "author": "Somebody"}
FILM = mp4()
SETTINGS = f'[videos]\npace = 0\nfetch = false\nown_channels = ["{OWN}"]\n'


@pytest.fixture
def own(videos: VideoSite, monkeypatch: pytest.MonkeyPatch) -> VideoSite:
    """Return a site that was synced, and whose videos are its own; streams cannot be joined."""
    monkeypatch.setattr("mediakit.videos.archive.can_join", lambda: False)
    videos.site.write("mediakit.toml", SETTINGS)
    videos.site.exercise("squat")
    videos.fake.set(A, file=FILM, captions=("da",), heard=("en",))
    videos.page("lunge", A)
    assert main(["sync", "--site", str(videos.site.root), "--quiet"]) == 0
    return videos


def run(site: VideoSite, *arguments: str) -> int:
    return main(["videos", "archive", "--site", str(site.site.root), *arguments])


def told(
    capsys: pytest.CaptureFixture[str], site: VideoSite, *arguments: str
) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(site, "--format", "json", *arguments)
    return code, json.loads(capsys.readouterr().out)


def target(site: VideoSite) -> Path:
    return site.site.root / ".mediakit/target"


def archive(site: VideoSite, video: str = A) -> dict[str, bytes]:
    folder = target(site) / "videos/youtube" / video
    return {each.name: each.read_bytes() for each in folder.iterdir()} if folder.exists() else {}


def catalog(path: Path) -> Catalog:
    return load_catalog((path / "media.json").read_bytes(), "media.json")


def states(document: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["state"] for each in document["videos"]}


def test_the_whole_way(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Video, picture, captions and description; digests in both catalogs; then nothing to do."""
    code, document = told(capsys, own)
    assert (code, states(document), document["problems"]) == (0, {A: "archived"}, [])
    found = archive(own)
    names = ["captions.da.vtt", "captions.en.auto.vtt", "info.json", "thumbnail.jpg", "video.mp4"]
    assert sorted(found) == names
    assert found["video.mp4"] == FILM
    assert json.loads(found["info.json"])["channel_id"] == OWN
    record = catalog(own.site.root).videos[f"youtube/{A}"]
    assert [each.key.rpartition("/")[2] for each in record.archive] == names
    there = catalog(target(own))
    assert there.videos[f"youtube/{A}"].archive == record.archive
    assert {each.key: each.sha256 for each in record.archive}.items() <= {
        key: each.sha256 for key, each in there.objects.items()
    }.items()
    own.fake.requests.clear()
    before = own.site.tree()
    assert run(own) == 0
    assert "1 video: 1 archived before" in capsys.readouterr().out
    assert (own.fake.requests, own.site.tree()) == ([], before)
    assert main(["sync", "--site", str(own.site.root), "--strict"]) == 0
    assert own.site.tree() == before


def parts(site: VideoSite) -> list[Path]:
    folder = site.site.root / ".mediakit/archive"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_videos_of_others(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what YouTube says counts: a page or a catalog that claims more brings nothing in."""
    own.fake.set(B, file=FILM, about=OTHERS)
    own.page("theirs", B)
    path = own.site.root / "media.json"
    claim = b'"videos":{\n"youtube/%b":{"owner":["%b"]}\n}\n}' % (B.encode(), OWN.encode())
    path.write_bytes(path.read_bytes().rstrip().removesuffix(b"}").rstrip() + b",\n" + claim)
    code, document = told(capsys, own)
    assert (code, states(document)) == (0, {A: "archived", B: "of another channel"})
    assert "'Somebody' (UCyyy" in document["videos"][1]["note"]
    assert (archive(own, B), {video for video, _ in own.fake.sent}) == ({}, {A})
    own.fake.requests.clear()
    code, document = told(capsys, own, "theirs")
    assert (code, own.fake.requests) == (1, [])
    assert [each["code"] for each in document["problems"]] == ["video-of-others"]


def test_a_handle_names_a_channel(own: VideoSite) -> None:
    """As people write it, in large or small letters."""
    own.site.write("mediakit.toml", SETTINGS.replace(OWN, "@Channel"))
    assert run(own) == 0
    assert "video.mp4" in archive(own)


def test_a_download_that_is_cut_off(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """What came is kept, and the next run asks for the rest alone."""
    own.fake.cut_after = 10_000
    code, document = told(capsys, own)
    assert (code, states(document)) == (1, {A: "not archived"})
    assert "run again: it goes on from there" in document["problems"][0]["hint"]
    (part,) = parts(own)
    size = part.stat().st_size
    assert (part.suffix, 0 < size < len(FILM), archive(own)) == (".part", True, {})
    own.fake.cut_after = None
    assert run(own) == 0
    assert own.fake.sent[-1] == (A, size)
    assert (archive(own)["video.mp4"], parts(own)) == (FILM, [])


@pytest.mark.parametrize("bytes_", [0, 1_000])
def test_a_download_that_never_comes(
    own: VideoSite, monkeypatch: pytest.MonkeyPatch, bytes_: int
) -> None:
    """Over urllib, which yt-dlp has without requests, it stops after four times at most."""
    options = partial(tool_options, compat_opts=["prefer-legacy-http-handler"])
    monkeypatch.setattr("mediakit.videos.download.tool_options", options)
    own.fake.cut_after = 10_000
    assert run(own) == 1
    size = parts(own)[0].stat().st_size
    own.fake.sent.clear()
    own.fake.cut_after = bytes_
    assert run(own) == 1
    assert len(own.fake.sent) <= 4
    assert own.fake.sent[0] == (A, size)
    own.fake.cut_after = None
    assert run(own) == 0
    assert archive(own)["video.mp4"] == FILM


def test_parts_of_two_versions_are_not_mixed(own: VideoSite) -> None:
    """A video that its owner has cut anew begins at its first byte."""
    own.fake.cut_after = 10_000
    assert run(own) == 1
    own.fake.cut_after = None
    own.fake.set(A, file=mp4(seed=2), changed=2)
    assert run(own) == 0
    assert own.fake.sent[-1] == (A, 0)
    assert archive(own)["video.mp4"] == mp4(seed=2)


def test_kill_9(own: VideoSite) -> None:
    """In the middle of a download: the next run goes on there, and leaves nothing behind."""
    own.fake.stops_after = 10_000
    command = [sys.executable, "-m", "mediakit", "videos", "archive", "--quiet"]
    with subprocess.Popen([*command, "--site", str(own.site.root)], env={**os.environ}) as process:
        end = time.monotonic() + 60
        while not parts(own) or not parts(own)[0].stat().st_size:
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    own.fake.stops_after = None
    assert run(own) == 0
    assert own.fake.sent[-1][1] > 0
    assert (archive(own)["video.mp4"], parts(own)) == (FILM, [])


def test_cut_off_before_the_catalog(own: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is at the target already is neither fetched nor put again."""
    with monkeypatch.context() as patch:
        patch.setattr("mediakit.sync.archived.ArchiveTarget.save", _cut_off)
        with pytest.raises(SystemExit):
            raise SystemExit(run(own))
    video = target(own) / "videos/youtube" / A / "video.mp4"
    before, asked = video.stat(), len(own.fake.sent)
    assert run(own) == 0
    assert (video.stat().st_ino, len(own.fake.sent)) == (before.st_ino, asked)  # put anew: another
    assert catalog(own.site.root).videos[f"youtube/{A}"].archive


def _cut_off(*_arguments: object) -> None:
    raise KeyboardInterrupt


BAD = {
    "too large: 1 MB, and archive_limit is 1 MB": Video(file=FILM),
    "only as separate streams": Video(streams=(1080, 720)),
    "it is live now": Video(file=FILM, about={"isLive": True, "isLiveContent": True}),
    "too large: 1 MB": Video(file=FILM, says_size=False),
    "gives no file": Video(formats=False),
    "not a whole video": Video(file=b"<html>sorry</html>" * 1000),
    "HTTP 403": Video(file=FILM, player=Said(200)),
}


@pytest.mark.parametrize("words", BAD)
def test_one_that_cannot_be_kept(
    own: VideoSite, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is told in words, and stops no other."""
    own.fake.set(B, BAD[words])
    own.page("bad", B)
    if words.startswith("too large"):
        own.fake.set(A, file=mp4(100))
        monkeypatch.setattr("mediakit.videos.archive.MEGABYTE", 10)
    if words == "HTTP 403":
        own.fake.forbidden.add(B)
    code, document = told(capsys, own)
    assert (code, states(document)) == (1, {B: "not archived", A: "archived"})
    (problem,) = (each for each in document["problems"] if each["severity"] == "error")
    assert words in problem["message"]
    assert (problem["path"], problem["line"]) == ("_exercises/bad.md", 5)


@pytest.mark.parametrize(("is_known", "code"), [(False, 0), (True, 1)])
@pytest.mark.parametrize(
    "said",
    [
        dead("Private video", "This video is private"),
        Video(status="LIVE_STREAM_OFFLINE", reason="This live event will begin in 3 hours."),
    ],
)
def test_one_that_is_not_handed_out(
    own: VideoSite, said: Video, code: int, *, is_known: bool
) -> None:
    """Private, gone or not begun: an error only where the catalog knows that it is one's own."""
    own.fake.set(A, file=FILM)
    if is_known:
        own.fetch()
    own.fake.set(A, said)
    assert run(own) == code
    assert archive(own) == {}


def test_after_its_death(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """The archive stays, YouTube is not asked, and the check of videos says where the film is."""
    assert run(own) == 0
    own.fake.set(A, dead())
    own.check()
    own.later(days=2)
    own.check()
    assert main(["videos", "check", "--site", str(own.site.root)]) == 1
    film = f"videos/youtube/{A}/video.mp4"
    assert f"is archived: {film}" in capsys.readouterr().out
    assert main(["videos", "check", "--format", "json", "--site", str(own.site.root)]) == 1
    checked = json.loads(capsys.readouterr().out)
    assert checked["videos"][0]["archived"] == film
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(checked)
    own.fake.requests.clear()
    code, document = told(capsys, own, "--refresh")
    assert (code, states(document), own.fake.requests) == (0, {A: "archived before"}, [])
    assert archive(own)["video.mp4"] == FILM


def test_sync_deletes_nothing(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither --delete nor --prune, though no page names the video; and its record stays."""
    assert run(own) == 0
    own.site.write("_exercises/lunge.md", "---\ntitle: lunge\n---\n")
    site = ["--site", str(own.site.root)]
    assert main(["generate", "--prune", *site]) == 0
    assert main(["sync", "--delete", *site]) == 0
    assert archive(own)["video.mp4"] == FILM
    assert catalog(own.site.root).videos[f"youtube/{A}"].archive
    capsys.readouterr()
    assert main(["verify", "--deep", "all", *site]) == 0
    (target(own) / "videos/youtube" / A / "video.mp4").write_bytes(b"x")
    assert main(["sync", "--delete", *site]) == 0
    assert main(["verify", *site]) == 1
    assert "run mediakit videos archive" in capsys.readouterr().err
    own.page("lunge", A)
    assert run(own) == 0
    assert main(["verify", "--deep", "all", *site]) == 0


def test_a_catalog_that_was_lost(own: VideoSite) -> None:
    """A target whose catalog was made anew takes the files up again, without a question."""
    assert run(own) == 0
    (target(own) / "media.json").unlink()
    assert main(["sync", "--site", str(own.site.root)]) == 0
    own.fake.requests.clear()
    assert run(own) == 0
    assert own.fake.requests == []
    assert f"videos/youtube/{A}/video.mp4" in catalog(target(own)).objects


def test_a_run_without_change(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """--dry-run asks, and says how good the file is; it fetches and writes nothing."""
    own.fake.set(A, file=FILM, streams=(1080, 720))
    before = own.site.tree(), sorted((own.site.root / ".mediakit").rglob("*"))
    assert run(own, "--dry-run") == 0
    assert "360 lines, 1 MB; YouTube has 1080 lines, but only with" in capsys.readouterr().out
    assert (own.site.tree(), sorted((own.site.root / ".mediakit").rglob("*"))) == before
    assert own.fake.sent == []


def test_captions_that_come_later(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """The video is kept all the same; --refresh brings the rest, and not the video again."""
    own.fake.timedtext = Said(200, b"")
    code, document = told(capsys, own)
    assert (code, {each["code"] for each in document["problems"]}) == (0, {"archived-in-part"})
    own.fake.timedtext = Said(200, b"WEBVTT\n\n00:00.000 --> 00:01.000\nHips\n")
    assert run(own, "--refresh") == 0
    assert b"Hips" in archive(own)["captions.da.vtt"]
    assert len(own.fake.sent) == 1


def test_youtube_refuses(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Three refusals in a row end the run with exit code 3; what was kept before is told."""
    for number in range(4):
        own.fake.set(f"{number}robots____", Video(player=Said(429)))
        own.page(f"r{number}", f"{number}robots____")
    code, document = told(capsys, own)
    assert (code, "refusals" in document["stopped"]) == (3, True)


@pytest.mark.parametrize("where", ["target", "disk"])
def test_no_room(
    own: VideoSite, where: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full target and a full disk are told, and the next run goes on."""
    full = OSError(28, "No space left on device")

    def fail(*_arguments: object) -> Any:
        raise full

    with monkeypatch.context() as patch:
        if where == "target":
            patch.setattr("mediakit.storage.folder.Writer.stage_parts", fail)
        else:
            patch.setattr("yt_dlp.downloader.http.HttpFD.sanitize_open", fail)
        code, document = told(capsys, own)
    assert code == (1 if where == "target" else 3)
    assert "No space left on device" in document["problems"][0]["message"]
    asked = len(own.fake.sent)
    assert run(own) == 0
    assert archive(own)["video.mp4"] == FILM
    assert len(own.fake.sent) - asked == (0 if where == "target" else 1)


def test_what_a_repository_brings(own: VideoSite, tmp_path: Path) -> None:
    """A link where parts are kept is not written through; a picture takes no place there."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    own.fake.cut_after = 10_000
    assert run(own) == 1
    (part,) = parts(own)
    part.unlink()
    part.symlink_to(outside)
    own.fake.cut_after = None
    assert run(own) == 0
    assert outside.read_bytes() == b"mine"
    own.site.write(f"videos/youtube/{A}/thumbnail.jpg", draw())
    own.site.write("_exercises/x.md", f"---\n---\n![x](/videos/youtube/{A}/thumbnail.jpg)\n")
    before = archive(own)
    assert main(["sync", "--site", str(own.site.root)]) == 1
    assert archive(own) == before


def test_what_has_to_be_there(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """A channel of one's own, a target that was synced, and nobody else at work."""
    assert run(own, "--target", "elsewhere") == 2
    assert "run mediakit sync first" in capsys.readouterr().err
    with open_session(load_config(own.site.root)):
        assert run(own) == 2
    assert "another mediakit" in capsys.readouterr().err
    own.site.write("mediakit.toml", "[videos]\npace = 0\n")
    assert run(own) == 2
    assert "own_channels" in capsys.readouterr().err


def test_a_bucket(own: VideoSite, prefix: Prefix) -> None:
    """The same in S3: with media types, in parts, and a second run that puts nothing."""
    film = mp4(17 * 1024 * 1024)
    own.fake.set(A, file=film, captions=("da",))
    site = ["--site", str(own.site.root), "--target", prefix.url]
    assert main(["sync", *site]) == 0
    assert main(["videos", "archive", *site]) == 0
    place = f"videos/youtube/{A}/video.mp4"
    assert prefix.tree()[place] == film
    storage = open_storage(prefix.url, load_config(own.site.root), None)  # type: ignore[arg-type]
    described = storage.describe(place)
    assert described is not None
    assert described.headers == headers_of(place).digest
    assert headers_of(place).content_type == "video/mp4"
    own.fake.requests.clear()
    assert main(["videos", "archive", *site]) == 0
    assert own.fake.requests == []
    assert main(["sync", "--delete", *site]) == 0
    assert main(["verify", "--deep", "all", *site]) == 0
    assert prefix.tree()[place] == film


def test_search_engines_are_told(own: VideoSite) -> None:
    """The next generate has the address of the film, where that of the target is known."""
    more = '[structured]\ndata = true\nurl = "https://site.example"\n'
    own.site.write("mediakit.toml", f'{SETTINGS}{more}[cdn]\nbase_url = "https://m.example/x/"\n')
    site = ["--site", str(own.site.root)]
    assert run(own) == 0
    assert main(["generate", *site]) == 0
    found = (own.site.root / "_data/media-structured.json").read_text("utf-8")
    assert f"https://m.example/x/videos/youtube/{A}/video.mp4" in found


def test_a_catalog_that_claims_other_files(own: VideoSite) -> None:
    """Names of pictures in a catalog that a stranger wrote do not become files of the archive."""
    picture = "assets/images/squat-0.jpg"
    there = target(own) / "media.json"
    document = json.loads(there.read_bytes())
    taken = document["objects"].pop(picture)
    there.write_text(json.dumps(document))
    path = own.site.root / "media.json"
    claim = json.loads(path.read_bytes())
    file = {"key": picture, "sha256": taken["sha256"], "bytes": taken["bytes"]}
    claim["videos"] = {f"youtube/{A}": {"archive": [file]}}
    path.write_text(json.dumps(claim))
    assert run(own) == 0
    assert picture not in catalog(target(own)).objects
    kept = catalog(own.site.root).videos[f"youtube/{A}"].archive
    assert {each.key.rpartition("/")[0] for each in kept} == {f"videos/youtube/{A}"}


def streams() -> tuple[bytes, bytes]:
    """Return a film without sound, and its sound, as YouTube has them apart."""
    picture, sound = io.BytesIO(), io.BytesIO()
    with av.open(picture, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        noise = np.random.default_rng(1)
        for _ in range(25):
            frame = av.VideoFrame.from_ndarray(noise.integers(0, 256, (48, 64, 3), np.uint8))
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    with av.open(sound, "w", format="mp4") as voice:
        stream = voice.add_stream("aac", rate=44100)
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=44100)
        frame.sample_rate, frame.pts = 44100, 0
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        voice.mux(stream.encode(frame))
        voice.mux(stream.encode())
    return picture.getvalue(), sound.getvalue()


def test_picture_and_sound_are_joined(own: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra, in the best lines, each stream gone on with where it was cut off."""
    monkeypatch.setattr("mediakit.videos.archive.can_join", lambda: True)
    picture, sound = streams()
    own.fake.set(A, file=FILM, streams=(1080,), apart=(picture, sound))
    own.fake.cut_after = len(picture) // 6
    assert run(own) == 1
    own.fake.cut_after = None
    assert run(own) == 0
    assert own.fake.sent[-2][1] > 0
    with av.open(io.BytesIO(archive(own)["video.mp4"])) as film:
        assert [each.type for each in film.streams] == ["video", "audio"]
        assert len(list(film.decode(video=0))) == 25
    assert parts(own) == []
    before = archive(own)["video.mp4"]
    (target(own) / "videos/youtube" / A / "video.mp4").unlink()
    assert run(own) == 0
    assert archive(own)["video.mp4"] == before


def test_another_machine(own: VideoSite) -> None:
    """A checkout without the new catalog takes it up from the target, and asks nothing."""
    before = (own.site.root / "media.json").read_bytes()
    assert run(own) == 0
    record = catalog(own.site.root).videos[f"youtube/{A}"]
    known = VideoRecord(title="Squat", channel="Ours")
    (own.site.root / "media.json").write_bytes(before)
    config = load_config(own.site.root)
    with open_session(config) as session:
        plain = replace(config.catalog_file.read(), videos={f"youtube/{A}": known})
        config.catalog_file.write(plain, session.writer)
    own.fake.requests.clear()
    assert run(own) == 0
    assert own.fake.requests == []
    assert catalog(own.site.root).videos[f"youtube/{A}"].archive == record.archive
    own.later(days=100)
    own.fetch(refresh=True)
    assert catalog(own.site.root).videos[f"youtube/{A}"].archive == record.archive


def test_another_run_at_the_target(own: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog that another machine puts meanwhile is read again, and not put over."""
    read = read_target_catalog
    there = target(own) / "media.json"
    puts = iter([True])

    def crossed(*given: Any, **options: Any) -> Any:
        found = read(*given, **options)
        if not options.get("only_objects", True) and next(puts, False):
            there.write_bytes(there.read_bytes().replace(b'"images":{', b'"images":{\n', 1))
        return found

    monkeypatch.setattr("mediakit.sync.archived.read_target_catalog", crossed)
    assert run(own) == 0
    assert next(puts, None) is None
    assert f"videos/youtube/{A}/video.mp4" in catalog(target(own)).objects


def test_a_catalog_in_shards(own: VideoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many pictures: files of videos are in the shards, and the next run asks nothing."""
    monkeypatch.setattr("mediakit.state.catalog_file.WHOLE", 1)
    monkeypatch.setattr("mediakit.state.catalog_file.A_SHARD", 1)
    site = ["--site", str(own.site.root)]
    own.site.exercise("row", 3)
    assert main(["sync", *site]) == 0
    assert run(own) == 0
    assert json.loads((target(own) / "media.json").read_bytes())["shards"]
    assert main(["sync", "--delete", *site]) == 0
    assert main(["verify", "--deep", "all", *site]) == 0
    own.fake.requests.clear()
    assert run(own) == 0
    assert own.fake.requests == []


def test_removed_for_good(own: VideoSite, capsys: pytest.CaptureFixture[str]) -> None:
    """Not while a page shows it; then it goes from the target and both catalogs, and stays away."""
    assert run(own) == 0
    assert run(own, "--remove", A) == 1
    assert "a page shows it" in capsys.readouterr().err
    own.site.write("_exercises/lunge.md", "---\ntitle: lunge\n---\n")
    assert run(own, "--remove", A, "--dry-run") == 0
    assert "5 files" in capsys.readouterr().out
    assert len(archive(own)) == 5
    code, document = told(capsys, own, "--remove", A)
    assert (code, states(document), archive(own)) == (0, {A: "removed"}, {})
    assert not any("youtube" in key for key in catalog(target(own)).objects)
    for place in (own.site.root, target(own)):
        assert not catalog(place).videos[f"youtube/{A}"].archive
    site = ["--site", str(own.site.root)]
    assert main(["sync", *site]) == 0
    assert f"youtube/{A}" not in catalog(own.site.root).videos
    assert main(["verify", *site]) == 0
    assert run(own, "--remove", A) == 1
    assert "nothing of it is archived" in capsys.readouterr().err
