"""`mediakit dupes` on whole sites: what is found, shown, accepted, fixed and taken back."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageDraw, ImageOps

from mediakit.base.errors import UsageError
from mediakit.base.own_files import QUARANTINE
from mediakit.cli.main import main
from mediakit.images.animation import ShownFrame
from mediakit.images.film import DrawnFrames
from mediakit.images.film_coders import FilmFormat, coded
from mediakit.state.cache import Cache
from scenes import scene
from screenshots import KINDS, encoded

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import SiteBuilder


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


PAGE = """\
---
title: "{name}"   # ours
header:
  teaser: /assets/images/{name}-0-320.jpg
gallery:
  - url: /assets/images/{name}-0.jpg
    image_path: '/assets/images/{name}-0-320.jpg'
    alt: first
  - image_path: "{{{{ site.baseurl }}}}/assets/images/{name}-1.jpg"
---

{body}
"""


@pytest.fixture
def gym(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    """Return a site of three exercises; squat and lunge share a photo, in two qualities."""
    for room, name in enumerate(("squat", "lunge", "plank")):
        site.write(f"_exercises/{name}.md", PAGE.format(name=name, body="Text."))
        for pose in range(2):
            site.write(f"assets/images/{name}-{pose}.jpg", jpeg(scene(room, pose)))
    shared = scene(9)
    site.write("assets/images/squat-1.jpg", jpeg(shared, 92))
    site.write("assets/images/lunge-1.jpg", jpeg(shared.resize((450, 300)), 60))
    site.run()
    monkeypatch.chdir(site.root)
    return site


def dupes(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    capsys.readouterr()
    main(["dupes", "--format", "json", *args])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def groups(capsys: pytest.CaptureFixture[str], *args: str) -> list[list[str]]:
    return [[each["path"] for each in group["members"]] for group in dupes(capsys, *args)["groups"]]


def test_a_shared_photo(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """The photo of two exercises is found, with who uses it; poses and variants are none."""
    document = dupes(capsys)
    assert document["pictures"] == 6
    (group,) = document["groups"]
    assert (group["level"], group["representative"]) == ("same", "assets/images/squat-1.jpg")
    keeper, other = group["members"]
    assert (keeper["level"], other["level"]) == (None, "same")
    assert other["used_by"] == [{"path": "_exercises/lunge.md", "line": 9, "role": "gallery"}]
    assert len(keeper["phash"]) == 64
    assert main(["dupes", "-q"]) == 1
    assert gym.root.joinpath("assets/images/lunge-1.jpg").exists()


def test_levels(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Exact ones only, near ones, or transformed ones too; also pictures that no page names."""
    gym.write("assets/images/mirror.jpg", jpeg(ImageOps.mirror(scene(0, 0))))
    gym.write("assets/other/copy.jpg", (gym.root / "assets/images/plank-0.jpg").read_bytes())
    copy = ["assets/images/plank-0.jpg", "assets/other/copy.jpg"]
    shared = ["assets/images/squat-1.jpg", "assets/images/lunge-1.jpg"]
    mirrored = sorted(["assets/images/squat-0.jpg", "assets/images/mirror.jpg"])
    assert groups(capsys, "--exact") == [copy]
    assert sorted(groups(capsys)) == sorted([copy, shared])
    found = groups(capsys, "--transformed")
    assert sorted(map(sorted, found)) == sorted([copy, sorted(shared), mirrored])
    assert groups(capsys, "--only", "lunge") == [shared]
    assert groups(capsys, "--only", "assets/images/plank*") == [copy]


