"""Loops of steps in a site: made, remade, declined once, asked for by pages, and published."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conftest import Quiet, SiteBuilder, reasons
from filmed_clips import drawn, gif, phone_film
from mediakit.config.config import load_config
from mediakit.images.filmed import probe_film
from mediakit.pages.add import AddJob, add_photos
from mediakit.sync.session import open_session
from mediakit.sync.undo import take_back
from step_scenes import Camera, jpeg, step

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.base.actions import Result
    from mediakit.base.model import Problem

FOLDER = "assets/images/movement/loop/exercises"
LOOP, POSTER = f"{FOLDER}/squat.mp4", f"{FOLDER}/squat.jpg"
PAGE, PHOTO = "_exercises/squat.md", "assets/images/squat-0.jpg"
HAND = Camera(right=4.3, down=-3.2, zoom=1.02, tilt=0.8)
SETTINGS = "[movement.loop]\nside = 320\nhold = 200\nfade = 80\n"


def page(site: SiteBuilder, *photos: str, says: str = "") -> None:
    entries = "".join(
        f"  - url: /assets/images/{each}\n    image_path: /assets/images/{each}\n"
        for each in photos
    )
    site.write(PAGE, f"---\ntitle: Squat\n{says}gallery:\n{entries}---\nText.\n")


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with an exercise of two steps, and small loops."""
    site.write("assets/images/down.jpg", jpeg(step(pose=1, camera=HAND)))
    site.write("assets/images/up.jpg", jpeg(step()))
    page(site, "up.jpg", "down.jpg")
    site.write("mediakit.toml", SETTINGS)
    return site


def notes(result: Result) -> list[Problem]:
    return [each for each in result.problems if each.code == "no-movement"]


def test_what_names_no_steps_is_told(squat: SiteBuilder) -> None:
    """With file and line, and only where loops are made."""
    page(squat, "up.jpg", "down.jpg", says="movement: {plane: sagittal}\n")
    told = [each for each in squat.run(dry_run=True).problems if each.code == "bad-shape"]
    assert [(each.path, each.line) for each in told] == [(PAGE, 3)]
    squat.write("mediakit.toml", "")
    assert squat.run(dry_run=True).problems == ()


def test_loop_is_made_once_and_again_where_a_step_changed(squat: SiteBuilder) -> None:
    """Its steps and its options decide; the poster has the size of the film."""
    assert reasons(squat.run())[LOOP] == "new"
    film = probe_film(squat.tree()[LOOP])
    assert Image.open(io.BytesIO(squat.tree()[POSTER])).size == (film.width, film.height)
    assert 300 <= film.width <= 320
    assert film.milliseconds == 2 * (200 + 2 * 40)
    assert set(reasons(squat.run()).values()) == {"up to date"}
    squat.write("assets/images/down.jpg", jpeg(step(pose=2, camera=HAND)))
    assert reasons(squat.run())[LOOP] == "source changed"
    squat.write("mediakit.toml", SETTINGS.replace("fade = 80", "fade = 0"))
    again = reasons(squat.run())
    assert (again[LOOP], again[POSTER]) == ("preset changed", "up to date")


def test_steps_that_do_not_fit_are_told_once(squat: SiteBuilder) -> None:
    """One note at the page's line says why, and nothing is tried again until a step changes."""
    squat.write("assets/images/down.jpg", jpeg(step(room=2, pose=1)))
    (note,) = notes(squat.run())
    assert (note.path, note.line, note.severity) == (PAGE, 5, "note")
    assert "down.jpg does not fit up.jpg: they do not show one place" in note.message
    again = squat.run()
    assert notes(again) == []
    assert LOOP not in reasons(again)
    squat.write("assets/images/down.jpg", jpeg(step(pose=1)))
    assert reasons(squat.run())[LOOP] == "new"


def test_a_loop_that_no_longer_fits_can_be_pruned(squat: SiteBuilder) -> None:
    """What was made of other steps is stale."""
    squat.run()
    squat.write("assets/images/down.jpg", jpeg(step(room=2, pose=1)))
    squat.run()
    assert reasons(squat.run(prune=True))[LOOP] == "stale"
    assert LOOP not in squat.tree()


def test_pages_ask_without_settings(squat: SiteBuilder) -> None:
    """Nothing moves until the key `movement` of a page says so; its own gallery is what moves."""
    squat.write("mediakit.toml", "")
    assert not any("movement" in path for path in reasons(squat.run()))
    page(squat, "up.jpg", "down.jpg", says="movement: true\n")
    made = reasons(squat.run())
    assert made["assets/images/movement/steps/exercises/squat.mp4"] == "new"
    page(squat, "up.jpg", "down.jpg", says="movement: false\n")
    squat.write("mediakit.toml", SETTINGS)
    assert LOOP not in reasons(squat.run())


