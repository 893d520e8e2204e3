"""What a check and a fetch of videos report, and the formats of a check: text, JSON, JUnit ..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from mediakit.base.artifacts import archived_video
from mediakit.report.documents import Count, Document, ProblemEntry, problem_entries
from mediakit.report.markdown import cell
from mediakit.report.text import counted, printable
from mediakit.videos.states import ERRORS, ORDER, STATES
from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mediakit.base.model import Problem, VideoRecord
    from mediakit.report.problems import InCheckout
    from mediakit.videos.history import VideoStatus

VERSION = 1
_DOUBTFUL = frozenset({State.SUSPECT, State.NOT_EMBEDDABLE, State.UNKNOWN})
_NO_RESULT = frozenset({State.UNKNOWN, State.NOT_CHECKED, State.SUSPECT})
_NOT_IN_MARKDOWN = frozenset({State.ALIVE, State.NOT_CHECKED, State.UNKNOWN})
_REPLACEABLE = frozenset({State.DEAD, State.MISSING, State.SUSPECT, State.NOT_EMBEDDABLE})

FOUND, STOPPED = 1, 3
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A video, its status, and the places (page, line) that name it.

    `asked` says whether this run asked about it; `instead` is a video of the same page that is
    alive; `record` is what the catalog has of it.
    """

    provider: str
    id: str
    status: VideoStatus
    places: tuple[tuple[str, int], ...]
    asked: bool = False
    address: str = ""
    instead: str = ""
    record: VideoRecord | None = None

    @property
    def state(self) -> State:
        """Its state."""
        return self.status.state


@dataclass(frozen=True, slots=True)
class VideoReport:
    """All videos of the site, the worst first; `stopped` says why the check ended early.

    `allowed` are states that would be errors, but are warnings here.
    """

    rows: tuple[VideoRow, ...]
    problems: tuple[Problem, ...] = ()
    stopped: str = ""
    hint: str = ""
    seconds: float = 0.0
    allowed: frozenset[State] = frozenset()

    @property
    def counts(self) -> dict[State, int]:
        """How many videos are in each state, without the states of no video."""
        numbers = {state: sum(row.state is state for row in self.rows) for state in ORDER}
        return {state: number for state, number in numbers.items() if number}

    @property
    def dead(self) -> int:
        """How many videos are dead."""
        return self.counts.get(State.DEAD, 0)

    @property
    def broken(self) -> int:
        """How many videos visitors do not see: those in states that are errors."""
        return sum(self.is_error(row.state) for row in self.rows)

    @property
    def to_tell(self) -> int:
        """How many videos somebody has to look at: broken, or changed since the last check."""
        return self.broken + self.counts.get(State.CHANGED, 0)

    def is_error(self, state: State) -> bool:
        """Return whether a video in this state is an error."""
        return state in ERRORS - self.allowed

    @property
    def is_doubtful(self) -> bool:
        """Whether some video may not play."""
        return bool((_DOUBTFUL - self.allowed) & {*self.counts})

    @property
    def exit_code(self) -> int:
        """3 if the check stopped early, 1 if visitors do not see a video, else 0."""
        if self.stopped:
            return STOPPED
        return FOUND if self.broken else 0


