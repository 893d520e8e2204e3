"""Clips in a site: named, cut, made once, recorded, published, and nothing told of a place."""

from __future__ import annotations

import io
import json
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from conftest import SiteBuilder, draw, reasons
from filmed_clips import drawn, gif, phone_film
from mediakit.base.errors import UsageError
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.images.animation import ShownFrame
from mediakit.sync.verify import verify

if TYPE_CHECKING:
    from mediakit.base.actions import Result

SETTINGS = "[clips.loops]\nlongest = 96\n"
FOLDER = "assets/images"
MP4, POSTER = f"{FOLDER}/squat-clip.mp4", f"{FOLDER}/squat-clip.jpg"
av: Any = import_module("av")  # untyped in parts


def page(*entries: str, more: str = "", body: str = "Text.\n") -> str:
    rows = "".join(f"  - {each}\n" for each in entries)
    gallery = f"gallery:\n{rows}" if rows else ""
    return f"---\ntitle: Squat\n{gallery}{more}---\n{body}"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with an exercise that shows a film of a phone."""
    site.write("mediakit.toml", SETTINGS)
    site.write(f"{FOLDER}/squat.mov", phone_film(turned=-90))
    site.write("_exercises/squat.md", page(f"image_path: /{FOLDER}/squat.mov\n    alt: A squat"))
    return site


def catalog(site: SiteBuilder) -> Any:
    return json.loads((site.root / "media.json").read_bytes())


def codes(result: Result) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in result.problems]


def test_a_film_becomes_a_clip_with_posters(squat: SiteBuilder, tmp_path: Path) -> None:
    """It is upright, is in the catalog with its time, and is published; the film itself is not."""
    target = SiteBuilder(tmp_path / "target")
    assert reasons(squat.run(dry_run=True))[MP4] == "new"
    first = squat.run("sync", target=str(target.root))
    assert codes(first) == []
    small = f"{FOLDER}/squat-320.jpg"
    assert {MP4, POSTER} <= set(target.tree())
    assert f"{FOLDER}/squat.mov" not in target.tree()
    made = squat.tree()[MP4]
    assert b"SECRETPHONE" not in made
    with av.open(io.BytesIO(made)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (64, 96)
        assert not film.streams.audio
    assert Image.open(io.BytesIO(squat.tree()[POSTER])).size == (64, 96)
    variants = catalog(squat)["images"][f"{FOLDER}/squat.mov"]["variants"]
    assert (variants[MP4]["milliseconds"], variants[MP4]["width"]) == (480, 64)
    assert small not in variants  # the film is smaller than that
    assert "milliseconds" not in variants[POSTER]
    again = squat.run("sync", target=str(target.root))
    assert set(reasons(again).values()) == {"up to date"}
    assert codes(again) == []


def test_a_clip_is_made_again_where_something_changed(squat: SiteBuilder) -> None:
    """The film, the part that the page asks for, and the settings decide."""
    page_path = squat.root / "_exercises/squat.md"
    squat.run()
    cut = page_path.read_text().replace("alt: A", "start: 0.1\n    end: 0:00.3\n    alt: A")
    page_path.write_text(cut)
    assert reasons(squat.run())[MP4] == "source changed"
    assert catalog(squat)["products"][MP4]["milliseconds"] == 200
    page_path.write_text(cut.replace("alt: A", "loop: boomerang\n    alt: A"))
    assert reasons(squat.run())[MP4] == "source changed"
    assert catalog(squat)["products"][MP4]["milliseconds"] > 300
    squat.write("mediakit.toml", SETTINGS.replace("96", "80"))
    assert reasons(squat.run())[MP4] == "preset changed"
    squat.write(f"{FOLDER}/squat.mov", phone_film(count=20))
    assert reasons(squat.run())[MP4] == "source changed"
    squat.write(MP4, squat.tree()[MP4][:-600])
    (squat.root / "media.json").unlink()
    (squat.root / ".mediakit/cache.db").unlink()
    assert reasons(squat.run())[MP4] == "output damaged"
    assert set(reasons(squat.run()).values()) == {"up to date"}


@pytest.mark.usefixtures("later")
def test_a_known_page_wants_the_same_part(squat: SiteBuilder) -> None:
    """A page that comes from the cache still says which part of its film it shows."""
    page_path = squat.root / "_exercises/squat.md"
    page_path.write_text(page_path.read_text().replace("alt: A", "end: 0.2\n    alt: A"))
    squat.run()
    assert set(reasons(squat.run()).values()) == {"up to date"}
    assert catalog(squat)["products"][MP4]["milliseconds"] == 200


def loudness(data: bytes) -> list[float]:
    """Return how loud each tenth of a second of a clip is; empty without sound."""
    with av.open(io.BytesIO(data)) as film:
        if not film.streams.audio:
            return []
        rate = film.streams.audio[0].codec_context.sample_rate
        wave = np.concatenate([each.to_ndarray()[0] for each in film.decode(audio=0)])
    wave = wave / 32768 if wave.dtype == np.int16 else wave
    tenths = wave[: len(wave) // (rate // 10) * (rate // 10)].reshape(-1, rate // 10)
    return [float(np.sqrt((each**2).mean())) for each in tenths]


def test_a_clip_has_the_sound_that_is_asked_for(squat: SiteBuilder) -> None:
    """Off unless asked; cut as the picture is, in AAC and Opus; the frames stay as they are."""
    squat.write("mediakit.toml", SETTINGS + 'formats = ["mp4", "webm"]\n')
    squat.write(f"{FOLDER}/squat.mov", phone_film(count=50, tone=440))
    squat.run()
    silent = squat.tree()[MP4]
    assert loudness(silent) == []
    page_path = squat.root / "_exercises/squat.md"
    plain = page_path.read_text()
    page_path.write_text(plain.replace("alt: A", "sound: true\n    start: 0.8\n    alt: A"))
    assert codes(squat.run()) == []
    for name in (MP4, MP4.replace(".mp4", ".webm")):
        made = squat.tree().get(name)
        assert made is not None
        tenths = loudness(made)
        assert len(tenths) in {12, 13}
        assert max(tenths[:1]) < 0.02 < min(tenths[3:11]), "it begins where the film's does"
        assert abs(catalog(squat)["products"][name]["milliseconds"] - 1200) < 20
    squat.write("mediakit.toml", SETTINGS + "sound = true\n")
    page_path.write_text(plain)
    squat.run()
    assert loudness(squat.tree()[MP4])
    page_path.write_text(plain.replace("alt: A", "sound: false\n    alt: A"))
    squat.run()
    assert squat.tree()[MP4] == silent


def test_a_clip_without_the_sound_that_is_asked_for(squat: SiteBuilder) -> None:
    """It is said once, and only where a page asks, not the settings."""
    squat.write(f"{FOLDER}/squat.mov", phone_film(tone=440))
    page_path = squat.root / "_exercises/squat.md"
    plain = page_path.read_text()
    both = "sound: true\n    loop: boomerang\n    alt: A"
    page_path.write_text(plain.replace("alt: A", both))
    first = squat.run()
    assert codes(first) == [("_exercises/squat.md", "no-sound")]
    assert "back and forth" in first.problems[0].message
    assert codes(squat.run()) == []
    assert loudness(squat.tree()[MP4]) == []
    squat.write("mediakit.toml", SETTINGS + 'sound = true\nloop = "boomerang"\n')
    page_path.write_text(plain)
    assert codes(squat.run()) == []


def test_posters_come_in_all_presets(squat: SiteBuilder) -> None:
    """A film's sizes are those of the frame with which its clip begins."""
    squat.write("mediakit.toml", SETTINGS + "[presets.teaser]\nwidth = 320\n")
    squat.write(f"{FOLDER}/squat.mov", phone_film(size=(640, 480)))
    squat.run()
    whole = squat.tree()[f"{FOLDER}/squat-320.jpg"]
    assert Image.open(io.BytesIO(whole)).size == (320, 240)
    found = squat.root / "_exercises/squat.md"
    found.write_text(found.read_text().replace("alt: A", "start: 0.4\n    alt: A"))
    squat.run()
    assert squat.tree()[f"{FOLDER}/squat-320.jpg"] != whole


