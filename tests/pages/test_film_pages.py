"""Films come into pages as photos do: shown by their posters, without where they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conftest import Quiet, SiteBuilder, draw
from filmed_clips import drawn, gif, phone_film
from mediakit.alts.worklist import find_worklist
from mediakit.base.errors import UsageError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.images.filmed import probe_film
from mediakit.images.private import told_by
from mediakit.pages.add import AddJob, add_photos
from mediakit.pages.arrange import Arrangement, arrange
from mediakit.pages.fill import FillJob, plan_fill, write_fill
from mediakit.setup.watch import matters
from mediakit.sync.session import open_session
from mediakit.sync.undo import undo

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.pages.add import Addition

FOLDER = "assets/images"
SETTINGS = "[clips.loops]\nlongest = 96\n"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site with clips, and an exercise with a photo."""
    site.write("mediakit.toml", SETTINGS)
    site.exercise("squat", 1)
    return site


def entries(text: str) -> list[str]:
    """Return the lines of the last entry of a gallery."""
    return [line.strip(" -") for line in text.partition("\n---\n")[0].splitlines()[-3:]]


def test_films_on_disk_come_into_galleries(squat: SiteBuilder) -> None:
    """By their names, as pictures do; a click leads to the clip, and the place is taken out."""
    squat.write(f"{FOLDER}/squat-1.mov", phone_film())
    with open_session(load_config(squat.root)) as session:
        plan = plan_fill(session.config, [], FillJob())
        write_fill(session, plan)
    assert [each.code for each in plan.problems] == ["location-removed"]
    assert entries(squat.tree()["_exercises/squat.md"].decode()) == [
        f"url: /{FOLDER}/squat-1-clip.mp4",
        f"image_path: /{FOLDER}/squat-1-320.jpg",
        'alt: "squat"',
    ]
    assert not told_by(squat.tree()[f"{FOLDER}/squat-1.mov"]).place  # type: ignore[union-attr]
    assert squat.run().problems == ()
    assert f"{FOLDER}/squat-1-clip.mp4" in squat.tree()
    assert plan_fill(load_config(squat.root), [], FillJob()).changes == ()


def test_a_page_that_names_films_goes_on_so(squat: SiteBuilder) -> None:
    """Its theme shows them; without clips, no film is a picture."""
    squat.write(f"{FOLDER}/squat-1.mov", phone_film())
    squat.write(f"{FOLDER}/squat-2.mp4", phone_film(kind="mp4"))
    page = squat.root / "_exercises/squat.md"
    entry = f"  - image_path: /{FOLDER}/squat-1.mov\n    alt: A\n---\n\n"
    page.write_text(page.read_text().replace("---\n\n", entry))
    (change,) = plan_fill(load_config(squat.root), [], FillJob()).changes
    assert f"image_path: /{FOLDER}/squat-2.mp4" in entries(change.after.decode())
    squat.write("mediakit.toml", "")
    assert plan_fill(load_config(squat.root), [], FillJob()).changes == ()


def test_films_without_a_clip_stay_out_of_pages(squat: SiteBuilder) -> None:
    """No page names a clip that nobody can make; each film is told of, the others come in."""
    squat.write("mediakit.toml", SETTINGS + "max_seconds = 1\n")
    long = phone_film(count=60)
    hopeless = {1: long, 2: b"", 3: bytes(range(1, 256)) * 9, 4: phone_film()[:900]}
    for number, data in hopeless.items():
        squat.write(f"{FOLDER}/squat-{number}.mov", data)
    squat.write(f"{FOLDER}/squat-5.mov", phone_film())
    squat.write(f"{FOLDER}/plank-0.mov", long)
    squat.write("_exercises/plank.md", "---\ntitle: Plank\nclip: {start: 1.5, end: 2}\n---\n")
    plan = plan_fill(load_config(squat.root), [], FillJob())
    told = [each for each in plan.problems if each.code != "location-removed"]
    assert [(each.path[-11:], each.code) for each in told] == [
        ("squat-1.mov", "no-clip"), *((f"squat-{at}.mov", "unreadable-picture") for at in (2, 3, 4))
    ]  # fmt: skip
    assert told[0].message == "is not added: it lasts 2.4 seconds, and clips have at most 1"
    assert told[1].message == "is not added: the file is empty"
    plank, page = (each.after.decode() for each in plan.changes)
    assert "plank-0-clip.mp4" in plank
    assert [at for at in range(6) if f"squat-{at}-clip" in page] == [5]


def added(site: SiteBuilder, *films: Path, exercise: str = "squat", **how: Any) -> Addition:
    with open_session(load_config(site.root)) as session:
        return add_photos(session, exercise, films, AddJob(**how), Quiet())


def film(site: SiteBuilder, name: str = "IMG_1.MOV", **options: Any) -> Path:
    return SiteBuilder(site.root.parent).write(name, phone_film(**options))


