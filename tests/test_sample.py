"""The sample site at the root of the project: what the README's first command runs on."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import SiteBuilder

ROOT = Path(__file__).parents[1]


def test_the_main_job_on_the_sample(tmp_path: Path) -> None:
    """Every path of the sample's exercises is right, and all sizes are made of its pictures."""
    site = SiteBuilder(tmp_path / "site")
    for name in ("manifests", "assets"):
        shutil.copytree(ROOT / name, site.root / name)
    for made in site.root.glob("assets/images/exercises/*-[0-9]*-*"):
        made.unlink()
    shutil.copyfile(ROOT / "mediakit.toml", site.root / "mediakit.toml")
    result = site.run("sync")
    assert result.problems == ()
    assert result.summary.failed == 0
    names = {path.name for path in (site.root / "build/media").rglob("*") if path.is_file()}
    assert {"knæbøj-0.jpg", "knæbøj-0-320.jpg", "knæbøj-0-768.jpg", "knæbøj-0-1280.jpg"} <= names
    assert {"planke-1-320.png", "media.json"} <= names
    assert len(list((site.root / "manifests").glob("*.md"))) >= 8
