"""Sources that are wider than pages need: made smaller in place, once, and brought back."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from conftest import SiteBuilder, draw
from mediakit.base.errors import UsageError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.pages.slim import SlimJob, Slimmed, slim_sources
from mediakit.sync.quarantine import Quarantine
from mediakit.sync.session import Access, open_session
from mediakit.sync.undo import undo

if TYPE_CHECKING:
    pass

PHOTO = "assets/images/squat-0.jpg"
ORIENTATION, COPYRIGHT, MODEL, GPS = 0x0112, 0x8298, 0x0110, 0x8825


def photo(size: tuple[int, int] = (1000, 750), kind: str = "JPEG", **options: Any) -> bytes:
    """Return a photo as a phone writes it: on its side, with a place, a camera and a name."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[COPYRIGHT], exif[MODEL] = 6, "Jane Doe", "Phone 9"
    exif.get_ifd(GPS)[1] = "N"
    return draw(size, kind=kind, quality=95, exif=exif.tobytes(), **options)


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a site whose page shows a photo of a phone, 750 x 1000 pixels as it is seen."""
    site.exercise("squat", 1)
    site.write(PHOTO, photo())
    return site


def slim(site: SiteBuilder, *paths: str, width: int = 400, dry_run: bool = False) -> Slimmed:
    with open_session(load_config(site.root), Access.LOOK if dry_run else Access.WRITE) as session:
        return slim_sources(session, SlimJob(width, paths, dry_run))


def taken_back(site: SiteBuilder) -> None:
    with open_session(load_config(site.root)) as session:
        assert undo(session, "slim", dry_run=False).problems == ()


def size(site: SiteBuilder, path: str = PHOTO) -> tuple[int, int]:
    with Image.open(site.root / path) as image:
        return image.size


def test_a_photo_of_a_phone(squat: SiteBuilder) -> None:
    """It comes out upright, lighter and bare but for its owner, and is left alone after that."""
    before = (squat.root / PHOTO).read_bytes()
    (entry,) = slim(squat, dry_run=True).sources
    assert (squat.root / PHOTO).read_bytes() == before
    assert slim(squat).sources == (entry,)
    after = (squat.root / PHOTO).read_bytes()
    assert (entry.width, entry.height, entry.bytes) == (*size(squat), len(after))
    assert size(squat) == (400, 533)
    assert len(after) < len(before)
    with Image.open(io.BytesIO(after)) as image:
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {COPYRIGHT: "Jane Doe"}
    done = slim(squat)
    assert (done.sources, done.folder) == ((), None)
    assert (squat.root / PHOTO).read_bytes() == after


def test_the_originals_come_back(squat: SiteBuilder) -> None:
    """Each time is taken back on its own, byte for byte, the last one first."""
    first = (squat.root / PHOTO).read_bytes()
    slim(squat)
    second = (squat.root / PHOTO).read_bytes()
    slim(squat, width=320)
    taken_back(squat)
    assert (squat.root / PHOTO).read_bytes() == second
    taken_back(squat)
    assert (squat.root / PHOTO).read_bytes() == first
    assert not (squat.root / ".mediakit-quarantine").exists()
    with pytest.raises(UsageError, match="nothing to undo: no change of mediakit slim was kept"):
        taken_back(squat)


def test_each_command_takes_back_its_own(squat: SiteBuilder) -> None:
    """What `slim` did is nothing that `dupes --undo` takes back."""
    slim(squat)
    with open_session(load_config(squat.root)) as session, pytest.raises(UsageError):
        undo(session, "dupes", dry_run=False)


def test_a_picture_that_changed_since(squat: SiteBuilder) -> None:
    """It stays as somebody left it, and that is said."""
    slim(squat)
    squat.write(PHOTO, draw((50, 50)))
    with open_session(load_config(squat.root)) as session:
        (problem,) = undo(session, "slim", dry_run=False).problems
    assert problem.code == "not-taken-back"
    assert size(squat) == (50, 50)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_formats_stay(site: SiteBuilder, kind: str) -> None:
    """A source keeps its format, and transparent pixels."""
    path = f"a.{kind.lower()}"
    site.write("_exercises/a.md", f"---\nheader:\n  overlay_image: /{path}\n---\n")
    noise = Image.effect_noise((900, 600), 60).convert("RGBA")
    noise.putalpha(120)
    out = io.BytesIO()
    noise.save(out, kind)
    site.write(path, out.getvalue())
    assert len(slim(site).sources) == 1
    with Image.open(site.root / path) as image:
        assert (image.format, image.size, image.has_transparency_data) == (kind, (400, 267), True)


def test_what_stays_is_said(site: SiteBuilder) -> None:
    """What moves, lies about its format, would get heavier, or is offered as a file."""
    frames = [Image.new("L", (900, 10), shade) for shade in (0, 90)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    site.write("moves.webp", out.getvalue())
    site.write("lies.png", photo())
    site.write("light.jpg", draw((404, 270), quality=1))
    site.write("offered.jpg", photo())
    site.write("cut.jpg", photo()[:9000])
    site.write("small.jpg", draw((400, 300)))
    (site.root / "link.jpg").symlink_to(site.root / "offered.jpg")
    site.write(
        "_exercises/a.md",
        "---\ntitle: A\n---\n![](/moves.webp) ![](/lies.png) ![](/light.jpg) ![](/cut.jpg)\n"
        "![](/link.jpg)\n"
        '<a href="/offered.jpg" download>poster</a> ![](/offered.jpg) ![](/small.jpg)\n',
    )
    before = site.tree()
    done = slim(site)
    assert done.sources == ()
    assert {(each.path, each.code) for each in done.problems} == {
        ("moves.webp", "left-large"), ("lies.png", "left-large"), ("light.jpg", "left-large"),
        ("offered.jpg", "left-large"), ("cut.jpg", "unreadable-picture"),
        ("link.jpg", "left-large"),
    }  # fmt: skip
    assert site.tree() == before


def test_a_part_of_the_site(squat: SiteBuilder) -> None:
    """Only pictures at or below a path are made smaller, and only such that pages name."""
    squat.exercise("bench", 1, folder="img")
    squat.write("img/bench-0.jpg", photo())
    squat.write("img/unused.jpg", photo())
    assert [each.path for each in slim(squat, "img").sources] == ["img/bench-0.jpg"]
    with pytest.raises(UsageError, match="no page names a picture at img"):
        slim(squat, "img/unused.jpg")


def test_how_many_variants_follow(squat: SiteBuilder) -> None:
    """It says how many variants `generate` makes again, and that is how many it makes."""
    squat.run()
    assert squat.run(dry_run=True).summary.made == 0
    assert slim(squat, width=700).variants == squat.run().summary.made == 1


def test_a_kill_before_the_picture(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is there first: what was not changed yet is nothing to bring back."""
    before = (squat.root / PHOTO).read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Quarantine, "edit", killed)
        with pytest.raises(KeyboardInterrupt):
            slim(squat)
    assert (squat.root / PHOTO).read_bytes() == before
    taken_back(squat)
    assert len(slim(squat).sources) == 1


def test_the_command(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes its width from the settings, and paths as a shell gives them."""
    monkeypatch.chdir(squat.root / "assets")
    assert main(["slim"]) == 0  # 2,400 pixels, as `add` makes them
    assert size(squat) == (1000, 750)
    squat.write("mediakit.toml", "[sources]\nmax_width = 400\n")
    assert main(["slim", "images", "-n"]) == 0
    assert f"{PHOTO}: 750 x 1000" in capsys.readouterr().out
    assert main(["slim", "--format", "json", "images/squat-0.jpg"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["quarantine"], len(document["sources"])) == (".mediakit-quarantine/0001", 1)
    assert main(["slim", str(squat.root.parent)]) == 2
    assert main(["slim", "--undo"]) == 0
    assert f"restore {PHOTO}" in capsys.readouterr().out
    assert size(squat) == (1000, 750)
