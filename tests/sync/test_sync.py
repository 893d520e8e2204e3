from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from conftest import Quiet, SiteBuilder, carried_out, draw, exercise, reasons
from fakes import MemoryTarget
from mediakit.base.actions import Result
from mediakit.base.errors import TargetError, UsageError
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.state.catalog import load_catalog
from mediakit.sync.publish import Publisher
from mediakit.sync.run import Job
from mediakit.sync.selection import Selection

KEYS = [
    "assets/images/squat-0-320.jpg",
    "assets/images/squat-0-768.jpg",
    "assets/images/squat-0.jpg",
    "assets/images/squat-1-320.jpg",
    "assets/images/squat-1.jpg",
]


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    return site


@pytest.fixture
def target(tmp_path: Path) -> SiteBuilder:
    return SiteBuilder(tmp_path / "target")


def sync(site: SiteBuilder, target: SiteBuilder, **job: object) -> Result:
    return site.run("sync", target=str(target.root), **job)


def test_first_sync_puts_all(squat: SiteBuilder, target: SiteBuilder) -> None:
    """Originals that manifests name, their variants, and the catalog; nothing else."""
    squat.write("assets/images/nobody-names-me.jpg", draw())
    result = sync(squat, target)
    assert sorted(target.tree()) == [*KEYS, "media.json"]
    assert target.tree()["assets/images/squat-0.jpg"] == squat.tree()["assets/images/squat-0.jpg"]
    assert (result.summary.made, result.summary.put, result.summary.failed) == (3, 6, 0)