@pytest.mark.parametrize(
    "body",
    [
        f'<video src="/{FOLDER}/squat-clip.mp4" poster="/{FOLDER}/squat-clip.jpg"></video>\n',
        f'<video><source src="/{FOLDER}/squat-clip.mp4"></video>\n', f"![A squat](/{MP4})\n",
        f'<video src="/{FOLDER}/squat.mov"></video>\n', f"[The film](/{FOLDER}/squat.mov)\n",
    ],
)  # fmt: skip
def test_a_text_may_show_the_clip_or_the_film(squat: SiteBuilder, body: str) -> None:
    """A page that shows a clip names what it is made of; nothing is missing, before or after."""
    squat.write("_exercises/squat.md", page(body=body))
    for _ in range(2):
        result = squat.run()
        assert codes(result) == []
    assert {MP4, POSTER} <= set(squat.tree())


@pytest.mark.parametrize("name", ["squat.md", "lunge.md"])
def test_a_part_is_said_once(squat: SiteBuilder, name: str) -> None:
    """A text that shows the clip means the part that this page, or another, asks for."""
    entry = f"image_path: /{FOLDER}/squat.mov\n    alt: A squat\n    start: 0.1\n    end: 0.3"
    body = f'<video src="/{MP4}" poster="/{POSTER}"></video>\n'
    squat.write(f"_exercises/{name}", page(body=body))
    squat.write("_exercises/squat.md", page(entry, body=body))
    for _ in range(2):
        assert codes(squat.run()) == []
    assert catalog(squat)["products"][MP4]["milliseconds"] == 200


