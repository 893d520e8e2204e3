from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from conftest import Prefix, SiteBuilder, draw, reasons
from mediakit.base.model import Severity
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.images.bare import without_metadata
from mediakit.images.private import Told, told_by
from mediakit.sync.verify import verify
from placed import PLACED, exif

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.base.actions import Result

KEY = "assets/images/squat-0.jpg"
PHOTO = draw(exif=exif())


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """A site with one photo that tells where it was taken, and one that does not."""
    site.exercise("squat")
    site.write(KEY, PHOTO)
    return site


@pytest.fixture
def target(tmp_path: Path) -> SiteBuilder:
    return SiteBuilder(tmp_path / "target")


def told(result: Result) -> list[tuple[str, str]]:
    return [(each.code, str(each.severity)) for each in result.problems]


def test_no_place_is_published(squat: SiteBuilder, target: SiteBuilder) -> None:
    """The object is the picture without its metadata, the file stays, and that is said once."""
    result = squat.run("sync", target=str(target.root))
    assert told(result) == [("location-removed", "note")]
    assert not result.has_errors
    assert target.tree()[KEY] == without_metadata(PHOTO)
    assert squat.tree()[KEY] == PHOTO
    for path, data in target.tree().items():
        assert path.endswith(".json") or told_by(data) == Told()


def test_a_target_agrees_with_what_is_put(
    squat: SiteBuilder, target: SiteBuilder, tmp_path: Path
) -> None:
    """A second run, a fresh checkout, and one without a committed catalog put nothing again."""
    squat.run("sync", target=str(target.root))
    before = target.tree()
    for name, gone in (("again", ()), ("fresh", (".mediakit",)), ("bare", ("media.json",))):
        other = SiteBuilder(tmp_path / name)
        shutil.copytree(squat.root, other.root)
        for each in gone:
            path = other.root / each
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for catalog in other.root.rglob("media.json") if name == "bare" else ():
            catalog.unlink()
        result = other.run("sync", target=str(target.root))
        assert result.summary.put == 0, reasons(result, "target")
        assert target.tree() == before
    checked = verify(load_config(squat.root, Overrides(target=str(target.root))), sample=None)
    assert not checked.result.problems


def test_what_an_older_version_put_is_put_again(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A place that is public already goes with the next sync."""
    squat.write("mediakit.toml", '[privacy]\nlocation = "allow"\n')
    assert not told(squat.run("sync", target=str(target.root)))
    assert target.tree()[KEY] == PHOTO
    (squat.root / "mediakit.toml").unlink()
    assert reasons(squat.run("sync", target=str(target.root)), "target")[KEY] == "content changed"
    assert target.tree()[KEY] == without_metadata(PHOTO)


def test_a_picture_is_refused(squat: SiteBuilder, target: SiteBuilder) -> None:
    """With `refuse` the picture is an error at its line, and all others are put."""
    squat.write("mediakit.toml", '[privacy]\nlocation = "refuse"\n')
    result = squat.run("sync", target=str(target.root))
    (problem,) = result.problems
    assert (problem.path, problem.code, problem.severity) == (
        "_exercises/squat.md", "has-location", Severity.ERROR
    )  # fmt: skip
    assert problem.line
    assert KEY not in target.tree()
    assert "assets/images/squat-0-320.jpg" in target.tree()
    assert KEY not in json.loads(target.tree()["media.json"])["objects"]


def test_what_cannot_be_taken_apart_is_refused(site: SiteBuilder, target: SiteBuilder) -> None:
    """A JPEG whose parts cannot be told from each other is not put with its place."""
    site.exercise("squat", 1)
    photo = PLACED["exif.jpg"]()
    site.write(KEY, photo[:-2] + b"\xff\xfe\xff\xff" + b"more")
    assert without_metadata(site.tree()[KEY]) is None
    assert ("has-location", "error") in told(site.run("sync", target=str(target.root)))
    assert KEY not in target.tree()


def test_a_variant_of_somebody_else_is_looked_at(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A thumbnail that somebody made by hand and that mediakit keeps is put without its place."""
    path = "assets/images/squat-1-320.jpg"
    squat.write(path, draw((320, 213), exif=exif(1)))
    for _ in range(2):
        squat.run("sync", target=str(target.root))
        assert told_by(target.tree()[path]) == Told()
    assert squat.run("sync", target=str(target.root)).summary.put == 0


def test_a_bucket_gets_no_place(squat: SiteBuilder, prefix: Prefix) -> None:
    """ETag, digest and size of an object are those of what was put."""
    squat.run("sync", target=prefix.url)
    assert prefix.tree()[KEY] == without_metadata(PHOTO)
    shutil.rmtree(squat.root / ".mediakit")
    assert squat.run("sync", target=prefix.url).summary.put == 0
