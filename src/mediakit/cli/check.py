"""`mediakit check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.base.codes import problem_codes
from mediakit.cli.command import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, show_problems
from mediakit.cli.pipeline import show_annotations
from mediakit.report.documents import (
    BaselineDocument,
    CheckDocument,
    MendedEntry,
    SeverityCounts,
    document_json,
    problem_entries,
)
from mediakit.report.text import counted

if TYPE_CHECKING:
    from mediakit.base.model import Problem
    from mediakit.sync.session import Session


@click.command("check", cls=Command, examples=(
    ("mediakit check", "errors and warnings, with file and line"),
    ("mediakit check --fix", "make variants and correct paths first"),
    ("mediakit check --write-baseline", "on an old site: only what is new is told"),
    ("mediakit check --format github --strict", "in a pipeline"),
))  # fmt: skip
@click.option("--remote", is_flag=True, help="Ask other hosts whether their pictures are there.")
@click.option(
    "--allow-private", is_flag=True, help="With --remote: ask hosts of your own network too."
)
@click.option(
    "--pixels", is_flag=True,
    help="Make each variant once more, and compare: a catalog may say anything.",
)  # fmt: skip
@click.option(
    "--fix", is_flag=True, envvar="MEDIAKIT_CHECK_FIX",
    help="Make variants, and correct capital letters in paths.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option(
    "--write-baseline", is_flag=True, help="Note what there is; only what is new is told."
)
@click.option("--no-baseline", is_flag=True, help="Tell what is in the baseline too.")
@common_options("text", "json", "github", "sarif", "junit")
def check_command(  # noqa: PLR0913 - one argument an option
    *,
    remote: bool,
    allow_private: bool,
    pixels: bool,
    fix: bool,
    strict: bool,
    write_baseline: bool,
    no_baseline: bool,
    common: Common,
) -> int:
    """Find everything that makes a page look broken; exit 1 where there is an error.

    Pictures and variants that are missing, stale or wrong, words that are missing, galleries
    and files that are not there, and what is too heavy, too small or there twice. What a
    page has under mediakit_ignore, and what the baseline has, is not told.
    """
    from mediakit.checks import check as checking  # noqa: PLC0415 - what it needs takes a while
    from mediakit.sync.observe import observe  # noqa: PLC0415
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    job = checking.CheckJob(
        remote, not (no_baseline or write_baseline), allow_private=allow_private, pixels=pixels
    )
    access = Access.WRITE if fix or write_baseline else Access.READ
    with open_session(common.config(), access) as session:
        fixed = _mend(session, common) if fix else None
        problems = checking.check_site(observe(session), session, job)
        path = checking.write_baseline(session, problems) if write_baseline else ""
    if write_baseline:
        if common.output == "json":
            click.echo(document_json(BaselineDocument(baseline=path, noted=len(problems))))
        elif not common.quiet:
            say(f"{counted(len(problems), 'problem')} noted in {path}: commit it")
        return 0
    _show(problems, fixed, common)
    return int(any(each.severity == "error" for each in problems) or (strict and bool(problems)))


def _mend(session: Session, common: Common) -> MendedEntry:
    from mediakit.checks.check import mend  # noqa: PLC0415
    from mediakit.sync.observe import observe  # noqa: PLC0415
    from mediakit.sync.run import Job, Run  # noqa: PLC0415

    pages = mend(observe(session), session)
    bar = Bar(common)
    result = Run(session, Job(), bar).generate()
    bar.close()
    if not common.quiet and common.output == "text":
        made = counted(result.summary.made, "variant")
        click.echo(f"{counted(len(pages), 'page')} corrected, {made} made")
    return MendedEntry(pages=pages, made=result.summary.made)


def _show(problems: list[Problem], fixed: MendedEntry | None, common: Common) -> None:
    from mediakit.report.problems import problems_junit, problems_sarif  # noqa: PLC0415 - two formats only

    if common.output == "json":
        click.echo(document_json(_document(problems, fixed)))
    elif common.output == "sarif":
        meanings = {code: each.meaning for code, each in problem_codes().items()}
        click.echo(problems_sarif(problems, meanings))
    elif common.output == "junit":
        click.echo(problems_junit(problems))
    elif common.output == "github":
        show_annotations(problems, common)
    else:
        show_problems(problems, common)
        if not common.quiet:
            errors = sum(each.severity == "error" for each in problems)
            warnings = counted(len(problems) - errors, "warning")
            click.echo(f"{counted(errors, 'error')}, {warnings}")


def _document(problems: list[Problem], fixed: MendedEntry | None) -> CheckDocument:
    errors = sum(each.severity == "error" for each in problems)
    return CheckDocument(
        counts=SeverityCounts(error=errors, warning=len(problems) - errors),
        fixed=fixed,
        problems=problem_entries(problems),
    )