def test_other_sites_name_films_as_they_name_pictures(site: SiteBuilder) -> None:
    """At common keys, and by a glob of Hugo's resources, which takes no clip for a film."""
    site.write("hugo.toml", "title = 'H'\n")
    site.write("mediakit.toml", SETTINGS)
    for name, entry in (("a", "images: [a.mov]"), ("b", 'resources:\n  - src: "*.mov"')):
        site.write(f"content/{name}/index.md", f"---\ntitle: A\n{entry}\n---\n")
        site.write(f"content/{name}/{name}.mov", phone_film())
    for _ in range(2):
        assert codes(site.run()) == []
    made = {each for each in site.tree() if "-clip" in each}
    assert made == {f"content/{name}/{name}-clip.{end}" for name in "ab" for end in ("jpg", "mp4")}
    site.write("mediakit.toml", "")
    assert codes(site.run()) == []


@pytest.mark.parametrize("name", ["squat.mov", "squat-clip.mp4"])
def test_the_part_for_a_page_is_that_of_its_text_too(squat: SiteBuilder, name: str) -> None:
    """`clip` of the front matter holds for a film that only the text shows, by itself or clip."""
    body = f'<video src="/{FOLDER}/{name}"></video>\n'
    squat.write("_exercises/squat.md", page(more="clip:\n  start: 0.1\n  end: 0.3\n", body=body))
    for _ in range(2):
        assert codes(squat.run()) == []
    assert catalog(squat)["products"][MP4]["milliseconds"] == 200
    entry = f"image_path: /{FOLDER}/squat.mov\n    alt: A squat\n    end: 0.4"
    both = page(entry, more="clip:\n  start: 0.1\n  end: 0.3\n", body=body)
    squat.write("_exercises/squat.md", both)
    assert codes(squat.run()) == []
    assert catalog(squat)["products"][MP4]["milliseconds"] == 400, "the entry's own comes first"


