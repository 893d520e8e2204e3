from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import SiteBuilder, draw, exercise
from mediakit.base.actions import Kind
from mediakit.base.errors import UsageError
from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.site.kinds.registry import read_kind
from mediakit.site.reader import ParsedPage, ReaderSettings, parse_file
from mediakit.state.catalog_file import CatalogFile
from mediakit.sync import kept_plan, settled
from mediakit.sync.observe import ObservedSite, observe
from mediakit.sync.run import Job, Run
from mediakit.sync.session import Unseen, open_cache, open_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mediakit.base.actions import Result
    from mediakit.site.kinds.kind import SiteKind

JEKYLL = "collections: [exercises]\n"
PHOTO = draw((900, 600))
OTHER = draw((900, 600), colour="#aa3300")


def told(result: Result) -> tuple[object, ...]:
    """Return what people see of a result."""
    actions = (each.action for each in result.outcomes)
    seen = [(each.kind, each.path, each.reason, each.source, each.preset) for each in actions]
    return seen, result.problems


def observations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a site is observed from here on."""
    counted: list[int] = []

    def counting(*args: Any, **named: Any) -> ObservedSite:
        counted.append(1)
        return observe(*args, **named)

    monkeypatch.setattr("mediakit.sync.observe.observe", counting)
    return counted


@pytest.mark.usefixtures("later")
def test_nothing_to_do_is_remembered(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing has changed nothing is observed again, and the same is told."""
    site.exercise("squat")
    site.write("_exercises/bench.md", exercise("absent", 1))  # its problems are told each time
    site.run()
    full = site.run()
    counted = observations(monkeypatch)
    for again in (site.run(dry_run=True), site.run()):
        assert told(again) == told(full)
        assert again.problems
    assert counted == []


@pytest.mark.usefixtures("later")
def test_nothing_to_do_loads_no_decoder(site: SiteBuilder) -> None:
    """A run without changes is mostly imports: what reads settings and pages stays out."""
    site.write("_config.yml", JEKYLL)
    site.exercise("squat", 1)
    site.run()
    site.run()
    code = "import sys; from mediakit.cli.main import main; main(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "status", "--site", str(site.root)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, loaded = done.stdout.splitlines()
    assert said.startswith("nothing to do")
    unneeded = {
        "PIL", "numpy", "yaml", "frontmatter", "dataclasses", "shutil", "tempfile",
        "mediakit.config.config", "mediakit.site.kinds.kind", "mediakit.site.reader",
    }  # fmt: skip
    assert set(loaded.split()).isdisjoint(unneeded)