def test_add_takes_a_film_of_a_phone(squat: SiteBuilder) -> None:
    """Next name, no place, still turned, clip and posters made; all of it can be taken back."""
    squat.run()
    before = squat.tree()
    made = added(squat, film(squat, turned=-90))
    assert made.summary() == "1 film added to squat; 3 variants made"
    tree = squat.tree()
    assert not told_by(tree[f"{FOLDER}/squat-1.mov"]).place  # type: ignore[union-attr]
    assert probe_film(tree[f"{FOLDER}/squat-1.mov"]).width == 64
    assert entries(tree["_exercises/squat.md"].decode())[0] == (f"url: /{FOLDER}/squat-1-clip.mp4")
    with pytest.raises(UsageError, match=r"already on the site, as assets/images/squat-1.mov"):
        added(squat, film(squat, turned=-90))
    with open_session(load_config(squat.root)) as session:
        undo(session, "add", dry_run=False)
    kept = {path: data for path, data in squat.tree().items() if not path.startswith(".")}
    assert kept.keys() - {"media.json"} == before.keys() - {"media.json"}
    assert kept["_exercises/squat.md"] == before["_exercises/squat.md"]


def test_films_and_photos_at_once(squat: SiteBuilder) -> None:
    """The first photo is the top of the page; a film is so only where it is asked for."""
    squat.write("_exercises/plank.md", "---\ntitle: Plank\n---\n")
    photo = SiteBuilder(squat.root.parent).write("IMG_2.JPG", draw(colour="#772211"))
    made = added(
        squat, film(squat), photo, exercise="plank", alts=("It moves", "It stands"), twice=True
    )
    assert made.summary().startswith("1 photo and 1 film added to Plank")
    page = squat.tree()["_exercises/plank.md"].decode()
    assert f"overlay_image: /{FOLDER}/plank-1.jpg" in page
    other = film(squat, "IMG_3.MOV", count=9)
    added(squat, other, exercise="plank", cover=1)
    page = squat.tree()["_exercises/plank.md"].decode()
    assert f"overlay_image: /{FOLDER}/plank-2-clip.jpg" in page
    assert f"teaser: /{FOLDER}/plank-2-320.jpg" in page
    assert [each for each in squat.run().problems if each.severity == "error"] == []


@pytest.mark.parametrize(
    ("settings", "options", "what"),
    [
        ("", {}, "this site makes no clips"),
        (SETTINGS + "max_seconds = 1\n", {"count": 60}, "it lasts 2.4 seconds"),
        (SETTINGS, {"codec": "mpeg2video"}, "coded in a way that mediakit does not read"),
    ],
)
def test_a_film_that_cannot_be_a_clip(
    squat: SiteBuilder, settings: str, options: dict[str, Any], what: str
) -> None:
    """It is told with what to do, before anything is written: of `add`, `new` and the desk."""
    squat.write("mediakit.toml", settings)
    before = squat.tree()
    with pytest.raises(UsageError, match=what) as caught:
        added(squat, film(squat, **options))
    assert caught.value.hint
    assert squat.tree() == before


def test_one_film_of_a_gallery_is_edited(squat: SiteBuilder) -> None:
    """Its text, its place on the page, and its removal; what makes no sense for it is refused."""
    added(squat, film(squat))
    with open_session(load_config(squat.root)) as session:
        arrange(session, "squat", "squat-1.mov", Arrangement(alt="Down", teaser=True), Quiet())
    page = squat.tree()["_exercises/squat.md"].decode()
    assert 'alt: "Down"' in page
    assert f"teaser: /{FOLDER}/squat-1-320.jpg" in page
    with open_session(load_config(squat.root)) as session:
        for crop in ((), (0.0, 0.0, 0.5, 0.5)):
            with pytest.raises(UsageError, match=r"squat-1.mov is a film, and only a picture"):
                arrange(session, "squat", "2", Arrangement(crop=crop), Quiet())
        arrange(session, "squat", "squat-0.jpg", Arrangement(teaser=True), Quiet())
        arrange(session, "squat", "squat-1.mov", Arrangement(remove=True), Quiet())
    assert not [path for path in squat.tree() if path.startswith(f"{FOLDER}/squat-1")]


def test_a_site_without_that_theme_shows_the_poster(site: SiteBuilder) -> None:
    """Its entries name one address: the poster's, which has the alt text, and is edited by name."""
    site.write("hugo.toml", "title = 'H'\n")
    site.write("mediakit.toml", SETTINGS)
    page = site.write("content/ex/squat.md", "---\ntitle: Squat\n---\nText\n")
    for number in range(2):
        added(site, film(site, count=9 + number), alts=("Down",))
        assert f"- src: /images/squat-{number}-clip.jpg" in page.read_text()
    with open_session(load_config(site.root)) as session:
        assert find_worklist(session).entries[0].code == "repeated-alt"
        for picture in ("2", "squat-0-clip.jpg"):
            arrange(session, "squat", picture, Arrangement(alt=f"Up {len(picture)}"), Quiet())
        assert not find_worklist(session).entries
        arrange(session, "squat", "1", Arrangement(remove=True), Quiet())
    assert not [path for path in site.tree() if path.startswith("static/images/squat-0")]