def test_clips_that_nobody_wants_go(squat: SiteBuilder, tmp_path: Path) -> None:
    """With their posters, at the site by `--prune` and at the target by `--delete`."""
    target = str(tmp_path / "target")
    squat.exercise("plank", 1)
    small = "[presets.teaser]\nwidth = 320\n"
    squat.write("mediakit.toml", SETTINGS + 'formats = ["mp4", "webp"]\n' + small)
    squat.write(f"{FOLDER}/squat.mov", phone_film(size=(640, 360)))
    squat.run("sync", target=target)
    wide = {MP4, POSTER, f"{FOLDER}/squat-clip.webp", f"{FOLDER}/squat-320.jpg"}
    assert wide <= set(squat.tree())
    squat.write("mediakit.toml", 'max_delete = "100%"\n' + SETTINGS + small)
    before = squat.tree().keys()
    assert squat.run(prune=True, dry_run=True).summary.pruned == 1
    squat.run(prune=True)
    assert before - squat.tree().keys() == {f"{FOLDER}/squat-clip.webp"}
    squat.write("_layouts/a.html", f'<video src="/{MP4}"></video>')
    squat.write("_exercises/squat.md", page(body="Text.\n"))
    squat.run(prune=True)
    assert MP4 in squat.tree(), "a layout shows it"
    (squat.root / "_layouts/a.html").unlink()
    squat.run("sync", target=target, prune=True, delete=True)
    assert not wide & squat.tree().keys()
    assert f"{FOLDER}/squat.mov" in squat.tree()
    assert not wide & SiteBuilder(Path(target)).tree().keys()


def test_clips_go_with_their_table(squat: SiteBuilder) -> None:
    """Without it nothing needs them; `--prune` removes what mediakit made."""
    squat.run()
    squat.write("mediakit.toml", "")
    assert {MP4, POSTER} <= squat.tree().keys()
    squat.write("_exercises/squat.md", page(body="Text.\n"))
    squat.exercise("plank", 1)
    squat.write("mediakit.toml", 'max_delete = "100%"\n')
    squat.run(prune=True)
    assert not {MP4, POSTER} & squat.tree().keys()


def test_verify_knows_clips(squat: SiteBuilder, tmp_path: Path) -> None:
    """One that somebody changed or removed at the target is told, and put again by a sync."""
    target = tmp_path / "target"
    squat.run("sync", target=str(target))
    config = load_config(squat.root, Overrides(target=str(target)))
    assert verify(config, None).result.problems == ()
    (target / POSTER).unlink()
    SiteBuilder(target).write(MP4, phone_film(kind="mp4"))
    told = {each.path for each in verify(config, None).result.problems}
    assert told == {MP4, POSTER}
    squat.run("sync", target=str(target))
    assert verify(config, None).result.problems == ()


def test_a_gif_that_only_its_clip_shows_stays_at_home(site: SiteBuilder, tmp_path: Path) -> None:
    """A page that shows the clip of a GIF publishes the clip alone."""
    target = SiteBuilder(tmp_path / "target")
    site.write("mediakit.toml", SETTINGS)
    site.write(f"{FOLDER}/squat.gif", gif(drawn(4)))
    site.write("_exercises/squat.md", page(body=f'<video src="/{MP4}"></video>\n'))
    assert codes(site.run("sync", target=str(target.root))) == []
    assert {MP4, POSTER} <= set(target.tree())
    assert f"{FOLDER}/squat.gif" not in target.tree()