def test_no_second_read(
    gym: SiteBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a run that made variants no picture is decoded again to be compared."""
    monkeypatch.setattr(
        "mediakit.matching.finder.grey_copy_of", lambda *_: pytest.fail("decoded again")
    )
    assert len(groups(capsys)) == 1
    assert gym.root.exists()


def test_a_cache_without_room(
    gym: SiteBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the cache keeps nothing, and the same duplicates are found."""
    monkeypatch.setattr(Cache, "remember_grey", lambda *_: None)
    without = groups(capsys)
    monkeypatch.undo()
    monkeypatch.chdir(gym.root)
    assert without == groups(capsys)
    assert without


def test_links_are_one_file(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A file is no duplicate of itself under another name."""
    os.link(gym.root / "assets/images/plank-0.jpg", gym.root / "assets/images/again.jpg")
    (gym.root / "assets/images/link.jpg").symlink_to("plank-1.jpg")
    assert len(groups(capsys, "--exact")) == 0


def test_accept(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Accepted groups are counted, and open again when another copy comes."""
    assert main(["dupes", "--accept"]) == 0
    assert groups(capsys) == []
    assert dupes(capsys)["accepted"] == 1
    gym.write("assets/images/third.jpg", jpeg(scene(9), 75))
    assert len(groups(capsys)[0]) == 3


def test_fix_and_undo(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Pages are led to the copy that is kept, byte for byte else; undo gives the same tree."""
    before = gym.tree()
    assert main(["dupes", "--fix"]) == 0
    assert gym.tree() == before
    assert "edit _exercises/lunge.md" in capsys.readouterr().out
    assert main(["dupes", "--fix", "--yes"]) == 0
    text = (gym.root / "_exercises/lunge.md").read_text("utf-8")
    old = PAGE.format(name="lunge", body="Text.")
    assert text == old.replace("/assets/images/lunge-1.jpg", "/assets/images/squat-1.jpg")
    assert not (gym.root / "assets/images/lunge-1.jpg").exists()
    assert (gym.root / QUARANTINE / "0001/files/assets/images/lunge-1.jpg").exists()
    assert groups(capsys) == []
    assert not gym.run().has_errors
    (gym.root / "media.json").write_bytes(before["media.json"])
    assert main(["dupes", "--undo"]) == 0
    assert (gym.root / QUARANTINE).exists()
    assert main(["dupes", "--undo", "--yes"]) == 0
    assert gym.tree() == before
    assert main(["dupes", "--undo", "--yes"]) == 2


def phone_original(image: Image.Image) -> bytes:
    """Return a photo as a phone gives it: sideways, with the place and the camera."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Phone"
    exif.get_ifd(0x8825)[2] = (55.0, 41.0, 1.0)
    out = io.BytesIO()
    image.rotate(90, expand=True).save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def test_an_original_beside_the_picture_of_a_page(gym: SiteBuilder) -> None:
    """The clean picture that a page names is kept, however large a phone's unnamed original is."""
    page = (gym.root / "_exercises/plank.md").read_bytes()
    gym.write("assets/images/originals/IMG_1.jpg", phone_original(scene(2, 0, (1800, 1200))))
    assert main(["dupes", "--only", "plank", "--fix", "--yes"]) == 0
    assert (gym.root / "assets/images/plank-0.jpg").exists()
    assert (gym.root / "_exercises/plank.md").read_bytes() == page
    assert not (gym.root / "assets/images/originals/IMG_1.jpg").exists()
    moved = gym.root / QUARANTINE / "0001/files/assets/images/originals/IMG_1.jpg"
    assert moved.exists()


def test_clean_before_raw(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two that pages name, or two that none names, the one without a place in it is kept."""
    gym.write("assets/images/squat-1.jpg", phone_original(scene(9, 0, (1800, 1200))))
    gym.write("assets/images/x/a.jpg", phone_original(scene(7, 0, (1800, 1200))))
    gym.write("assets/images/x/b.jpg", jpeg(scene(7)))
    found = sorted(groups(capsys))
    assert found == [
        ["assets/images/lunge-1.jpg", "assets/images/squat-1.jpg"],
        ["assets/images/x/b.jpg", "assets/images/x/a.jpg"],
    ]


def test_screenshots_that_differ_in_a_digit(
    gym: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A screenshot with another number is not the same: nothing is moved, and it may be added."""
    table = next(kind for kind in KINDS if kind.name == "table")
    for name, change in (("plank-0.jpg", ""), ("plank-1.jpg", "digit")):
        gym.write(f"assets/images/{name}", encoded(table.draw(800, 500, 14, 1, change), "JPEG"))
    before = gym.tree()
    assert groups(capsys, "--only", "plank") == []
    assert main(["dupes", "--only", "plank", "--fix", "--yes"]) == 0
    assert gym.tree() == before
    (group,) = dupes(capsys, "--transformed", "--only", "plank")["groups"]
    assert group["members"][1]["how"] == "but for a detail"
    other = gym.root.parent / "other.png"
    other.write_bytes(encoded(table.draw(800, 500, 14, 1, "cell"), "PNG"))
    assert main(["add", "plank", str(other), "--alt", "a table", "-q"]) == 0
    other.write_bytes(encoded(table.draw(800, 500, 14, 1), "PNG"))
    assert main(["add", "plank", str(other), "--alt", "a table", "-q"]) == 2


def test_icons_are_no_duplicates(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """One icon in many sizes is as it should be: nothing is found, moved, or worth an exit code."""
    main(["dupes", "--fix", "--yes"])
    looked_at = dupes(capsys)["pictures"]
    for side in (32, 48, 96, 180, 192, 512):
        icon = encoded(scene(5).resize((side, side)), "PNG")
        for name in (f"favicon-{side}x{side}", f"icon-{side}", f"logo-{side}"):
            gym.write(f"assets/icons/{name}.png", icon)
    gym.write("apple-touch-icon.png", encoded(scene(5).resize((180, 180)), "PNG"))
    found = dupes(capsys)
    assert (found["groups"], found["pictures"]) == ([], looked_at + 6)
    assert main(["dupes"]) == 0


def test_variants_go_along(gym: SiteBuilder) -> None:
    """Where a page names a variant, it is led to the variant of the other; both files are moved."""
    gym.write("assets/images/plank-0.jpg", (gym.root / "assets/images/squat-0.jpg").read_bytes())
    gym.run()
    assert main(["dupes", "--fix", "--yes", "--exact"]) == 0
    kept = [
        name for name in ("plank", "squat") if (gym.root / f"assets/images/{name}-0.jpg").exists()
    ]
    assert len(kept) == 1
    gone = {"plank": "squat", "squat": "plank"}[kept[0]]
    text = (gym.root / f"_exercises/{gone}.md").read_text("utf-8")
    assert f"teaser: /assets/images/{kept[0]}-0-320.jpg" in text
    assert f"image_path: '/assets/images/{kept[0]}-0-320.jpg'" in text
    assert f"{gone}-0" not in text
    assert not (gym.root / f"assets/images/{gone}-0-320.jpg").exists()
    assert not gym.run().has_errors


def test_a_picture_in_the_text(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that a page names in its text too is left where it is, and so is the page."""
    body = "![again](/assets/images/lunge-1.jpg)"
    gym.write("_exercises/lunge.md", PAGE.format(name="lunge", body=body))
    before = gym.tree()
    assert main(["dupes", "--fix", "--yes"]) == 0
    assert "copy-left" in capsys.readouterr().err
    assert gym.tree() == before


def test_transformed_are_never_fixed(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """A mirrored photo cannot stand for the other one."""
    gym.write("assets/images/plank-1.jpg", jpeg(ImageOps.mirror(scene(0, 0))))
    gym.run()
    paths = [
        "_exercises/plank.md", "_exercises/squat.md",
        "assets/images/plank-1.jpg", "assets/images/squat-0.jpg",
    ]  # fmt: skip
    before = [(gym.root / path).read_bytes() for path in paths]
    main(["dupes", "--fix", "--yes", "--transformed"])
    assert [(gym.root / path).read_bytes() for path in paths] == before
    assert "not the same picture: look at it yourself" in capsys.readouterr().err


def test_the_keeper_is_looked_at_again(gym: SiteBuilder) -> None:
    """Nothing is done if what was to be kept is gone or changed by then."""
    from mediakit.config.config import load_config  # noqa: PLC0415
    from mediakit.duplicates.fix import fix, plan_fix  # noqa: PLC0415
    from mediakit.sync.copies import find_duplicates  # noqa: PLC0415
    from mediakit.sync.observe import observe  # noqa: PLC0415
    from mediakit.sync.session import open_session  # noqa: PLC0415

    with open_session(load_config(gym.root)) as session:
        site = observe(session)
        groups = find_duplicates(session, site=site).groups
        plan = plan_fix(site, groups, session.cache)
        gym.write("assets/images/squat-1.jpg", jpeg(scene(5)))
        before = gym.tree()
        done = fix(session, plan, dry_run=False)
    assert {problem.code for problem in done.problems} == {"copy-left"}
    assert gym.tree() == before


def test_a_page_that_changes_meanwhile(gym: SiteBuilder) -> None:
    """What somebody writes into a page while a fix is under way is not written over."""
    from mediakit.config.config import load_config  # noqa: PLC0415
    from mediakit.duplicates.fix import fix, plan_fix  # noqa: PLC0415
    from mediakit.sync.copies import find_duplicates  # noqa: PLC0415
    from mediakit.sync.observe import observe  # noqa: PLC0415
    from mediakit.sync.session import open_session  # noqa: PLC0415

    with open_session(load_config(gym.root)) as session:
        site = observe(session)
        groups = find_duplicates(session, site=site).groups
        plan = plan_fix(site, groups, session.cache)
        page = gym.root / "_exercises/lunge.md"
        page.write_text(page.read_text("utf-8") + "More.\n", "utf-8")
        before = page.read_bytes()
        with pytest.raises(UsageError, match=r"lunge\.md changed while mediakit ran"):
            fix(session, plan, dry_run=False)
    assert page.read_bytes() == before
    assert (gym.root / "assets/images/lunge-1.jpg").exists()


def test_undo_after_a_change(gym: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """What was changed since is left, said, and the record is kept."""
    main(["dupes", "--fix", "--yes"])
    page = gym.root / "_exercises/lunge.md"
    page.write_bytes(page.read_bytes() + b"More.\n")
    assert main(["dupes", "--undo", "--yes"]) == 1
    assert "not-taken-back" in capsys.readouterr().err
    assert page.read_bytes().endswith(b"More.\n")
    assert (gym.root / "assets/images/lunge-1.jpg").exists()
    assert (gym.root / QUARANTINE / "0001/record.json").exists()


def test_killed_while_fixing(gym: SiteBuilder) -> None:
    """A fix that is killed between the pages and the files can be taken back."""
    before = gym.tree()
    code = (
        "import os, mediakit.sync.quarantine as quarantine\n"
        "quarantine.Quarantine.move = lambda *_: os._exit(9)\n"
        "from mediakit.cli.main import main\n"
        "main(['dupes', '--fix', '--yes'])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=gym.root, check=False).returncode == 9
    assert gym.tree() != before
    assert main(["dupes", "--undo", "--yes"]) == 0
    assert gym.tree() == before


def test_the_page(gym: SiteBuilder, tmp_path: Path) -> None:
    """The page names the pictures relative to itself, and shows names as they are."""
    gym.write("assets/images/<b>&.jpg", (gym.root / "assets/images/plank-0.jpg").read_bytes())
    page = tmp_path / "out" / "dupes.html"
    assert main(["dupes", "-q", "--html", str(page)]) == 1
    text = page.read_text("utf-8")
    assert 'src="../site/assets/images/squat-1.jpg"' in text
    assert "&lt;b&gt;&amp;.jpg" in text
    assert "<b>&" not in text
    assert text.count("<section") == 2


def squats(size: tuple[int, int], depth: float, kind: FilmFormat) -> bytes:
    """Return a film of somebody who goes down as deep in one room."""
    room, shown = scene(3).convert("RGB"), []
    for step in range(8):
        image = room.copy()
        top = 60 + round(depth * 20 * step)
        ImageDraw.Draw(image).rectangle((250, top, 330, top + 150), fill=(200, 60, 50))
        shown.append(ShownFrame(image.resize(size), 60))
    return coded(DrawnFrames(tuple(shown), size), kind, 25)


def test_films_are_compared_by_their_frames(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A film in another size and codec is found; another movement in the same room is not."""
    site.write("mediakit.toml", "[clips.loops]\n")
    films = {
        "squat.mp4": squats((600, 400), 1, FilmFormat.MP4),
        "copy.webm": squats((300, 200), 1, FilmFormat.WEBM),
        "other.mp4": squats((600, 400), 0.4, FilmFormat.MP4),
    }
    for name, data in films.items():
        site.write(f"assets/images/{name}", data)
    monkeypatch.chdir(site.root)
    (group,) = dupes(capsys)["groups"]
    names = [each["path"].rsplit("/", 1)[-1] for each in group["members"]]
    assert (group["level"], names) == ("same", ["squat.mp4", "copy.webm"])
    main(["dupes", "--html", "dupes.html"])
    assert '<video src="assets/images/squat.mp4"' in (site.root / "dupes.html").read_text("utf-8")
