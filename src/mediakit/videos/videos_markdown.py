"""A check of videos as the body of an issue: what to replace, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.report.markdown import cell
from mediakit.videos.report import MEANINGS, ORDER
from mediakit.videos.report_formats import notes, video_summary
from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.videos.report import VideoReport, VideoRow

_QUIET = frozenset({State.ALIVE, State.NOT_CHECKED, State.UNKNOWN})
_TO_DO = frozenset({State.DEAD, State.NOT_EMBEDDABLE})


def videos_markdown(report: VideoReport) -> str:
    """Return a list to tick off of what is dead or does not embed, and the rest as tables."""
    lines = ["## Videos", "", cell(video_summary(report)), ""]
    if report.stopped:
        lines += [f"**Not all could be checked:** {cell(report.stopped)}", ""]
        lines += [cell(report.hint), ""] if report.hint else []
    for state in ORDER:
        rows = [row for row in report.rows if row.state is state]
        if rows and state not in _QUIET:
            lines += [f"### {str(state).capitalize()}: {MEANINGS[state]}", ""]
            lines += _items(rows) if state in _TO_DO else _table(rows)
            lines += [""]
    return "\n".join(lines)


def _items(rows: list[VideoRow]) -> Iterator[str]:
    for row in rows:
        for place, line in row.places:
            yield f"- [ ] {cell(f'{place}:{line}')}: {_link(row)}"
        yield from (f"  - {cell(note)}" for note in notes(row))


def _table(rows: list[VideoRow]) -> Iterator[str]:
    yield "| where | video | what |"
    yield "| --- | --- | --- |"
    for row in rows:
        where = ", ".join(f"{place}:{line}" for place, line in row.places)
        yield f"| {cell(where)} | {_link(row)} | {cell('; '.join(notes(row)))} |"


def _link(row: VideoRow) -> str:
    name = cell(f"{row.provider} {row.id}")
    return f"[{name}]({row.address})" if row.address else name
