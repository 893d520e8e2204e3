from __future__ import annotations

import pytest

from conftest import Quiet, SiteBuilder, draw, reasons
from mediakit.base.model import Problem
from mediakit.checks.check import CheckJob, FixEntry, check_site, fix_site
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.images.bare import without_metadata
from mediakit.sync.session import open_session
from mediakit.sync.undo import undo
from placed import exif
from problems_in_words import in_each_language

__all__ = ["in_each_language"]

PHOTO, CAMERA = draw(exif=exif()), draw(exif=exif(place=False))
KEY = "assets/images/squat-0.jpg"
OTHER = "assets/images/squat-1.jpg"
LOOSE = "assets/images/nobody-names-me.jpg"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """A site with a photo that tells its place, one its camera, and one that no page names."""
    site.exercise("squat")
    site.run()
    site.write(KEY, PHOTO)
    site.write(OTHER, CAMERA)
    site.write(LOOSE, PHOTO)
    site.run()
    return site


def found(site: SiteBuilder) -> list[Problem]:
    with open_session(load_config(site.root, Overrides())) as session:
        problems = check_site(session, CheckJob()).problems
    return [each for each in problems if each.code in {"has-location", "has-camera"}]


def fixed(site: SiteBuilder) -> FixEntry:
    with open_session(load_config(site.root, Overrides())) as session:
        return fix_site(session, Quiet())


def test_what_photos_tell(squat: SiteBuilder) -> None:
    """A place is an error where a page names the picture, or at the file; a camera is a note."""
    told = {(each.path, bool(each.line), each.code, str(each.severity)) for each in found(squat)}
    assert told == {
        ("_exercises/squat.md", True, "has-location", "error"),
        (LOOSE, False, "has-location", "error"),
        (OTHER, False, "has-camera", "note"),
    }


def test_fix_takes_it_out_and_makes_nothing_again(squat: SiteBuilder) -> None:
    """The pictures lose their metadata in place; variants stay, since no pixel changed."""
    before = squat.tree()
    entry = fixed(squat)
    assert (entry.stripped, entry.made) == ([LOOSE, KEY, OTHER], 0)
    after = squat.tree()
    assert after[KEY] == after[LOOSE] == without_metadata(PHOTO)
    assert not found(squat)
    assert fixed(squat).stripped == []
    with open_session(load_config(squat.root, Overrides())) as session:
        assert not undo(session, "check", dry_run=False).problems
    changed = {path for path, data in squat.tree().items() if before.get(path) != data}
    assert changed == set(), "photos are back, and the catalog follows"
    assert squat.run().summary.written == 0


def test_the_command_names_what_it_cleaned(
    squat: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who looks for what changed in the folder finds the names."""
    assert main(["check", "--fix", "--site", str(squat.root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("3 pictures cleaned"))
    assert lines[at + 1 : at + 4] == [f"  {each}" for each in (LOOSE, KEY, OTHER)]


def test_what_no_fix_can_clean_says_what_to_do(squat: SiteBuilder) -> None:
    """A TIFF or a damaged file with a place stays as it is, and is to be saved as a JPEG."""
    page, tiff = squat.tree()["_exercises/squat.md"], OTHER.replace(".jpg", ".tif")
    squat.write("_exercises/squat.md", page.replace(b"squat-1.jpg", b"squat-1.tif"))
    squat.write(tiff, draw(kind="TIFF", exif=exif()))
    squat.write(KEY, PHOTO[: PHOTO.index(b"\xff\xda")] + b"\xff\xff")
    assert not {tiff, KEY} & {*fixed(squat).stripped}
    told = {each.message.partition(" ")[0]: each.hint for each in found(squat)}
    assert "nothing can be taken out of a TIFF: save it as a JPEG" in told[tiff]
    assert "damaged file: open it and save it again as a JPEG" in told[KEY]


def test_what_a_page_suppresses_stays(squat: SiteBuilder) -> None:
    """A picture that a page shows with its place on purpose is neither reported nor changed."""
    page = squat.root / "_exercises/squat.md"
    page.write_text(page.read_text("utf-8").replace(
        "---\n", "---\nmediakit_ignore: [has-location, has-camera]\n", 1), "utf-8")  # fmt: skip
    assert [each.path for each in found(squat)] == [LOOSE]
    assert fixed(squat).stripped == [LOOSE]
    squat.write("mediakit.toml", '[check]\nignore = ["has-location"]\n')
    squat.write(LOOSE, PHOTO)
    assert fixed(squat).stripped == []


def test_a_thumbnail_made_by_hand_is_no_other_one_after(squat: SiteBuilder) -> None:
    """A variant that somebody made is fixed too, and does not count as altered after."""
    path = "assets/images/squat-1-320.jpg"
    (squat.root / "media.json").unlink()
    squat.write(path, draw((320, 213), exif=exif(1)))
    assert reasons(squat.run())[path] == "adopted"
    assert path in fixed(squat).stripped
    assert not squat.run().problems


def test_undo_takes_back_the_last_fix_and_no_earlier_one(squat: SiteBuilder) -> None:
    """A fix that only corrected a page has a record too: the photos before it stay clean."""
    fixed(squat)
    page = "_exercises/squat.md"
    wrong = squat.tree()[page].replace(b"squat-0.jpg", b"Squat-0.JPG")
    squat.write(page, wrong)
    assert fixed(squat).pages == [page]
    assert squat.tree()[page] != wrong
    with open_session(load_config(squat.root, Overrides())) as session:
        assert [each.path for each in undo(session, "check", dry_run=False).steps] == [page]
    assert squat.tree()[page] == wrong
    assert squat.tree()[KEY] == without_metadata(PHOTO)
