from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile_site import add_files, page

from conftest import SiteBuilder, carried_out, draw, reasons
from mediakit.base.actions import Plan, Status
from mediakit.base.files import DiskFile, FileTree, read_unchanged
from mediakit.base.regular_file import open_regular, read_regular
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.state.catalog import load_catalog
from mediakit.sync import plan as plan_module
from mediakit.sync.run import Job

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(os.name == "nt", reason="these files are of other systems"),
]


def codes(problems: object) -> set[str]:
    return {each.code for each in problems}  # type: ignore[attr-defined]


def test_special_files_are_refused_and_said(tmp_path: Path) -> None:
    """Links out, loops, pipes, sockets, devices, folders: problems; nothing waits or leaks."""
    site = SiteBuilder(tmp_path / "site")
    names = add_files(site, tmp_path / "outside")
    site.exercise("squat")
    result = site.run("sync", target=str(tmp_path / "target"))
    assert len([each for each in result.problems if "special-" in each.path]) >= len(names)
    refused = {each.path for each in result.problems if each.code == "refused-file"}
    assert {"_exercises/pipe.md", "_exercises/out.md", "_exercises/loop.md"} <= refused
    assert any(each.status is Status.DONE for each in result.outcomes)
    secret = draw(colour="#010203")
    for path in (tmp_path / "target").rglob("*"):
        assert not path.is_file() or path.read_bytes() != secret
    catalog = load_catalog((site.root / "media.json").read_bytes(), "media.json")
    assert set(catalog.pictures) == {"assets/images/squat-0.jpg", "assets/images/squat-1.jpg"}


