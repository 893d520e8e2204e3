"""`mediakit videos`: fetch, check, add and replace; `archive` has a module of its own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command, Group
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import (
    Bar,
    place_in_checkout,
    say,
    say_all,
    show_fix,
    show_problems,
    write_counts,
    write_summary_file,
)
from mediakit.cli.video_archive import archive_command
from mediakit.report.documents import document_json
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.videos.report import VideoReport

_AGE = re.compile(r"(\d{1,5})([hdw]?)")
_HOURS = {"h": 1, "d": 24, "": 24, "w": 7 * 24}


@click.group("videos", cls=Group)
def videos_command() -> None:
    """Fetch, check, add, replace and archive videos of exercises."""


@videos_command.command("fetch", cls=Command, examples=(
    ("mediakit videos fetch", "what is missing, or older than 30 days"),
    ("mediakit videos fetch --max-age 1w", "what is older than a week"),
))  # fmt: skip
@click.option(
    "--max-age", metavar="AGE",
    help="Fetch metadata again that are older: 12h, 30d, 4w (default: 30d).",
)  # fmt: skip
@click.option("--refresh", is_flag=True, help="Fetch everything again.")
@common_options("text", "json")
def fetch_command(*, max_age: str | None, refresh: bool, common: Common) -> int:
    """Fetch metadata and thumbnails of videos.

    Metadata go into the catalog, and thumbnails among the pictures. Metadata stay as they are
    until they are older than --max-age. If a video cannot be fetched, mediakit warns, and keeps
    what it has. Run generate afterwards for the teasers of new thumbnails; sync does all of this.
    """
    from mediakit.videos.fetch import FetchJob, fetch_videos  # noqa: PLC0415 - takes a while

    with common.session() as session, Bar(common, " videos") as bar:
        days = timedelta(days=session.config.videos.max_age)
        age = _age(max_age) if max_age is not None else days
        fetched = fetch_videos(session, FetchJob(age, refresh), bar.show)
    if common.output == "json":
        click.echo(document_json(fetched.document()))
    else:
        show_problems(fetched.problems, common)
        if not common.quiet:
            click.echo(
                f"asked about {counted(fetched.asked, 'video')}: {fetched.came:,} answered, "
                f"{counted(fetched.thumbnails, 'thumbnail')} written"
            )
    return 3 if fetched.stopped else int(has_errors(fetched.problems))


@videos_command.command("check", cls=Command, examples=(
    ("mediakit videos check", "exit 1 if one is dead"),
    ("mediakit videos check --limit 50", "a part each night, the oldest-checked first"),
    ("mediakit videos check --format markdown", "as the body of an issue"),
))  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N",
    help="Ask about at most N videos, the oldest-checked first.",
)  # fmt: skip
@click.option(
    "--thorough", is_flag=True,
    help="Also ask the player about videos that are alive: only it knows of ages and countries.",
)  # fmt: skip
@click.option(
    "--strict", is_flag=True,
    help="Exit 1 also for videos that are suspect, or could not be asked about.",
)  # fmt: skip
@click.option(
    "--allow-unembeddable", is_flag=True,
    help="Only warn of videos that exist, but do not play on a page.",
)  # fmt: skip
@common_options("text", "json", "github", "markdown", "junit")
def check_command(
    *, limit: int | None, thorough: bool, strict: bool, allow_unembeddable: bool, common: Common
) -> int:
    """Check whether videos are still alive.

    Exits 1 if visitors do not see a video: it is dead, missing or not embeddable. A video is dead
    after two definite answers, of two sources or a day apart; it is missing after two weeks of
    doubt; an unclear answer never counts. Exit 3 means that the check stopped early, because the
    provider refused or the network is down; what is known is told all the same.
    """
    from mediakit.videos.check import VideoCheck, VideoCheckJob  # noqa: PLC0415 - takes a while

    with common.session() as session:
        check = VideoCheck(session, VideoCheckJob(limit, thorough, allow_unembeddable))
        try:
            with Bar(common, " videos") as bar:
                report = check.run(bar.show)
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
@click.argument("exercise", shell_complete=completion.exercises)
@click.argument("address", required=False)
@click.option("--id", "video_id", metavar="ID", help="The video's id, in place of its address.")
@click.option("--replace", is_flag=True, help="Replace the video that the exercise has.")
@common_options("text", "json")
def add_command(
    *, exercise: str, address: str | None, video_id: str | None, replace: bool, common: Common
) -> int:
    """Write a video into the front matter of an exercise.

    EXERCISE is a path, a file name or a title.

    ADDRESS is the video's, in any form that people copy: a page to watch, a short link, an
    embed. Give an id that begins with a dash as --id=ID.
    """
    from mediakit.videos.replace import add_video  # noqa: PLC0415 - takes a while

    if (address is None) == (video_id is None):
        raise UsageError("give either ADDRESS or --id", "mediakit videos add squat https://…")
    with common.session() as session:
        added, unread = add_video(session, exercise, address or video_id or "", replace=replace)
    if common.output == "json":
        click.echo(document_json(added))
    elif not common.quiet:
        verb = "added to" if added.changed else "is already in"
        say(f"{added.provider} {added.id} {verb} {added.path}")
    show_problems(unread, common)
    return int(bool(unread))


@videos_command.command("replace", cls=Command, examples=(
    ("mediakit videos replace", "look for another video for each dead one, and choose by a key"),
    ("mediakit videos replace -n", "only show what may take their place"),
    ("mediakit videos replace squat --yes", "take the best one, if nearly all is as it was"),
    ("mediakit videos replace --undo", "bring the pages back as they were before the last run"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=completion.exercises)
@click.option("--yes", is_flag=True, help="Take the best one, if its score is high enough.")
@click.option(
    "--min-score", type=click.IntRange(0, 100), default=85, show_default=True, metavar="SCORE",
    help="The score from which on --yes takes a video.",
)  # fmt: skip
@click.option(
    "--start", type=click.Choice(("same", "keep", "drop")), default="same", show_default=True,
    help="Where a page begins inside a video: keep that, drop it, or keep it if both are as long.",
)  # fmt: skip
@click.option(
    "--broken", is_flag=True, help="Also for videos that are missing, or do not play on a page."
)
@click.option(
    "--wayback", is_flag=True, help="Ask the Wayback Machine for the pages of dead videos."
)
@click.option("--dry-run", "-n", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--undo", "undoes", is_flag=True, help="Bring the pages of the last time back.")
@common_options("text", "json")
def replace_command(  # noqa: PLR0913 - one argument an option
    *,
    exercises: tuple[str, ...],
    yes: bool,
    min_score: int,
    start: str,
    broken: bool,
    wayback: bool,
    dry_run: bool,
    undoes: bool,
    common: Common,
) -> int:
    """Put other videos in the place of dead ones.

    For each video that `videos check` found dead, searches YouTube for one that is like it in
    title, length and channel, is alive, and plays on a page. Shows the best ones, with a score of
    0 to 100 and the reasons; in a terminal a key chooses one. Then changes every place of the old
    id in the pages, and nothing else. Exit 3 means that YouTube refused.

    EXERCISES are titles, file names, paths or folders; without them, the whole site.
    """
    from mediakit.cli.choose import Chooser  # noqa: PLC0415 - takes a while
    from mediakit.sync.undo import undo  # noqa: PLC0415
    from mediakit.videos.finder import ReplacementFinder  # noqa: PLC0415
    from mediakit.videos.replace import UNDO_NAME, replace_chosen  # noqa: PLC0415

    if undoes:
        with common.session("look" if dry_run else "write") as session:
            how = "leave --dry-run out to do this" if dry_run else ""
            return show_fix(undo(session, UNDO_NAME, dry_run=dry_run), common, how, UNDO_NAME)
    chooser = Chooser(common, min_score if yes else None, start, asks=not dry_run)
    with common.session("look") as session:
        finder = ReplacementFinder(session, exercises, broken=broken, wayback=wayback)
        chosen = [chooser.choose(each) for each in finder.entries()]
    with common.session("look" if dry_run else "write") as session:
        done = replace_chosen(session, chosen, exercises, dry_run=dry_run)
    if common.output == "json":
        click.echo(document_json(done.document(finder.stopped, dry_run=dry_run)))
    else:
        show_problems((*finder.problems, *done.problems), common)
        if finder.stopped:
            say(f"mediakit: stopped early: {finder.stopped}", aside=True)
        if done.folder is not None and not common.quiet:
            say(f"the pages are in {done.folder}; mediakit videos replace --undo brings them back")
        if not common.quiet:
            say(done.summary(dry_run=dry_run))
            if chooser.is_idle and any(each.lost.candidates for each in chosen):
                say("to choose, run this in a terminal, or give --yes", aside=True)
    return 3 if finder.stopped else int(has_errors((*finder.problems, *done.problems)))


videos_command.add_command(archive_command)


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--max-age: {text!r} is not an age", "give 12h, 30d or 4w")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


def _show(report: VideoReport, common: Common) -> None:
    """Print the report, and add it to the summary of the step in a pipeline."""
    from mediakit.videos import report as formats  # noqa: PLC0415

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
        say_all(() if common.quiet else formats.video_lines(report, verbose=common.verbose))
        if report.stopped:
            say(f"mediakit: stopped early: {report.stopped}", aside=True)
        if report.hint:
            say(f"mediakit: {report.hint}", aside=True)
    if common.output in {"text", "github"} and not common.quiet:
        click.echo(formats.video_summary(report), err=common.output == "github")
    if common.output in {"github", "markdown"}:
        write_counts({"dead": report.dead, "broken": report.broken, "to-tell": report.to_tell})
    write_summary_file(lambda: formats.videos_markdown(report))
