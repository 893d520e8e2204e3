"""What `check` says of what moves, and that it takes a film for no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conftest import Quiet
from filmed_clips import drawn, gif, phone_film
from mediakit.checks import clips
from mediakit.checks.check import CheckJob, check_site, fix_site
from mediakit.config.config import load_config
from mediakit.sync.session import open_session
from problems_in_words import in_each_language

if TYPE_CHECKING:
    from conftest import SiteBuilder
    from mediakit.base.model import Problem

__all__ = ["in_each_language"]

FOLDER = "assets/images"


def problems(site: SiteBuilder, *, pixels: bool = False) -> list[Problem]:
    with open_session(load_config(site.root)) as session:
        return list(check_site(session, CheckJob(pixels=pixels)).problems)


def test_a_gif_beside_a_light_clip(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows the GIF is told what its clip weighs; one that shows the clip is not."""
    site.write("mediakit.toml", "[clips.loops]\n")
    site.write(f"{FOLDER}/squat.gif", gif(drawn(12, (200, 160))))
    site.write("_exercises/a.md", f"---\ntitle: A\n---\n![A squat](/{FOLDER}/squat.gif)\n")
    clip = f"---\ntitle: B\n---\n<video src='/{FOLDER}/squat-clip.mp4'></video>\n"
    site.write("_exercises/b.md", clip)
    site.run()
    monkeypatch.setattr(clips, "_LIGHTER", 2)
    (told,) = (each for each in problems(site) if each.code == "heavy-animation")
    assert (told.path, told.line) == ("_exercises/a.md", 4)
    assert "times the bytes of its clip assets/images/squat-clip.mp4" in told.message
    site.write("mediakit.toml", "")
    monkeypatch.setattr(clips, "_HEAVY_GIF", 1000)
    told = next(each for each in problems(site) if each.code == "heavy-animation")
    assert "[clips.loops]" in told.hint