def test_animations_become_clips_and_stills_do_not(site: SiteBuilder) -> None:
    """GIF, animated WebP and PNG; a still one is passed over, and is not tried again."""
    site.write("mediakit.toml", '[clips.loops]\nformats = ["mp4", "webm", "webp"]\n')
    for name, kind in (("a.gif", "GIF"), ("b.webp", "WEBP"), ("c.png", "PNG")):
        site.write(f"{FOLDER}/{name}", gif(drawn(4), kind))
    site.write(f"{FOLDER}/still.gif", gif(drawn(1)))
    site.write(f"{FOLDER}/still.webp", gif(drawn(1), "WEBP"))
    names = ("a.gif", "b.webp", "c.png", "still.gif", "still.webp")
    entries = [f"image_path: /{FOLDER}/{name}\n    alt: It moves" for name in names]
    site.write("_exercises/squat.md", page(*entries))
    first = site.run()
    assert not first.has_errors
    clips = sorted(Path(path).name for path in site.tree() if "-clip" in path)
    assert [each for each in clips if not each.endswith(".webm")] == [
        "a-clip.jpg", "a-clip.mp4", "a-clip.webp", "b-clip.jpg", "b-clip.mp4", "b-clip.webp",
        "c-clip.jpg", "c-clip.mp4", "c-clip.webp",
    ]  # fmt: skip
    assert Image.open(io.BytesIO(site.tree()[f"{FOLDER}/a-clip.webp"])).n_frames == 4  # type: ignore[attr-defined]
    again = site.run()
    assert codes(again) == []
    assert set(reasons(again).values()) == {"up to date"}


def test_a_webm_that_is_no_smaller_is_left_out_in_silence(site: SiteBuilder) -> None:
    """Settings that ask for both mean it so; it is not tried again."""
    site.write("mediakit.toml", f'{SETTINGS}likeness = 0.8\nformats = ["mp4", "webm"]\n')
    shade = Image.linear_gradient("L").resize((96, 64))
    frames = [ShownFrame(shade.rotate(7 * each).convert("RGB"), 80) for each in range(5)]
    site.write(f"{FOLDER}/squat.png", gif(frames, "PNG"))
    site.write("_exercises/squat.md", page(f"image_path: /{FOLDER}/squat.png\n    alt: A squat"))
    assert codes(site.run()) == []
    assert MP4 in site.tree()
    assert f"{FOLDER}/squat-clip.webm" not in site.tree()
    assert set(reasons(site.run()).values()) == {"up to date"}


def test_a_gif_has_one_poster(site: SiteBuilder) -> None:
    """That of its clip: no GIF that stands still is made beside it, but where a page names one."""
    site.write("mediakit.toml", SETTINGS)
    site.write(f"{FOLDER}/squat.gif", gif(drawn(3, (400, 300))))
    entry = f"image_path: /{FOLDER}/squat.gif\n    alt: A squat"
    site.write("_exercises/squat.md", page(entry))
    site.run()
    made = {path for path in site.tree() if path.startswith(f"{FOLDER}/squat-")}
    assert made == {MP4, POSTER}
    site.write("_exercises/squat.md", page(entry.replace("squat.gif", "squat-320.gif")))
    site.run()
    made = {path for path in site.tree() if path.startswith(f"{FOLDER}/squat-")}
    assert made == {MP4, POSTER, f"{FOLDER}/squat-320.gif"}


def test_what_gives_no_clip_is_told_once(squat: SiteBuilder) -> None:
    """A film that is too long is a warning with advice, and no failure."""
    squat.write("mediakit.toml", SETTINGS + "max_seconds = 1\n")
    squat.write(f"{FOLDER}/squat.mov", phone_film(count=60))
    first = squat.run()
    assert ("_exercises/squat.md", "no-clip") in codes(first)
    assert not first.has_errors
    assert "`start` and `end`" in first.problems[0].hint
    assert codes(squat.run()) == []


def test_a_broken_film_is_an_error_of_its_page(squat: SiteBuilder) -> None:
    """The others go on."""
    squat.write(f"{FOLDER}/squat.mov", phone_film()[:900])
    result = squat.run()
    assert result.has_errors
    assert result.problems[0].path == "_exercises/squat.md"
    assert result.problems[0].message.endswith("damaged film: it cannot be read to its end")