def test_one_page_asks_for_itself_alone(squat: SiteBuilder) -> None:
    """Other pages get no loop by it, nor by a mapping that names no steps; a table is for all."""
    text = squat.tree()[PAGE].decode()
    squat.write("_exercises/lunge.md", text)
    squat.write("_exercises/odd.md", text.replace("gallery:", "movement: {plane: 1}\ngallery:"))
    page(squat, "up.jpg", "down.jpg", says="movement: true\n")
    made = {}
    for settings in ("", SETTINGS):
        squat.write("mediakit.toml", settings)
        planned = reasons(squat.run(dry_run=True))
        made[settings] = {path[-9:] for path in planned if path.endswith(".mp4")}
    assert made[""] == {"squat.mp4"}
    assert made[SETTINGS] >= {"squat.mp4", "lunge.mp4"}


@pytest.mark.parametrize(
    ("says", "steps"),
    [
        ("movement: [2, 1]\n", ["down.jpg", "up.jpg"]),
        ("movement:\n  - up.jpg\n  - images/down.jpg\n", ["up.jpg", "down.jpg"]),
        ("movement: gallery\n", ["up.jpg", "other.jpg", "down.jpg"]),
        ("movement: [1, 3, 9]\n", ["up.jpg", "down.jpg", "9"]),
    ],
)
def test_pages_name_their_steps(squat: SiteBuilder, says: str, steps: list[str]) -> None:
    """Numbers count in the gallery; files and the keys of galleries count too."""
    if len(steps) == 3:
        squat.write("assets/images/other.jpg", jpeg(step(pose=2)))
        page(squat, "up.jpg", "other.jpg", "down.jpg", says=says)
    else:
        page(squat, "up.jpg", "down.jpg", says=says)
    planned = (each.action for each in squat.run(dry_run=True).outcomes)
    (product,) = (each.product for each in planned if each.path == LOOP)
    assert product is not None
    named = [each.path.rpartition("/")[2] or each.text for each in product.inputs]
    assert named == steps


def test_what_moves_is_no_step(squat: SiteBuilder) -> None:
    """Neither films and animations, nor a clip's poster, stand between the photos of steps."""
    squat.write("mediakit.toml", SETTINGS + "[clips.loops]\n")
    squat.write("assets/images/turn.mov", phone_film())
    squat.write("assets/images/turn-clip.jpg", jpeg(step(room=2)))
    squat.write("assets/images/lift.mp4", phone_film(kind="mp4"))
    squat.write("assets/images/nod.gif", gif(drawn(4)))
    page(squat, "up.jpg", "lift.mp4", "nod.gif", "turn-clip.jpg", "down.jpg")
    shown = "url: /assets/images/turn-clip."
    squat.write(PAGE, squat.tree()[PAGE].decode().replace(f"{shown}jpg", f"{shown}mp4"))
    planned = (each.action for each in squat.run(dry_run=True).outcomes)
    (product,) = (each.product for each in planned if each.path == LOOP)
    assert product is not None
    assert [each.path.rpartition("/")[2] for each in product.inputs] == ["up.jpg", "down.jpg"]


def test_an_undo_says_what_it_takes_back(squat: SiteBuilder) -> None:
    """A loop that is made again of the steps before is not told as removed, in a dry run either."""
    squat.run()
    before = squat.tree()[LOOP]
    photo = SiteBuilder(squat.root.parent).write("new.jpg", jpeg(step(pose=2, camera=HAND)))
    with open_session(load_config(squat.root)) as session:
        add_photos(session, "squat", [photo], AddJob(), Quiet())
        assert squat.tree()[LOOP] != before
        dry, done = (take_back(session, "add", dry_run=each) for each in (True, False))
    assert dry.steps == done.steps
    assert {each.path for each in done.steps} == {PAGE, PHOTO}
    assert squat.tree()[LOOP] == before


@pytest.mark.parametrize(
    ("photos", "says", "why"),
    [
        (("up.jpg",), "[up.jpg, dwn.jpg]", "the page shows no picture 'dwn.jpg'"),
        (("up.jpg",), "[1, 99999999999]", "the page shows no picture '99999999999'"),
        (("up.jpg",), "true", "one picture makes no loop"),
        (("up.jpg", "down.jpg"), str([1, 2] * 9), "more than 12 pictures make no loop"),
        ((), "true", "it has no gallery"),
    ],
)  # fmt: skip
def test_wishes_that_cannot_be_met_are_told(
    squat: SiteBuilder, photos: tuple[str, ...], says: str, why: str
) -> None:
    """At the key that asks, and without reading pictures by the hundred."""
    page(squat, *photos, says=f"movement: {says}\n")
    (note,) = notes(squat.run())
    assert (note.line, why in note.message) == (3, True)


def test_loops_are_published_as_films(squat: SiteBuilder, tmp_path: Path) -> None:
    """A sync puts film and poster, and keeps them."""
    target = tmp_path / "target"
    squat.run("sync", target=str(target))
    assert (target / LOOP).read_bytes() == squat.tree()[LOOP]
    assert (target / POSTER).exists()
