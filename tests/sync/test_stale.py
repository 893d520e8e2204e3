"""`--prune`: what mediakit made here and nothing needs any more goes, and nothing else does."""

from __future__ import annotations

import json
import shutil
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SiteBuilder, draw, exercise, reasons
from mediakit import Site
from mediakit.base.actions import Kind, StaleVariants
from mediakit.base.errors import UsageError
from mediakit.cli.main import main
from mediakit.state.catalog_file import CatalogFile
from mediakit.sync.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGES = "assets/images"
B320 = f"{IMAGES}/squat-1-320.jpg"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    """Return a generated site whose page has lost the entry of its second picture."""
    site.exercise("squat")
    site.run()
    site.write("_exercises/squat.md", exercise("squat", 1))
    return site


def pruned(site: SiteBuilder, **job: Any) -> set[str]:
    """Prune, and return the files that are gone."""
    before = site.tree()
    site.run(prune=True, **job)
    return before.keys() - site.tree().keys()


def test_an_entry_that_is_gone(squat: SiteBuilder) -> None:
    """Its variant goes from the disk and the catalog, once; its source stays."""
    assert squat.run(prune=True, dry_run=True).summary.pruned == 1
    assert pruned(squat, dry_run=True) == set()
    assert pruned(squat) == {B320}
    assert B320 not in (squat.root / "media.json").read_text()
    assert pruned(squat) == set()


def without_overlays(site: SiteBuilder) -> None:
    site.write("mediakit.toml", "[presets.overlay-768]\nenabled = false\n")


def without_webp(site: SiteBuilder) -> None:
    site.write("mediakit.toml", '[presets.teaser]\nformats = ["source", "webp"]\n')
    site.run()
    site.write("mediakit.toml", "")


def without_squat(site: SiteBuilder) -> None:
    site.exercise("bench", 1)
    (site.root / "_exercises/squat.md").unlink()
    for number in range(2):
        (site.root / f"{IMAGES}/squat-{number}.jpg").unlink()


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (without_overlays, {"squat-0-768.jpg"}),
        (without_webp, {"squat-0-320.webp", "squat-1-320.webp"}),
        (without_squat, {"squat-0-320.jpg", "squat-1-320.jpg", "squat-0-768.jpg"}),
    ],
)
def test_what_asked_is_gone(
    site: SiteBuilder, change: Callable[[SiteBuilder], None], gone: set[str]
) -> None:
    """A preset, a format, a page with its sources: all that came of them goes."""
    site.exercise("squat")
    site.run()
    change(site)
    assert pruned(site) - {"mediakit.toml"} == {f"{IMAGES}/{name}" for name in gone}


