"""Problems as annotations, the lines by which a step speaks to GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.report.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.base.model import Problem

    Place = Callable[[str], str]
    """Returns where a file of the site is in the checkout, empty for what is no file there."""


def problem_annotations(problems: Iterable[Problem], place: Place) -> Iterator[str]:
    """Yield an annotation a problem; what is no file, such as a target, is named in its text."""
    for each in problems:
        text = f"{each.message} ({each.hint})" if each.hint else each.message
        path = place(each.path)
        if not path and each.path not in {"", "."}:
            text = f"{each.path}: {text}"
        yield annotation(each.severity, path, each.line, each.code, text)


def annotation(level: str, path: str, line: int, title: str, text: str) -> str:
    """Return an annotation of GitHub, at a file where `path` names one.

    Nothing in the texts can begin another command.
    """
    where = f"file={_property(path)}," + (f"line={line}," if line else "") if path else ""
    return f"::{level} {where}title={_property(title)}::{data(text)}"


def data(text: str) -> str:
    """Return a text as the message of a command."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
