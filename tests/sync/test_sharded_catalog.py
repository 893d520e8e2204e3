from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conftest import Prefix, SiteBuilder, draw, reasons
from mediakit.base.actions import Failure, Kind
from mediakit.base.errors import TargetError, UsageError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.storage.folder import FolderStorage
from mediakit.sync.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a site of more than three pictures count as a large one."""
    monkeypatch.setattr("mediakit.state.catalog_file.WHOLE", 3)
    monkeypatch.setattr("mediakit.state.catalog_file.A_SHARD", 2)


def shards(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("media_shards/*"))


@pytest.mark.usefixtures("few")
def test_growing_and_shrinking(site: SiteBuilder) -> None:
    """Beyond the size there are shards, below it the one file again, and nothing is made anew."""
    site.exercise("squat")
    site.run()
    small = site.tree()
    site.exercise("bench", 3)
    site.run()
    assert shards(site.root) == ["4-0.json", "4-1.json", "4-2.json", "4-3.json"]
    assert json.loads((site.root / "media.json").read_bytes())["version"] == 2
    assert {each.action.kind for each in site.run().outcomes} == {Kind.KEEP}
    for path in [*site.root.glob("assets/images/bench-*"), site.root / "_exercises/bench.md"]:
        path.unlink()
    site.run()
    assert site.tree() == small
    assert not (site.root / "media_shards").exists()


@pytest.mark.usefixtures("few")
def test_a_change_to_one_picture(site: SiteBuilder) -> None:
    """One shard changes; what else is in the folder is left alone."""
    site.exercise("squat", 5)
    site.run()
    site.write("media_shards/notes.txt", "ours")
    before = site.tree("media_shards")
    site.write("assets/images/squat-3.jpg", draw(colour="#123456"))
    site.run()
    after = site.tree("media_shards")
    assert before.keys() == after.keys()
    assert sum(before[name] != after[name] for name in before) == 1


@pytest.mark.usefixtures("few")
def test_cut_off_between_shards(site: SiteBuilder) -> None:
    """Shards old and new beside each other, and some that nothing names, are no harm."""
    site.exercise("squat", 5)
    site.run()
    old = site.tree("media_shards")
    for number in range(5):
        site.write(f"assets/images/squat-{number}.jpg", draw(colour=f"#12345{number}"))
    site.run()
    whole = site.tree()
    for name in sorted(old)[:2]:
        site.write(f"media_shards/{name}", old[name])
    site.write("media_shards/8-0.json", "left of a run that was killed")
    site.run()
    site.run(force=True)
    assert site.tree() == whole


@pytest.mark.usefixtures("few")
def test_a_merge_conflict_in_a_shard(site: SiteBuilder) -> None:
    """It stops the run, is told with its file, and is not taken for an empty catalog."""
    site.exercise("squat", 5)
    site.run()
    site.write("media_shards/4-1.json", b"<<<<<<< HEAD\n")
    with pytest.raises(UsageError, match=r"^media_shards/4-1.json: holds merge conflict"):
        site.run(dry_run=True)


@pytest.mark.usefixtures("few")
def test_all_commands_read_it(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What looks at the catalog sees all of it."""
    site.exercise("squat", 5)
    site.run()
    monkeypatch.chdir(site.root)
    assert main(["status"]) == 0
    assert main(["check", "-q"]) == 0
    assert main(["dupes", "-q"]) in {0, 1}
    assert main(["gallery", "page", "-q"]) == 0
    capsys.readouterr()


def sync(site: SiteBuilder, url: str, **job: bool) -> dict[str, str]:
    return reasons(site.run("sync", target=url, **job), "target")


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_at_a_target(
    site: SiteBuilder, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Shards come before the main file and go after it, and deletes never take one."""
    url, folder = str(tmp_path / "out"), tmp_path / "out"
    if kind == "bucket":
        prefix: Prefix = request.getfixturevalue("prefix")
        url, folder = prefix.url, prefix.folder
    site.exercise("squat", 5)
    assert sync(site, url)["media.json"] == "new"
    named = json.loads((folder / "media.json").read_bytes())["shards"]
    assert [f"media_shards/{name}" for name in shards(folder)] == sorted(named)
    assert set(sync(site, url).values()) == {"up to date"}
    config = load_config(site.root, Overrides(target=url))
    verified = verify(config, sample=None)
    assert (verified.foreign, verified.result.has_errors) == (0, False)
    (site.root / "_exercises/squat.md").unlink()
    site.exercise("bench", 4)
    told = sync(site, url, delete=True)
    assert sum(reason == "orphaned" for reason in told.values()) == 11
    again = json.loads((folder / "media.json").read_bytes())["shards"]
    assert [f"media_shards/{name}" for name in shards(folder)] == sorted(again)
    assert not set(named) & set(again)
    for path in [site.root / "_exercises/bench.md", *site.root.glob("assets/images/*-320.jpg")]:
        path.unlink()
    (site.root / "assets/images/squat-0-768.jpg").unlink()
    (site.root / "assets/images/bench-0-768.jpg").unlink()
    site.exercise("lunge", 1)
    sync(site, url, delete=True)
    assert shards(folder) == []
    assert json.loads((folder / "media.json").read_bytes())["version"] == 1


@pytest.mark.usefixtures("few")
def test_two_runs_cannot_cross(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another run was first, its catalog stays whole, and ours leaves nothing that reads."""
    out = tmp_path / "out"
    site.exercise("squat", 5)
    sync(site, str(out))
    before = SiteBuilder(out).tree()
    site.write("assets/images/squat-3.jpg", draw(colour="#123456"))
    refuse = Failure("conflict", "another run was first")
    with monkeypatch.context() as patch:
        patch.setattr(FolderStorage, "replace", lambda *_: refuse)
        assert site.run("sync", target=str(out)).has_errors
    after = SiteBuilder(out).tree()
    kept = {name for name in before if name.startswith("media")}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    sync(site, str(out))
    named = json.loads((out / "media.json").read_bytes())["shards"]
    assert [f"media_shards/{name}" for name in shards(out)] == sorted(named)


@pytest.mark.usefixtures("few")
def test_a_shard_that_was_changed_there(site: SiteBuilder, tmp_path: Path) -> None:
    """It is found out by its name, which has the digest of its bytes."""
    out = tmp_path / "out"
    site.exercise("squat", 5)
    sync(site, str(out))
    broken = out / "media_shards" / shards(out)[0]
    broken.write_bytes(broken.read_bytes() + b"\n")
    with pytest.raises(TargetError, match="is not what was put there"):
        sync(site, str(out))