def test_status_counts(squat: SiteBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    """It says how many are stale and how large, and that is nothing to make."""
    size = (squat.root / B320).stat().st_size
    for _ in range(2):  # also where `generate` has kept that there is nothing to do
        assert squat.run(dry_run=True, stale=True).stale == StaleVariants(1, size)
        squat.run()
    assert main(["status", "--site", str(squat.root)]) == 0
    assert f"1 stale variant ({size / 1000:,.0f} kB)" in capsys.readouterr().out
    assert main(["status", "--site", str(squat.root), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["stale"] == {"count": 1, "bytes": size}


def test_what_a_text_mentions_stays(squat: SiteBuilder) -> None:
    """A layout that names the file keeps it, and so does a draft that names its source."""
    squat.write("_layouts/a.html", f'<img src="/{B320}">')
    assert pruned(squat) == set()
    assert reasons(squat.run(prune=True))[B320] == "mentioned"
    squat.write("_layouts/a.html", f"{IMAGES}/squat-1.jpg")
    assert pruned(squat) == set()


def test_a_source_in_use_keeps_no_variant(site: SiteBuilder) -> None:
    """The picture that a page still shows is meant by its name, not what a preset made of it."""
    site.exercise("squat", 1)
    site.run()
    without_overlays(site)
    assert pruned(site) == {f"{IMAGES}/squat-0-768.jpg"}


@pytest.mark.parametrize("page", ["---\na: [\n---\n", exercise("bench", 1)])
def test_nothing_goes_while_something_cannot_be_read(squat: SiteBuilder, page: str) -> None:
    """A page that is broken, or that names a missing picture, may need what seems to be stale."""
    squat.write("_exercises/bench.md", page)
    assert pruned(squat) == set()
    assert "deletes-held-back" in {each.code for each in squat.run(prune=True).problems}


def test_nothing_goes_while_a_text_is_hidden(squat: SiteBuilder, tmp_path: Path) -> None:
    """A layout that leads out of the site may mention anything."""
    (tmp_path / "out.html").write_text("x")
    squat.write("_layouts/a.html", "").unlink()
    (squat.root / "_layouts/a.html").symlink_to(tmp_path / "out.html")
    assert pruned(squat) == set()


def test_what_was_changed_by_hand_stays(squat: SiteBuilder) -> None:
    """Only the bytes that mediakit made go."""
    squat.write(B320, draw((320, 213), "#00ff00"))
    assert pruned(squat, trust_catalog=True) == set()
    assert reasons(squat.run(prune=True))[B320] == "altered by hand"


def test_what_was_there_before_stays(site: SiteBuilder) -> None:
    """A variant that was adopted is somebody else's work."""
    site.exercise("squat")
    site.write(B320, draw((320, 213)))
    site.run()
    site.write("_exercises/squat.md", exercise("squat", 1))
    assert pruned(site) == set()
    assert reasons(site.run(prune=True))[B320] == "made elsewhere"


def test_a_catalog_alone_deletes_nothing(squat: SiteBuilder) -> None:
    """Without the sealed cache, a catalog of a stranger could call any file a variant."""
    squat.run()
    shutil.rmtree(squat.root / ".mediakit")
    assert pruned(squat) == set()
    assert pruned(squat, trust_catalog=True) == {B320}


def test_a_forged_row_is_not_believed(squat: SiteBuilder, tmp_path: Path) -> None:
    """What another user's cache says of a file is not known here."""
    squat.run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
        assert pruned(squat) == set()


@pytest.mark.parametrize("name", ["Squat-0", unicodedata.normalize("NFD", "Kniebeugé-0")])
def test_names_that_some_disks_do_not_tell_apart(site: SiteBuilder, name: str) -> None:
    """A file whose name differs from a needed one by case or Unicode form alone stays."""
    page = "---\ngallery:\n  - image_path: /assets/images/{}-320.jpg\n---\n"
    other = unicodedata.normalize("NFC", name).replace("S", "s")
    for each in (name, other):
        site.write(f"{IMAGES}/{each}.jpg", draw())
        site.write("_exercises/a.md", page.format(each))
        site.run()
    assert pruned(site) == set()
    assert site.root.joinpath(IMAGES, f"{other}-320.jpg").exists()


def test_links_stay(squat: SiteBuilder) -> None:
    """A file that is reached through a link may be needed by its other name."""
    squat.run()
    (squat.root / IMAGES).rename(squat.root / "pictures")
    (squat.root / IMAGES).symlink_to(squat.root / "pictures")
    assert pruned(squat) == set()


def test_too_much_at_once(site: SiteBuilder) -> None:
    """`max_delete` holds for variants too, and a site without pictures is the wrong folder."""
    site.exercise("squat")
    site.write("mediakit.toml", "max_delete = 1\n")
    site.run()
    site.write("_exercises/squat.md", "---\ntitle: Squat\nimage: /x.jpg\n---\n")
    site.write("x.jpg", draw((10, 10)))
    with pytest.raises(UsageError, match="3 of 3 variants would be removed, and --max-delete is 1"):
        site.run(prune=True)
    assert [each.code for each in site.run(prune=True, dry_run=True).problems] == ["refused"]
    (site.root / "_exercises/squat.md").unlink()
    with pytest.raises(UsageError, match="names no picture at all"):
        site.run(prune=True)
    with pytest.raises(UsageError, match="--prune looks at the whole site"):
        site.run(prune=True, selection=Selection(("squat",)))


def test_a_kill_between_removal_and_record(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is gone and the catalog still has it: the next run mends that."""
    with monkeypatch.context() as patch:
        patch.setattr(CatalogFile, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            squat.run(prune=True)
    assert B320 in (squat.root / "media.json").read_text()
    assert not (squat.root / B320).exists()
    squat.run()
    assert B320 not in (squat.root / "media.json").read_text()


def test_what_a_killed_run_made(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variant that no catalog ever had is known by the journal."""
    squat.exercise("bench", 2)
    with monkeypatch.context() as patch:
        patch.setattr(CatalogFile, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            squat.run()
    squat.write("_exercises/bench.md", exercise("bench", 1))
    assert pruned(squat) == {B320, f"{IMAGES}/bench-1-320.jpg"}


def test_folders_that_become_empty(site: SiteBuilder) -> None:
    """A folder that held nothing else goes with its last variant."""
    site.exercise("squat", folder="img/squat")
    site.exercise("bench", 1)
    for number in range(2):
        site.write(f"img/squat/squat-{number}.jpg", draw())
    site.run()
    without_squat(site)
    shutil.rmtree(site.root / "assets")
    site.exercise("bench", 1)
    for number in range(2):
        (site.root / f"img/squat/squat-{number}.jpg").unlink()
    assert "img/squat/squat-0-320.jpg" in pruned(site)
    assert not (site.root / "img").exists()


def test_a_failure_prunes_nothing(squat: SiteBuilder) -> None:
    """After a variant that could not be made, no other goes."""
    squat.exercise("bench", 1)
    squat.write("mediakit.toml", "[presets.teaser]\nmax_bytes = 1000\n")
    assert squat.run(prune=True).summary.failed
    assert (squat.root / B320).exists()


def test_the_library_prunes_what_a_plan_says(squat: SiteBuilder) -> None:
    """A plan that prunes is reviewed and applied like any other; another one prunes nothing."""
    site = Site.open(squat.root)
    assert site.apply(site.plan()).summary.pruned == 0
    plan = site.plan(prune=True)
    assert [(each.kind, each.path) for each in plan.todo] == [(Kind.PRUNE, B320)]
    assert site.apply(plan).summary.pruned == 1


def test_sync_prunes_too(squat: SiteBuilder, tmp_path: Path) -> None:
    """The site's own files go by `--prune`, those at the target by `--delete`: each alone."""
    target = str(tmp_path / "target")
    squat.write("_exercises/squat.md", exercise("squat"))
    squat.run("sync", target=target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    assert squat.run("sync", target=target, prune=True).summary.pruned == 1
    assert (tmp_path / "target" / B320).exists()
    assert squat.run("sync", target=target, delete=True).summary.deleted == 2
    assert not (tmp_path / "target" / B320).exists()
