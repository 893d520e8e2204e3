"""`add`, `new` and `gallery fill`: pages and pictures in line, and all else byte for byte."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from conftest import SiteBuilder, draw
from mediakit.base.actions import Kind
from mediakit.base.errors import UsageError
from mediakit.base.writer import Writer
from mediakit.cli.main import main
from mediakit.cli.output import Bar
from mediakit.config.config import load_config
from mediakit.edit.pages import write_pages
from mediakit.images.bare import without_metadata
from mediakit.pages.fill import FillJob, plan_fill, write_fill
from mediakit.sync.session import open_session
from mediakit.sync.undo import undo
from placed import exif
from scenes import scene

if TYPE_CHECKING:
    from mediakit.base.actions import Outcome
    from mediakit.pages.fill import FillPlan

PAGE = """\
---
# written by hand
title:   'Squat'
header: &head
  overlay_image: /assets/images/squat-0.jpg   # wide
  teaser: /assets/images/squat-0-320.jpg
gallery:
    - url: "/assets/images/squat-0.jpg"
      image_path: "/assets/images/squat-0-320.jpg"
      alt: "Down: deep"
      title: "Down"
other: *head
---

Text.
"""


def fill(site: SiteBuilder, *exercises: str, drop: bool = False) -> FillPlan:
    return plan_fill(load_config(site.root), exercises, FillJob(drop))


def text(site: SiteBuilder, name: str = "squat") -> str:
    return (site.root / f"_exercises/{name}.md").read_text("utf-8")


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site with a page whose pictures are there."""
    site.write("_exercises/squat.md", PAGE)
    site.write("assets/images/squat-0.jpg", draw())
    monkeypatch.chdir(site.root)
    return site


def test_what_is_there_is_added(squat: SiteBuilder) -> None:
    """A picture beside the others comes to the gallery as the page writes its entries."""
    squat.write("assets/images/squat-2.jpg", draw())
    squat.write("assets/images/squat-2-320.jpg", draw((320, 213)))
    squat.write("assets/images/squat-2.webp", draw(kind="WEBP"))
    squat.write("assets/images/front-squat-1.jpg", draw())
    filled = fill(squat)
    entry = (
        '    - url: "/assets/images/squat-2.jpg"\n'
        '      image_path: "/assets/images/squat-2-320.jpg"\n'
        '      alt: "Squat"\n'
        '      title: "Squat"\n'
    )
    assert [each.path for each in filled.changes] == ["_exercises/squat.md"]
    assert filled.changes[0].after.decode() == PAGE.replace("other:", f"{entry}other:")
    with open_session(load_config(squat.root)) as session:
        write_pages(session.config.root, session.writer, filled.changes)
    assert fill(squat).changes == ()


def test_a_series_that_pages_share_is_nobodys(squat: SiteBuilder) -> None:
    """Pages that show different pictures of one name get no more of it, but for its own page.

    Translations show the same pictures, and each gets the new one.
    """
    header = "---\ntitle: {}\nheader:\n  overlay_image: /assets/images/{}.jpg\n---\n"
    for number in range(4):
        squat.write(f"assets/images/sample-{number}.jpg", draw((900, 600 + number)))
    squat.write("assets/images/squat-1.jpg", draw())
    squat.write("_exercises/about.md", header.format("About", "sample-1"))
    squat.write("index.md", header.format("Home", "sample-2"))
    squat.write("_exercises/overview.md", header.format("Overview", "squat-1"))
    changed = [each.path for each in fill(squat).changes]
    assert changed == ["_exercises/squat.md"]
    squat.write("_exercises/overview.md", header.format("Knæbøj", "squat-0"))
    changed = [each.path for each in fill(squat).changes]
    assert changed == ["_exercises/overview.md", "_exercises/squat.md"]


def test_signs_that_end_an_address(squat: SiteBuilder, tmp_path: Path) -> None:
    """A new picture is called as the others, whatever sign is in their names, and is found."""
    squat.write("assets/images/no #1%20-0.jpg", draw())
    squat.write(
        "_exercises/odd.md",
        "---\ntitle: Odd\nheader:\n  teaser: '/assets/images/no %231%2520-0-320.jpg'\n---\n",
    )
    (tmp_path / "new.jpg").write_bytes(draw((800, 500)))
    assert main(["add", "Odd", str(tmp_path / "new.jpg"), "-q"]) == 0
    assert (squat.root / "assets/images/no #1%20-1.jpg").is_file()
    assert "/assets/images/no %231%2520-1.jpg" in (squat.root / "_exercises/odd.md").read_text()
    assert squat.run().problems == ()


