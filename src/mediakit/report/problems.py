"""Problems for pipelines and programs: annotations of GitHub, SARIF, and JUnit's XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from mediakit.base.model import Severity
from mediakit.report.text import json_text, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mediakit.base.model import Problem

    InCheckout = Callable[[str], str]
    """Returns the path of a site's file in the checkout, empty for what is no file there."""

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def problem_annotations(problems: Iterable[Problem], place: InCheckout) -> Iterator[str]:
    """Yield an annotation for each problem; its text names what is no file, such as a target."""
    for each in problems:
        text = f"{each.message} ({each.hint})" if each.hint else each.message
        path = place(each.path)
        if not path and each.path not in {"", "."}:
            text = f"{each.path}: {text}"
        yield annotation(
            _LEVELS.get(each.severity, each.severity), path, each.line, each.code, text
        )


_LEVELS = {"note": "notice"}


def annotation(level: str, path: str, line: int, title: str, text: str) -> str:
    """Return an annotation of GitHub, at a file where `path` names one.

    Nothing in the texts can begin another command.
    """
    where = f"file={_property(path)}," + (f"line={line}," if line else "") if path else ""
    return f"::{level} {where}title={_property(title)}::{data(text)}"


def data(text: str) -> str:
    """Return a text as the message of a pipeline's command."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")


def problems_sarif(problems: Sequence[Problem], meanings: Mapping[str, str]) -> str:
    """Return SARIF 2.1.0, with what each code means."""
    codes = sorted({each.code for each in problems})
    rules = [{"id": code, "shortDescription": {"text": meanings.get(code, code)}} for code in codes]
    driver = {"name": "mediakit", "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(each) for each in problems]}
    return json_text({"version": "2.1.0", "$schema": _SARIF, "runs": [run]})


def _result(problem: Problem) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(problem.path)}}
    if problem.line:
        place["region"] = {"startLine": problem.line}
    text = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
    return {
        "ruleId": problem.code,
        "level": str(problem.severity),
        "message": {"text": printable(text)},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    """Return a path as a reference that is relative to the repository."""
    return quote(path.encode(errors="surrogateescape"), safe="/")


def problems_junit(problems: Sequence[Problem]) -> str:
    """Return a test suite with a failed case for each problem but notes, or one that passed."""
    problems = [each for each in problems if each.severity is not Severity.NOTE]
    suite = ET.Element("testsuite", name="mediakit check", tests=str(max(1, len(problems))))
    suite.set("failures", str(len(problems)))
    for each in problems:
        path = printable(each.path)
        case = ET.SubElement(suite, "testcase", classname=path, name=each.code, file=path)
        case.set("line", str(each.line))
        failure = ET.SubElement(case, "failure", type=str(each.severity))
        failure.set("message", printable(each.message))
        failure.text = printable(f"{each.path}:{each.line}: {each.message} ({each.hint})")
    if not problems:
        ET.SubElement(suite, "testcase", classname="mediakit", name="all pages")
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
