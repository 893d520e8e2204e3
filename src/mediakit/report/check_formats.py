"""Problems for programs and pipelines: JSON, SARIF, and JUnit's XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from mediakit.report.text import json_text, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mediakit.base.model import Problem

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


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
    """Return a test suite with a failed case a problem, and one that passed where there is none."""
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
