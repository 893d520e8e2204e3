"""`mediakit init` and `mediakit watch`."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import click

from mediakit.base.actions import Kind
from mediakit.base.errors import UsageError, with_extra
from mediakit.cli.command import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import Bar, say, show_problems
from mediakit.config.file import CONFIG_FILE
from mediakit.report.documents import FolderEntry, InitDocument, UnreadKeyEntry, document_json
from mediakit.report.json import result_line
from mediakit.report.text import outcome_line, summary_line

if TYPE_CHECKING:
    from mediakit.config.config import Config
    from mediakit.setup.init import Found


@click.command("init", cls=Command, examples=(
    ("mediakit init", "look at the site, and write a mediakit.toml"),
    ("mediakit init --dry-run", "only look"),
    ("mediakit init --target s3://bucket/site --include", "with a target, and the include"),
))  # fmt: skip
@click.option("--target", metavar="DIR-or-URL", help="Where sync is to put results.")
@click.option(
    "--include",
    is_flag=True,
    help="Also write _includes/mediakit/picture.html for Jekyll; a mediakit.toml may be there.",
)
@click.option("--dry-run", "-n", is_flag=True, help="Only say what is there.")
@common_options("text", "json")
def init_command(*, target: str | None, include: bool, dry_run: bool, common: Common) -> int:
    """Look at a site, and write a mediakit.toml with what was found.

    Nothing else is written. What a first run would do is said.
    """
    from mediakit.setup.init import look_at, write_config, write_include  # noqa: PLC0415
    from mediakit.sync.observe import observe  # noqa: PLC0415 - takes a while
    from mediakit.sync.session import Access, open_session  # noqa: PLC0415

    config = common.config()
    written = []
    with open_session(config, Access.LOOK if dry_run else Access.WRITE) as session:
        site = observe(session)
        found = look_at(site)
        if not dry_run:
            if not include or target or not (config.root / CONFIG_FILE).exists():
                written.append(write_config(session, found, target))
            if include:
                written.append(write_include(session))
    if common.output == "json":
        click.echo(document_json(_document(found, written)))
    elif not common.quiet:
        for line in found.lines():
            say(line)
        if written:
            say(f"wrote {', '.join(written)}; next: mediakit status")
    show_problems(site.content.unread, common)
    return 0


def _document(found: Found, written: list[str]) -> InitDocument:
    return InitDocument(
        exercises=found.exercises,
        pictures=found.pictures,
        videos=found.videos,
        to_make=found.to_make,
        adopted=found.adopted,
        errors=found.errors,
        site=found.site,
        unread_keys=[
            UnreadKeyEntry(key=each.name, pages=each.pages, role=each.role) for each in found.unread
        ],
        folders=[FolderEntry(path=path, count=count) for path, count in found.folders],
        picture_folders=[
            FolderEntry(path=path, count=count) for path, count in found.picture_folders
        ],
        written=written,
    )


@click.command("watch", cls=Command, examples=(
    ("mediakit watch", "beside jekyll serve"),
    ("mediakit watch --format json", "a document on one line for each change"),
))  # fmt: skip
@common_options("text", "json")
def watch_command(*, common: Common) -> int:
    """Make variants as pictures and pages change, until Ctrl-C.

    What is missing or stale is made at once. It needs the extra watch.
    """
    from mediakit.setup.watch import changes  # noqa: PLC0415

    if importlib.util.find_spec("watchfiles") is None:
        raise UsageError("watchfiles is not there", with_extra("watch"))
    _generate(common.config(), common)
    for _ in changes(common.config()):
        _generate(common.config(), common)  # the settings may be what has changed
    return 0


def _generate(config: Config, common: Common) -> None:
    from mediakit.sync.run import Job, Run  # noqa: PLC0415
    from mediakit.sync.session import open_session  # noqa: PLC0415

    bar = Bar(common)
    try:
        with open_session(config) as session:
            result = Run(session, Job(), bar).generate()
    except UsageError as error:
        # another mediakit, or a file that is being written: the next change tries again
        say(f"mediakit: {error.message}", aside=True)
        return
    finally:
        bar.close()
    if common.output == "json":
        click.echo(result_line(result))
        return
    show_problems(result.problems, common)
    if common.quiet:
        return
    for outcome in result.outcomes:
        if outcome.action.kind is Kind.MAKE:
            say(outcome_line(outcome))
    if result.summary.made or result.summary.failed:
        say(summary_line(result))
