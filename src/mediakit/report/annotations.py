"""Problems as annotations, the lines by which a step speaks to GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.report.as_text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.model import Problem


def problem_annotations(problems: Iterable[Problem], folder: str = "") -> Iterator[str]:
    """Yield an annotation a problem; `folder` is where the site is in the repository."""
    for each in problems:
        text = f"{each.message} ({each.hint})" if each.hint else each.message
        yield annotation(each.severity, f"{folder}{each.path}", each.line, each.code, text)


def annotation(level: str, path: str, line: int, title: str, text: str) -> str:
    """Return an annotation of GitHub; nothing in the texts can begin another command."""
    where = f"file={_property(path)}" + (f",line={line}" if line else "")
    return f"::{level} {where},title={_property(title)}::{data(text)}"


def data(text: str) -> str:
    """Return a text as the message of a command."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
