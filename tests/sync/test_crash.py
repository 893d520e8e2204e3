"""kill -9 at random moments: nothing half-written, no wrong record, and the next run heals all."""

from __future__ import annotations

import io
import json
import random
import shutil
import signal
import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conftest import SiteBuilder
from filmed_clips import phone_film
from mediakit.images.filmed import probe_whole_film
from processes import held_at_work

if TYPE_CHECKING:
    from pathlib import Path

    from processes import Child, Nursery

pytestmark = pytest.mark.slow

KILLS = 15
"""A few of each phase of a run; `scripts/soak` kills at other moments for as long as it is told."""


def start(nursery: Nursery, site: SiteBuilder, target: Path) -> Child:
    return nursery.start(site.root, "sync", "-q", "--jobs", "2", "--target", str(target))


def check_whole(tree: dict[str, bytes]) -> None:
    """Every picture and clip decodes to its end, and every catalog is whole."""
    for path, data in tree.items():
        if path.endswith(".jpg"):
            with Image.open(io.BytesIO(data)) as image:
                image.load()
        elif path.endswith(".mp4"):
            _, is_whole = probe_whole_film(data, thorough=True) or (None, False)
            assert is_whole
        elif path.endswith(".json"):
            assert json.loads(data)["version"] == 1


def published(target: Path) -> dict[str, bytes]:
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file() and ".mediakit-tmp" not in path.parts
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    site = SiteBuilder(tmp_path_factory.mktemp("sample"))
    for name in ("squat", "bækkenløft"):
        site.exercise(name, 3)
    site.write("mediakit.toml", "[clips.loops]\nlongest = 96\n")
    site.write("assets/images/lunge.mov", phone_film())
    site.write(
        "_exercises/lunge.md", "---\ntitle: L\n---\n<video src='/assets/images/lunge.mov'>\n"
    )
    return site


def test_kill_at_any_moment(sample: SiteBuilder, tmp_path: Path, nursery: Nursery) -> None:
    """Kills leave whole files, and one more run gives the same tree to the byte."""
    reference, whole = SiteBuilder(tmp_path / "reference"), tmp_path / "reference-target"
    shutil.copytree(sample.root, reference.root)
    began = time.perf_counter()
    assert start(nursery, reference, whole).wait().code == 0
    whole_run = time.perf_counter() - began
    chance = random.Random(20)
    killed = 0
    while killed < KILLS:
        site, target = SiteBuilder(tmp_path / "site"), tmp_path / "target"
        shutil.copytree(sample.root, site.root)
        # one after the other, through all of a run
        moment = (killed + chance.random()) / KILLS
        child = start(nursery, site, target)
        time.sleep(moment * whole_run)
        child.send(signal.SIGKILL)
        if child.wait().code == -signal.SIGKILL:
            killed += 1
        else:
            whole_run *= 0.8  # the machine has less to do by now: runs are shorter
        check_whole(site.tree())
        check_whole(published(target))
        result = site.run("sync", target=str(target))
        assert result.problems == ()
        assert {str(each.action.reason) for each in result.outcomes} <= {"new", "up to date"}
        assert site.tree() == reference.tree()
        assert published(target) == published(whole)
        assert sorted(path.name for path in target.rglob(".mediakit*")) == []
        shutil.rmtree(site.root)
        shutil.rmtree(target)


def test_terminate_stops_cleanly(sample: SiteBuilder, tmp_path: Path) -> None:
    """SIGTERM, Ctrl-C and a closed terminal end with exit code 130; what was finished is kept."""
    for number, name in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)):
        site = SiteBuilder(tmp_path / f"site-{number}")
        shutil.copytree(sample.root, site.root)
        process = held_at_work(site.root, "generate", "--jobs", "1")
        process.send_signal(name)
        out, err = process.communicate()
        assert process.returncode == 130, (out, err)
        assert "interrupted" in err
        assert "Traceback" not in err
        check_whole(site.tree())
        recorded = json.loads((site.root / "media.json").read_bytes())["images"]
        variants = {path for image in recorded.values() for path in image.get("variants", {})}
        made = {path for path in site.tree() if path not in sample.tree()} - {"media.json"}
        assert variants <= made
        assert len(made - variants) <= 1  # the one that was landing when the signal came
        after = site.run()
        assert after.problems == ()
        assert {str(each.action.reason) for each in after.outcomes} <= {"new", "up to date"}
