from __future__ import annotations

import io
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from conftest import Quiet, SiteBuilder, carried_out, described, draw, exercise, reasons
from mediakit.base.actions import Kind, Outcome, Status
from mediakit.base.errors import UsageError
from mediakit.base.files import sha256_bytes
from mediakit.base.model import Severity
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.sync.run import Job, Run
from mediakit.sync.selection import Selection
from mediakit.sync.session import open_session

A320 = "assets/images/squat-0-320.jpg"
A768 = "assets/images/squat-0-768.jpg"
B320 = "assets/images/squat-1-320.jpg"


@pytest.fixture
def squat(site: SiteBuilder) -> SiteBuilder:
    site.exercise("squat")
    return site


def size(site: SiteBuilder, path: str) -> tuple[int, int]:
    with Image.open(io.BytesIO((site.root / path).read_bytes())) as image:
        image.load()
        return image.size


def times(site: SiteBuilder) -> dict[str, int]:
    return {path: (site.root / path).stat().st_mtime_ns for path in site.tree()}


def test_first_run_makes_all(squat: SiteBuilder) -> None:
    """Each named picture gets its -320, the overlay its smaller sizes, with the reason `new`."""
    result = squat.run()
    assert reasons(result) == {A320: "new", A768: "new", B320: "new"}
    assert (size(squat, A320), size(squat, A768)) == ((320, 213), (768, 512))
    assert result.problems == ()
    assert result.summary.made == 3


def test_second_run_touches_nothing(squat: SiteBuilder) -> None:
    """Unchanged means untouched: the same bytes with the same times."""
    squat.run()
    before = times(squat)
    assert set(reasons(squat.run()).values()) == {"up to date"}
    assert times(squat) == before


def test_fresh_checkout_makes_nothing(squat: SiteBuilder, tmp_path: Path) -> None:
    """With the catalog kept, new times and no cache mean no work."""
    squat.run()
    copy = SiteBuilder(tmp_path / "copy")
    shutil.copytree(squat.root, copy.root, ignore=shutil.ignore_patterns(".mediakit"))
    for path in copy.root.rglob("*"):
        os.utime(path, (time.time(), time.time()))
    before = copy.tree()
    assert set(reasons(copy.run()).values()) == {"up to date"}
    assert copy.tree() == before


def test_changed_source(squat: SiteBuilder) -> None:
    """New bytes under an old name, size and time remake exactly that picture's variants."""
    squat.run()
    path = squat.root / "assets/images/squat-0.jpg"
    stat = path.stat()
    path.write_bytes(draw(colour="#00ff00").ljust(stat.st_size, b"\0")[: stat.st_size + 10_000])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reasons(squat.run()) == {
        A320: "source changed",
        A768: "source changed",
        B320: "up to date",
    }
    assert set(reasons(squat.run()).values()) == {"up to date"}


def test_touched_source(squat: SiteBuilder) -> None:
    """A new time alone is no change."""
    squat.run()
    os.utime(squat.root / "assets/images/squat-0.jpg", (1, 1))
    assert set(reasons(squat.run()).values()) == {"up to date"}


def test_changed_preset(squat: SiteBuilder) -> None:
    """A new quality remakes that preset's variants, and no others."""
    squat.run()
    squat.write("mediakit.toml", "[presets.teaser]\nquality = 50\n")
    assert reasons(squat.run()) == {
        A320: "preset changed",
        A768: "up to date",
        B320: "preset changed",
    }


def test_missing_output(squat: SiteBuilder) -> None:
    """A deleted variant comes back."""
    squat.run()
    (squat.root / A320).unlink()
    assert reasons(squat.run())[A320] == "output missing"
    assert (squat.root / A320).exists()


