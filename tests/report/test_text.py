from __future__ import annotations

from mediakit.base.actions import Action, Kind, Outcome, Place, Reason, Result, Status
from mediakit.base.model import Manifest, Problem, Severity
from mediakit.report.text import (
    grouped,
    manifest_table,
    printable,
    problem_line,
    result_lines,
    summary_line,
)


def outcome(kind: Kind, reason: Reason, status: Status = Status.DONE) -> Outcome:
    return Outcome(Action(kind, Place.SITE, "a-320.jpg", reason), status)


def result(*outcomes: Outcome, dry_run: bool = False, target: str | None = None) -> Result:
    return Result(outcomes, (), 6.12, dry_run=dry_run, target=target)


def test_summary() -> None:
    """The last line counts what was done, or would be."""
    done = result(
        outcome(Kind.MAKE, Reason.NEW),
        outcome(Kind.MAKE, Reason.NEW, Status.FAILED),
        outcome(Kind.KEEP, Reason.UP_TO_DATE, Status.KEPT),
        outcome(Kind.DELETE, Reason.ORPHANED, Status.SKIPPED),
    )
    assert summary_line(done) == "made 1 variant in 6.1 s; 1 variant unchanged, 1 failed"
    planned = result(outcome(Kind.PUT, Reason.NEW, Status.PLANNED), dry_run=True, target="file:/x")
    assert summary_line(planned) == "would upload 1 object at /x"


def test_variants_and_objects_are_told_apart() -> None:
    """A run without changes says of what it has so many: `verify` counts objects alone."""
    kept = [
        Outcome(Action(Kind.KEEP, place, f"{number}.jpg", Reason.UP_TO_DATE), Status.KEPT)
        for place, count in ((Place.SITE, 1), (Place.TARGET, 1_002))
        for number in range(count)
    ]
    line = summary_line(result(*kept, target="file:/x"))
    assert line == "nothing to do at /x; 1 variant and 1,002 objects unchanged"


def test_lines_show_all_that_is_not_as_expected() -> None:
    """What is up to date is left out, what is kept for another reason is shown."""
    shown = result(
        outcome(Kind.KEEP, Reason.UP_TO_DATE, Status.KEPT),
        outcome(Kind.KEEP, Reason.ADOPTED, Status.KEPT),
        outcome(Kind.MAKE, Reason.SOURCE_CHANGED, Status.FAILED),
    )
    assert list(result_lines(shown)) == [
        "keep     a-320.jpg (adopted)",
        "failed to make a-320.jpg (source changed)",
    ]
    assert len(list(result_lines(shown, verbose=True))) == 3


def test_problem_line() -> None:
    """File, line, severity, message, code and hint, in the form that editors and CI know."""
    problem = Problem("a\n.md", 3, "code", Severity.ERROR, "wrong", "do right")
    assert problem_line(problem) == "a\\n.md:3: error: wrong [code] (do right)"
    assert problem_line(Problem("a.md", 0, "c", Severity.WARNING, "m")) == "a.md: warning: m [c]"


def test_nothing_reaches_the_terminal() -> None:
    """Escape sequences, bidi marks and stray surrogates in names are shown, not obeyed."""
    assert printable("\x1b[31m\u202eabc\udcff\n") == "\\x1b[31m\\u202eabc\\udcff\\n"
    assert printable("æøå 筋") == "æøå 筋"


def test_many_with_one_reason_are_one() -> None:
    """Equal faults of what is around files are one line with a number; those of files are each."""

    def problem(number: int, code: str) -> Problem:
        return Problem(f"{number}.jpg", 0, code, Severity.ERROR, "no", "hint")

    shared = [problem(number, "put-failed") for number in range(1200)]
    own = [problem(number, "orphan-picture") for number in range(9)]
    few = [problem(number, "delete-failed") for number in range(3)]
    told = grouped([*shared, *own, *few])
    assert told == (
        Problem(
            "0.jpg", 0, "put-failed", Severity.ERROR,
            "no; and 1,199 more for the same reason", "hint",
        ),
        *own, *few,
    )  # fmt: skip


def test_a_narrow_terminal() -> None:
    """A list that is wider than the terminal has the path below the title, and wraps nothing."""
    exercises = [Manifest("_exercises/bulgarian-split-squat-12.md", "Bulgarian split squat")]
    assert list(manifest_table(exercises, 60))[2:] == [
        "     0       0  Bulgarian split squat",
        "                _exercises/bulgarian-split-squat-12.md",
    ]
    assert list(manifest_table(exercises, 120)) == list(manifest_table(exercises))