def test_catalog_comes_last(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads a catalog of things that are not there yet."""
    memory = MemoryTarget()
    monkeypatch.setattr("mediakit.storage.open.open_storage", lambda *_args: memory)
    squat.run("sync")
    assert memory.log[0] == ("put", "media_puts.json")
    last = [("put", "media.json"), ("delete", "media_puts.json"), ("close", "")]
    assert memory.log[-3:] == last
    assert sorted(key for _, key in memory.log[1:-3]) == KEYS


def test_second_sync_puts_nothing(squat: SiteBuilder, target: SiteBuilder, tmp_path: Path) -> None:
    """Neither a second run nor one from a fresh checkout with new times writes anything."""
    sync(squat, target)
    before = {path: path.stat().st_mtime_ns for path in target.root.rglob("*")}
    for site in (squat, SiteBuilder(tmp_path / "fresh")):
        if site is not squat:
            shutil.copytree(squat.root, site.root, ignore=shutil.ignore_patterns(".mediakit"))
            for path in site.root.rglob("*"):
                os.utime(path)
        result = sync(site, target)
        assert (result.summary.made, result.summary.put) == (0, 0)
        assert set(reasons(result, "target").values()) == {"up to date"}
        assert {path: path.stat().st_mtime_ns for path in target.root.rglob("*")} == before


def test_only_what_changed(squat: SiteBuilder, target: SiteBuilder) -> None:
    """One new picture costs its own puts and the catalog's."""
    sync(squat, target)
    squat.write("assets/images/squat-1.jpg", draw(colour="#00ff00"))
    result = sync(squat, target)
    assert {key for key, reason in reasons(result, "target").items() if reason != "up to date"} == {
        "assets/images/squat-1.jpg",
        "assets/images/squat-1-320.jpg",
        "media.json",
    }


def test_same_size_edit_is_put(squat: SiteBuilder, target: SiteBuilder) -> None:
    """An edit that keeps length and time reaches the target."""
    sync(squat, target)
    path = target.root / "assets/images/squat-1.jpg"
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reasons(sync(squat, target), "target")["assets/images/squat-1.jpg"] == "content changed"


def test_dry_run(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A dry run plans what the real one does, and touches neither side."""
    planned = sync(squat, target, dry_run=True)
    assert not target.root.exists()
    assert not (squat.root / ".mediakit").exists()
    done = sync(squat, target)
    assert reasons(planned, "target") == reasons(done, "target")
    assert planned.summary.put == done.summary.put


def test_delete_is_asked_for(squat: SiteBuilder, target: SiteBuilder) -> None:
    """Without --delete nothing goes; with it, what mediakit put and the site no longer has."""
    target.write("by-hand.jpg", b"mine")
    sync(squat, target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    assert sync(squat, target).summary.deleted == 0
    result = sync(squat, target, delete=True)
    assert result.summary.deleted == 2
    assert sorted(target.tree()) == [*KEYS[:3], "by-hand.jpg", "media.json"]
    objects = load_catalog(target.tree()["media.json"], "m").objects
    assert sorted(objects) == KEYS[:3]
    again = sync(squat, target, delete=True)
    assert (again.summary.put, again.summary.deleted) == (0, 0)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("_layouts/home.html", "<img src='/assets/images/squat-1.jpg'>"),
        ("assets/main.css", "a { background: url(images/squat-1.jpg) }"),
        ("_data/hero.yml", "picture: squat-1.jpg\n"),
        ("_drafts/later.md", "---\n---\n![](/assets/images/squat-1-320.jpg)\n"),
    ],
)
def test_what_a_text_mentions_is_not_deleted(
    squat: SiteBuilder, target: SiteBuilder, file: str, text: str
) -> None:
    """Layouts, styles, data and drafts show pictures too: with a picture its variants stay."""
    sync(squat, target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    squat.write(file, text)
    for dry_run in (True, False):
        result = sync(squat, target, delete=True, dry_run=dry_run)
        assert reasons(result, "target")["assets/images/squat-1.jpg"] == "mentioned"
        assert reasons(result, "target")["assets/images/squat-1-320.jpg"] == "mentioned"
        assert not result.problems
    assert sorted(target.tree()) == [*KEYS, "media.json"]
    (squat.root / file).unlink()
    assert sync(squat, target, delete=True).summary.deleted == 2


def test_another_spelling_is_another_picture(squat: SiteBuilder, target: SiteBuilder) -> None:
    """What a page names by its exact name is no reason to keep one that is called nearly so."""
    sync(squat, target)
    text = exercise("squat", 2).replace("squat-1", "Squat-1").replace("squat-0.jpg", "squat-0.png")
    squat.write("_exercises/squat.md", text)
    images = squat.root / "assets/images"
    (images / "squat-1.jpg").rename(images / "Squat-1.jpg")
    (images / "squat-0.jpg").unlink()
    squat.write("assets/images/squat-0.png", draw(kind="PNG"))
    result = sync(squat, target, delete=True)
    assert not result.problems
    gone = {path for path, reason in reasons(result, "target").items() if reason == "orphaned"}
    assert {"assets/images/squat-1.jpg", "assets/images/squat-0.jpg"} <= gone
    assert "mentioned" not in reasons(result, "target").values()


def test_nothing_is_deleted_while_a_text_is_hidden(
    squat: SiteBuilder, target: SiteBuilder, tmp_path: Path
) -> None:
    """A layout that is a link out of the site may mention any picture."""
    sync(squat, target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    (tmp_path / "there.html").write_text("x")
    (squat.root / "_layouts").mkdir()
    (squat.root / "_layouts/page.html").symlink_to(tmp_path / "there.html")
    result = sync(squat, target, delete=True)
    assert result.summary.deleted == 0
    assert ["_layouts/page.html" in each.message for each in result.problems] == [True]


def test_what_was_there_before_is_not_ours(squat: SiteBuilder, target: SiteBuilder) -> None:
    """An object that somebody else put is never deleted, even if it has our content."""
    theirs = "assets/images/squat-1.jpg"
    target.write(theirs, squat.tree()[theirs])
    assert reasons(sync(squat, target), "target")[theirs] == "up to date"
    squat.write("_exercises/squat.md", exercise("squat", 1))
    sync(squat, target, delete=True)
    assert theirs in target.tree()
    assert "assets/images/squat-1-320.jpg" not in target.tree()


def test_what_others_changed_is_not_named(squat: SiteBuilder, target: SiteBuilder) -> None:
    """Of an object of others that the site no longer has, the catalog says nothing untrue."""
    theirs = "assets/images/squat-1.jpg"
    target.write(theirs, squat.tree()[theirs])
    sync(squat, target)
    assert not load_catalog(target.tree()["media.json"], "m").objects[theirs].ours
    squat.write("_exercises/squat.md", exercise("squat", 1))
    sync(squat, target)
    assert theirs in load_catalog(target.tree()["media.json"], "m").objects
    target.write(theirs, b"another")
    sync(squat, target, delete=True)
    assert theirs not in load_catalog(target.tree()["media.json"], "m").objects
    assert target.tree()[theirs] == b"another"


def test_what_a_cut_off_run_put_over_others_is_ours(
    squat: SiteBuilder, target: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object of others that a run wrote over before it was cut off is known as it is now."""
    theirs = "assets/images/squat-1.jpg"
    target.write(theirs, squat.tree()[theirs])
    sync(squat, target)
    squat.write(theirs, draw(colour="#00ff00"))

    def cut_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Publisher, "_put_catalog", cut_off)
        with pytest.raises(KeyboardInterrupt):
            sync(squat, target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    sync(squat, target)
    known = load_catalog(target.tree()["media.json"], "m").objects[theirs]
    assert (known.ours, known.bytes) == (True, len(target.tree()[theirs]))
    assert sync(squat, target, delete=True).summary.deleted == 2
    assert theirs not in target.tree()


def test_max_delete_refuses_before_any_write(squat: SiteBuilder, target: SiteBuilder) -> None:
    """Above the limit the whole run is refused: nothing made, nothing put, nothing deleted."""
    sync(squat, target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    squat.write("assets/images/squat-0.jpg", draw(colour="#00ff00"))
    before = (squat.tree(), target.tree())
    config = load_config(squat.root, Overrides(target=str(target.root), max_delete="1"))
    with pytest.raises(TargetError, match="2 of 5 objects"):
        carried_out(config, Job(delete=True), Quiet(), "sync")
    assert (squat.tree(), target.tree()) == before


def test_dry_run_shows_what_would_be_refused(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A dry run lists the deletes that the real run refuses, and is an error all the same."""
    sync(squat, target)
    squat.write("_exercises/squat.md", exercise("squat", 1))
    config = load_config(squat.root, Overrides(target=str(target.root), max_delete="1"))
    result = carried_out(config, Job(delete=True, dry_run=True), Quiet(), "sync")
    assert result.summary.deleted == 2
    assert [problem.code for problem in result.problems] == ["refused"]


def test_a_wrong_folder_changes_nothing(target: SiteBuilder, squat: SiteBuilder) -> None:
    """A sync from a folder without pages leaves the target's catalog as it is, and says why."""
    sync(squat, target)
    before = target.tree()
    shutil.rmtree(squat.root / "_exercises")
    (squat.root / "media.json").unlink()
    with pytest.raises(TargetError, match="names no picture at all"):
        sync(squat, target)
    assert target.tree() == before


@pytest.mark.parametrize("wreck", ["empty", "gone", "broken page", "missing picture"])
def test_a_wrecked_source_deletes_nothing(
    squat: SiteBuilder, target: SiteBuilder, wreck: str
) -> None:
    """A source that is empty, unreadable or incomplete never empties the target."""
    sync(squat, target)
    before = sorted(target.tree())
    if wreck == "empty":
        shutil.rmtree(squat.root / "_exercises")
    elif wreck == "gone":
        shutil.rmtree(squat.root / "_exercises")
        shutil.rmtree(squat.root / "assets")
    elif wreck == "broken page":
        squat.write("_exercises/squat.md", "---\na: [\n---\n")
        squat.exercise("bench", 1)
    else:
        (squat.root / "assets/images/squat-1.jpg").unlink()
    if wreck in {"empty", "gone"}:
        with pytest.raises(TargetError, match="names no picture"):
            sync(squat, target, delete=True)
    else:
        assert "deletes-held-back" in {
            each.code for each in sync(squat, target, delete=True).problems
        }
    assert set(before) <= set(target.tree())


@pytest.mark.parametrize("key", KEYS)
def test_a_failed_put(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """After any failure there is no new catalog and no delete, the rest is there, and exit is 1."""
    memory = MemoryTarget()
    monkeypatch.setattr("mediakit.storage.open.open_storage", lambda *_args: memory)
    squat.exercise("bench", 1)
    squat.run("sync")
    first = memory.objects["media.json"]
    shutil.rmtree(squat.root / "_exercises")
    squat.exercise("squat")
    for number in (0, 1):
        squat.write(f"assets/images/squat-{number}.jpg", draw(colour=f"#00ff0{number}"))
    memory.failing = {key}
    memory.log.clear()
    result = squat.run("sync", delete=True)
    assert result.summary.failed == 1
    assert result.has_errors
    assert memory.objects["media.json"] == first
    assert "delete" not in {verb for verb, _ in memory.log}
    memory.failing = set()
    memory.log.clear()
    assert squat.run("sync", delete=True).summary.failed == 0
    assert [k for verb, k in memory.log if verb == "put"] == [key, "media.json", "media.json"]
    assert not any("bench" in k for k in memory.objects)


def test_a_failed_delete(squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be deleted stays ours, and goes at the next run."""
    memory = MemoryTarget()
    monkeypatch.setattr("mediakit.storage.open.open_storage", lambda *_args: memory)
    squat.run("sync")
    squat.write("_exercises/squat.md", exercise("squat", 1))
    memory.failing = {KEYS[4]}
    assert squat.run("sync", delete=True).summary.failed == 1
    assert KEYS[3] not in memory.objects
    memory.failing = set()
    assert squat.run("sync", delete=True).summary.deleted == 1
    assert sorted(memory.objects) == [*KEYS[:3], "media.json"]


def test_a_failed_variant(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A picture that cannot be made leaves the target's catalog as it was."""
    sync(squat, target)
    before = target.tree()["media.json"]
    whole = draw(colour="#00ff00")
    squat.write("assets/images/squat-1.jpg", whole[: len(whole) // 2])
    result = sync(squat, target)
    assert result.summary.failed == 1
    assert target.tree()["media.json"] == before


def test_foreign_catalog_stops_the_run(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A catalog at the target that cannot be trusted is an error before any write."""
    target.write("media.json", '{"version": 99, "images": {}}')
    with pytest.raises(UsageError, match="newer mediakit"):
        sync(squat, target)
    assert not (squat.root / "media.json").exists()


def test_target_inside_the_site(squat: SiteBuilder) -> None:
    """A target below the site is not read as content, and not put into itself."""
    squat.write("build/out/old/page.md", "---\nheader: {teaser: /nowhere-320.jpg}\n---\n")
    for _ in range(2):
        result = squat.run("sync", target="build/out")
        assert result.problems == ()
    assert result.summary.put == 0


def test_delete_needs_the_whole_site(squat: SiteBuilder, target: SiteBuilder) -> None:
    """A part of the site says nothing about what may go."""
    with pytest.raises(UsageError, match="whole site"):
        sync(squat, target, delete=True, selection=Selection(("squat",)))


def test_altered_variant_is_put_as_it_is(squat: SiteBuilder, target: SiteBuilder) -> None:
    """What was changed by hand is what the page shows, at the target too."""
    sync(squat, target)
    mine = draw((320, 213), "#000000")
    squat.write(KEYS[0], mine)
    sync(squat, target)
    assert target.tree()[KEYS[0]] == mine
    assert sync(squat, target).summary.put == 0


def test_danish_and_odd_names(site: SiteBuilder, target: SiteBuilder) -> None:
    """Keys are the raw composed names."""
    site.exercise("bækkenløft 50+ & (mere)", 1)
    sync(site, target)
    assert "assets/images/bækkenløft 50+ & (mere)-0-320.jpg" in target.tree()


def test_catalog_of_the_target_is_a_catalog(squat: SiteBuilder, target: SiteBuilder) -> None:
    """Readers of the site's catalog can read the target's, which says more."""
    sync(squat, target)
    here = json.loads(squat.tree()["media.json"])
    there = json.loads(target.tree()["media.json"])
    assert there.pop("objects").keys() == set(KEYS)
    assert here == there