def test_altered_by_hand(squat: SiteBuilder) -> None:
    """Work by hand is kept and reported, also when the source changes; --force remakes it."""
    squat.run()
    mine = draw((320, 213), "#000000")
    squat.write(A320, mine)
    squat.write("assets/images/squat-0.jpg", draw(colour="#00ff00"))
    result = squat.run()
    assert reasons(result)[A320] == "altered by hand"
    assert (squat.root / A320).read_bytes() == mine
    assert [problem.code for problem in result.problems] == ["altered-by-hand"]
    assert not result.has_errors
    assert reasons(squat.run())[A320] == "altered by hand"
    assert reasons(squat.run(force=True, selection=Selection((A320,)))) == {A320: "forced"}
    assert (squat.root / A320).read_bytes() != mine
    assert reasons(squat.run())[A320] == "up to date"


def test_not_enough_memory(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that does not fit into memory fails alone, and is not called damaged."""
    site.exercise("squat", 2)
    large = draw((777, 500))
    site.write("assets/images/squat-1.jpg", large)
    real = ImageFile.ImageFile.load

    def load(image: ImageFile.ImageFile) -> Any:
        if image.width == 777:
            raise MemoryError
        return real(image)

    with monkeypatch.context() as patch:
        patch.setattr(ImageFile.ImageFile, "load", load)
        result = site.run()
    assert {(each.code, each.path) for each in result.problems} == {
        ("out-of-memory", "_exercises/squat.md")
    }
    assert "there is not enough memory" in result.problems[0].message
    assert result.summary.made > 0
    again = site.run()
    assert again.problems == ()


@pytest.mark.parametrize("kept", [0, 0.5])
def test_damaged_output(squat: SiteBuilder, kept: float) -> None:
    """A variant that was cut off is made again, whoever cut it."""
    squat.run()
    whole = (squat.root / A320).read_bytes()
    squat.write(A320, whole[: int(len(whole) * kept)])
    assert reasons(squat.run())[A320] == "output damaged"
    assert (squat.root / A320).read_bytes() == whole


def test_old_site_is_adopted(squat: SiteBuilder) -> None:
    """On a first run a variant of the right width is taken over as it is, another is remade."""
    theirs = draw((320, 213), "#123456", quality=40)
    squat.write(A320, theirs)
    squat.write(B320, draw((400, 266)))
    assert reasons(squat.run()) == {A320: "adopted", A768: "new", B320: "wrong size"}
    assert (squat.root / A320).read_bytes() == theirs
    assert set(reasons(squat.run()).values()) == {"up to date"}
    squat.write("assets/images/squat-0.jpg", draw(colour="#00ff00"))
    assert reasons(squat.run())[A320] == "source changed"


def test_small_source(site: SiteBuilder) -> None:
    """A named variant of a small picture has the picture's own size; overlay sizes are skipped."""
    site.write("_exercises/a.md", exercise("a", 1))
    site.write("assets/images/a-0.jpg", draw((200, 100)))
    assert list(reasons(site.run())) == ["assets/images/a-0-320.jpg"]
    assert size(site, "assets/images/a-0-320.jpg") == (200, 100)


def test_dry_run_touches_nothing(squat: SiteBuilder) -> None:
    """A dry run prints the plan of the real one, and leaves no file, not even the cache."""
    planned = squat.run(dry_run=True)
    assert not (squat.root / ".mediakit").exists()
    assert sorted(path.name for path in squat.root.iterdir()) == ["_exercises", "assets"]
    assert reasons(planned) == reasons(squat.run())


def test_selection(squat: SiteBuilder) -> None:
    """Only what is asked for is made; the rest keeps its records."""
    squat.exercise("bench")
    assert set(reasons(squat.run(selection=Selection(("bench",))))) == {
        "assets/images/bench-0-320.jpg",
        "assets/images/bench-0-768.jpg",
        "assets/images/bench-1-320.jpg",
    }
    assert set(reasons(squat.run(selection=Selection((), ("overlay-768",)))).values()) == {
        "new",
        "up to date",
    }
    with pytest.raises(UsageError, match="no preset nope"):
        squat.run(selection=Selection((), ("nope",)))


def test_one_bad_picture(squat: SiteBuilder) -> None:
    """A broken source is one error with its page and line; all else is made."""
    whole = draw()
    squat.write("assets/images/squat-1.jpg", whole[: len(whole) // 2])
    result = squat.run()
    assert result.summary.made == 2
    assert result.summary.failed == 1
    (problem,) = result.problems
    assert (problem.path, problem.line, problem.code) == (
        "_exercises/squat.md", 11, "unreadable-picture",
    )  # fmt: skip
    assert not (squat.root / B320).exists()
    squat.write("assets/images/squat-1.jpg", whole)
    assert reasons(squat.run())[B320] == "new"


def test_missing_and_misspelt(squat: SiteBuilder) -> None:
    """What is not there is an error once a page and picture, and names the file meant."""
    (squat.root / "assets/images/squat-0.jpg").rename(squat.root / "assets/images/Squat-0.jpg")
    (squat.root / "assets/images/squat-1.jpg").unlink()
    result = squat.run()
    assert [(problem.line, problem.code) for problem in result.problems] == [
        (4, "case-mismatch"),
        (11, "missing-picture"),
    ]
    assert "assets/images/Squat-0.jpg exists" in result.problems[0].message


def test_a_file_that_only_looks_like_a_variant(site: SiteBuilder) -> None:
    """A picture called x-320.jpg without an x.jpg is a picture, with a warning."""
    site.write("_exercises/a.md", "---\nheader: {teaser: /x-320.jpg}\n---\n")
    site.write("x-320.jpg", draw())
    result = site.run()
    assert [(problem.code, problem.severity) for problem in result.problems] == [
        ("missing-source", Severity.WARNING)
    ]
    assert reasons(result) == {}
    assert described(result) == {"x-320.jpg": Status.DONE}


def test_orphans_stay(squat: SiteBuilder) -> None:
    """A variant that no page names any more stays on disk and in the catalog, said once a run."""
    squat.run()
    squat.write("_exercises/squat.md", exercise("squat", 1))
    assert reasons(squat.run())[B320] == "orphaned"
    squat.write("_exercises/squat.md", exercise("squat", 2))
    assert reasons(squat.run())[B320] == "up to date"


def test_catalog_is_for_everybody(squat: SiteBuilder) -> None:
    """Equal sites give equal catalogs, and a newer or broken one stops the run."""
    squat.run()
    first = (squat.root / "media.json").read_bytes()
    (squat.root / "media.json").unlink()
    shutil.rmtree(squat.root / ".mediakit")
    squat.run()
    assert (squat.root / "media.json").read_bytes() == first
    squat.write("media.json", first.replace(b'"version":1', b'"version":99'))
    with pytest.raises(UsageError, match="newer mediakit"):
        squat.run()


class Meddler(Quiet):
    """Replaces pictures when the plan has been made."""

    def __init__(self, site: SiteBuilder) -> None:
        self._site = site

    def begin(self, total: int) -> None:  # noqa: ARG002 - the protocol's
        for path in self._site.root.glob("assets/images/squat-?.jpg"):
            path.write_bytes(draw(colour="#00ff00"))


def test_source_that_changes_meanwhile(squat: SiteBuilder) -> None:
    """A picture that is replaced between plan and apply is not recorded as what it was."""
    config = load_config(squat.root, Overrides(jobs=2))
    result = carried_out(config, Job(), Meddler(squat))
    assert {problem.code for problem in result.problems} == {"changed-meanwhile"}
    assert set(reasons(squat.run()).values()) == {"new"}


def test_unwritable_folder_is_one_failure(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full or a folder that is read-only fails those pictures, with the reason."""
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "squat-0-320.jpg":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    result = squat.run()
    assert result.summary.failed == 1
    assert "No space left" in result.problems[0].message
    monkeypatch.undo()
    assert reasons(squat.run())[A320] == "new"


def test_interrupt_keeps_what_is_done(squat: SiteBuilder) -> None:
    """Ctrl-C after the first picture: it is in the catalog, and the next run goes on from there."""

    class Impatient(Quiet):
        def step(self, outcome: Outcome) -> None:  # noqa: ARG002 - the protocol
            raise KeyboardInterrupt

    with open_session(load_config(squat.root)) as session:
        run = Run(session, Job(), Impatient())
        with pytest.raises(KeyboardInterrupt):
            run.generate()
    assert run.result.summary.made == 1
    later = reasons(squat.run())
    assert sorted(later.values()) == ["new", "new", "up to date"]


def test_interrupt_keeps_looks(squat: SiteBuilder) -> None:
    """Looks are kept many at once: Ctrl-C loses none that is there, nor its grey copy."""
    seen: list[str] = []

    class Impatient(Quiet):
        def step(self, outcome: Outcome) -> None:
            if outcome.action.kind is Kind.DESCRIBE:
                seen.append(outcome.action.path)
                raise KeyboardInterrupt

    with open_session(load_config(squat.root)) as session:
        with pytest.raises(KeyboardInterrupt):
            Run(session, Job(), Impatient()).generate()
        sha256 = sha256_bytes((squat.root / seen[0]).read_bytes())
        assert session.cache.look(sha256)
        assert session.cache.grey(sha256)


def test_interrupt_between_a_file_and_its_record(
    squat: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C right after a rename: the next run knows the file as its own, and adopts nothing."""
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        moved = real(self, target)
        if target.name == "squat-0-320.jpg":
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        squat.run()
    monkeypatch.undo()
    assert (squat.root / A320).exists()
    assert reasons(squat.run())[A320] == "up to date"


def test_linked_out_pictures_are_refused(squat: SiteBuilder, tmp_path: Path) -> None:
    """A link that leaves the site is never read."""
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(draw())
    (squat.root / "assets/images/squat-1.jpg").unlink()
    (squat.root / "assets/images/squat-1.jpg").symlink_to(secret)
    assert [problem.code for problem in squat.run().problems] == ["refused-file"]


NAMES = ["a", "bænk", "c d"]
EDITS = st.sampled_from(
    ["picture", "page", "preset", "hand", "remove variant", "remove picture", "damage"]
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(EDITS, st.sampled_from(NAMES), st.integers(0, 5)), max_size=6))
@example([("remove picture", "a", 0), ("damage", "a", 5)])  # a named variant is all there is
def test_plan_after_apply_is_empty(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, int]]
) -> None:
    """Whatever was done to a site, a run brings it to rest: the next plan has only what failed."""
    site = SiteBuilder(tmp_path_factory.mktemp("site"))
    for name in NAMES:
        site.write(f"_exercises/{name}.md", exercise(name, 1))
        site.write(f"assets/images/{name}-0.jpg", draw((800, 40)))
    site.run()
    for edit, name, number in edits:
        picture = site.root / f"assets/images/{name}-0.jpg"
        variant = site.root / f"assets/images/{name}-0-320.jpg"
        if edit == "picture":
            picture.write_bytes(draw((700 + number, 50), kind="PNG"))
        elif edit == "page":
            site.write(f"_exercises/{name}.md", exercise(name, 1, overlay=number % 2 == 0))
        elif edit == "preset":
            site.write("mediakit.toml", f"[presets.teaser]\nwidth = {200 + number}\n")
        elif edit == "hand":
            variant.write_bytes(draw((320, 16 + number)))
        elif edit == "remove variant":
            variant.unlink(missing_ok=True)
        elif edit == "remove picture":
            picture.unlink(missing_ok=True)
        elif variant.exists():
            variant.write_bytes(variant.read_bytes()[: number * 50])
    done = site.run()
    planned = [
        each.action for each in site.run(dry_run=True).outcomes if each.action.kind != "keep"
    ]
    assert planned == [each.action for each in done.outcomes if each.status is Status.FAILED]
