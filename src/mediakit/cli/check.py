"""`mediakit check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.base.errors import UsageError
from mediakit.base.model import Severity, problem_codes
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, say_all, show_annotations, show_fix, show_problems
from mediakit.report.documents import document_json
from mediakit.report.text import counted

if TYPE_CHECKING:
    from mediakit.checks.check import CheckReport, FixEntry


@click.command("check", cls=Command, examples=(
    ("mediakit check", "errors and warnings, with file and line"),
    ("mediakit check squat", "one exercise and its pictures"),
    ("mediakit check --fix", "make variants, correct paths, take places out of pictures first"),
    ("mediakit check --undo", "bring back pages and pictures as they were before the last --fix"),
    ("mediakit check --write-baseline", "on an old site: later runs report only new problems"),
    ("mediakit check --format github --strict", "in a pipeline"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=completion.exercises)
@click.option("--remote", is_flag=True, help="Ask other hosts whether their pictures are there.")
@click.option(
    "--allow-private", is_flag=True, help="With --remote: also ask hosts of your own network."
)
@click.option(
    "--pixels", is_flag=True,
    help="Make every variant once more, and compare it with the file.",
)  # fmt: skip
@click.option(
    "--fix", is_flag=True, envvar="MEDIAKIT_CHECK_FIX",
    help="First make variants, correct capital letters in paths, and take places, cameras and "
    "scripts out of pictures.",
)  # fmt: skip
@click.option(
    "--undo",
    "undoes",
    is_flag=True,
    help="Bring back pages and pictures as they were before the last --fix.",
)
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Record current problems; later runs report only new ones.",
)
@click.option("--no-baseline", is_flag=True, help="Also report the problems in the baseline.")
@common_options("text", "json", "github", "sarif", "junit")
def check_command(  # noqa: PLR0913 - one argument an option
    *,
    exercises: tuple[str, ...],
    remote: bool,
    allow_private: bool,
    pixels: bool,
    fix: bool,
    undoes: bool,
    strict: bool,
    write_baseline: bool,
    no_baseline: bool,
    common: Common,
) -> int:
    """Find everything that makes a page look broken; exit 1 if there is an error.

    Checks for pictures and variants that are missing, out of date or wrong; missing texts,
    galleries and files; and pictures that are too heavy, too small or duplicates, or that tell
    where they were taken. Leaves out the problems in a page's mediakit_ignore and in the baseline.

    EXERCISES are titles, file names, paths or folders; without them, the whole site.
    """
    from mediakit.checks.check import CheckJob, check_site, fix_site  # noqa: PLC0415 - takes a while
    from mediakit.sync.undo import undo  # noqa: PLC0415

    if undoes:
        with common.session("write") as session:
            return show_fix(undo(session, "check", dry_run=False), common, "", "check")
    if exercises and write_baseline:
        raise UsageError("a baseline is of the whole site", "leave the exercises out")
    job = CheckJob(remote, not no_baseline, allow_private, pixels, write_baseline, exercises)
    with common.session("write" if fix or write_baseline else "read") as session:
        with Bar(common) as bar:
            fixed = fix_site(session, bar, exercises) if fix else None
        report = check_site(session, job)
    if fixed is not None and common.output == "text" and not common.quiet:
        _show_fixed(fixed)
    if write_baseline:
        _show_baseline(report, common)
        return 0
    _show(report, fixed, common)
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    return int(errors > 0 or (strict and warnings > 0))


def _show_fixed(fixed: FixEntry) -> None:
    made = counted(fixed.made, "variant")
    click.echo(f"{counted(len(fixed.pages), 'page')} corrected, {made} made")
    say_all(f"  {path}" for path in fixed.pages)
    if fixed.stripped:
        pictures = counted(len(fixed.stripped), "picture")
        click.echo(f"{pictures} cleaned of place, camera, notes or scripts:")
    say_all(f"  {path}" for path in fixed.stripped)
    if fixed.quarantine:
        say(f"the originals are in {fixed.quarantine}; mediakit check --undo brings them back")


def _show_baseline(report: CheckReport, common: Common) -> None:
    if common.output == "json":
        click.echo(document_json(report.document()))
    elif not common.quiet:
        count = counted(len(report.problems), "problem")
        say(f"{count} recorded in {report.baseline}: commit this file")


def _show(report: CheckReport, fixed: FixEntry | None, common: Common) -> None:
    from mediakit.report.problems import problems_junit, problems_sarif  # noqa: PLC0415 - two formats only

    problems = report.problems
    if common.output == "json":
        click.echo(document_json(report.document(fixed)))
    elif common.output == "sarif":
        meanings = {code: row.meaning for code, row in problem_codes().items()}
        click.echo(problems_sarif(problems, meanings))
    elif common.output == "junit":
        click.echo(problems_junit(problems))
    elif common.output == "github":
        show_annotations(problems, common)
    else:
        show_problems(problems, common, are_results=True)
        if not common.quiet:
            counts = {str(each): report.count(each) for each in Severity}
            shown = {each: count for each, count in counts.items() if count or each != "note"}
            click.echo(", ".join(counted(count, each) for each, count in shown.items()))