class FetchDocument(Document, frozen=True, kw_only=True):
    """What `videos fetch` did."""

    asked: Annotated[Count, Meta(description="How many videos were asked about.")]
    came: Annotated[Count, Meta(description="How many answers came.")]
    thumbnails: Annotated[Count, Meta(description="How many thumbnails were written.")]
    stopped: Annotated[str, Meta(description="Why the fetch stopped early; else empty.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class FetchReport:
    """How many videos a fetch asked about, how many came, and how many thumbnails it wrote."""

    problems: tuple[Problem, ...] = ()
    asked: int = 0
    came: int = 0
    thumbnails: int = 0
    stopped: str = ""

    def document(self) -> FetchDocument:
        """Return the report as a JSON document."""
        return FetchDocument(
            asked=self.asked, came=self.came, thumbnails=self.thumbnails, stopped=self.stopped,
            problems=problem_entries(self.problems),
        )  # fmt: skip


def video_lines(report: VideoReport, *, verbose: bool = False) -> Iterator[str]:
    """Yield the videos by state, with their pages; those alive only if verbose."""
    for state in ORDER:
        rows = [row for row in report.rows if row.state is state]
        if not rows or (state is State.ALIVE and not verbose):
            continue
        yield f"{state} ({len(rows)}): {STATES[state].meaning}"
        if state not in _NOT_IN_MARKDOWN:
            yield f"  a visitor sees {STATES[state].visitor}"
        for row in rows:
            for place, line in row.places:
                yield printable(f"  {place}:{line}: {row.provider} {row.id}")
            yield from (printable(f"    {note}") for note in _notes(row))


def video_summary(report: VideoReport) -> str:
    """Return the one line that ends a check."""
    asked = sum(row.asked for row in report.rows)
    counts = ", ".join(f"{number:,} {state}" for state, number in report.counts.items())
    return f"asked about {asked:,} of {counted(len(report.rows), 'video')}: {counts or 'none'}"


def _notes(row: VideoRow) -> Iterator[str]:
    """Yield what a video's report adds: the reason, since when, and a way out."""
    status = row.status
    if status.reason:
        yield status.reason
    if status.failed is not None:
        seen = f", last seen on {status.ok:%Y-%m-%d}" if status.ok else ""
        answers = f"{status.streak} definite answers" if status.streak != 1 else (
            "one definite answer"
        )  # fmt: skip
        yield f"{answers} since {status.failed:%Y-%m-%d}{seen}"
    elif status.doubted is not None:
        yield f"{counted(status.doubts, 'check')} in doubt since {status.doubted:%Y-%m-%d}"
    archived = archived_video(row.record.archive) if row.record else ""
    if archived and row.state in _REPLACEABLE:
        yield f"it is archived: {archived}"
    if row.instead and row.state in _REPLACEABLE:
        yield f"on the same page {row.instead} is alive"


def videos_json(report: VideoReport) -> str:
    """Return the report as a JSON document; times are ISO 8601 in UTC."""
    from mediakit.report.documents import known_of, problem_documents  # noqa: PLC0415 - for this format only
    from mediakit.report.text import json_text  # noqa: PLC0415

    document = {
        "version": VERSION,
        "stopped": report.stopped,
        "hint": report.hint,
        "seconds": round(report.seconds, 3),
        "counts": {str(state): report.counts.get(state, 0) for state in ORDER},
        "videos": [_row(row) | known_of(row.record) for row in report.rows],
        "problems": problem_documents(report.problems),
    }
    return json_text(document)


def _row(row: VideoRow) -> dict[str, Any]:
    status = row.status
    return {
        "provider": row.provider,
        "id": row.id,
        "state": str(status.state),
        "reason": status.reason,
        "places": [{"path": path, "line": line} for path, line in row.places],
        "checked": _time(status.checked),
        "ok": _time(status.ok),
        "failed": _time(status.failed),
        "streak": status.streak,
        "asked": row.asked,
        "address": row.address,
        "instead": row.instead,
    }


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def videos_junit(report: VideoReport) -> str:
    """Return the report as a test suite: a case for each video, failed if it is broken."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - for this format only

    suite = ET.Element("testsuite", name="mediakit videos")
    suite.set("tests", str(len(report.rows) + bool(report.stopped)))
    suite.set("failures", str(report.broken))
    suite.set("errors", "1" if report.stopped else "0")
    suite.set("skipped", str(sum(row.state in _NO_RESULT for row in report.rows)))
    for row in report.rows:
        path, line = row.places[0]
        path = printable(path)
        case = ET.SubElement(suite, "testcase", classname=path)
        case.set("name", f"{row.provider} {row.id}")
        case.set("file", path)
        case.set("line", str(line))
        notes = printable("; ".join(_notes(row)))
        if report.is_error(row.state):
            failure = ET.SubElement(case, "failure", type=str(row.state))
            failure.set("message", f"{row.state}: {STATES[row.state].meaning}")
            where = "\n".join(f"{printable(place)}:{number}" for place, number in row.places)
            failure.text = f"{where}\n{notes}\na visitor sees {STATES[row.state].visitor}"
        elif row.state in _NO_RESULT:
            ET.SubElement(case, "skipped", message=f"{row.state}: {notes}")
    if report.stopped:
        case = ET.SubElement(suite, "testcase", classname="mediakit", name="the whole check")
        ET.SubElement(case, "error", message=printable(report.stopped))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def videos_markdown(report: VideoReport) -> str:
    """Return the body of an issue: broken videos as a list to tick off, the rest as tables."""
    lines = ["## Videos", "", cell(video_summary(report)), ""]
    if report.stopped:
        lines += [f"**The check stopped early:** {cell(report.stopped)}", ""]
    if report.hint:
        lines += [cell(report.hint), ""]
    for state in ORDER:
        rows = [row for row in report.rows if row.state is state]
        if rows and state not in _NOT_IN_MARKDOWN:
            lines += [f"### {str(state).capitalize()}: {STATES[state].meaning}", ""]
            lines += [f"A visitor sees {STATES[state].visitor}.", ""]
            lines += [*(_items if report.is_error(state) else _table)(rows), ""]
    return "\n".join(lines)


def _items(rows: list[VideoRow]) -> Iterator[str]:
    for row in rows:
        for place, line in row.places:
            yield f"- [ ] {cell(f'{place}:{line}')}: {_link(row)}"
        yield from (f"  - {cell(note)}" for note in _notes(row))


def _table(rows: list[VideoRow]) -> Iterator[str]:
    yield "| page | video | state |"
    yield "| --- | --- | --- |"
    for row in rows:
        where = ", ".join(f"{place}:{line}" for place, line in row.places)
        yield f"| {cell(where)} | {_link(row)} | {cell('; '.join(_notes(row)))} |"


def _link(row: VideoRow) -> str:
    name = cell(f"{row.provider} {row.id}")
    return f"[{name}]({row.address})" if row.address else name


def video_annotations(report: VideoReport, place: InCheckout) -> Iterator[str]:
    """Yield an annotation of GitHub for each place that needs work, and for each problem."""
    from mediakit.report.problems import annotation, data, problem_annotations  # noqa: PLC0415 - for this format only

    for row in report.rows:
        level = "warning" if row.state in report.allowed else STATES[row.state].level
        if not level:
            continue
        told = f"{row.provider} {row.id}: {STATES[row.state].meaning}"
        text = "; ".join([told, *_notes(row), f"a visitor sees {STATES[row.state].visitor}"])
        for page, line in row.places:
            yield annotation(level, place(page), line, f"video {row.state}", text)
    yield from problem_annotations(report.problems, place)
    if report.stopped:
        yield f"::warning title=video check stopped::{data(report.stopped)}"
