"""`mediakit videos`: fetch, check and add."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import complete
from mediakit.cli.command import Command, Group
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import say, show_problems
from mediakit.cli.pipeline import place_in_checkout, write_counts, write_summary_file
from mediakit.report.documents import document_json, problem_entries
from mediakit.report.text import counted
from mediakit.videos.report import VideosAddDocument, VideosFetchDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.videos.report import VideoReport

_AGE = re.compile(r"(\d{1,5})([hdw]?)")
_HOURS = {"h": 1, "d": 24, "": 24, "w": 7 * 24}


@click.group("videos", cls=Group)
def videos_command() -> None:
    """Fetch, check and add the videos that exercises name."""


@videos_command.command("fetch", cls=Command, examples=(
    ("mediakit videos fetch", "what is missing, or older than 30 days"),
    ("mediakit videos fetch --max-age 1w", "what is older than a week"),
))  # fmt: skip
@click.option(
    "--max-age", metavar="AGE",
    help="Fetch again what is older: 12h, 30d, 4w (default: 30d).",
)  # fmt: skip
@click.option("--refresh", is_flag=True, help="Fetch all again.")
@common_options("text", "json")
def fetch_command(*, max_age: str | None, refresh: bool, common: Common) -> int:
    """Fetch metadata into the catalog, and thumbnails among the pictures.

    What is there already is left alone until it is older than --max-age. A video that
    cannot be had is a warning, and what was known of it is kept. Run generate afterwards
    for the teasers of new thumbnails; sync does all of it.
    """
    from mediakit.sync.session import open_session  # noqa: PLC0415 - takes a while
    from mediakit.videos.fetch import FetchJob, fetch_videos  # noqa: PLC0415

    config = common.config()
    age = _age(max_age) if max_age is not None else timedelta(days=config.videos.max_age)
    with _counter(common) as step, open_session(config) as session:
        fetched = fetch_videos(session, FetchJob(age, refresh), step)
    if common.output == "json":
        document = VideosFetchDocument(
            asked=fetched.asked, came=fetched.came, thumbnails=fetched.thumbnails,
            stopped=fetched.stopped, problems=problem_entries(fetched.problems),
        )  # fmt: skip
        click.echo(document_json(document))
    else:
        show_problems(fetched.problems, common)
        if not common.quiet:
            click.echo(
                f"asked about {counted(fetched.asked, 'video')}: {fetched.came:,} came, "
                f"{counted(fetched.thumbnails, 'thumbnail')} written"
            )
    return 3 if fetched.stopped else int(has_errors(fetched.problems))


@videos_command.command("check", cls=Command, examples=(
    ("mediakit videos check", "exit 1 where one is dead"),
    ("mediakit videos check --limit 50", "a part each night, the oldest-checked first"),
    ("mediakit videos check --format markdown", "as the body of an issue"),
))  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N",
    help="Ask about N videos at most, the oldest-checked first.",
)  # fmt: skip
@click.option(
    "--thorough", is_flag=True,
    help="Ask the player about each: only it knows of ages and countries.",
)  # fmt: skip
@click.option(
    "--strict", is_flag=True,
    help="Exit 1 also for videos that do not embed, are suspect, or could not be asked about.",
)  # fmt: skip
@common_options("text", "json", "github", "markdown", "junit")
def check_command(*, limit: int | None, thorough: bool, strict: bool, common: Common) -> int:
    """Ask whether the videos are still there; exit 1 where one is dead.

    Dead takes two definite answers a day apart, or two sources that agree. What could not
    be learnt is unknown, and never counts. Exit 3 means that the check stopped early, since
    the provider refused or the network is down.
    """
    from mediakit.sync.session import open_session  # noqa: PLC0415 - takes a while
    from mediakit.videos.check import VideoCheck, VideoCheckJob  # noqa: PLC0415

    with open_session(common.config()) as session:
        check = VideoCheck(session, VideoCheckJob(limit, thorough))
        try:
            with _counter(common) as step:
                report = check.run(step)
        except KeyboardInterrupt:
            _show(check.report, common)
            raise
    _show(report, common)
    if report.exit_code == 0 and (has_errors(report.problems) or (strict and report.is_doubtful)):
        return 1
    return report.exit_code


@videos_command.command("add", cls=Command, examples=(
    ("mediakit videos add squat https://youtu.be/aIZuK2cX4FA", "into its page"),
    ("mediakit videos add squat --id=-abcdefghij", "by an id that begins with a dash"),
))  # fmt: skip
@click.argument("exercise", shell_complete=complete.exercises)
@click.argument("address", required=False)
@click.option("--id", "video_id", metavar="ID", help="The video's id, in place of its address.")
@click.option("--replace", is_flag=True, help="Put it in the place of the video that is there.")
@common_options("text", "json")
def add_command(
    *, exercise: str, address: str | None, video_id: str | None, replace: bool, common: Common
) -> int:
    """Write a video into the front matter of an exercise, in its one spelling.

    EXERCISE is a path, a file name or a title.

    ADDRESS is the video's, in any form that people copy: a page to watch, a short link, an
    embed. An id that begins with a dash is given as --id=ID.
    """
    from mediakit.sync.session import open_session  # noqa: PLC0415 - takes a while
    from mediakit.videos.add import add_video  # noqa: PLC0415

    if (address is None) == (video_id is None):
        raise UsageError("give either ADDRESS or --id", "mediakit videos add squat https://…")
    with open_session(common.config()) as session:
        added = add_video(session, exercise, address or video_id or "", replace=replace)
    if common.output == "json":
        document = VideosAddDocument(
            path=added.path, provider=added.video.provider, id=added.video.id,
            changed=added.changed,
        )  # fmt: skip
        click.echo(document_json(document))
    elif not common.quiet:
        verb = "added to" if added.changed else "is already in"
        say(f"{added.video.provider} {added.video.id} {verb} {added.path}")
    show_problems(added.unread, common)
    return int(bool(added.unread))


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--max-age: {text!r} is no age", "give 12h, 30d or 4w")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


def _show(report: VideoReport, common: Common) -> None:
    """Print the report, and add it to the summary of the step in a pipeline."""
    from mediakit.videos import report_formats as formats  # noqa: PLC0415

    whole: dict[str, Callable[[VideoReport], str]] = {
        "json": formats.videos_json,
        "junit": formats.videos_junit,
        "markdown": formats.videos_markdown,
        "github": lambda report: "\n".join(
            formats.video_annotations(report, place_in_checkout(common))
        ),
    }
    if common.output in whole:
        click.echo(whole[common.output](report))
    else:
        show_problems(report.problems, common)
        for line in () if common.quiet else formats.video_lines(report, verbose=common.verbose):
            say(line)
        if report.stopped:
            hint = f" ({report.hint})" if report.hint else ""
            say(f"mediakit: stopped early: {report.stopped}{hint}", aside=True)
    if common.output in {"text", "github"} and not common.quiet:
        click.echo(formats.video_summary(report), err=common.output == "github")
    if common.output in {"github", "markdown"}:
        write_counts({"dead": report.dead})
    write_summary_file(lambda: formats.videos_markdown(report))


@contextmanager
def _counter(common: Common) -> Iterator[Callable[[int, int], None]]:
    """Give what shows how many of how many are done, on stderr where that is a terminal."""
    if common.quiet or not sys.stderr.isatty():
        yield lambda _number, _total: None
        return
    from tqdm import tqdm  # noqa: PLC0415 - only where somebody looks

    bar: Any = tqdm(unit="video", leave=False, file=sys.stderr)

    def step(number: int, total: int) -> None:
        bar.total = total
        bar.update(number - bar.n)

    try:
        yield step
    finally:
        bar.close()
