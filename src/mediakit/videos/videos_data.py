"""A check of videos for programs: JSON, and JUnit's XML."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from mediakit.report.json import problem_documents
from mediakit.report.text import json_text, printable
from mediakit.videos.report import MEANINGS, ORDER
from mediakit.videos.report_formats import notes
from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from datetime import datetime

    from mediakit.videos.report import VideoReport, VideoRow

VERSION = 1
_FAILED = frozenset({State.DEAD, State.NOT_EMBEDDABLE})
_SKIPPED = frozenset({State.UNKNOWN, State.NOT_CHECKED, State.SUSPECT})


def videos_json(report: VideoReport) -> str:
    """Return the report as a JSON document; times are ISO 8601 in UTC."""
    document = {
        "version": VERSION,
        "stopped": report.stopped,
        "hint": report.hint,
        "seconds": round(report.seconds, 3),
        "counts": {str(state): report.counts.get(state, 0) for state in ORDER},
        "videos": [_row(row) for row in report.rows],
        "problems": problem_documents(report.problems),
    }
    return json_text(document)


def _row(row: VideoRow) -> dict[str, Any]:
    return asdict(row) | {
        "state": str(row.state),
        "places": [{"path": path, "line": line} for path, line in row.places],
        "checked": _time(row.checked),
        "ok": _time(row.ok),
        "failed": _time(row.failed),
    }


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def videos_junit(report: VideoReport) -> str:
    """Return the report as a test suite: a case for each video, failed if it is dead."""
    cases = []
    for row in report.rows:
        path, line = row.places[0]
        path = printable(path)
        case = ET.Element("testcase", classname=path, name=f"{row.provider} {row.id}", file=path)
        case.set("line", str(line))
        said = printable("; ".join(notes(row)))
        if row.state in _FAILED:
            failure = ET.SubElement(case, "failure", type=str(row.state))
            failure.set("message", f"{row.state}: {MEANINGS[row.state]}")
            where = "\n".join(f"{printable(place)}:{number}" for place, number in row.places)
            failure.text = f"{where}\n{said}"
        elif row.state in _SKIPPED:
            ET.SubElement(case, "skipped", message=f"{row.state}: {said}")
        cases.append(case)
    suite = ET.Element("testsuite", name="mediakit videos", tests=str(len(cases)))
    suite.set("failures", str(sum(row.state in _FAILED for row in report.rows)))
    suite.set("errors", "1" if report.stopped else "0")
    suite.set("skipped", str(sum(row.state in _SKIPPED for row in report.rows)))
    suite.extend(cases)
    if report.stopped:
        case = ET.SubElement(suite, "testcase", classname="mediakit", name="the whole check")
        ET.SubElement(case, "error", message=printable(report.stopped))
        suite.set("tests", str(len(cases) + 1))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
