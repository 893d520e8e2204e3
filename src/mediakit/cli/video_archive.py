"""`mediakit videos archive`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import BUCKET, Common, common_options, setting_options
from mediakit.cli.output import Bar, say, say_all, show_problems
from mediakit.report.documents import document_json

if TYPE_CHECKING:
    from mediakit.videos.archive_report import ArchiveReport


@click.command("archive", cls=Command, examples=(
    ("mediakit videos archive", "keep what is not kept yet"),
    ("mediakit videos archive -n", "only show what would be kept"),
    ("mediakit videos archive squat --refresh", "its captions and its description again"),
    ("mediakit videos archive --remove aIZuK2cX4FA", "delete it from the archive for good"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=completion.exercises)
@setting_options("target")
@click.option("--dry-run", "-n", is_flag=True, help="Ask YouTube, but fetch and write nothing.")
@click.option(
    "--refresh", is_flag=True,
    help="Ask again about all: new captions, picture and description of what is archived.",
)  # fmt: skip
@click.option(
    "--remove", metavar="ID", multiple=True,
    help="Delete this video from the archive, if no page shows it. May be repeated.",
)  # fmt: skip
@setting_options(*BUCKET)
@common_options("text", "json")
def archive_command(  # noqa: PLR0913 - one argument an option
    *,
    exercises: tuple[str, ...],
    dry_run: bool,
    refresh: bool,
    remove: tuple[str, ...],
    settings: dict[str, Any],
    common: Common,
) -> int:
    """Keep the videos of your own channels at the target.

    Fetches the video, its picture, captions and description, and puts them below videos/ at the
    target: for the channels that `own_channels` names, and no others; YouTube says whose a video
    is. A download that was cut off goes on with the next run. sync never deletes what is archived.
    Exits 1 if a video of yours could not be kept; exit 3 means that YouTube or the target refused.

    EXERCISES are titles, file names, paths or folders; without them, the whole site.
    """
    from mediakit.videos.archive import ArchiveJob, VideoArchive  # noqa: PLC0415 - takes a while
    from mediakit.videos.unarchive import remove_archived  # noqa: PLC0415

    if remove and (exercises or refresh):
        raise UsageError("--remove only deletes", "leave EXERCISES and --refresh out")
    if remove:
        with common.session("look" if dry_run else "write", **settings) as session:
            removed = remove_archived(session, remove, dry_run=dry_run)
        _show(removed, common)
        return removed.exit_code
    with common.session("look" if dry_run else "write", **settings) as session:
        archive = VideoArchive(session, ArchiveJob(exercises, dry_run, refresh))
        try:
            with Bar(common, " videos") as bar:
                report = archive.run(bar.show)
        except KeyboardInterrupt:
            _show(archive.report, common)
            raise
    _show(report, common)
    return report.exit_code


def _show(report: ArchiveReport, common: Common) -> None:
    if common.output == "json":
        click.echo(document_json(report.document()))
        return
    show_problems(report.problems, common)
    if report.stopped:
        say(f"mediakit: stopped early: {report.stopped}", aside=True)
    if report.hint:
        say(f"mediakit: {report.hint}", aside=True)
    if not common.quiet:
        say_all(report.lines(verbose=common.verbose))
        say(report.summary())
