"""The library does what the commands do, and says so in frozen values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SiteBuilder, draw
from mediakit import (
    ConfigError,
    Kind,
    Outcome,
    Reason,
    Role,
    Site,
    SiteLockedError,
    StalePlanError,
    Status,
    TargetError,
    UsageError,
)
from mediakit.sync.session import open_cache

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
---
title: Plank <3
header:
  overlay_image: /assets/images/plank.jpg
  teaser: /assets/images/plank-320.jpg
gallery:
  - url: /assets/images/plank.jpg
    image_path: /assets/images/plank-320.jpg
    alt: The plank
  - image_path: https://images.example/side.jpg
  - image_path: /assets/images/gone.jpg
video: {provider: youtube, id: "aqz-KE-bpKQ?t=30"}
---
"""


@pytest.fixture
def plank(site: SiteBuilder) -> SiteBuilder:
    site.write("_exercises/plank.md", PAGE)
    site.write("assets/images/plank.jpg", draw())
    return site


@pytest.fixture
def two(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    site.exercise("deadlift")
    return site


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_exercises_have_pictures_with_their_uses(plank: SiteBuilder) -> None:
    """A picture comes once, however often and as what variant the page shows it."""
    (exercise,) = Site.open(plank.root).exercises
    picture, remote, gone = exercise.pictures
    assert (exercise.title, exercise.path) == ("Plank <3", "_exercises/plank.md")
    assert exercise.file == plank.root / "_exercises/plank.md"
    assert (picture.path, picture.width, picture.height) == ("assets/images/plank.jpg", 900, 600)
    assert picture.file is not None
    assert picture.bytes == picture.file.stat().st_size
    assert picture.roles == (Role.OVERLAY, Role.TEASER, Role.GALLERY)
    assert [use.shown for use in picture.uses[:2]] == [
        "assets/images/plank.jpg", "assets/images/plank-320.jpg",
    ]  # fmt: skip
    assert picture.alt == "The plank"
    assert (remote.path, remote.file) == ("https://images.example/side.jpg", None)
    assert (gone.path, gone.file, gone.bytes) == ("assets/images/gone.jpg", None, 0)
    (video,) = exercise.videos
    assert (video.provider, video.id, video.start, video.title) == (
        "youtube", "aqz-KE-bpKQ", 30, "",
    )  # fmt: skip


def test_variants_are_those_that_are_there(plank: SiteBuilder) -> None:
    """Variants appear with their weights when they are made, the smallest first."""
    site = Site.open(plank.root)
    assert not site.exercises[0].pictures[0].variants
    site.apply()
    variants = site.exercises[0].pictures[0].variants
    assert [(each.preset, each.width) for each in variants] == [
        ("teaser", 320), ("overlay-768", 768),
    ]  # fmt: skip
    assert [each.bytes for each in variants] == [each.file.stat().st_size for each in variants]


def test_variants_of_other_pages_are_not_counted(plank: SiteBuilder) -> None:
    """A page that only shows the teaser is not charged with the overlay of another."""
    plank.write(
        "_exercises/other.md",
        "---\ntitle: Other\nheader:\n  teaser: /assets/images/plank-320.jpg\n---\n",
    )
    site = Site.open(plank.root)
    site.apply()
    other, plank_page = site.exercises
    assert [each.preset for each in other.pictures[0].variants] == ["teaser"]
    assert len(plank_page.pictures[0].variants) == 2


def test_looking_changes_nothing(two: SiteBuilder) -> None:
    """Exercises, plans and dry runs leave no trace, not even a cache."""
    before = files(two.root)
    site = Site.open(two.root)
    assert len(site.exercises) == 2
    assert site.plan().todo
    assert site.sync("out", dry_run=True).dry_run
    assert files(two.root) == before


def test_apply_makes_what_the_command_makes(two: SiteBuilder) -> None:
    """The plan says what apply does; then nothing is left to do."""
    site = Site.open(two.root)
    plan = site.plan()
    result = site.apply()
    done = {each.action for each in result.outcomes if each.status is Status.DONE}
    assert done == set(plan.todo)
    assert plan.reasons == {(Kind.MAKE, Reason.NEW): 6, (Kind.DESCRIBE, Reason.NEW): 4}
    assert site.plan().todo == ()
    made = two.tree()
    assert (two.run().summary.made, two.tree()) == (0, made)


def test_a_part_of_a_plan(two: SiteBuilder) -> None:
    """Of a plan just what was chosen is done, and the rest stays to do."""
    site = Site.open(two.root)
    teasers = site.plan().where(lambda action: action.preset == "teaser")
    assert site.apply(teasers).summary.made == 4
    assert {action.preset for action in site.plan().todo} == {"overlay-768", None}


def test_a_plan_of_a_part(two: SiteBuilder) -> None:
    """A plan that was made for one exercise does not touch another."""
    site = Site.open(two.root)
    assert site.apply(site.plan(only="squat")).summary.made == 3
    assert all("deadlift" in each.path for each in site.plan().todo)
    assert site.plan(only=["/assets/images/squat-0.jpg"], presets="teaser").todo == ()


def test_a_forced_plan(two: SiteBuilder) -> None:
    """What was changed by hand is made anew only where the plan was forced."""
    site = Site.open(two.root)
    site.apply()
    two.write("assets/images/squat-1-320.jpg", draw((320, 213), "#00ff00"))
    assert site.apply(site.plan()).summary.made == 0
    forced = site.plan(only="squat-1", force=True)
    assert site.apply(forced).summary.made == 1
    assert not site.plan().problems


def test_a_stale_plan_is_refused(two: SiteBuilder) -> None:
    """If the site is no longer as it was, nothing is done in its name."""
    site = Site.open(two.root)
    plan = site.plan()
    site.apply(site.plan(only="squat-1"))
    before = two.tree()
    with pytest.raises(StalePlanError, match=r"squat-1-320\.jpg and 1 more") as caught:
        site.apply(plan)
    assert caught.value.hint == "plan again"
    assert two.tree() == before


def test_sync(two: SiteBuilder) -> None:
    """A target gets what the command puts there, and loses only what it may."""
    site = Site.open(two.root)
    result = site.sync("out")
    assert (result.summary.put, result.has_errors) == (11, False)
    (two.root / "_exercises/deadlift.md").unlink()
    with pytest.raises(TargetError, match="5 of 10 objects would be deleted"):
        site.sync("out", delete=True, max_delete=1)
    assert site.sync("out", delete=True, max_delete="50%").summary.deleted == 5
    with pytest.raises(UsageError, match="a part of it"):
        site.sync("out", delete=True, only="squat")


def test_check_and_duplicates(two: SiteBuilder) -> None:
    """The same findings as those of the commands."""
    copy = (two.root / "assets/images/squat-0.jpg").read_bytes()
    two.write("assets/images/again.jpg", copy)
    site = Site.open(two.root)
    (group,) = site.duplicates("exact")
    assert (group.keep, group.copies) == ("assets/images/squat-0.jpg", ("assets/images/again.jpg",))
    assert (group.level, group.saved) == ("bytes", len(copy))
    assert site.duplicates("exact", only="deadlift") == ()
    assert "orphan-picture" in {problem.code for problem in site.check()}


def test_progress_is_told(two: SiteBuilder) -> None:
    """Each change is counted, and what is kept is not."""
    told: list[tuple[int, int, Kind]] = []

    def progress(done: int, total: int, outcome: Outcome) -> None:
        told.append((done, total, outcome.action.kind))

    site = Site.open(two.root)
    site.apply(site.plan(only="squat"))
    site.apply(progress=progress)
    assert [each[:2] for each in told] == [(number, 5) for number in range(1, 6)]
    assert {each[2] for each in told} == {Kind.MAKE, Kind.DESCRIBE}


def test_progress_can_stop_a_run(two: SiteBuilder) -> None:
    """What was finished is kept, and the next run goes on from there."""

    def stop(done: int, _total: int, _outcome: Outcome) -> None:
        if done == 3:
            raise TimeoutError

    site = Site.open(two.root, jobs=1)
    with pytest.raises(TimeoutError):
        site.apply(progress=stop)
    left = len(site.plan().todo)
    assert 0 < left <= 7
    assert not site.apply().has_errors
    assert site.plan().todo == ()


def test_the_lock_of_the_site(two: SiteBuilder) -> None:
    """While another mediakit works, what only reads goes on, and changing is refused."""
    site = Site.open(two.root)
    with open_cache(two.root / ".mediakit"):
        assert len(site.exercises) == 2
        assert site.plan().todo
        assert {each.code for each in site.check()} >= {"missing-variant"}
        assert len(site.duplicates()) == 2
        for change in (site.apply, site.sync):
            with pytest.raises(SiteLockedError):
                change()
    assert site.apply().summary.made == 6


def test_bad_usage_is_said(site: SiteBuilder) -> None:
    """Wrong settings and arguments are errors of the one tree, with file and line."""
    with pytest.raises(UsageError, match="no such folder"):
        Site.open(site.root / "gone")
    with pytest.raises(UsageError, match="jobs is 0"):
        Site.open(site.root, jobs=0)
    with pytest.raises(UsageError, match="no preset poster"):
        Site.open(site.root).plan(presets=["poster"])
    site.write("mediakit.toml", "jobs = 0\n")
    with pytest.raises(ConfigError, match=r"mediakit\.toml:1"):
        Site.open(site.root)


def test_nothing_is_printed(plank: SiteBuilder, capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever embeds the library decides what is said."""
    site = Site.open(plank.root)
    assert site.apply().problems
    site.sync("out")
    site.check()
    assert capfd.readouterr() == ("", "")


def test_variables_are_not_read(two: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script does what it says, whatever the environment says to the commands."""
    monkeypatch.setenv("MEDIAKIT_SITE", "elsewhere")
    monkeypatch.setenv("MEDIAKIT_TARGET", "elsewhere")
    result = Site.open(two.root).sync()
    assert (result.target or "").endswith(".mediakit/target")


def test_values_are_frozen(plank: SiteBuilder) -> None:
    """What was read can be shared, and does not change under its reader."""
    site = Site.open(plank.root)
    exercise, plan = site.exercises[0], site.plan()
    for value in (exercise, exercise.pictures[0], exercise.videos[0], plan, plan.actions[0]):
        field = next(iter(type(value).__annotations__))
        with pytest.raises(AttributeError):
            setattr(value, field, None)
    assert site.exercises == site.exercises
    assert plan == site.plan()
    assert repr(site) == f"Site.open({str(plank.root)!r})"


def test_values_show_themselves_in_a_notebook(plank: SiteBuilder) -> None:
    """Pictures are carried inside, words of pages are escaped, and reasons make a table."""
    site = Site.open(plank.root)
    plan = site.plan()
    site.apply()
    page = site.exercises[0]._repr_html_()
    assert "<h4>Plank &lt;3</h4>" in page
    assert page.count('<img src="data:image/jpeg;base64,') == 1
    assert page.count("not in the site") == 2
    assert "<td>make</td><td>new</td><td>2</td>" in plan._repr_html_()