def test_a_clip_that_is_heavy(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page is told; a film is compared to no picture."""
    site.write("mediakit.toml", "[clips.loops]\n")
    site.write(f"{FOLDER}/squat.mov", phone_film())
    entry = f"gallery:\n  - image_path: /{FOLDER}/squat.mov\n"
    site.write("_exercises/a.md", f"---\ntitle: A\n{entry}---\nText.\n")
    site.run()
    others = {"missing-alt", "has-location"}
    assert {each.code for each in problems(site, pixels=True)} == others
    monkeypatch.setattr(clips, "_HEAVY_CLIP", 100)
    found = {each.code: each for each in problems(site)}
    assert set(found) == {"heavy-clip", *others}
    assert found["heavy-clip"].path == "_exercises/a.md"


def test_a_clip_made_by_hand(site: SiteBuilder) -> None:
    """A clip and its poster that are there, without a film, are no mistake."""
    site.write("mediakit.toml", "[clips.loops]\n")
    Image.new("RGB", (320, 240)).save(site.write(f"{FOLDER}/own-clip.jpg", b""))
    site.write(f"{FOLDER}/own-clip.mp4", phone_film())
    entry = f"gallery:\n  - url: /{FOLDER}/own-clip.mp4\n    image_path: /{FOLDER}/own-clip.jpg\n"
    text = f"<video src='/{FOLDER}/own-clip.mp4' poster='/{FOLDER}/own-clip.jpg'></video>\n"
    site.write("_exercises/a.md", f"---\ntitle: A\n{entry}---\n{text}")
    site.run()
    assert "missing-picture" not in {each.code for each in problems(site)}


def test_films_that_no_page_names(site: SiteBuilder) -> None:
    """They are told as pictures are, also where they were filmed; that can be taken out."""
    site.write("mediakit.toml", "[clips.loops]\n")
    site.exercise("squat", 1)
    film = site.write(f"{FOLDER}/lost.mov", phone_film())
    site.run()
    told = {(each.path, each.code) for each in problems(site)}
    lost = f"{FOLDER}/lost.mov"
    assert {(lost, "orphan-picture"), (lost, "has-location")} <= told
    size = film.stat().st_size
    with open_session(load_config(site.root)) as session:
        fix_site(session, Quiet())
    assert (lost, "has-location") not in {(each.path, each.code) for each in problems(site)}
    assert film.stat().st_size == size
    site.write("mediakit.toml", "")
    assert lost not in {each.path for each in problems(site)}


def test_how_films_are_shown(site: SiteBuilder) -> None:
    """A `<video>` has a poster, a label, and a clip that is wide enough for it."""
    site.write("mediakit.toml", "[clips.loops]\nlongest = 96\n")
    clip = f"/{FOLDER}/squat-clip.mp4"
    site.write(f"{FOLDER}/squat.mov", phone_film())
    good = f'<video src="{clip}" poster="/{FOLDER}/squat-clip.jpg" aria-label="Down"></video>\n'
    site.write("_exercises/a.md", f"---\ntitle: A\n---\n{good}")
    inside = f'<video title="Down" width="145"><source src="{clip}"></video>\n'
    bare = f'Text.\n\n<video src="/{FOLDER}/squat.mov" aria-hidden="true"></video>\n'
    site.write("_exercises/b.md", f"---\ntitle: B\n---\n{inside}")
    site.write("_exercises/c.md", f"---\ntitle: C\n---\n{bare}")
    site.write("_exercises/d.md", f"---\ntitle: D\n---\n{good.replace('aria-label', 'id')}")
    site.run()
    codes = ("no-poster", "no-label", "small-clip")
    told = [each for each in problems(site) if each.code in codes]
    assert [(each.path[-4:], each.line, each.code) for each in told] == [
        ("b.md", 4, "no-poster"), ("b.md", 4, "small-clip"), ("c.md", 6, "no-poster"),
        ("d.md", 4, "no-label"),
    ]  # fmt: skip
    assert "squat-clip.jpg lies beside" in told[0].hint
    assert "is 96 px wide, and is shown 145 px wide" in told[1].message
    assert "show its clip" in told[2].hint
    site.write("mediakit.toml", "")
    assert not [each for each in problems(site) if each.code in codes]


@pytest.mark.usefixtures("later")
def test_a_part_up_to_after_the_end(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each check tells it, at the entry's line; how long a film lasts is remembered."""
    site.write("mediakit.toml", "[clips.loops]\nlongest = 96\n")
    site.write(f"{FOLDER}/squat.mov", phone_film())
    site.write(f"{FOLDER}/lift.mov", phone_film())
    entries = "".join(
        f"  - image_path: /{FOLDER}/{name}.mov\n    alt: A {name}\n    end: {end}\n"
        for name, end in (("lift", 0.9), ("squat", 5))
    )
    site.write("_exercises/a.md", f"---\ntitle: A\ngallery:\n{entries}---\n")
    told = [(each.path, each.line) for each in problems(site) if each.code == "bad-cut"]
    assert told == [("_exercises/a.md", 7)]
    site.run()
    monkeypatch.setattr("mediakit.images.filmed.probe_moving", lambda _: pytest.fail("it is known"))
    assert [each.line for each in problems(site) if each.code == "bad-cut"] == [7]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("", "it is longer than 1 s"),
        ("start: 0.5", "it is longer than 1 s"),
        ("start: 2", "there is nothing between `start` and `end`: it has ended by then"),
        ("start: 0.5\n    end: 1.4", ""),
    ],
)
@pytest.mark.parametrize("name", ["squat.mov", "squat.gif"])
def test_a_film_of_which_there_is_no_clip(
    site: SiteBuilder, name: str, says: str, why: str
) -> None:
    """Each check says why, before and after a run: its page shows a film as a picture."""
    site.write("mediakit.toml", "[clips.loops]\nlongest = 96\nmax_seconds = 1\n")
    moving = phone_film(count=45) if name.endswith("mov") else gif(drawn(16, every=100))
    site.write(f"{FOLDER}/{name}", moving)
    entry = f"  - image_path: /{FOLDER}/{name}\n    alt: A squat\n    {says}\n"
    site.write("_exercises/a.md", f"---\ntitle: A\ngallery:\n{entry}---\n")
    site.run()
    for _ in range(2):
        told = [each for each in problems(site) if each.code in {"no-clip", "bad-cut"}]
        clip = f"{FOLDER}/squat-clip is not made: "
        assert [each.message for each in told] == ([clip + why] if why else [])


