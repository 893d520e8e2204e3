from __future__ import annotations

import pytest

from mediakit.base.model import Problem, Severity
from mediakit.report.problems import annotation, problem_annotations


def test_a_problem_at_its_line() -> None:
    """An annotation names file, line and code, and says what to do."""
    found = Problem("_exercises/a.md", 3, "odd", Severity.WARNING, "odd thing", "do this")
    assert list(problem_annotations([found], str)) == [
        "::warning file=_exercises/a.md,line=3,title=odd::odd thing (do this)"
    ]


def test_the_folder_of_the_site() -> None:
    """Where the site is a folder of the repository, annotations name files from the top."""
    found = Problem("a.md", 0, "bad", Severity.ERROR, "bad thing")
    assert list(problem_annotations([found], "site/{}".format)) == [
        "::error file=site/a.md,title=bad::bad thing"
    ]


@pytest.mark.parametrize("path", ["s3://bucket/site", "file:/srv/media", "images/gone.jpg"])
def test_a_target_is_no_file(path: str) -> None:
    """What is no file of the checkout is named in the text: GitHub would look for it there."""
    found = Problem(path, 0, "refused", Severity.ERROR, "3 of 4 would be deleted", "look first")
    (line,) = problem_annotations([found], lambda _path: "")
    said = f"{path}: 3 of 4 would be deleted (look first)"
    assert line == f"::error title=refused::{said}"
    whole = Problem(".", 0, "no-content", Severity.WARNING, "no content files")
    assert list(problem_annotations([whole], lambda _path: "")) == [
        "::warning title=no-content::no content files"
    ]


def test_nothing_in_a_text_is_a_command() -> None:
    """Line ends, per cent signs and the signs that end a property are taken in."""
    line = annotation("error", "a,line=9::b\n.md", 1, "x:y", "50 %\n::set-output name=a::b\r")
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("::error file=a%2Cline=9%3A%3Ab\\n.md,line=1,title=x%3Ay::50 %25\\n")
