"""The main job on the corpus: 150 real exercises with 300 real photos."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from conftest import SHARED, SiteBuilder, draw

if TYPE_CHECKING:
    from processes import Nursery

PICTURES = "assets/images/exercises/"


Command = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def mediakit(nursery: Nursery) -> Command:
    """Return what runs a command in the folder of a site; returns its exit code and output."""

    def run(site: Path, *args: str) -> tuple[int, str]:
        done = nursery.start(site, *args).wait()
        assert done.err == ""
        return done.code, done.out

    return run


def copy_site(source: Path, to: Path) -> Path:
    shutil.copytree(
        source, to, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".mediakit")
    )
    return to


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, mediakit: Command) -> tuple[Path, Path]:
    """Return the site and its target after a first sync."""
    base = tmp_path_factory.mktemp("corpus")
    shutil.copytree(SHARED / "corpus" / "site", base / "site", copy_function=shutil.copyfile)
    for path in (base / "site").rglob("*"):
        path.chmod(0o755)
    code, out = mediakit(
        base / "site", "sync", "--target", str(base / "target"), "--format", "json"
    )
    assert code == 0
    summary = json.loads(out)["summary"]
    assert summary["failed"] == 0
    assert summary["put"] == 300 + summary["made"] + 1
    return base / "site", base / "target"


def size(path: Path) -> tuple[int, int]:
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        image.load()
        return image.size


def test_all_is_read(synced: tuple[Path, Path], mediakit: Command) -> None:
    """All 150 manifests, without a problem."""
    code, out = mediakit(synced[0], "list", "--format", "json")
    document = json.loads(out)
    assert (code, len(document["manifests"]), document["problems"]) == (0, 150, [])


def test_every_variant_is_right(synced: tuple[Path, Path], mediakit: Command) -> None:
    """A -320 of each photo, a -768 of each larger overlay, nothing else, all at the target."""
    site, target = synced
    document = json.loads(mediakit(site, "list", "--format", "json")[1])
    images = [image for each in document["manifests"] for image in each["images"]]
    sources = {image["source"] for image in images}
    overlays = {image["source"] for image in images if image["role"] == "overlay"}
    assert len(sources) == 300
    expected = set(sources)
    for source in sources:
        width, height = size(site / source)
        stem = source.removesuffix(".jpg")
        small = size(site / f"{stem}-320.jpg")
        assert small[0] == min(320, width)
        assert abs(small[1] - height * small[0] / width) <= 0.5
        expected.add(f"{stem}-320.jpg")
        if source in overlays and width > 768:
            assert size(site / f"{stem}-768.jpg")[0] == 768
            expected.add(f"{stem}-768.jpg")
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert there == {*expected, "media.json"}
    assert all((site / path).read_bytes() == (target / path).read_bytes() for path in expected)


def test_second_run_and_fresh_copy(
    synced: tuple[Path, Path], tmp_path: Path, mediakit: Command
) -> None:
    """Neither a second run nor one on a fresh copy with new times makes or puts anything."""
    site, target = synced
    fresh = copy_site(site, tmp_path / "fresh")
    for path in fresh.rglob("*"):
        os.utime(path, (1_900_000_000, 1_900_000_000))
    for where in (site, fresh):
        code, out = mediakit(where, "sync", "--target", str(target), "--format", "json")
        summary = json.loads(out)["summary"]
        assert (code, summary["made"], summary["put"], summary["failed"]) == (0, 0, 0, 0)


def test_one_changed_photo(synced: tuple[Path, Path], tmp_path: Path, mediakit: Command) -> None:
    """Exactly the variants of a photo whose content changed are remade."""
    site = copy_site(synced[0], tmp_path / "site")
    name = "90-90-hamstring-0"
    SiteBuilder(site).write(f"{PICTURES}{name}.jpg", draw((850, 567)))
    code, out = mediakit(site, "generate", "--format", "json")
    made = [each for each in json.loads(out)["actions"] if each["kind"] == "make"]
    assert code == 0
    assert {(each["path"], each["reason"]) for each in made} == {
        (f"{PICTURES}{name}-320.jpg", "source changed"),
        (f"{PICTURES}{name}-768.jpg", "source changed"),
    }


def test_nothing_to_do_is_quick(synced: tuple[Path, Path]) -> None:
    """With nothing to do, plan and report take under a second of CPU (the best of three)."""
    times = []
    for _ in range(3):
        start = cpu_of_children()
        command = [sys.executable, "-m", "mediakit", "status"]
        subprocess.run(command, cwd=synced[0], check=True, capture_output=True)
        times.append(cpu_of_children() - start)
    assert min(times) < 1


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def contents(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and ".mediakit" not in path.parts
    }


def test_duplicates(synced: tuple[Path, Path], mediakit: Command) -> None:
    """All groups of equal files are found and no other pair; fix and undo give the same tree."""
    site, _ = synced
    equal: dict[bytes, set[str]] = {}
    for path in sorted((site / PICTURES).iterdir()):
        if not path.stem.endswith(("-320", "-768", "-1280", "-1920")):
            equal.setdefault(path.read_bytes(), set()).add(PICTURES + path.name)
    expected = {frozenset(paths) for paths in equal.values() if len(paths) > 1}
    _, out = mediakit(site, "dupes", "--transformed", "--format", "json")  # the most that is found
    groups = json.loads(out)["groups"]
    assert {group["level"] for group in groups} == {"bytes"}
    found = {frozenset(each["path"] for each in group["members"]) for group in groups}
    assert found == expected
    before = contents(site)
    mediakit(site, "dupes", "--fix", "--yes", "-q")
    assert mediakit(site, "dupes", "-q")[0] == 0
    assert mediakit(site, "generate", "-q")[0] == 0
    (site / "media.json").write_bytes(before["media.json"])
    mediakit(site, "dupes", "--undo", "--yes", "-q")
    assert contents(site) == before


def test_galleries_are_as_the_pictures_are(synced: tuple[Path, Path], mediakit: Command) -> None:
    """Nothing is to be filled in, so no page changes; the page of pictures has all of them."""
    site, _ = synced
    assert mediakit(site, "gallery", "fill", "--check", "-q")[0] == 0
    assert mediakit(site, "gallery", "page", "-q")[0] == 0
    text = (site / ".mediakit/gallery/index.html").read_text("utf-8")
    assert text.count('<article class="card"') == 150


def test_checks(synced: tuple[Path, Path], mediakit: Command) -> None:
    """A site whose variants are there has no error."""
    code, out = mediakit(synced[0], "check", "--format", "json")
    assert (code, json.loads(out)["counts"]["error"]) == (0, 0)
