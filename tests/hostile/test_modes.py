from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import SiteBuilder, draw
from mediakit.base.writer import Writer
from mediakit.cli.main import main

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes are of other systems")


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    old = os.umask(request.param)
    yield request.param
    os.umask(old)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_what_is_for_the_site_follows_the_umask(umask: int, site: SiteBuilder) -> None:
    """Variants, catalog and objects are ordinary files: neither closed nor executable."""
    site.exercise("squat", 1)
    site.run("sync")
    made = ["assets/images/squat-0-320.jpg", "assets/images/squat-0-768.jpg", "media.json"]
    for path in made:
        assert mode(site.root / path) == 0o666 & ~umask
        assert mode(site.root / ".mediakit/target" / path) == 0o666 & ~umask


def test_nobody_else_writes_into_our_folders(
    umask: int, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cache, temporary files and quarantine are not for the world to write, whatever the umask."""
    site.exercise("squat", 2)
    site.write("assets/images/squat-1.jpg", (site.root / "assets/images/squat-0.jpg").read_bytes())
    monkeypatch.chdir(site.root)
    assert main(["generate", "-q"]) == 0
    assert main(["dupes", "--fix", "--yes", "-q"]) == 0
    ours = [site.root / ".mediakit", site.root / ".mediakit-quarantine"]
    ours += [path for path in (site.root / ".mediakit").iterdir() if path.is_file()]
    assert len(ours) > 3
    for path in ours:
        assert not mode(path) & 0o002, path
    assert mode(site.root / ".mediakit-quarantine") == 0o700 & ~umask
    with Writer(site.root / ".mediakit/tmp", site.root) as writer:
        staged = writer.stage(b"x")
        assert not mode(staged.parent) & 0o007


def test_a_file_keeps_its_mode(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is edited and a variant made anew stay as open or closed as they were."""
    site.exercise("squat", 1)
    site.run()
    page, variant = site.root / "_exercises/squat.md", site.root / "assets/images/squat-0-320.jpg"
    page.chmod(0o640)
    variant.chmod(0o664)
    site.write("assets/images/squat-1.jpg", draw(colour="#123456"))
    monkeypatch.chdir(site.root)
    assert main(["gallery", "fill", "--yes", "-q"]) == 0
    assert "squat-1.jpg" in page.read_text("utf-8")
    site.run(force=True)
    assert mode(page) == 0o640
    assert mode(variant) == 0o664