def test_what_has_just_changed_is_not(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of this moment may change again unseen: the site is observed each time."""
    site.exercise("squat", 1)
    site.run()
    site.run()
    counted = observations(monkeypatch)
    site.run(dry_run=True)
    assert counted == [1]


CHANGES = {
    "picture": lambda root: (root / "assets/images/squat-0.jpg").write_bytes(OTHER),
    "variant": lambda root: (root / "assets/images/squat-0-320.jpg").write_bytes(PHOTO),
    "no variant": lambda root: (root / "assets/images/squat-0-320.jpg").unlink(),
    "no source": lambda root: (root / "assets/images/squat-0.jpg").unlink(),
    "page": lambda root: (root / "_exercises/squat.md").write_text(exercise("squat", 3)),
    "new page": lambda root: (root / "_exercises/new.md").write_text(exercise("new", 1)),
    "no page": lambda root: (root / "_exercises/squat.md").unlink(),
    "absent comes": lambda root: (root / "assets/images/absent-0.jpg").write_bytes(PHOTO),
    "other case": lambda root: (root / "assets/images/ABSENT-0.jpg").write_bytes(PHOTO),
    "like named": lambda root: (root / "assets/images/absent-0.png").write_bytes(PHOTO),
    "settings": lambda root: (root / "mediakit.toml").write_text("[presets.teaser]\nwidth = 300\n"),
    "kind": lambda root: (root / "_config.yml").write_text("exclude: [_exercises]\n"),
    "no catalog": lambda root: (root / "media.json").unlink(missing_ok=True),
    "back": lambda root: (root / "assets/images/squat-0.jpg").write_bytes(PHOTO),
    "run": None,
}


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", sorted(CHANGES))
def test_each_change_is_seen(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """After any change to what was looked at, all is observed again."""
    site.exercise("squat")
    site.write("_exercises/bench.md", exercise("absent", 1))
    site.run()
    site.run()
    edit = CHANGES[change]
    counted = observations(monkeypatch)
    if edit is not None:
        edit(site.root)
    site.run(dry_run=True)
    assert len(counted) == (edit is not None)


PAGE = "_exercises/squat.md"
THE_SAME: dict[str, Callable[[Path], object]] = {
    "text": lambda root: write(root, exercise("squat") + "More.\n"),
    "title": lambda root: write(root, exercise("squat").replace('"squat"', '"Squat"')),
    "lines": lambda root: write(root, exercise("squat").replace("header:", "layout: x\nheader:")),
    "alt": lambda root: write(root, exercise("squat").replace("squat, 1", "Heels down")),
}


def write(root: Path, page: str) -> None:
    (root / PAGE).write_text(page)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", sorted(THE_SAME))
def test_a_page_that_says_the_same_costs_that_page(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Only a changed page is read again, and once, where it asks for the same pictures."""
    site.exercise("squat")
    site.write("_exercises/bench.md", exercise("absent", 1))
    site.run()
    full = site.run()
    THE_SAME[change](site.root)
    counted = observations(monkeypatch)
    read: list[str] = []

    def parsing(path: str, data: bytes, settings: ReaderSettings) -> tuple[ParsedPage, ...]:
        read.append(path)
        return parse_file(path, data, settings)

    monkeypatch.setattr("mediakit.sync.content.parse_file", parsing)
    for again in (site.run(dry_run=True), site.run(), site.run(), site.run(dry_run=True)):
        assert told(again) == told(full)
    assert counted == []
    assert read == [PAGE, PAGE]  # a dry run keeps nothing


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", ["in a problem", "for templates", "not a page any more"])
def test_a_page_of_which_more_is_told_is_observed(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Lines and texts count where a problem names the page, or a document has them."""
    if change == "for templates":
        site.write("mediakit.toml", "[theme]\ndata = true\n")
    site.exercise("squat")
    if change == "in a problem":
        (site.root / "assets/images/squat-1.jpg").unlink()
    site.run()
    site.run()
    write(site.root, exercise("squat").replace("title:", "layout: x\ntitle:"))
    if change == "not a page any more":
        write(site.root, "---\n- [\n---\n")
    counted = observations(monkeypatch)
    result = site.run(dry_run=True)
    assert counted == [1]
    lines = {each.line for each in result.problems if each.path == PAGE}
    assert "in a problem" not in change or min(lines) > 5


@pytest.mark.usefixtures("later")
@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.sampled_from(sorted({**CHANGES, **THE_SAME})), min_size=1, max_size=8))
def test_the_same_plan(tmp_path_factory: pytest.TempPathFactory, changes: list[str]) -> None:
    """Whatever has happened, the plan is that of a run which remembers nothing."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    site.exercise("squat")
    site.write("_exercises/bench.md", exercise("absent", 1))
    for change in changes:
        edit = {**CHANGES, **THE_SAME}[change]
        if edit is None:
            site.run()
        else:
            ignore_absence(edit, site.root)
        assert planned(site) == planned_anew(site)


def planned(site: SiteBuilder) -> list[object]:
    """Return what `generate --dry-run` and `status` tell."""
    runs = [site.run(dry_run=True), site.run(dry_run=True, stale=True)]
    return [(told(each), each.stale) for each in runs]


def planned_anew(site: SiteBuilder) -> list[object]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settled, "recall", lambda *_, **__: None)
        return planned(site)


@pytest.mark.usefixtures("later")
def test_other_pictures_cost_their_part(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of other pages are read those that share what is named now, or no longer: one for each."""
    for name in ("squat", "bench", "row", "lunge"):
        site.exercise(name)
    for name in ("bench", "row"):
        site.write(f"_exercises/{name}.md", exercise("squat", 1))
    site.run()
    site.run()
    write(site.root, exercise("squat").replace("squat-0", "lunge-0"))
    read: list[set[str]] = []

    def observing(*args: Any, **named: Any) -> ObservedSite:
        found = observe(*args, **named)
        read.append({each.path for each in found.content.manifests})
        return found

    monkeypatch.setattr("mediakit.sync.observe.observe", observing)
    assert site.run(dry_run=True).summary.kept > 0
    assert read == [{PAGE, "_exercises/bench.md", "_exercises/lunge.md"}]


NAMES = ("a", "b", "c", "d")
PAGES = tuple(f"_exercises/{name}.md" for name in "klmno")
_REF = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(["", "-320", "-320", "-768"]), st.sampled_from("xy")
)
_PAGE = st.tuples(st.lists(_REF, max_size=3), st.sampled_from(["", "", "published: false"]))
_EDIT = st.one_of(
    st.tuples(st.just("page"), st.sampled_from(PAGES), _PAGE),
    st.tuples(st.just("picture"), st.sampled_from(NAMES), st.sampled_from(["1", "2", "small"])),
    st.tuples(st.just("variant"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("run"), st.just(""), st.just("")),
)
_DRAWN = {"1": PHOTO, "2": OTHER, "small": draw((200, 150))}


def page_of(said: tuple[list[tuple[str, str, str]], str]) -> str:
    refs, status = said
    lines = [
        f"  - url: /assets/{name}.jpg\n    image_path: /assets/{name}{suffix}.jpg\n    alt: {alt}"
        for name, suffix, alt in refs
    ]
    return "\n".join(["---", status or "layout: x", "gallery:", *lines, "---", ""])


@pytest.mark.usefixtures("later")
@settings(
    max_examples=15,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.lists(_PAGE, min_size=5, max_size=5), st.lists(_EDIT, min_size=2, max_size=6))
def test_a_part_is_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, first: list[Any], edits: list[Any]
) -> None:
    """Where pages share pictures, what is planned and made of a part is what all of it would be."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    for path, said in zip(PAGES, first, strict=True):
        site.write(path, page_of(said))
    for name in NAMES[:3]:
        site.write(f"assets/{name}.jpg", draw((900, 600), colour=f"#3366{ord(name):02x}"))
    site.run()
    site.run()
    for what, where, said in edits:
        if what == "page":
            site.write(where, page_of(said))
        elif what == "picture":
            site.write(f"assets/{where}.jpg", _DRAWN[said])
        elif what == "variant":
            site.write(f"assets/{where}-320.jpg", PHOTO)
        else:
            assert made_anew(site) == made(site)
        assert planned(site) == planned_anew(site)
    assert made_anew(site) == made(site)


def made(site: SiteBuilder) -> tuple[object, ...]:
    """Return what a run tells and leaves that does what it can by a part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settled, "MUCH", 0)
        return site.run().problems, site.tree()


def made_anew(site: SiteBuilder) -> tuple[object, ...]:
    """Return what a run would that remembers nothing: a cache is believed where it was made."""
    copy = SiteBuilder(site.root.with_name(f"{site.root.name}-copy"))
    shutil.rmtree(copy.root, ignore_errors=True)
    shutil.copytree(site.root, copy.root, ignore=shutil.ignore_patterns(".mediakit"))
    return copy.run().problems, copy.tree()


def ignore_absence(edit: object, root: Path) -> None:
    try:
        edit(root)  # type: ignore[operator]
    except FileNotFoundError:
        return


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("left", [0, 1, 2])
def test_all_pieces_or_none(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    """A run that was killed while it kept the pieces has kept nothing."""
    monkeypatch.setattr(kept_plan, "_A_PIECE", 2)
    site.exercise("squat")
    site.run()
    full = site.run()
    with open_cache(site.root / ".mediakit") as cache:
        pieces = list(cache.settled())
        assert len(pieces) > 2
        cache.remember_settled(pieces[:left])
    counted = observations(monkeypatch)
    assert told(site.run(dry_run=True)) == told(full)
    assert counted == [1]


@pytest.mark.usefixtures("later")
def test_a_broken_piece_is_nothing(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read of the memory is observed."""
    site.exercise("squat", 1)
    site.run()
    site.run()
    monkeypatch.setattr(kept_plan, "PLANNER", 0)
    counted = observations(monkeypatch)
    assert all(each.action.kind is Kind.KEEP for each in site.run(dry_run=True).outcomes)
    assert counted == [1]


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("number", [0, 1, -1])
def test_a_lost_piece_is_nothing(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Where a run was cut off between two pieces, nothing is taken for all there was."""
    site.exercise("squat", 3)
    monkeypatch.setattr(kept_plan, "_A_PIECE", 2)
    site.run()
    site.run()
    with open_cache(site.root / ".mediakit") as cache:
        pieces = list(cache.settled())
        del pieces[number]
        assert len(pieces) > 2
        cache.remember_settled(pieces)
    (site.root / "assets/images/squat-2-320.jpg").unlink()
    counted = observations(monkeypatch)
    assert site.run().summary.made == 1
    assert counted == [1]


@pytest.mark.usefixtures("later")
def test_a_catalog_to_be_written_is_something(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that made nothing, and could not write the catalog, has left something to do."""
    site.exercise("squat")
    site.write("_exercises/bench.md", exercise("squat", 1))
    site.run()
    (site.root / "_exercises/squat.md").unlink()

    def no_room(*_arguments: object) -> None:
        raise UsageError("media.json: cannot be written: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(CatalogFile, "write", no_room)
        assert site.run().has_errors
    before = site.tree()["media.json"]
    assert not site.run().has_errors
    assert site.tree()["media.json"] != before


GROUND: dict[str, Callable[[Path], object]] = {
    "settings of the generator": lambda root: (root / "_config.yml").write_text(
        JEKYLL + "title: Other\n"
    ),
    "own settings": lambda root: (root / "mediakit.toml").write_text("placeholders = false\n"),
    "an include": lambda root: (root / "_includes/photo.html").write_text("<img>"),
    "a file of no matter": lambda root: (root / "README.txt").write_text("Read me.\n"),
    "a folder": lambda root: (root / "_drafts").mkdir(),
    "nothing": lambda _root: None,
}


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", sorted(GROUND))
def test_settings_are_read_where_they_may_be_others(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A plan that holds needs no settings, unless what they follow from has changed."""
    site.write("_config.yml", JEKYLL)
    site.write("_includes/photo.html", "<img src='{{ include.src }}'>")
    site.exercise("squat")
    site.run()
    site.run()
    GROUND[change](site.root)
    read: list[str] = []

    def reading(folder: Path, *rest: Any) -> SiteKind:
        read.append("settings")
        return read_kind(folder, *rest)

    monkeypatch.setattr("mediakit.config.config.read_kind", reading)
    counted = observations(monkeypatch)
    assert main(["status", "--site", str(site.root)]) == 0
    assert bool(read) is (change != "nothing")
    is_other = change in {"settings of the generator", "own settings"}
    assert (counted == [1]) is is_other


@pytest.mark.usefixtures("later")
def test_flags_are_part_of_what_is_kept(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was planned without drafts is not what is there with them."""
    site.write("_config.yml", JEKYLL)
    site.exercise("squat")
    site.write(
        "_exercises/row.md", exercise("squat").replace("---\n", "---\npublished: false\n", 1)
    )
    site.run()
    site.run()
    counted = observations(monkeypatch)
    assert main(["status", "--site", str(site.root)]) == 0
    assert counted == []
    main(["status", "--site", str(site.root), "--unpublished"])
    assert counted == [1]


@pytest.mark.usefixtures("later")
def test_settings_that_cannot_be_read_are_told(
    site: SiteBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in the settings is told though a plan is kept, and nothing is written."""
    site.write("_config.yml", JEKYLL)
    site.exercise("squat")
    site.run()
    site.run()
    site.write("_config.yml", "title: 'Exercises\n")
    before = site.tree()
    for command in ("status", "generate"):
        assert main([command, "--site", str(site.root)]) == 2
        assert "_config.yml:" in capsys.readouterr().err
    assert site.tree() == before
    fresh = site.root.parent / "no site"
    fresh.mkdir()
    assert main(["generate", "--site", str(fresh)]) == 2
    assert list(fresh.iterdir()) == []


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("place", ["_config.yml", "_includes"])
def test_what_changes_while_a_run_works_is_seen(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """What settings follow from may change after they were read, and before the plan is kept."""
    site.write("_config.yml", JEKYLL)
    site.write("_includes/photo.html", "<img src='{{ include.src }}'>")
    site.exercise("squat")
    site.run()
    config = load_config(site.root)
    if place == "_config.yml":
        site.write(place, "collections: []\n")
    else:
        (site.root / place / "photo.html").unlink()
    after = time.time_ns() + 10**9
    os.utime(site.root / place, ns=(after, after))
    with open_session(config) as session:
        Run(session, Job(), Unseen()).generate()
    read: list[str] = []

    def reading(folder: Path, *rest: Any) -> SiteKind:
        read.append("settings")
        return read_kind(folder, *rest)

    monkeypatch.setattr("mediakit.config.config.read_kind", reading)
    main(["status", "--site", str(site.root)])
    assert read
