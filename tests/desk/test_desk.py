"""The desk in a real browser: each act from end to end, and the same bytes as its command makes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from browser_wait import wait_until
from desk_working import desk, exercises, jpeg_of, made, photo, twin
from fake_youtube import OFFLINE, Fake, Said
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.sync.session import open_session
from mediakit.videos.history import VideoStatus, write_history
from mediakit.videos.verdict import State
from scenes import scene
from video_site import fake

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import SiteBuilder
    from desk_working import Working

__all__ = ["desk", "exercises", "fake", "made", "twin"]

pytestmark = pytest.mark.slow

LOST, FOUND = "lost_______", "found______"


def same(exercises: SiteBuilder, twin: SiteBuilder, *command: str) -> None:
    """Assert that the site at the desk is as the command makes its twin."""
    assert main([*command, "-q", "--site", str(twin.root)]) == 0
    assert own(exercises) == own(twin)


def own(site: SiteBuilder) -> dict[str, bytes]:
    return {
        path: data
        for path, data in site.tree().items()
        if not path.startswith(".mediakit-quarantine/")
    }


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    """Return a photo that the site does not have."""
    path = tmp_path / "IMG 1 <b>.jpg"
    scene(4, 1).save(path, "JPEG", quality=92)
    return path


def drop(desk: Working, name: str, *photos: Path) -> None:
    """Choose photos, as dropping them does."""
    with desk.page.expect_file_chooser() as chooser:
        desk.card(name).locator(".menu").click()
        desk.card(name).locator("[data-do=add]").click()
    chooser.value.set_files([str(each) for each in photos])


def test_a_photo_comes_into_a_page(
    desk: Working, exercises: SiteBuilder, twin: SiteBuilder, jpeg: Path
) -> None:
    """Dropped onto a card, with a field for its text: what `add` makes; undo takes it back."""
    before = own(exercises)
    drop(desk, "plank", jpeg)
    assert "1 photo added to Plank" in desk.said("added")
    desk.page.locator("#alt:focus").wait_for()
    same(exercises, twin, "add", "plank", str(jpeg))
    desk.page.fill("#alt", "Straight from head to heels")
    desk.page.click("#panel .main")
    desk.said("now has the text")
    same(exercises, twin, "gallery", "edit", "plank", "1", "--alt", "Straight from head to heels")
    desk.page.keyboard.press("Escape")
    desk.page.locator("#large").wait_for(state="hidden")
    desk.page.keyboard.press("Control+z")
    desk.said("Taken back: plank-0.jpg of Plank")
    desk.page.keyboard.press("Control+z")
    desk.said("Taken back: 1 photo added")
    assert own(exercises) == before
    assert desk.card("plank").locator(".empty").count() == 1


def test_a_picture_of_the_text(desk: Working, exercises: SiteBuilder, twin: SiteBuilder) -> None:
    """A picture in the text of a page gets what it shows, as by `alt`; it has no order."""
    for site in (exercises, twin):
        site.write("assets/images/feet.jpg", photo(3, 0))
        page = site.root / "_exercises/plank.md"
        text = page.read_text("utf-8") + "Feet: ![](/assets/images/feet.jpg) so.\n"
        page.write_text(text, "utf-8")
        site.run()
    desk.card("plank").locator(".badges", has_text="no alt text").wait_for()
    desk.picture("plank", 0).click()
    assert desk.page.locator("[data-act=later]").is_disabled()
    desk.page.fill("#alt", "Heels over the toes")
    desk.page.click("#panel .main")
    desk.said("feet.jpg of Plank now has the text “Heels over the toes”")
    assert "![Heels over the toes](" in (exercises.root / "_exercises/plank.md").read_text("utf-8")
    same(exercises, twin, "alt", "plank", "feet.jpg", "Heels over the toes")
    assert desk.card("plank").locator(".badges").count() == 0


def test_order_by_drag_and_by_keyboard(
    desk: Working, exercises: SiteBuilder, twin: SiteBuilder
) -> None:
    """A picture changes its place, and the comments of the page stay where they are."""
    desk.picture("lunge", 1).drag_to(desk.picture("lunge", 0))
    desk.said("lunge-1.jpg is number 1 of Lunge now")
    assert desk.alts("lunge") == ["", "lunge, low"]
    same(exercises, twin, "gallery", "edit", "lunge", "2", "--place", "1")
    desk.picture("lunge", 0).focus()
    desk.page.keyboard.press("Alt+ArrowRight")
    desk.said("is number 2 of Lunge now")
    same(exercises, twin, "gallery", "edit", "lunge", "lunge-1.jpg", "--place", "2")


def test_a_drag_outlives_news(desk: Working, exercises: SiteBuilder) -> None:
    """A picture that is dragged while its card is shown anew goes where it is dropped."""
    desk.picture("lunge", 1).hover()
    desk.page.mouse.down()
    desk.picture("lunge", 0).hover()
    (exercises.root / "assets/images/lunge-0-320.jpg").unlink()
    desk.card("lunge").locator("[data-do=fix]").wait_for(state="attached")
    desk.picture("lunge", 0).hover()
    desk.page.mouse.up()
    desk.said("lunge-1.jpg is number 1 of Lunge now")


def test_keys_faster_than_the_disk(desk: Working, exercises: SiteBuilder) -> None:
    """Acts wait for each other, each of the page as the one before left it; undo does too."""
    before = own(exercises)
    desk.picture("lunge", 0).focus()
    desk.page.keyboard.press("Alt+ArrowRight")
    desk.page.keyboard.press("Alt+ArrowLeft")
    desk.page.keyboard.press("Delete")
    desk.said("lunge-0.jpg removed")
    assert desk.alts("lunge") == [""]
    for _ in range(3):
        desk.page.keyboard.press("Control+z")
    desk.page.keyboard.press("Control+z")
    desk.said("There is nothing to undo")
    assert own(exercises) == before
    assert desk.alts("lunge") == ["lunge, low", ""]


def test_what_was_written_is_saved(desk: Working) -> None:
    """Who goes on to another picture, or closes the large view, has saved what they wrote."""
    desk.picture("lunge", 0).click()
    desk.page.fill("#alt", "Knee over the foot")
    desk.page.click("#next")
    desk.said("lunge-0.jpg of Lunge now has the text “Knee over the foot”")
    assert desk.page.input_value("#alt") == ""
    desk.page.fill("#alt", "Standing")
    desk.page.click("#close")
    desk.said("lunge-1.jpg of Lunge now has the text “Standing”")
    assert desk.alts("lunge") == ["Knee over the foot", "Standing"]


def test_header_teaser_and_crop(desk: Working, exercises: SiteBuilder, twin: SiteBuilder) -> None:
    """A picture leads the page, and a part of one becomes its teaser."""
    desk.picture("lunge", 1).click()
    desk.page.click("[data-act=header]")
    desk.said("lunge-1.jpg is the header of Lunge now")
    same(exercises, twin, "gallery", "edit", "lunge", "2", "--header")
    desk.page.click("[data-act=teaser]")
    desk.said("lunge-1.jpg is the teaser of Lunge now")
    same(exercises, twin, "gallery", "edit", "lunge", "2", "--teaser")
    badges = desk.card("lunge").locator(".pictures li").nth(1).locator(".badges")
    assert "header" in badges.inner_text()
    desk.page.click("[data-act=crop]")
    desk.page.locator("#frame:focus").wait_for()
    desk.page.click("#keep")
    desk.said("The teaser of Lunge is a part of lunge-1.jpg now")
    same(exercises, twin, "gallery", "edit", "lunge", "2", "--crop")
    assert "lunge-2-320.jpg" in (exercises.root / "_exercises/lunge.md").read_text("utf-8")


def test_a_frame_stays_while_one_draws_it(desk: Working, exercises: SiteBuilder) -> None:
    """News of the exercise that come meanwhile leave the frame of the teaser as it is."""
    desk.picture("lunge", 1).click()
    desk.page.click("[data-act=crop]")
    desk.page.locator("#frame:focus").wait_for()
    desk.page.keyboard.press("-")
    frame = desk.page.locator("#frame").get_attribute("style")
    (exercises.root / "assets/images/lunge-0-320.jpg").unlink()
    desk.card("lunge").locator("[data-do=fix]").wait_for(state="attached")
    assert desk.page.locator("#frame").get_attribute("style") == frame
    desk.page.click("#keep")
    desk.said("The teaser of Lunge is a part of lunge-1.jpg now")


def test_a_picture_is_removed(desk: Working, exercises: SiteBuilder, twin: SiteBuilder) -> None:
    """It goes out of the page, its file is put away, and one key brings all of it back."""
    before = own(exercises)
    desk.picture("knaeboej", 1).focus()
    desk.page.keyboard.press("Delete")
    desk.said("knaeboej-1.jpg removed from Knæbøj; the file is put away")
    same(exercises, twin, "gallery", "edit", "knaeboej", "2", "--remove")
    assert not (exercises.root / "assets/images/knaeboej-1.jpg").exists()
    desk.page.click("#said button")
    desk.said("Taken back")
    assert own(exercises) == before
    assert main(["gallery", "undo", "-q", "--site", str(twin.root)]) == 0
    assert own(twin) == before


def test_a_new_exercise(
    desk: Working, exercises: SiteBuilder, twin: SiteBuilder, jpeg: Path
) -> None:
    """From a title and photos, with the keys of its siblings, as `new` makes it."""
    desk.page.click("#new")
    desk.page.fill("#title", "Bulgarsk split squat")
    desk.page.set_input_files("#photos", str(jpeg))
    desk.page.click("#create .main")
    desk.said("Bulgarsk split squat created: _exercises/bulgarsk-split-squat.md")
    same(exercises, twin, "new", "Bulgarsk split squat", str(jpeg))
    assert desk.card("bulgarsk-split-squat").locator(".picture").count() == 1


def test_a_problem_is_mended(desk: Working, exercises: SiteBuilder, twin: SiteBuilder) -> None:
    """What `check --fix` mends has a button; what changes on the disk is seen by itself."""
    for site in (exercises, twin):
        (site.root / "assets/images/lunge-1-320.jpg").unlink()
    button = desk.card("lunge").locator("[data-do=fix]")
    button.wait_for(state="attached")
    desk.card("lunge").locator(".problems summary").click()
    button.click()
    desk.said("Mended. Pages corrected: 0; pictures cleaned: 0; variants made: 1")
    same(exercises, twin, "check", "--fix")


def test_duplicates(desk: Working, exercises: SiteBuilder, twin: SiteBuilder) -> None:
    """Side by side, blinking and as a difference; one is kept, or all; each is taken back."""
    for site in (exercises, twin):  # the smaller one is proposed to go
        image = scene(0, 0)
        image = image.resize((image.width // 2, image.height // 2))
        site.write("assets/images/lunge-1.jpg", jpeg_of(image, 70))
        site.run()
    before = own(exercises)
    desk.page.locator("#dupes").click(timeout=120_000)
    dialog = desk.page.locator("#copies")
    dialog.locator(".copies.pair").wait_for()
    desk.page.keyboard.press("d")
    assert dialog.locator("[value=difference]").get_attribute("aria-pressed") == "true"
    over = "getComputedStyle(document.querySelector('.over'))"
    assert desk.page.evaluate(f"{over}.mixBlendMode + {over}.visibility") == "differencevisible"
    desk.page.keyboard.press("b")
    assert desk.page.evaluate(f"{over}.animationName") == "blink"
    dialog.locator("[data-keep$='lunge-1.jpg']").click()
    desk.said("lunge-1.jpg kept")
    dialog.locator(".none").wait_for()
    keep = ("dupes", "--fix", "--yes", "--keep", "lunge-1.jpg")
    same(exercises, twin, *keep)
    desk.page.click("#said button")
    desk.said("Taken back: lunge-1.jpg kept")
    assert own(exercises) == before
    assert main(["dupes", "--undo", "--yes", "-q", "--site", str(twin.root)]) == 0
    assert own(twin) == before
    dialog.locator("[value=accept]:enabled").click(timeout=120_000)
    desk.said("All 2 pictures are kept")
    same(exercises, twin, "dupes", "--accept")
    desk.page.click("#said button")
    desk.said("Taken back: All 2")
    assert own(exercises) == before


def test_a_dead_video(desk: Working, exercises: SiteBuilder, twin: SiteBuilder, fake: Fake) -> None:
    """What may take its place is asked for by a click, and why nothing is found is said."""
    for site in (exercises, twin):
        page = site.root / "_exercises/lunge.md"
        text = page.read_text("utf-8").replace("tags:", f"video: {{id: {LOST}}}\ntags:")
        page.write_text(text, "utf-8")
        site.write("mediakit.toml", "[videos]\npace = 0\n")
        config = load_config(site.root)
        with open_session(config) as session:
            status = VideoStatus(State.DEAD, "removed", checked=datetime(2026, 3, 1, tzinfo=UTC))
            write_history(config, {("youtube", LOST): status}, session.writer)
    assert fake.requests == []
    fake.search = Said(OFFLINE)
    button = desk.card("lunge").locator("[data-do=video]")
    button.click(timeout=120_000)
    told = desk.page.locator("#videos-n", has_text="Nothing was found.")
    told.wait_for(timeout=120_000)
    assert "YouTube's search did not answer" in told.inner_text()
    desk.page.keyboard.press("Escape")
    fake.search = Said()
    title = {"title": "Lunge <b>x</b>", "author": "Gym", "lengthSeconds": "60"}
    fake.set(FOUND, about=title)
    button.click()
    found = desk.page.locator("#found li")
    found.first.wait_for(timeout=120_000)
    assert title["title"] in found.inner_text()
    before = own(exercises)
    found.locator("button").click()
    desk.said("1 page shows")
    same(exercises, twin, "videos", "replace", "--yes", "--min-score", "0")
    assert FOUND in (exercises.root / "_exercises/lunge.md").read_text("utf-8")
    desk.page.click("#said button")
    desk.said("Taken back: 1 page")
    assert own(exercises) == before


def test_undo_takes_back_its_own_act_alone(desk: Working, exercises: SiteBuilder) -> None:
    """Not what a command did since, not what was taken back elsewhere, and all or nothing."""
    desk.picture("lunge", 0).focus()
    desk.page.keyboard.press("Delete")
    desk.said("lunge-0.jpg removed")
    edit = ["gallery", "edit", "-q", "--site", str(exercises.root)]
    assert main([*edit, "knaeboej", "1", "--alt", "x"]) == 0
    desk.page.keyboard.press("Control+z")
    desk.said("Taken back: lunge-0.jpg")
    assert 'alt: "x"' in (exercises.root / "_exercises/knaeboej.md").read_text("utf-8")
    desk.page.keyboard.press("Control+z")
    desk.said("There is nothing to undo")
    desk.picture("lunge", 0).focus()
    desk.page.keyboard.press("Delete")
    desk.said("lunge-0.jpg removed")
    assert main(["gallery", "undo", "-q", "--site", str(exercises.root)]) == 0
    desk.page.keyboard.press("Control+z")
    desk.said("Taken back: lunge-0.jpg")
    desk.picture("lunge", 1).focus()
    desk.page.keyboard.press("Delete")
    desk.said("lunge-1.jpg removed")
    assert main([*edit, "lunge", "1", "--alt", "y"]) == 0
    before = own(exercises)
    desk.page.keyboard.press("Control+z")
    desk.said("_exercises/lunge.md has changed since, so nothing was taken back")
    assert own(exercises) == before


def test_a_page_that_somebody_else_changed(desk: Working, exercises: SiteBuilder) -> None:
    """An act on a page as it was is refused with words, and what was written stays."""
    page = exercises.root / "_exercises/lunge.md"
    desk.picture("lunge", 0).click()
    desk.page.fill("#alt", "Knee over the foot")
    desk.page.route("**/cards**", lambda route: route.abort())  # the news comes too late
    page.write_text(page.read_text("utf-8").replace("Text.", "Other text."), "utf-8")
    desk.page.click("#panel .main")
    assert "Somebody changed _exercises/lunge.md meanwhile" in desk.said("Somebody changed")
    assert "Other text." in page.read_text("utf-8")
    assert desk.page.input_value("#alt") == "Knee over the foot"
    desk.page.unroute("**/cards**")
    before = desk.card("lunge").get_attribute("data-digest")
    wait_until(
        desk.page, f'!document.querySelector(\'[data-page$="lunge.md"][data-digest="{before}"]\')'
    )
    assert desk.page.input_value("#alt") == "Knee over the foot"
    desk.page.click("#panel .main")
    desk.said("now has the text")
    text = page.read_text("utf-8")
    assert "Other text." in text
    assert "Knee over the foot" in text
