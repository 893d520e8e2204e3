"""The desk when something goes wrong: nothing is lost, and what happened is said."""

from __future__ import annotations

import base64
import errno
import json
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser_wait import wait_until
from desk_working import browsing, desk, desk_at, exercises, jpeg_of, made
from mediakit.base.errors import UsageError
from mediakit.base.writer import Writer
from mediakit.cli.desk_acts import features
from mediakit.cli.options import Common
from mediakit.config.config import load_config
from mediakit.desk.acts import Act, Asked
from mediakit.desk.desk import Desk
from mediakit.matching.finder import CopyFinder
from mediakit.sync.fields import FieldsReader
from mediakit.sync.session import open_session
from mediakit.videos.history import VideoStatus, write_history
from mediakit.videos.verdict import State
from scenes import scene

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from playwright.sync_api import Browser

    from conftest import SiteBuilder
    from desk_working import Working
    from mediakit.base.model import Manifest
    from mediakit.matching.groups import Level

__all__ = ["desk", "exercises", "made"]

pytestmark = pytest.mark.slow

DROP = """([card, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name));
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true });
    document.querySelector(card).dispatchEvent(event);
  }
}"""


def test_a_lost_connection(
    exercises: SiteBuilder, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that the desk is gone, keeps what was written, and goes on by itself."""
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "the-same-each-time")
    with ExitStack() as later:
        with desk_at(exercises.root) as address:
            desk = later.enter_context(browsing(browser, address))
            desk.picture("lunge", 0).click()
            desk.page.fill("#alt", "Knee over the foot")
        wait_until(desk.page, "document.body.classList.contains('lost')")
        assert "does not answer" in (desk.page.text_content("#news") or "")
        assert desk.page.locator("#large #said", has_text="What you see may be old").is_visible()
        desk.page.click("#panel .main")
        assert "does not answer" in desk.said("nothing was changed")
        assert desk.page.input_value("#alt") == "Knee over the foot"
        with desk_at(exercises.root, urlsplit(address).port or 0):
            desk.said("The desk answers again.")
            desk.page.click("#panel .main")
            desk.said("now has the text “Knee over the foot”")
            desk.page.close()
    assert "Knee over the foot" in (exercises.root / "_exercises/lunge.md").read_text("utf-8")


def test_a_connection_lost_within_an_act(desk: Working) -> None:
    """Nobody knows whether it was done, so the desk does not claim that nothing was changed."""
    desk.page.route("**/acts/*", lambda route: route.abort())
    desk.picture("lunge", 0).click()
    desk.page.fill("#alt", "Knee over the foot")
    desk.page.evaluate("""() => {
      const send = window.fetch; // the news of the loss comes first
      window.fetch = (...what) => { document.body.classList.add("lost"); return send(...what); };
    }""")
    desk.page.click("#panel .main")
    assert "this may be done or not" in desk.said("stopped answering")
    assert desk.page.input_value("#alt") == "Knee over the foot"


def test_a_full_disk(
    desk: Working, exercises: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo whose page cannot be written leaves no trace, and the text in the field stays."""
    before = exercises.tree()
    write = Writer.write

    def full(writer: Writer, place: Path, data: bytes, **how: Any) -> None:
        if place.parent == exercises.root / "_exercises":
            raise OSError(errno.ENOSPC, "No space left on device", str(place))
        write(writer, place, data, **how)

    monkeypatch.setattr(Writer, "write", full)
    desk.picture("lunge", 0).click()
    desk.page.fill("#alt", "Knee over the foot")
    desk.page.click("#panel .main")
    assert "nothing was changed" in desk.said("No space left")
    assert desk.page.input_value("#alt") == "Knee over the foot"
    desk.page.reload()
    wait_until(desk.page, "document.querySelector('#news').textContent === ''")
    photo = base64.b64encode(jpeg_of(scene(4), 90)).decode()
    card = '.card[data-page="_exercises/plank.md"]'
    desk.page.evaluate(DROP, [card, "IMG_1.JPG", photo])
    desk.said("No space left")
    assert exercises.tree() == before


def test_a_disk_that_gets_full_in_an_act(
    desk: Working, exercises: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that is in its page is told as added, with what failed, and undo leaves nothing."""
    before = exercises.tree()
    land = Writer.land

    def full(writer: Writer, temporary: Path, place: Path, **how: Any) -> None:
        has_page = b"plank-0" in (exercises.root / "_exercises/plank.md").read_bytes()
        is_small = place.name.endswith("-320.jpg") or place.parent.name == "0001"
        if has_page and is_small:
            raise OSError(errno.ENOSPC, "No space left on device", str(place))
        land(writer, temporary, place, **how)

    photo = base64.b64encode(jpeg_of(scene(4), 90)).decode()
    with monkeypatch.context() as now:
        now.setattr(Writer, "land", full)
        desk.page.evaluate(DROP, ['.card[data-page="_exercises/plank.md"]', "IMG_1.JPG", photo])
        assert "No space left" in desk.said("1 photo added to Plank")
    desk.page.click("#said button")
    desk.said("Taken back: 1 photo added")
    assert exercises.tree() == before


def test_a_look_that_fails(
    desk: Working, exercises: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk says that it could not look for problems and duplicates, and why; then it looks."""

    def faulty(_desk: Desk, **_how: Any) -> None:
        raise ValueError("the cache is torn")

    touched = exercises.root / "_exercises/plank.md"
    with monkeypatch.context() as now:
        now.setattr(Desk, "refresh", faulty)
        touched.write_bytes(touched.read_bytes() + b"\n")
        told = desk.page.locator("#news", has_text="could not be looked for: the cache is torn")
        told.wait_for(timeout=120_000)
    touched.write_bytes(touched.read_bytes() + b"\n")
    wait_until(desk.page, "document.querySelector('#news').textContent === ''")


def test_pictures_are_compared_once_a_look(
    exercises: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk finds problems and duplicates by one comparison, and labels by one reading."""
    compared: list[Level] = []
    read: list[str] = []
    groups, of = CopyFinder.groups, FieldsReader.of

    def compare(finder: CopyFinder, level: Level) -> Any:
        compared.append(level)
        return groups(finder, level)

    def look_up(reader: FieldsReader, page: Manifest) -> Any:
        read.append(page.path)
        return of(reader, page)

    monkeypatch.setattr(CopyFinder, "groups", compare)
    monkeypatch.setattr(FieldsReader, "of", look_up)
    exercises.write("assets/images/lunge-1.jpg", jpeg_of(scene(0, 0), 70))
    common = Common(
        exercises.root, "text", verbose=False, quiet=True, debug=False, unpublished=False
    )
    desk = Desk(common.config, features(common, common.config()))
    seen = desk.refresh(closely=True)
    assert len(compared) == 1
    assert len(seen.findings.groups) == 1
    assert "missing-alt" in {each.code for each in seen.findings.problems}
    page = exercises.root / "_exercises/lunge.md"
    page.write_text(page.read_text("utf-8").replace("tags: [legs]", "tags: [knee]"), "utf-8")
    cards = {each.page: each.labels for each in desk.refresh().cards}
    assert cards["_exercises/lunge.md"] == ("knee",)
    assert cards["_exercises/knaeboej.md"] == ("legs",)
    assert read.count("_exercises/knaeboej.md") == 1


def test_a_photo_of_an_iphone(desk: Working, exercises: SiteBuilder, tmp_path: Path) -> None:
    """HEIC that is dropped onto a card becomes a JPEG of its page; what is no photo is refused."""
    pillow_heif = pytest.importorskip("pillow_heif")
    place = tmp_path / "IMG_1.HEIC"
    pillow_heif.from_pillow(scene(4)).save(str(place), quality=80)
    card = '.card[data-page="_exercises/plank.md"]'
    desk.page.evaluate(DROP, [card, "notes.heic", base64.b64encode(b"Text").decode()])
    assert "notes.heic" in desk.said("give a photo")
    photo = base64.b64encode(place.read_bytes()).decode()
    desk.page.evaluate(DROP, [card, "IMG_1.HEIC", photo])
    desk.said("1 photo added to Plank")
    desk.page.locator("#alt:focus").wait_for()
    assert (exercises.root / "assets/images/plank-0.jpg").read_bytes().startswith(b"\xff\xd8")


def test_a_refusal_in_danish(desk: Working, browser: Browser) -> None:
    """The desk says in its language why an act is refused, and what to do; and what that is."""
    with browsing(browser, f"{desk.address}?lang=da") as danish:
        card = '.card[data-page="_exercises/plank.md"]'
        danish.page.evaluate(DROP, [card, "notes.heic", base64.b64encode(b"Text").decode()])
        said = danish.said("vælg et foto, der ikke er beskadiget")
        assert "notes.heic: ikke et billede i et kendt format" in said
        assert danish.page.get_attribute("#said span", "lang") == "da"
        danish.page.get_by_role("button", name="Luk").click()
        assert danish.page.locator("#said").inner_text() == ""
        danish.page.click("#new")
        danish.page.fill("#title", "Lunge")
        danish.page.click("#create .main")
        assert "_exercises/lunge.md findes allerede: slip" in danish.said("findes allerede")
        assert danish.page.input_value("#title") == "Lunge"


def test_two_people(desk: Working, exercises: SiteBuilder, browser: Browser) -> None:
    """Each sees what the other does, and takes back only what is their own."""
    with browsing(browser, desk.address) as other:
        other.page.select_option("#state", "no-alt")
        desk.picture("knaeboej", 0).focus()
        desk.page.keyboard.press("Delete")
        desk.said("knaeboej-0.jpg removed")
        wait_until(other.page, "document.querySelectorAll('.card .picture').length === 3")
        assert other.page.input_value("#state") == "no-alt"
        other.page.keyboard.press("Control+z")
        other.said("There is nothing to undo")
        missing = exercises.root / "assets/images/lunge-0.jpg"
        missing.unlink()  # a code that nobody could choose when the page was made
        other.page.locator("option[value='code:missing-source']").wait_for(
            state="attached", timeout=120_000
        )
    desk.page.reload()
    desk.page.locator("#undo").click()
    desk.said("Taken back: knaeboej-0.jpg")


def test_two_people_and_one_text(desk: Working, exercises: SiteBuilder, browser: Browser) -> None:
    """Who writes what a picture shows is told that somebody else did, and may save all the same."""
    with browsing(browser, desk.address) as other:
        desk.picture("lunge", 0).click()
        desk.page.fill("#alt", "Knee over the foot")
        other.picture("lunge", 0).click()
        other.page.fill("#alt", "Front knee bent")
        other.page.click("#panel .main")
        desk.said("Somebody wrote “Front knee bent” here meanwhile.")
        assert desk.page.input_value("#alt") == "Knee over the foot"
        desk.page.click("#panel .main")
        desk.said("now has the text “Knee over the foot”")
    assert "Front knee" not in (exercises.root / "_exercises/lunge.md").read_text("utf-8")


def test_what_was_written_outlives_its_page(desk: Working, exercises: SiteBuilder) -> None:
    """Where the page is renamed meanwhile, the large view closes, and the text is told."""
    desk.picture("lunge", 0).click()
    desk.page.fill("#alt", "Knee over the foot")
    page = exercises.root / "_exercises/lunge.md"
    page.rename(page.with_name("step.md"))
    desk.said("_exercises/lunge.md is not there any more. You wrote: “Knee over the foot”")
    assert desk.card("step").count() == 1


def test_for_everybody(desk: Working, exercises: SiteBuilder) -> None:
    """Axe finds nothing: light and dark, on a phone too, with each dialog open."""
    image = scene(0, 0)
    exercises.write(
        "assets/images/lunge-1.jpg",
        jpeg_of(image.resize((image.width // 2, image.height // 2)), 70),
    )
    page = exercises.root / "_exercises/lunge.md"
    page.write_text(page.read_text("utf-8").replace("tags:", "video: {id: lost_______}\ntags:"))
    config = load_config(exercises.root)
    with open_session(config) as session:
        gone = VideoStatus(State.DEAD, "removed", checked=datetime(2026, 3, 1, tzinfo=UTC))
        write_history(config, {("youtube", "lost_______"): gone}, session.writer)
    desk.page.route("**/candidates", lambda route: route.fulfill(
        json={"title": "Lunge", "note": "", "candidates": [{
            "title": "Lunge", "channel": "Gym", "duration": 61, "reasons": ["as long as before"],
            "address": "https://youtu.be/same_______", "thumbnail": "", "keeps_start": False,
        }]}
    ))  # fmt: skip
    desk.card("lunge").locator("[data-do=video]").wait_for(timeout=120_000)
    desk.page.locator("#dupes").wait_for(timeout=120_000)

    def dialogs() -> None:
        for opener in (".picture", "#new", "#dupes", "[data-do=video]"):
            desk.page.locator(opener).first.click()
            if opener != ".picture":
                desk.page.locator("dialog[open]").wait_for()
            violations = Axe().run(desk.page).response["violations"]
            assert violations == [], opener
            assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            desk.page.keyboard.press("Escape")

    dialogs()
    desk.page.emulate_media(color_scheme="dark")
    desk.page.set_viewport_size({"width": 390, "height": 844})
    dialogs()
    assert Axe().run(desk.page).response["violations"] == []
    small = """[...document.querySelectorAll(".bar > *, #large button")]
        .filter((each) => each.getClientRects().length && each.offsetHeight < 44).length"""
    desk.picture("lunge", 0).click()
    assert desk.page.evaluate(small) == 0
    whole = """[...document.querySelectorAll("#steps, #alt")]
        .every((each) => each.scrollHeight <= each.offsetHeight)"""
    assert desk.page.evaluate(whole)
    assert desk.page.evaluate("document.querySelector('#alt').offsetHeight") > 70


def test_problems_of_no_exercise(desk: Working, exercises: SiteBuilder) -> None:
    """What `check` says of files that no page shows stands on a card of its own."""
    exercises.write("assets/images/lonely.jpg", jpeg_of(scene(7), 80))
    rest = desk.page.locator(".card.rest[data-codes~=orphan-picture]")
    rest.wait_for(timeout=120_000)
    text = rest.locator(".problems").text_content() or ""
    assert "assets/images/lonely.jpg" in text
    assert desk.page.inner_text("#count").startswith("3 exercises · 4 pictures")
    desk.page.select_option("#state", "code:orphan-picture")
    assert desk.page.locator(".card:not([hidden]) h2").all_text_contents() == [
        "Elsewhere on the site"
    ]
    assert desk.page.locator("main > .none").is_hidden()


def test_texts_of_strangers_act_on_nothing(exercises: SiteBuilder, browser: Browser) -> None:
    """Titles, texts, labels and file names are shown as they are written, in each answer too."""
    bad = '"><img src=x onerror="window.hit=1"><script>window.hit=2</script>{title}'
    name = "a' onerror=hit() x=<b>&quot;.jpg"
    exercises.write(f"assets/images/{name}", jpeg_of(scene(5), 90))
    page = f"title: {json.dumps(bad)}\ntags: [{json.dumps(bad)}]\ngallery:\n"
    path = json.dumps(f"/assets/images/{name}")
    entry = f"  - {{image_path: {path}, url: {path}, alt: {json.dumps(bad)}}}\n"
    exercises.write("_exercises/bad.md", f"---\n{page}{entry}---\n")
    with desk_at(exercises.root) as address, browsing(browser, address) as desk:
        asked: list[str] = []
        desk.page.on("request", lambda request: asked.append(request.url))
        desk.picture("bad", 0).click()
        desk.page.fill("#alt", bad + "!")
        desk.page.click("#panel .main")
        assert f"{name} of {bad} now has the text “{bad}!”" in desk.said("now has the text")
        desk.page.keyboard.press("Escape")
        desk.card("bad").locator(".menu").click()
        desk.page.fill("#search", "onerror")
        assert desk.page.locator(".card:not([hidden]) h2").all_text_contents() == [bad]
        assert desk.page.evaluate("window.hit") is None
        assert all(each.startswith(address) for each in asked)
    assert "window.hit=2</script>{title}!" in (exercises.root / "_exercises/bad.md").read_text()


def test_nothing_to_mend(exercises: SiteBuilder) -> None:
    """A click that mends nothing is told as such, with where to look, and not as something done."""
    common = Common(
        exercises.root, "text", verbose=False, quiet=True, debug=False, unpublished=False
    )
    acts = features(common, common.config()).acts
    with (
        open_session(common.config()) as session,
        pytest.raises(UsageError, match="nothing mended"),
    ):
        acts["fix"](session, Act(Asked()))


def test_a_page_broken_in_an_editor(desk: Working, exercises: SiteBuilder) -> None:
    """Who looks for its exercise finds what is wrong with it, and the card once it is mended."""
    page = exercises.root / "_exercises/lunge.md"
    before = page.read_text("utf-8")
    page.write_text(before.replace("title: ", "title: ["), "utf-8")
    desk.page.locator(".card.rest[data-codes~=bad-yaml]").wait_for(timeout=120_000)
    desk.page.fill("#search", "lunge")
    assert desk.page.locator(".card:not([hidden])").count() == 1
    assert "_exercises/lunge.md" in (desk.page.text_content(".card.rest") or "")
    page.write_text(before, "utf-8")
    shown = "[...document.querySelectorAll('.card:not([hidden])')]"
    wait_until(desk.page, f"{shown}.length === 1 && !{shown}[0].classList.contains('rest')")