def test_a_gif_that_is_damaged_is_told_once(site: SiteBuilder) -> None:
    """However many files were to be made of it."""
    site.write("mediakit.toml", '[clips.loops]\nformats = ["mp4", "webm", "webp"]\n')
    whole = gif(drawn(6))
    site.write(f"{FOLDER}/squat.gif", whole[: len(whole) * 2 // 3])
    site.write("_exercises/squat.md", page(f"image_path: /{FOLDER}/squat.gif\n    alt: A squat"))
    told = [each for each in site.run().problems if each.severity == "error"]
    assert [(each.line, each.code) for each in told] == [(4, "unreadable-picture")]
    assert told[0].message.startswith(f"no clip was made of {FOLDER}/squat.gif: damaged picture")


@pytest.mark.parametrize(
    ("name", "really", "kind"),
    [
        ("squat.mp4", gif(drawn(4)), "picture in the format GIF"),
        ("squat.mp4", draw(), "picture in the format JPEG"),
        ("squat.gif", phone_film(kind="mp4"), "film in the format MP4"),
    ],
)
def test_content_decides_and_not_the_name(
    site: SiteBuilder, name: str, really: bytes, kind: str
) -> None:
    """What moves becomes a clip, a still does not, and the right ending is told."""
    site.write("mediakit.toml", SETTINGS + "[presets.teaser]\nwidth = 48\n")
    site.write(f"{FOLDER}/{name}", really)
    site.write("_exercises/squat.md", page(f"image_path: /{FOLDER}/{name}\n    alt: A squat"))
    result = site.run()
    assert [(each.line, each.code) for each in result.problems] == [(4, "wrong-ending")]
    assert f"{FOLDER}/{name} is really a {kind}" in result.problems[0].message
    assert ({MP4, POSTER} <= set(site.tree())) == ("JPEG" not in kind)
    assert codes(site.run()) == [("_exercises/squat.md", "wrong-ending")]


@pytest.mark.parametrize("photo", ["squat.jpg", "squat.JPG"])
def test_a_photo_that_a_phone_took_with_a_film(squat: SiteBuilder, photo: str) -> None:
    """They have one name: what is made of both would be one file, on a Mac also by capitals."""
    Image.new("RGB", (640, 480)).save(squat.write(f"{FOLDER}/{photo}", b""), "JPEG")
    names = (f"image_path: /{FOLDER}/{each}\n    alt: Down" for each in (photo, "squat.mov"))
    squat.write("_exercises/squat.md", page(*names))
    squat.write(f"{FOLDER}/squat.mov", phone_film(size=(400, 300), count=4))
    (told,) = squat.run().problems
    wanted = f"{FOLDER}/squat.mov both want {FOLDER}/squat-320.jpg"
    assert (told.code, told.severity, wanted in told.message) == ("name-collision", "error", True)
    assert MP4 in squat.tree()
    assert not [each for each in squat.tree() if each.startswith(f"{FOLDER}/squat-320.")]


def test_two_parts_of_one_film(squat: SiteBuilder) -> None:
    """They are one mistake, which says what to do, however many files it concerns."""
    squat.write("mediakit.toml", SETTINGS + "[presets.teaser]\nwidth = 48\n")
    one = f"image_path: /{FOLDER}/squat.mov\n    alt: Down"
    squat.write("_exercises/squat.md", page(f"{one}\n    end: 0.2", f"{one}\n    start: 0.2"))
    (told,) = squat.run().problems
    assert (told.line, told.code) == (7, "name-collision")
    place = "_exercises/squat.md:4"
    assert (
        told.message == f"{place} shows another part of {FOLDER}/squat.mov, and a film has one clip"
    )
    assert "copy the film under another name" in told.hint


@pytest.mark.parametrize("shown", ["squat-320.jpg", "squat-clip.mp4", "squat.mov"])
def test_a_film_that_is_spelt_otherwise(squat: SiteBuilder, shown: str) -> None:
    """The page is told the name of the file, not to add a picture that never was."""
    (squat.root / f"{FOLDER}/squat.mov").rename(squat.root / f"{FOLDER}/Squat.mov")
    entry = f"image_path: /{FOLDER}/{shown}\n    alt: A squat"
    squat.write("_exercises/squat.md", page(entry))
    (told,) = squat.run().problems
    assert (told.line, told.code) == (4, "case-mismatch")
    assert told.message == f"{FOLDER}/squat.mov is missing, but {FOLDER}/Squat.mov exists"


@pytest.mark.parametrize(
    ("says", "line", "words"),
    [
        ("loop: bomerang", 6, "`loop: bomerang` is not known (write repeat or boomerang)"),
        ("loop: false", 6, "`loop: false` is not known (write repeat or boomerang)"),
        ("start: soon", 6, "`start` is no time (write seconds"),
        ("end: [1]", 6, "`end` is no time (write seconds"),
        ("start: 0.4\n    end: 0.2", 7, "`end` is not after `start` (write both"),
        ("sound: loud", 6, "`sound` is neither true nor false (write true or false)"),
        ("end: 2", 4, f"`end` comes after {FOLDER}/squat.mov has ended (take `end` out"),
        ("loop: true", 0, ""),
        ("end: 0.6", 0, ""),
    ],
)
def test_a_part_that_is_not_understood(
    squat: SiteBuilder, says: str, line: int, words: str
) -> None:
    """It is told with file, line and the words that are known; the rest counts."""
    entry = f"image_path: /{FOLDER}/squat.mov\n    alt: A squat"
    squat.write("_exercises/squat.md", page(f"{entry}\n    {says}"))
    told = [
        (each.line, each.code, f"{each.message} ({each.hint})") for each in squat.run().problems
    ]
    assert [each[:2] for each in told] == ([(line, "bad-cut")] if line else [])
    assert all(words in each[2] for each in told)
    assert MP4 in squat.tree()
    if line > 4:
        squat.write("_exercises/squat.md", page(entry, more=f"clip:\n    {says}\n"))
        (again,) = squat.run().problems
        assert (again.line, again.code) == (line + 1, "bad-cut")
        squat.write("mediakit.toml", "")
        assert {each.code for each in squat.run().problems} == {"not-a-picture"}


def test_clips_without_a_record_are_kept_with_their_time(squat: SiteBuilder) -> None:
    """A catalog that was lost, or a clip that an undo brought back: its time is read again."""
    squat.write("mediakit.toml", f'{SETTINGS}formats = ["mp4", "webp"]\n')
    squat.run()
    before = squat.tree()["media.json"]
    (squat.root / "media.json").unlink()
    shutil.rmtree(squat.root / ".mediakit")
    assert reasons(squat.run())[MP4] == "adopted"
    assert squat.tree()["media.json"] == before


def test_a_part_after_the_end(squat: SiteBuilder) -> None:
    """There is no clip, and it says why."""
    entry = f"image_path: /{FOLDER}/squat.mov\n    alt: A squat\n    start: 9"
    squat.write("_exercises/squat.md", page(entry))
    (told,) = squat.run().problems
    assert (told.code, told.severity) == ("no-clip", "warning")
    assert told.message.endswith("it has ended by then")


@pytest.mark.usefixtures("later")
def test_heads_of_pictures_are_read_once(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a PNG or a WebP moves is known from then on, until it changes."""
    site.write("mediakit.toml", SETTINGS)
    for name, kind in (("b.webp", "WEBP"), ("c.png", "PNG")):
        site.write(f"{FOLDER}/{name}", gif(drawn(4), kind))
    entries = [f"image_path: /{FOLDER}/{name}\n    alt: It moves" for name in ("b.webp", "c.png")]
    site.write("_exercises/squat.md", page(*entries))
    site.run()
    monkeypatch.setattr("mediakit.sync.clips._moves", lambda _file: pytest.fail("it is known"))
    site.write("_exercises/squat.md", page(*entries, body="More.\n"))
    again = site.run()
    assert codes(again) == []
    assert set(reasons(again).values()) == {"up to date"}
    assert f"{FOLDER}/b-clip.mp4" in reasons(again)


def test_a_film_that_ends_too_early_is_told_once(squat: SiteBuilder) -> None:
    """However many files were to be made of it; they are tried again once it is another one."""
    squat.write("mediakit.toml", SETTINGS + 'formats = ["mp4", "webm", "webp"]\n')
    whole = phone_film(count=50)
    at = whole.index(b"mdat") + 4
    frames = whole.index(b"moov") - 4 - at
    broken = whole[: at + frames // 8] + b"\xff" * (frames - frames // 8) + whole[at + frames :]
    squat.write(f"{FOLDER}/squat.mov", broken)
    told = [each for each in squat.run().problems if each.code == "unreadable-picture"]
    assert [each.path for each in told] == ["_exercises/squat.md"]
    assert told[0].message.startswith(f"nothing was made of {FOLDER}/squat.mov: damaged film")
    squat.write(f"{FOLDER}/squat.mov", whole)
    assert codes(squat.run()) == []


def test_without_the_setting_nothing_is_opened(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Films are left as they are, as ever, and GIFs give stills where pages name these."""
    squat.write("mediakit.toml", "")
    monkeypatch.setitem(sys.modules, "av", None)
    result = squat.run()
    assert codes(result) == [("_exercises/squat.md", "not-a-picture")]


def test_the_extra_is_named_where_it_is_missing(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that need PyAV say which extra has it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(UsageError, match="clips need more") as caught:
        load_config(squat.root)
    assert "extra clips" in caught.value.hint


def test_a_killed_run_keeps_what_it_made(squat: SiteBuilder) -> None:
    """The journal has the time of a clip: the catalog comes out as without the kill."""
    squat.run()
    whole = (squat.root / "media.json").read_bytes()
    made = squat.tree()[MP4]
    (squat.root / "media.json").unlink()
    (squat.root / MP4).unlink()
    (squat.root / ".mediakit/cache.db").unlink()
    monkey = pytest.MonkeyPatch()
    monkey.setattr("mediakit.sync.make.Maker.write_catalog", lambda *_: False)
    squat.run()
    monkey.undo()
    assert reasons(squat.run())[MP4] == "up to date"
    assert squat.tree()[MP4] == made
    assert (squat.root / "media.json").read_bytes() == whole


def test_templates_are_told(squat: SiteBuilder) -> None:
    """Of a clip that a page names itself, of a size of its poster, and in `srcset` of no film."""
    squat.write("mediakit.toml", f'{SETTINGS}formats = ["mp4", "webp"]\n[theme]\ndata = true\n')
    squat.write(f"{FOLDER}/squat.mov", phone_film(size=(400, 300), count=4))
    names = f"image_path: /{MP4}", f"image_path: /{FOLDER}/squat-320.jpg"
    squat.write("_exercises/squat.md", page(*names))
    squat.run()
    told = json.loads((squat.root / "_data/mediakit.json").read_bytes())
    film = f"{FOLDER}/squat.mov"
    clip = told["clips"][MP4]
    assert told["clips"] == {MP4: clip, film: clip, POSTER: clip}
    assert (clip["poster"], clip["seconds"], clip["width"]) == (POSTER, 0.16, 96)
    assert [*clip["films"].values(), clip["picture"]] == [MP4, f"{FOLDER}/squat-clip.webp"]
    pictures = told["pictures"]
    assert pictures[f"{FOLDER}/squat-320.jpg"] == {"width": 320, "height": 240}
    assert pictures[MP4] == {"width": 96, "height": 72}
    sizes = "/assets/images/squat-clip.jpg 96w, /assets/images/squat-320.jpg 320w"
    assert pictures[film] == {"width": 96, "height": 72, "srcset": {"image/jpeg": sizes}}