def test_a_site_whose_templates_play_nothing_yet(
    site: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who adds a film is told how pages come to play it, until they do."""
    site.write("hugo.toml", "title = 'H'\n")
    site.write("mediakit.toml", SETTINGS)
    site.write("content/ex/squat.md", "---\ntitle: Squat\n---\nText\n")
    words = "what moves is shown by its poster until mediakit theme install"
    for number, told in enumerate((True, False)):
        moving = film(site, count=9 + number)
        assert main(["add", "squat", str(moving), "--site", str(site.root)]) == 0
        assert (words in capsys.readouterr().err) == told
        assert main(["theme", "install", "--quiet", "--site", str(site.root)]) == 0


def test_an_animation_is_edited_by_its_name(squat: SiteBuilder) -> None:
    """As a film is, though the page shows its poster; as the teaser too, it is the poster."""
    added(squat, SiteBuilder(squat.root.parent).write("a.gif", gif(drawn(3))))
    with open_session(load_config(squat.root)) as session:
        wanted = Arrangement(alt="Down", place=1, teaser=True, header=True)
        arrange(session, "squat", "squat-1.gif", wanted, Quiet())
    page = squat.tree()["_exercises/squat.md"].decode()
    assert f"teaser: /{FOLDER}/squat-1-clip.jpg" in page
    assert f"overlay_image: /{FOLDER}/squat-1-clip.jpg" in page
    assert page.index('alt: "Down"') < page.index("squat-0.jpg")
    assert [each for each in squat.run().problems if each.severity == "error"] == []
    with open_session(load_config(squat.root)) as session:
        path = f"{FOLDER}/squat-1.gif"
        assert arrange(session, "squat", path, Arrangement(alt="Up"), Quiet()).picture == path
    assert 'alt: "Up"' in squat.tree()["_exercises/squat.md"].decode()


@pytest.mark.parametrize("kind", ["webm", "GIF", "WEBP", "PNG"])
def test_add_takes_what_moves(squat: SiteBuilder, kind: str) -> None:
    """A WebM and animations as a film of a phone: bare, shown as a clip, and taken back whole."""
    ending = f".{kind.lower()}"
    data = phone_film("libvpx", kind=kind) if kind == "webm" else gif(drawn(4), kind)
    squat.run()
    before = squat.tree()
    given = SiteBuilder(squat.root.parent).write(f"IMG_1{ending}", data)
    made = added(squat, given)
    count = 3 if kind == "webm" else 2
    assert made.summary() == f"1 film added to squat; {count} variants made"
    tree = squat.tree()
    taken = tree[f"{FOLDER}/squat-1{ending}"]
    assert b"SECRETPHONE" not in taken
    assert b"55.6761" not in taken
    assert (made.pictures[0][1].width, made.pictures[0][1].height) == (96, 64)
    url, image, _ = entries(tree["_exercises/squat.md"].decode())
    assert url == f"url: /{FOLDER}/squat-1-clip.mp4"
    assert image.removeprefix("image_path: /") in tree
    with pytest.raises(UsageError, match=rf"already on the site, as {FOLDER}/squat-1{ending}"):
        added(squat, given)
    with open_session(load_config(squat.root)) as session:
        undo(session, "add", dry_run=False)
    kept = {path: data for path, data in squat.tree().items() if not path.startswith(".")}
    assert kept.keys() == before.keys()
    assert kept["_exercises/squat.md"] == before["_exercises/squat.md"]


def test_what_moves_leads_a_page_by_its_poster(squat: SiteBuilder) -> None:
    """Where it is asked for; an animation without clips is told what to do, as a film is."""
    squat.write("_exercises/plank.md", "---\ntitle: Plank\n---\n")
    moving = SiteBuilder(squat.root.parent).write("a.gif", gif(drawn(3)))
    added(squat, moving, exercise="plank", cover=1)
    page = squat.tree()["_exercises/plank.md"].decode()
    assert f"overlay_image: /{FOLDER}/plank-0-clip.jpg" in page
    assert [each for each in squat.run().problems if each.severity == "error"] == []
    squat.write("mediakit.toml", "")
    with pytest.raises(UsageError, match="it moves, and this site makes no clips"):
        added(squat, moving)


def test_an_animation_that_is_too_large(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told what to do before anything is written; it is not called damaged."""
    monkeypatch.setattr("mediakit.images.filmed.MAX_PIXELS", 1000)
    moving = SiteBuilder(squat.root.parent).write("a.gif", gif(drawn(3)))
    with pytest.raises(UsageError, match="too many pixels in its frames") as caught:
        added(squat, moving)
    assert "save it smaller" in caught.value.hint


def test_watch_sees_films_where_they_are_sources(squat: SiteBuilder) -> None:
    """And nowhere else."""
    assert matters(load_config(squat.root), f"{FOLDER}/squat-1.mov")
    squat.write("mediakit.toml", "")
    assert not matters(load_config(squat.root), f"{FOLDER}/squat-1.mov")