@pytest.mark.parametrize("ending", ["heic", "tif"])
def test_what_browsers_do_not_show(squat: SiteBuilder, ending: str) -> None:
    """What is in a format that browsers do not show becomes a JPEG, as `add` makes it, once."""
    original = f"assets/images/squat-2.{ending}"
    squat.write(original, draw((3000, 2000), kind="TIFF"))
    plan = fill(squat)
    (change,) = plan.changes
    entry = (
        '    - url: "/assets/images/squat-2.jpg"\n'
        '      image_path: "/assets/images/squat-2-320.jpg"\n'
        '      alt: "Squat"\n'
        '      title: "Squat"\n'
    )
    assert change.after.decode() == PAGE.replace("other:", f"{entry}other:")
    with open_session(load_config(squat.root)) as session:
        assert write_fill(session, plan) == (["_exercises/squat.md"], ".mediakit-quarantine/0001")
        assert not (squat.root / original).exists()
        with Image.open(squat.root / "assets/images/squat-2.jpg") as image:
            assert (image.format, image.size) == ("JPEG", (2400, 1600))
        assert fill(squat).changes == ()
        undo(session, "gallery", dry_run=False)
    assert (squat.root / original).read_bytes() == draw((3000, 2000), kind="TIFF")


def test_undo_takes_a_fill_back(squat: SiteBuilder) -> None:
    """`gallery undo` brings pages and pictures back as they were, also where a fill ended early."""
    original = "assets/images/squat-2.heic"
    squat.write(original, draw((300, 200), kind="TIFF"))
    before = squat.tree("_exercises"), (squat.root / original).read_bytes()
    assert main(["gallery", "fill", "--yes"]) == 0
    assert "squat-2.jpg" in text(squat)
    assert main(["gallery", "undo"]) == 0
    assert (squat.tree("_exercises"), (squat.root / original).read_bytes()) == before
    assert not (squat.root / "assets/images/squat-2.jpg").exists()
    plan = fill(squat)
    squat.write("_exercises/squat.md", PAGE + "More.\n")
    with open_session(load_config(squat.root)) as session, pytest.raises(UsageError):
        write_fill(session, plan)
    assert (squat.root / original).exists()
    assert not (squat.root / "assets/images/squat-2.jpg").exists()