def test_a_clip_that_is_not_made_yet_is_told_once(site: SiteBuilder) -> None:
    """A text that shows it is told to have it made, not to add a file."""
    site.write("mediakit.toml", "[clips.loops]\n")
    site.write(f"{FOLDER}/squat.mov", phone_film())
    for name in ("squat", "gone"):
        clip = f"/{FOLDER}/{name}-clip"
        tag = f'<video src="{clip}.mp4" poster="{clip}.jpg" aria-label="Down"></video>\n'
        site.write(f"_exercises/{name}.md", f"---\ntitle: A\n---\n{tag}")
    told = [(each.path, each.code) for each in problems(site) if each.code.startswith("missing")]
    assert told == [
        *[("_exercises/gone.md", "missing-picture")] * 2,
        *[("_exercises/squat.md", "missing-variant")] * 2,
    ]


def test_a_clip_that_nobody_can_make_is_an_error(site: SiteBuilder) -> None:
    """Visitors get a dead link where its film is empty, damaged or too long."""
    site.write("mediakit.toml", "[clips.loops]\nmax_seconds = 1\n")
    films = {"empty": b"", "junk": bytes(range(1, 256)) * 9, "long": phone_film(count=60)}
    for name, data in films.items():
        site.write(f"{FOLDER}/{name}.mov", data)
        clip = f"/{FOLDER}/{name}-clip.mp4"
        entry = f"  - url: {clip}\n    image_path: /{FOLDER}/{name}-320.jpg\n    alt: Down\n"
        site.write(f"_exercises/{name}.md", f"---\ntitle: A\ngallery:\n{entry}---\n")
    site.run()
    told = {each.path: each for each in problems(site) if each.code == "missing-picture"}
    assert {path: each.line for path, each in told.items()} == {
        f"_exercises/{name}.md": 4 for name in films
    }
    assert told["_exercises/long.md"].severity == "error"
    assert f"{FOLDER}/long-clip.mp4 is not made" in told["_exercises/long.md"].message
    (empty,) = (
        each for each in problems(site)
        if each.code == "unreadable-picture" and "empty" in each.path
    )  # fmt: skip
    assert (empty.severity, empty.message) == (
        "error", f"{FOLDER}/empty.mov: the file is empty",
    )  # fmt: skip


def test_a_dead_clip_is_told_in_each_text(site: SiteBuilder) -> None:
    """Of pages and layouts, each at its own line."""
    site.write("mediakit.toml", "[clips.loops]\n")
    site.write(f"{FOLDER}/squat.mov", b"")
    tag = f'<a href="/{FOLDER}/squat-clip.mp4">The film</a>\n'
    site.write("_layouts/wide.html", tag)
    for name in ("a", "b"):
        site.write(f"_exercises/{name}.md", f"---\ntitle: A\n---\nText.\n\n{tag}")
    told = {(each.path, each.line) for each in problems(site) if "is not made" in each.message}
    assert told == {("_exercises/a.md", 6), ("_exercises/b.md", 6), ("_layouts/wide.html", 1)}


def test_a_film_that_is_spelt_otherwise(site: SiteBuilder) -> None:
    """That is the one mistake that is told."""
    site.write("mediakit.toml", "[clips.loops]\n")
    site.write(f"{FOLDER}/Squat.mov", phone_film())
    entry = f"  - url: /{FOLDER}/squat-clip.mp4\n    image_path: /{FOLDER}/squat-320.jpg\n"
    site.write("_exercises/a.md", f"---\ntitle: A\ngallery:\n{entry}    alt: Down\n---\n")
    told = [(each.line, each.code) for each in problems(site) if each.path == "_exercises/a.md"]
    assert told == [(5, "case-mismatch")]
