"""Two sites at one target: the second one is refused before anything is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import SiteBuilder, draw
from mediakit.base.errors import TargetError
from mediakit.state.catalog import load_catalog


@pytest.fixture
def sites(tmp_path: Path) -> tuple[SiteBuilder, SiteBuilder, SiteBuilder]:
    """Return two sites, and a target that the first one has been synced to."""
    gym, school, target = (SiteBuilder(tmp_path / name) for name in ("gym", "school", "target"))
    gym.exercise("squat")
    school.exercise("bench")
    gym.run("sync", target=str(target.root))
    return gym, school, target


def id_of(site: SiteBuilder) -> str:
    return load_catalog((site.root / "media.json").read_bytes(), "m").site


@pytest.mark.parametrize("before", ["first sync", "has an id"])
@pytest.mark.parametrize("how", ["sync", "delete"])
def test_another_site_is_refused(
    sites: tuple[SiteBuilder, SiteBuilder, SiteBuilder], how: str, before: str
) -> None:
    """Neither site's files are deleted in silence; the way out is told."""
    _, school, target = sites
    if before == "has an id":
        school.run("sync", target=str(target.root.parent / "elsewhere"))
    tree, delete = target.tree(), how == "delete"
    with pytest.raises(TargetError, match="belongs to another site") as caught:
        school.run("sync", target=str(target.root), delete=delete)
    assert "--take-over" in caught.value.hint
    assert target.tree() == tree
    planned = school.run("sync", target=str(target.root), delete=delete, dry_run=True)
    assert [each.code for each in planned.problems] == ["refused"]


def test_taking_over(sites: tuple[SiteBuilder, SiteBuilder, SiteBuilder]) -> None:
    """Once, on demand: the target is then the other site's, and the first one is refused."""
    gym, school, target = sites
    result = school.run("sync", target=str(target.root), take_over=True, delete=True)
    assert (result.problems, result.summary.deleted) == ((), 5)
    assert not school.run("sync", target=str(target.root), delete=True).summary.put
    with pytest.raises(TargetError, match="belongs to another site"):
        gym.run("sync", target=str(target.root))


def test_the_id_is_kept(sites: tuple[SiteBuilder, SiteBuilder, SiteBuilder]) -> None:
    """The site's catalog has it, so that the site is known with other pictures too."""
    gym, _, target = sites
    assert id_of(gym) == id_of(target) != ""
    (gym.root / "_exercises/squat.md").unlink()
    gym.exercise("plank")
    assert not gym.run("sync", target=str(target.root), delete=True).problems
    assert id_of(gym) == id_of(target)


def test_a_checkout_without_a_catalog(
    sites: tuple[SiteBuilder, SiteBuilder, SiteBuilder], tmp_path: Path
) -> None:
    """A site whose catalog is not committed is known by its pictures, and gets its id back."""
    gym, _, target = sites
    fresh = SiteBuilder(tmp_path / "fresh")
    shutil.copytree(gym.root, fresh.root, ignore=shutil.ignore_patterns(".mediakit", "media.json"))
    fresh.write("assets/images/squat-1.jpg", draw(colour="#123456"))
    fresh.exercise("plank", 1)
    assert not fresh.run("sync", target=str(target.root), delete=True).problems
    assert id_of(fresh) == id_of(target) == id_of(gym)


def test_a_target_of_an_older_mediakit(
    sites: tuple[SiteBuilder, SiteBuilder, SiteBuilder],
) -> None:
    """A catalog that names no site is adopted; no picture is made or put again."""
    gym, _, target = sites
    for each in (gym, target):
        document = json.loads((each.root / "media.json").read_text("utf-8"))
        del document["site"]
        each.write("media.json", json.dumps(document))
    result = gym.run("sync", target=str(target.root))
    assert (result.problems, result.summary.made, result.summary.put) == ((), 0, 1)
    assert id_of(gym) == id_of(target) != ""


def test_equal_sites_have_equal_catalogs(tmp_path: Path) -> None:
    """The id is no chance, time or machine: the same site, synced twice for the first time."""
    found = []
    for name in ("one", "two"):
        site = SiteBuilder(tmp_path / name)
        site.exercise("squat")
        if name == "two":
            site.run()
        site.run("sync", target=str(tmp_path / f"target-{name}"))
        found.append((site.root / "media.json").read_bytes())
    assert found[0] == found[1]