def test_undo_takes_back_what_generate_has_made_since(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Variants that only the change led to go, and no other file; those that stay are not told."""
    squat.write("assets/images/squat-2.jpg", draw((900, 600)))
    squat.run()
    before = squat.tree()
    assert main(["gallery", "fill", "--yes", "-q"]) == 0
    squat.run()
    (made,) = (each for each in squat.tree().keys() - before.keys() if each.startswith("assets"))
    assert main(["gallery", "undo"]) == 0
    told = capsys.readouterr().out
    assert f"remove {made}" in told
    assert squat.tree().keys() == before.keys()
    entry = "gallery:\n  - image_path: /assets/images/squat-2.jpg\n"
    squat.write("_exercises/row.md", f"---\ntitle: Row\n{entry}---\n")
    assert main(["gallery", "edit", "row", "1", "--header", "-q"]) == 0
    assert "assets/images/squat-2-768.jpg" in squat.tree()
    squat.write("_exercises/other.md", text(squat, "row"))
    assert main(["gallery", "undo"]) == 0
    told = capsys.readouterr().out
    tree = squat.tree()
    assert "assets/images/squat-2-768.jpg" in tree
    assert not [path for path in tree if f"remove {path}\n" in told]


@pytest.fixture
def whole(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site without settings, whose pages show whole pictures only."""
    monkeypatch.chdir(site.root)
    for number, name in enumerate(("row", "squat")):
        site.write(f"assets/images/{name}-0.jpg", draw((900, 600 + number)))
        site.write(
            f"_exercises/{name}.md",
            f"---\ntitle: {name}\nheader:\n  teaser: /assets/images/{name}-0.jpg\n---\n",
        )
    site.run()
    return site


@pytest.mark.parametrize(
    "command",
    [
        ["add", "squat", "../new.jpg"],
        ["new", "Press", "../new.jpg"],
        ["gallery", "fill", "--yes"],
        ["gallery", "edit", "row", "row-0.jpg", "--crop"],
    ],
)
def test_a_site_that_shows_whole_pictures_goes_on_so(
    whole: SiteBuilder, command: list[str]
) -> None:
    """Its first `-320` would have small sizes made of the pictures of all pages."""
    SiteBuilder(whole.root.parent).write("new.jpg", draw((900, 500)))
    whole.write("assets/images/row-1.jpg", draw((900, 450)))
    before = whole.tree("_exercises")
    assert main([*command, "-q"]) == 0
    assert whole.tree("_exercises") != before
    whole.run()
    assert not [path for path in whole.tree() if "-320" in path]
    assert not [path for path, text in whole.tree("_exercises").items() if b"-320" in text]


def test_undo_leaves_a_site_that_names_no_small_sizes_as_it_was(whole: SiteBuilder) -> None:
    """The small sizes that `add` was the first to make go, and those of no other page come."""
    row = whole.root / "_exercises/row.md"
    text = row.read_text()
    row.unlink()
    whole.write("_exercises/squat.md", "---\ntitle: squat\n---\n")
    photo = SiteBuilder(whole.root.parent).write("new.jpg", draw((900, 500)))
    assert main(["add", "squat", str(photo), "-q"]) == 0
    assert "assets/images/exercises/squat-0-320.jpg" in whole.tree()
    row.write_text(text)
    assert main(["gallery", "undo", "-q"]) == 0
    assert not [path for path in whole.tree() if "-320" in path]


def test_what_is_no_picture(squat: SiteBuilder) -> None:
    """A file that cannot be decoded is said, and comes into no page."""
    squat.write("assets/images/squat-2.heic", b"not a picture")
    plan = fill(squat)
    assert (plan.changes, plan.intakes) == ((), ())
    assert [each.code for each in plan.problems] == ["unreadable-picture"]


def test_what_is_too_wide(squat: SiteBuilder) -> None:
    """With `[sources] max_width`, a new picture that is wider becomes smaller in place."""
    squat.write("mediakit.toml", "[sources]\nmax_width = 640\n")
    squat.write("assets/images/squat-2.jpg", draw((900, 600), quality=95))
    plan = fill(squat)
    assert [(each.path, each.to, each.width) for each in plan.intakes] == [
        ("assets/images/squat-2.jpg", "assets/images/squat-2.jpg", 640)
    ]
    with open_session(load_config(squat.root)) as session:
        write_fill(session, plan)
    with Image.open(squat.root / "assets/images/squat-2.jpg") as image:
        assert image.size == (640, 427)


def test_what_is_gone(squat: SiteBuilder) -> None:
    """An entry without its picture is said with its line, and taken out only if asked."""
    before = squat.write("_exercises/squat.md", PAGE.replace("squat-0", "squat-7")).read_bytes()
    filled = fill(squat)
    assert [(each.line, each.code) for each in filled.problems][:1] == [(9, "missing-picture")]
    added = filled.changes[0].after.decode()
    assert "squat-7.jpg" in added
    dropped = fill(squat, drop=True).changes[0].after.decode()
    assert dropped.count("squat-7") == 2  # the header is for people
    assert "squat-0.jpg" in dropped
    assert (squat.root / "_exercises/squat.md").read_bytes() == before


def test_headers(squat: SiteBuilder) -> None:
    """A page without any header picture gets both; one with a teaser alone is meant so."""
    gallery = PAGE[PAGE.index("gallery:") : PAGE.index("other:")]
    squat.write("_exercises/squat.md", f"---\ntitle: Squat\n{gallery}---\n")
    assert fill(squat).changes[0].after.decode() == (
        "---\ntitle: Squat\nheader:\n  overlay_image: /assets/images/squat-0.jpg\n"
        f"  teaser: /assets/images/squat-0-320.jpg\n{gallery}---\n"
    )
    squat.write(
        "_exercises/squat.md",
        f"---\ntitle: Squat\nheader:\n  teaser: /assets/images/squat-0-320.jpg\n{gallery}---\n",
    )
    assert fill(squat).changes == ()


def test_a_page_that_cannot_be_read(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing says that all is well while a page is not known."""
    squat.write("_exercises/other.md", "---\ntitle: Squat: deep\n---\n")
    main(["gallery", "fill", "--yes"])
    capsys.readouterr()
    assert main(["gallery", "fill", "--check"]) == 1
    out, err = capsys.readouterr()
    assert "_exercises/other.md:2" in err
    assert "bad-yaml" in err
    assert "all galleries" not in out


def test_a_thumbnail_as_teaser(site: SiteBuilder) -> None:
    """An exercise with a video and no picture has the thumbnail, where the settings say so."""
    site.write("_exercises/film.md", "---\ntitle: Film\nvideo:\n  id: aIZuK2cX4FA\n---\n")
    site.write("assets/images/videos/aIZuK2cX4FA.jpg", draw((1280, 720)))
    assert fill(site).changes == ()
    site.write("mediakit.toml", "[videos]\nteaser = true\n")
    after = fill(site).changes[0].after.decode()
    assert "header:\n  teaser: /assets/images/videos/aIZuK2cX4FA-320.jpg\n" in after
    assert "overlay" not in after


def test_the_command(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows a diff, asks, and writes; --check only looks."""
    squat.write("assets/images/squat-1.jpg", draw())
    before = squat.tree()
    assert main(["gallery", "fill", "--check"]) == 1
    assert '+    - url: "/assets/images/squat-1.jpg"' in capsys.readouterr().out
    assert main(["gallery", "fill"]) == 2
    assert "nobody can answer" in capsys.readouterr().err
    assert squat.tree() == before
    assert main(["gallery", "fill", "squat", "--yes"]) == 0
    assert main(["gallery", "fill", "--check"]) == 0
    assert main(["gallery", "fill", "bench"]) == 2


names = st.lists(st.sampled_from(["squat-1.jpg", "squat-2.png", "squat-10.jpg", "bench-0.jpg"]))
lines = st.lists(
    st.sampled_from(
        ["tags: [a,  b]", "# note", "x: 'it''s'", 'y: "a\\tb"', "z: |\n  text\n  more"]
    ),
    unique=True,
)


@given(names, lines, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_all_else_stays(
    tmp_path_factory: pytest.TempPathFactory, pictures: list[str], extra: list[str], newline: str,
    bom: str,
) -> None:  # fmt: skip
    """Whatever else a page holds comes out as it was; a second run changes nothing."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    page = PAGE.replace("other: *head\n", "other: *head\n" + "".join(f"{each}\n" for each in extra))
    data = bom + page.replace("\n", newline)
    site.write("_exercises/squat.md", data.encode())
    for name in ["squat-0.jpg", *pictures]:
        site.write(f"assets/images/{name}", b"x")
    config = load_config(site.root)
    filled = fill(site)
    for change in filled.changes:
        old, new = (each.decode().split(newline) for each in (change.before, change.after))
        assert [line for line in new if line in old] == old
        assert len(new) - len(old) == 4 * len({each for each in pictures if "squat" in each})
    with open_session(config) as session:
        write_pages(session.config.root, session.writer, filled.changes)
    assert fill(site).changes == ()


@functools.cache
def taken(room: int, pose: int, size: tuple[int, int]) -> bytes:
    """Return what a phone gives."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Phone"
    scene(room, pose).resize(size).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def photo(path: Path, room: int, pose: int = 0, size: tuple[int, int] = (1500, 1000)) -> Path:
    path.write_bytes(taken(room, pose, size))
    return path


def test_add(squat: SiteBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Photos get the next numbers, captions in order, and their variants at once."""
    size = (3000, 2000)
    photos = [str(photo(tmp_path / f"IMG_{room}.JPG", room, size=size)) for room in range(3)]
    squat.write("assets/images/squat-4.jpg", draw())
    assert main(["add", "squat", *photos, "--alt", "One", "--alt", "Two", "--caption", "T"]) == 0
    assert '1 photo without a text of its own yet: mediakit gallery edit "Squat" squat-7.jpg' in (
        capsys.readouterr().err
    )
    page = text(squat)
    for number, alt in ((5, "One"), (6, "Two"), (7, "Squat")):
        assert (
            f'    - url: "/assets/images/squat-{number}.jpg"\n'
            f'      image_path: "/assets/images/squat-{number}-320.jpg"\n'
            f'      alt: "{alt}"\n      title: "T"\n'
        ) in page
        with Image.open(squat.root / f"assets/images/squat-{number}.jpg") as image:
            assert image.size == (2400, 1600)
            assert not image.getexif()
        assert (squat.root / f"assets/images/squat-{number}-320.jpg").is_file()
    assert "overlay_image: /assets/images/squat-0.jpg   # wide" in page
    assert not squat.run().problems


def test_add_a_phone_photo(squat: SiteBuilder, tmp_path: Path) -> None:
    """HEIC photos become JPEG: browsers do not show them."""
    pillow_heif = pytest.importorskip("pillow_heif")
    place = tmp_path / "IMG_1.HEIC"
    pillow_heif.from_pillow(scene(4)).save(str(place), quality=80)
    assert main(["add", "squat", str(place), "-q"]) == 0
    with Image.open(squat.root / "assets/images/squat-1.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (600, 400))


def test_add_no_wider_than_sources(squat: SiteBuilder, tmp_path: Path) -> None:
    """`[sources] max_width` holds for added photos, beside the limit of both sides."""
    squat.write("mediakit.toml", "[sources]\nmax_width = 320\n")
    (tmp_path / "a.jpg").write_bytes(draw((640, 1280), "#123456"))
    assert main(["add", "squat", str(tmp_path / "a.jpg"), "-q", "--max-size", "500"]) == 0
    with Image.open(squat.root / "assets/images/squat-1.jpg") as image:
        assert image.size == (250, 500)
    (tmp_path / "b.jpg").write_bytes(draw((900, 600), "#654321"))
    assert main(["add", "squat", str(tmp_path / "b.jpg"), "-q", "--twice"]) == 0
    with Image.open(squat.root / "assets/images/squat-2.jpg") as image:
        assert image.size == (320, 213)


def test_add_what_is_there(
    squat: SiteBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A photo that the site has, in any size and quality, is refused before anything is written."""
    first = photo(tmp_path / "a.jpg", 5)
    assert main(["add", "squat", str(first), "-q"]) == 0
    small = tmp_path / "small.jpg"
    scene(5).resize((400, 267)).save(small, quality=50)
    before = squat.tree()
    assert main(["add", "squat", str(photo(tmp_path / "b.jpg", 6)), str(small)]) == 2
    assert "assets/images/squat-1.jpg" in capsys.readouterr().err
    assert squat.tree() == before
    assert main(["add", "squat", str(first), str(first)]) == 2
    assert main(["add", "squat", str(small), "--twice", "-q"]) == 0
    assert main(["add", "squat", str(photo(tmp_path / "c.jpg", 5, 3)), "-q"]) == 0  # next pose


def test_add_to_another_gallery(squat: SiteBuilder, tmp_path: Path) -> None:
    """A named gallery is made where there is none; a cover is set if it is asked for."""
    squat.write("_exercises/squat.md", PAGE.replace("other: *head\n", ""))
    photos = [str(photo(tmp_path / f"{number}.jpg", number)) for number in range(2)]
    assert main(["add", "squat", *photos, "--to", "gallery_grip", "--cover", "2", "-q"]) == 0
    page = text(squat)
    assert page.index("gallery_grip:") > page.index("teaser:")
    assert "overlay_image: /assets/images/squat-2.jpg   # wide" in page
    assert "teaser: /assets/images/squat-2-320.jpg" in page
    assert main(["add", "squat", str(photo(tmp_path / "x.jpg", 9)), "--cover", "2"]) == 2


def test_add_nothing_by_halves(squat: SiteBuilder, tmp_path: Path) -> None:
    """A photo that cannot be read, or a dry run, leaves everything as it was."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(draw()[:2000])
    before = squat.tree()
    assert main(["add", "squat", str(photo(tmp_path / "a.jpg", 1)), str(broken)]) == 2
    assert main(["add", "squat", str(tmp_path / "a.jpg"), "--dry-run"]) == 0
    assert squat.tree() == before


def test_an_add_that_was_cut_off(
    squat: SiteBuilder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A run that ended between the picture and the page: the next one says how the page gets it."""
    path = photo(tmp_path / "a.jpg", 1)
    write = Writer.write

    def cut_off(self: Writer, place: Path, data: bytes, *, durable: bool = False) -> None:
        if place.suffix == ".md" and ".mediakit-quarantine" not in place.parts:
            raise KeyboardInterrupt
        write(self, place, data, durable=durable)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "write", cut_off)
        assert main(["add", "squat", str(path), "-q"]) == 130
    before = text(squat)
    assert main(["add", "squat", str(path), "-q"]) == 2
    assert "run mediakit gallery fill" in capsys.readouterr().err
    assert main(["gallery", "fill", "--yes", "-q"]) == 0
    assert text(squat) != before


@pytest.mark.parametrize("command", [("add", "squat"), ("new", "Plank")], ids=["add", "new"])
def test_an_interrupt_while_variants_are_made(
    squat: SiteBuilder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, str],
) -> None:
    """It says that the page is written, what makes the rest, and what takes it back: all of it."""
    path = photo(tmp_path / "a.jpg", 1)
    squat.run()
    before = squat.tree()

    def interrupt(_bar: Bar, outcome: Outcome) -> None:
        if outcome.action.kind is Kind.MAKE:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Bar, "step", interrupt)
        assert main([*command, str(path), "-q"]) == 130
    said = capsys.readouterr().err
    assert "is written with its pictures, but not all variants are made" in said
    assert "mediakit generate makes the rest; mediakit gallery undo takes" in said
    assert "goes on from there" not in said
    new = [each for each in squat.tree().keys() - before.keys() if each.startswith("assets")]
    assert len(new) == 2  # the picture, and the variant that was made first
    assert main(["gallery", "undo", "-q"]) == 0
    left = {each for each in squat.tree() if not each.startswith(".")}
    assert left == {each for each in before if not each.startswith(".")}
    with monkeypatch.context() as patched:
        patched.setattr(Bar, "step", interrupt)
        assert main([*command, str(path), "-q"]) == 130
    squat.run()
    assert main(["gallery", "undo", "-q"]) == 0
    left = {each for each in squat.tree() if not each.startswith(".")}
    assert left == {each for each in before if not each.startswith(".")}, "and all the rest"


def test_a_photo_in_the_folder_of_the_site(squat: SiteBuilder) -> None:
    """A photo that was put into the site first is new as well; a picture of a page is not."""
    path = photo(squat.root / "Ny_1.JPG", 3)
    assert main(["add", "squat", str(path), "-q"]) == 0
    assert main(["add", "squat", str(squat.root / "assets/images/squat-0.jpg"), "-q"]) == 2


def test_new(squat: SiteBuilder, tmp_path: Path) -> None:
    """A page from the site's template, with a title, photos, a header and a video."""
    template = (
        "---\nlayout: exercise\ntitle: TITLE\npermalink: /$slug/  # $10\ntags: []\n---\n\nHow.\n"
    )
    squat.write("_templates/exercise.md", template)
    photos = [
        word for number in range(2)
        for word in ("--photos", str(photo(tmp_path / f"{number}.jpg", number)))
    ]  # fmt: skip
    video = ["--video", "https://youtu.be/aIZuK2cX4FA"]
    assert main(["new", "knaeboej", "--title", "Knæbøj: dyb", *photos, *video]) == 0
    page = text(squat, "knaeboej")
    assert page.startswith("---\nlayout: exercise\ntitle: ")
    assert "Knæbøj: dyb" in page
    assert "permalink: /knaeboej/  # $10" in page
    assert "overlay_image: /assets/images/knaeboej-0.jpg" in page
    assert "id: aIZuK2cX4FA" in page
    assert page.endswith("---\n\nHow.\n")
    assert (squat.root / "assets/images/knaeboej-1-320.jpg").is_file()
    assert not squat.run().problems


@pytest.mark.parametrize(
    ("slug", "message"), [("squat", "exists already"), ("Knæ Bøj", "write knae-boej")]
)
def test_new_is_refused(
    squat: SiteBuilder, slug: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is taken, or is none for addresses, is said; nothing is written."""
    before = squat.tree()
    assert main(["new", slug, "--title", "x"]) == 2
    assert message in capsys.readouterr().err
    assert squat.tree() == before


def test_new_without_anything(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """On an empty site the page is in `_exercises`, with a title."""
    monkeypatch.chdir(site.root)
    site.write("_config.yml", "collections: [exercises]\n")
    assert main(["new", "plank", "--title", "Plank", "-q"]) == 0
    assert text(site, "plank") == "---\ntitle: Plank\n---\n"


def placed_site(site: SiteBuilder, policy: str = "") -> SiteBuilder:
    site.write("_exercises/squat.md", PAGE)
    for number in range(3):
        site.write(f"assets/images/squat-{number}.jpg", draw(exif=exif()))
    site.write("mediakit.toml", f'[privacy]\nlocation = "{policy}"\n' if policy else "")
    return site


def test_fill_takes_places_out_of_what_it_adds(site: SiteBuilder) -> None:
    """Pictures that get into a page lose their place first, said once; undo has them as before."""
    plan = fill(placed_site(site), "squat")
    (note,) = plan.problems
    assert (note.code, note.severity, note.message[:15]) == (
        "location-removed", "note", "2 pictures tell"
    )  # fmt: skip
    before = site.tree()
    with open_session(load_config(site.root)) as session:
        write_fill(session, plan)
    after = site.tree()
    for path in ("assets/images/squat-1.jpg", "assets/images/squat-2.jpg"):
        assert after[path] == without_metadata(before[path])
    assert after["assets/images/squat-0.jpg"] == before["assets/images/squat-0.jpg"]
    with open_session(load_config(site.root)) as session:
        undo(session, "gallery", dry_run=False)
    assert site.tree()["assets/images/squat-1.jpg"] == before["assets/images/squat-1.jpg"]


def test_fill_refuses_or_allows_places(site: SiteBuilder) -> None:
    """With `refuse` such a picture is an error and not added; with `allow` it is added as it is."""
    plan = fill(placed_site(site, "refuse"), "squat")
    assert [(each.code, each.path) for each in plan.problems] == [
        ("has-location", f"assets/images/squat-{number}.jpg") for number in (1, 2)
    ]
    assert not plan.changes
    plan = fill(placed_site(site, "allow"), "squat")
    assert (plan.problems, plan.intakes, len(plan.changes)) == ((), (), 1)


def test_a_folder_that_is_no_site(site: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there are no pages, not all is well: the folder is asked about."""
    site.root.mkdir(exist_ok=True)
    main(["gallery", "fill", "--site", str(site.root)])
    out, err = capsys.readouterr()
    assert "is this the folder of the site?" in out + err
    assert "all galleries match" not in out + err


def test_a_teaser_has_the_shape_of_the_others(squat: SiteBuilder) -> None:
    """A part that is cut out is as most teasers of the site are; without any, it is 3 to 2."""
    tall = io.BytesIO()
    scene(3).resize((600, 900)).save(tall, "JPEG")
    squat.write("assets/images/curl-0.jpg", tall.getvalue())
    gallery = "gallery:\n  - image_path: /assets/images/curl-0.jpg\n"
    squat.write("_exercises/curl.md", f"---\ntitle: Curl\n{gallery}---\n")
    for size, expected in (((400, 300), (600, 450)), ((320, 320), (600, 600))):
        for name in ("lunge", "plank", "row"):
            squat.write(f"assets/images/{name}-0.jpg", draw(size))
            squat.write(
                f"_exercises/{name}.md",
                f"---\ntitle: {name}\nheader:\n  teaser: /assets/images/{name}-0.jpg\n---\n",
            )
        assert main(["gallery", "edit", "curl", "1", "--crop", "-q"]) == 0
        with Image.open(squat.root / "assets/images/curl-1.jpg") as image:
            assert image.size == pytest.approx(expected, abs=2)
        assert main(["gallery", "undo", "-q"]) == 0
