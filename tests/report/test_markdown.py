from __future__ import annotations

from markdown_it import MarkdownIt

from mediakit.base.actions import Action, Kind, Outcome, Place, Reason, Result, Status
from mediakit.base.model import Problem, Severity
from mediakit.report.markdown import result_markdown

PUT = Action(Kind.PUT, Place.TARGET, "a.jpg", Reason.NEW)
NASTY = "<script>alert(1)</script> | `x` [a](javascript:b) ![i](http://h/i) **b**\n# h"


def rendered(*problems: Problem) -> str:
    outcomes = (Outcome(PUT, Status.DONE, 1200), Outcome(PUT, Status.DONE, 34))
    text = result_markdown(Result(outcomes, problems, 1.5, target="s3://b/x"), "mediakit")
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def test_counts() -> None:
    """The page says what was done, how often, and how many bytes were put."""
    page = rendered()
    assert "uploaded 2 objects" in page
    assert "<td>new</td>" in page
    assert "1,234" in page
    assert "s3://b/x" in page


def test_problems_come_first_and_errors_first_of_them() -> None:
    """Whoever opens the page sees the errors at once."""
    page = rendered(
        Problem("a.md", 3, "odd", Severity.WARNING, "odd thing"),
        Problem("b.md", 0, "bad", Severity.ERROR, "bad thing", "do this"),
    )
    assert page.index("bad thing") < page.index("odd thing") < page.index("1,234")
    assert "a.md:3" in page
    assert "(do this)" in page


def test_nothing_is_obeyed() -> None:
    """Names and messages are text: no HTML, no links, no pictures, no new rows."""
    page = rendered(Problem(NASTY, 1, "bad", Severity.ERROR, NASTY))
    for sign in ("<script", "<a ", "<img", "<strong", "<code", "<h1"):
        assert sign not in page
    assert page.count("<tr>") == 4


def test_very_many_problems() -> None:
    """The page has a limit, and says how many more there are."""
    many = [Problem("a.md", line, "bad", Severity.ERROR, "x") for line in range(1, 1001)]
    page = rendered(*many)
    assert page.count("a.md:") == 200
    assert "800 more problems" in page