@pytest.mark.parametrize(
    "args", [["check"], ["dupes"], ["gallery", "fill", "--check"], ["gallery", "page"], ["status"]],
    ids=" ".join,
)  # fmt: skip
def test_no_command_waits(args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What walks over a whole site opens no pipe and no device."""
    site = SiteBuilder(tmp_path / "site")
    add_files(site, tmp_path / "outside")
    monkeypatch.chdir(site.root)
    assert main(args) in {0, 1}


@pytest.mark.parametrize(
    "name", ["mediakit.toml", "_config.yml", "media.json", "duplicates-accepted.json"]
)
def test_our_own_files_as_pipes(
    name: str, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A pipe in the place of a file that mediakit always reads is an error, not a wait."""
    site.exercise("squat")
    place = site.root / ("_data/media.json" if name == "media.json" else name)
    place.parent.mkdir(exist_ok=True)
    os.mkfifo(place)
    monkeypatch.chdir(site.root)
    assert main(["dupes"]) in {0, 2}
    assert "Traceback" not in capsys.readouterr().err


# the first run imports all, from where another user may not read
_AS_NOBODY = """
import os, sys
from mediakit.cli.main import main
main(["generate", "-q", "--site", "../first"])
os.setgid(65534)
os.setuid(65534)
sys.exit(main(["generate"]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="root reads all: a child takes another user")
def test_unreadable_files() -> None:
    """A picture and a page that may not be read are problems, and the others are made."""
    shared = Path("/var/tmp") / f"mediakit-test-{os.getpid()}"  # noqa: S108 - others may go there
    site = SiteBuilder(shared / "site")
    try:
        site.exercise("squat")
        site.exercise("row")
        (site.root / "assets/images/row-0.jpg").chmod(0)
        (site.root / "_exercises/row.md").chmod(0)
        site.exercise("bench")
        (site.root / "assets/images/bench-0.jpg").chmod(0)
        SiteBuilder(shared / "first").exercise("first", 1)
        for path in (shared, *shared.rglob("*")):
            os.chown(path, 65534, 65534)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY], cwd=site.root, capture_output=True, text=True,
            check=False, env={**os.environ, "HOME": str(shared)},
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        assert "_exercises/row.md: error: cannot be read: Permission denied" in done.stderr
        assert "bench-0.jpg: cannot be read: Permission denied" in done.stderr
        assert (site.root / "assets/images/squat-0-320.jpg").exists()
        assert (site.root / "assets/images/bench-1-320.jpg").exists()
    finally:
        shutil.rmtree(shared)


def test_hard_links_stay_apart(site: SiteBuilder, tmp_path: Path) -> None:
    """A variant that is a hard link to something else is replaced, and that is left as it was."""
    other = tmp_path / "other.jpg"
    other.write_bytes(draw((320, 213)))
    before = other.read_bytes()
    site.exercise("squat")
    os.link(other, site.root / "assets/images/squat-0-320.jpg")
    site.run(force=True)
    assert other.read_bytes() == before
    assert (site.root / "assets/images/squat-0-320.jpg").read_bytes() != before


def test_nothing_but_a_regular_file_is_opened(tmp_path: Path) -> None:
    """Neither a pipe nor a device nor a folder; and no more than there may be."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match="not a regular file"):
            open_regular(path)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(OSError, match="larger than"):
        read_regular(tmp_path / "sparse")


Swap = Callable[[Path, Path], None]


def _link_out(place: Path, outside: Path) -> None:
    place.unlink()
    place.symlink_to(outside / "secret.jpg")


def _pipe(place: Path, _outside: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def _folder(place: Path, _outside: Path) -> None:
    place.unlink()
    place.mkdir()


def _other(place: Path, _outside: Path) -> None:
    place.write_bytes(draw(colour="#ff0000"))


def _parent_link(place: Path, outside: Path) -> None:
    place.parent.rename(place.parent.with_name("was"))
    place.parent.symlink_to(outside)
    (outside / place.name).write_bytes(draw(colour="#010203"))


SWAPS = [_link_out, _pipe, _folder, _other, _parent_link]


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.__name__.strip("_"))
def test_a_source_that_became_something_else(
    swap: Swap, site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between plan and apply a source is swapped: it is not read, and the others are made."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(draw(colour="#010203"))
    site.write("assets/other/row-0.jpg", draw())
    site.write("_exercises/row.md", page("/assets/other/row-0.jpg"))
    site.exercise("squat", 1)
    planned = plan_module.plan_products

    def plan_and_swap(*given: Any, **options: Any) -> Plan:
        plan = planned(*given, **options)
        swap(site.root / "assets/images/squat-0.jpg", outside)
        return plan

    monkeypatch.setattr(plan_module, "plan_products", plan_and_swap)
    result = carried_out(load_config(site.root, Overrides(jobs=1)), Job(), _Quiet())
    done = {each.action.path for each in result.outcomes if each.status is Status.DONE}
    assert not any("squat" in path for path in done)
    assert "assets/other/row-0-320.jpg" in done
    assert codes(result.problems) & {"changed-meanwhile", "unreadable-picture"}
    assert {each.name for each in outside.iterdir()} <= {"secret.jpg", "squat-0.jpg"}


def test_an_output_whose_folder_became_a_link(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between plan and apply the folder of results comes to lead out: nothing is written there."""
    outside = tmp_path / "outside"
    shutil.copytree(site.root, outside)
    site.exercise("squat", 1)
    place = site.root / "assets/images"
    real = FileTree.disk_path

    def swapped(tree: FileTree, path: str) -> Path:
        found = real(tree, path)
        if not place.is_symlink() and path.endswith("-320.jpg"):
            place.rename(place.with_name("was"))
            place.symlink_to(outside)
        return found

    monkeypatch.setattr(FileTree, "disk_path", swapped)
    result = site.run()
    assert list(outside.iterdir()) == []
    assert "cannot-write-file" in codes(result.problems)


def test_an_output_that_is_a_link(site: SiteBuilder, tmp_path: Path) -> None:
    """A variant in whose place a link out of the site is: the link goes, its target stays."""
    outside = tmp_path / "precious.jpg"
    outside.write_bytes(b"precious")
    site.exercise("squat", 1)
    (site.root / "assets/images/squat-0-320.jpg").symlink_to(outside)
    result = site.run()
    assert outside.read_bytes() == b"precious"
    made = site.root / "assets/images/squat-0-320.jpg"
    assert reasons(result)["assets/images/squat-0-320.jpg"] == "new"
    assert not made.is_symlink()


@pytest.mark.parametrize("name", [".mediakit", ".mediakit/tmp", ".mediakit/cache.db"])
def test_our_own_folders_as_links(
    name: str, site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository links our folders to somebody's own: nothing there is changed or deleted."""
    outside = tmp_path / "home"
    outside.mkdir()
    (outside / "letter.txt").write_text("dear")
    site.exercise("squat", 1)
    (site.root / ".mediakit").mkdir(exist_ok=name != ".mediakit")
    if name == ".mediakit":
        (site.root / name).rmdir()
    target = outside / "letter.txt" if name.endswith(".db") else outside
    (site.root / name).symlink_to(target)
    monkeypatch.chdir(site.root)
    for args in (["generate"], ["check", "--write-baseline"]):
        assert main(args) in {1, 2}
    assert main(["gallery", "page"]) == (2 if name == ".mediakit" else 0)
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"letter.txt": "dear"}


def test_a_record_of_somebody_else_moves_nothing(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo whose record leads out of the site, as a repository may hold it, is refused."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.profile").write_text("mine")
    up = "../home/.profile"
    site.write(
        ".mediakit-quarantine/0001/record.json",
        f'{{"version":1,"edits":[{{"path":"{up}","before":"x","after":"{"0" * 64}"}}],'
        f'"moves":[{{"path":"{up}2","sha256":"x","keeper":"a","keeper_sha256":"x"}}]}}',
    )
    site.write(".mediakit-quarantine/0001/home/.profile2", "theirs")
    site.write(".mediakit-quarantine/home/.profile", "theirs")
    monkeypatch.chdir(site.root)
    assert main(["dupes", "--undo", "--yes"]) == 1
    assert {path.name for path in (tmp_path / "home").iterdir()} == {".profile"}
    assert (tmp_path / "home/.profile").read_text() == "mine"


def test_a_target_with_a_link_in_it(site: SiteBuilder, tmp_path: Path) -> None:
    """A folder of a target that leads elsewhere gets nothing, and loses nothing."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep.jpg").write_bytes(b"keep")
    target = tmp_path / "target"
    (target / "assets").mkdir(parents=True)
    (target / "assets/images").symlink_to(outside)
    site.exercise("squat", 1)
    result = site.run("sync", target=str(target), delete=True)
    assert "put-failed" in codes(result.problems)
    assert {path.name for path in outside.iterdir()} == {"keep.jpg"}


@pytest.mark.parametrize("open_files", ["/proc/self/fd", "/nowhere"])
def test_a_link_inside_is_read(
    open_files: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that stays in the site is a picture as any other, until it leads elsewhere."""
    monkeypatch.setattr("mediakit.base.regular_file._OPEN_FILES", open_files)
    (tmp_path / "a.jpg").write_bytes(b"a")
    (tmp_path / "link.jpg").symlink_to("a.jpg")
    found = FileTree(tmp_path).find("link.jpg")
    assert isinstance(found, DiskFile)
    assert read_unchanged(found) == b"a"
    (tmp_path / "link.jpg").unlink()
    (tmp_path / "link.jpg").symlink_to("/etc/hostname")
    assert read_unchanged(found) is None
    with pytest.raises(OSError, match="changed while mediakit ran"):
        open_regular(found.disk_path, found.root)


class _Quiet:
    def begin(self, total: int) -> None:
        pass

    def step(self, outcome: object) -> None:
        pass
