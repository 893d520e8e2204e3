from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import Prefix, SiteBuilder, draw

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.base.actions import Result

SHARDS = {"mediakit.state.catalog_file.WHOLE": 3, "mediakit.state.catalog_file.A_SHARD": 4}
FEW = {
    "mediakit.base.files._FEW": 2,
    "mediakit.sync.session._FEW": 2,
    "mediakit.base.tables._FEW": 2,
    "mediakit.base.aside._RUN": 4,
    "mediakit.base.aside.BLOCK": 3,
    "mediakit.base.aside._IN_MEMORY": 0,
    "mediakit.sync.content._FEW": 2,
    "mediakit.state.catalog_file._HELD": 2,
}
PAGE = "---\ngallery:\n  - image_path: /assets/images/a.jpg\n  - image_path: /no.jpg\n---\n"


def told(result: Result) -> list[object]:
    outcomes = [(*map(str, each.action.path), each.status, each.bytes) for each in result.outcomes]
    return [sorted(outcomes), result.problems]


def story(site: SiteBuilder, target: str) -> list[object]:
    """Sync, change some pictures and pages, sync again, and return what was told and written."""
    for name in ("squat", "bench", "plank", "row"):
        site.exercise(name, 3)
    site.write("_exercises/a.md", PAGE)
    site.write("assets/images/a.jpg", draw())
    found = [told(site.run("sync", target=target)), told(site.run("sync", target=target))]
    site.write("assets/images/plank-1.jpg", draw(colour="#123456"))
    (site.root / "_exercises/row.md").unlink()
    site.write("_exercises/a.md", PAGE.replace("/no.jpg", "/assets/images/row-1.jpg"))
    found += [told(site.run("sync", target=target, delete=True)), told(site.run())]
    return [*found, site.tree()]


@pytest.mark.parametrize("is_bucket", [False, True])
def test_it_is_the_same_with_very_many(
    *, is_bucket: bool, prefix: Prefix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit into memory is planned, done, told and written as what does."""
    stories, trees = [], []
    for name, settings in (("usual", SHARDS), ("many", SHARDS | FEW)):
        for setting, value in settings.items():
            monkeypatch.setattr(setting, value)
        folder = prefix.folder if is_bucket else tmp_path
        target = f"{prefix.url if is_bucket else folder}/{name}"
        stories.append(story(SiteBuilder(tmp_path / f"site-{name}"), target))
        trees.append(SiteBuilder(folder / name).tree())
    assert stories[0] == stories[1]
    assert trees[0] == trees[1]
