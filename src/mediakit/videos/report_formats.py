"""A check of videos as lines for people, and as annotations of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.report.problems import annotation, data, problem_annotations
from mediakit.report.text import counted, printable
from mediakit.videos.report import MEANINGS, ORDER
from mediakit.videos.verdict import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.report.problems import Place
    from mediakit.videos.report import VideoReport, VideoRow

_LEVELS = {State.DEAD: "error", State.ALIVE: "", State.NOT_CHECKED: "", State.PENDING: "notice"}


def video_lines(report: VideoReport, *, verbose: bool = False) -> Iterator[str]:
    """Yield the videos by state, each with its pages; those alive only if verbose."""
    for state in ORDER:
        rows = [row for row in report.rows if row.state is state]
        if not rows or (state is State.ALIVE and not verbose):
            continue
        yield f"{state} ({len(rows)}): {MEANINGS[state]}"
        for row in rows:
            for place, line in row.places:
                yield printable(f"  {place}:{line}: {row.provider} {row.id}")
            yield from (printable(f"    {text}") for text in notes(row))


def notes(row: VideoRow) -> Iterator[str]:
    """Yield what there is to say of a video: the reason, since when, and what to do."""
    if row.reason:
        yield row.reason
    if row.failed is not None:
        seen = f", last seen on {row.ok:%Y-%m-%d}" if row.ok else ""
        answers = "one definite answer" if row.streak == 1 else f"{row.streak} definite answers"
        yield f"{answers} since {row.failed:%Y-%m-%d}{seen}"
    if row.instead and row.state in {State.DEAD, State.SUSPECT, State.NOT_EMBEDDABLE}:
        yield f"on the same page {row.instead} is alive"


def video_summary(report: VideoReport) -> str:
    """Return the one line that ends a check."""
    asked = sum(row.asked for row in report.rows)
    counts = ", ".join(f"{number:,} {state}" for state, number in report.counts.items())
    return f"asked about {asked:,} of {counted(len(report.rows), 'video')}: {counts or 'none'}"


def video_annotations(report: VideoReport, place: Place) -> Iterator[str]:
    """Yield a GitHub annotation for each place with something to do, and for each problem."""
    for row in report.rows:
        level = _LEVELS.get(row.state, "warning")
        if not level:
            continue
        text = "; ".join([f"{row.provider} {row.id}: {MEANINGS[row.state]}", *notes(row)])
        for page, line in row.places:
            yield annotation(level, place(page), line, f"video {row.state}", text)
    yield from problem_annotations(report.problems, place)
    if report.stopped:
        yield f"::warning title=video check stopped::{data(report.stopped)}"
