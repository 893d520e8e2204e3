"""`mediakit theme`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mediakit.cli.commands import Command, Group
from mediakit.cli.options import Common, common_options, gathered
from mediakit.cli.output import say, say_all, show_changes, show_fix
from mediakit.report.documents import document_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.sync.session import Session
    from mediakit.theme.install import ThemeChange


_REGISTER = ", and a line in the configuration of Eleventy: mediakit.cjs begins with it"


@dataclass(frozen=True, slots=True)
class _Doing:
    """How files are written or removed."""

    force: bool
    dry_run: bool
    undoes: bool


def _doing(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option(
            "--force", is_flag=True,
            help="Also files that were changed by hand, or are not mediakit's; they are kept.",
        ),
        click.option("--dry-run", "-n", is_flag=True, help="Show what would change."),
        click.option("--undo", "undoes", is_flag=True, help="Take the last change back."),
    )  # fmt: skip
    return gathered(_Doing, "doing", options)(command)


@click.group("theme", cls=Group, examples=(
    ("mediakit theme install", "write includes that show pictures in all their sizes"),
    ("mediakit theme status", "which of them are there, older or changed"),
))  # fmt: skip
def theme_command() -> None:
    """Install includes for the theme, which show pictures in all their sizes.

    Each picture gets its width and height, its sizes and formats, and a placeholder; videos load
    after a click. For Jekyll with Minimal Mistakes and with other themes; for Hugo as partials and
    shortcodes, for Eleventy as a plugin with shortcodes.
    """


@theme_command.command("install", cls=Command, examples=(
    ("mediakit theme install", "write the includes, or bring them up to date"),
    ("mediakit theme install --force", "also in place of the site's own"),
))  # fmt: skip
@click.option("--all", "everything", is_flag=True,
              help="Also those that the theme has itself or does not need.")  # fmt: skip
@_doing
@common_options("text", "json")
def install_command(*, everything: bool, doing: _Doing, common: Common) -> int:
    """Write the includes that are absent, and bring older ones up to date.

    Also turns [theme] data on in mediakit.toml. A file that was changed by hand, or that is the
    site's own, stays as it is, and the difference is shown.
    """
    from mediakit.theme.install import ThemeJob, install_theme  # noqa: PLC0415 - takes a while

    job = ThemeJob(doing.force, everything, doing.dry_run)
    with common.session("look" if doing.dry_run else "write") as session:
        if doing.undoes:
            return _undo(session, common, doing)
        done = install_theme(session, job)
    code = _show(done, common, doing, "theme install")
    if done.fix.steps and not doing.dry_run and common.output == "text" and not common.quiet:
        say(f"next: mediakit generate{_REGISTER if session.config.site == 'eleventy' else ''}")
    return code


@theme_command.command("status", cls=Command, examples=(
    ("mediakit theme status", "which includes are there, older or changed"),
))  # fmt: skip
@common_options("text", "json")
def status_command(*, common: Common) -> int:
    """Show what has become of each include. Exits 1 if `theme install` has something to do."""
    from mediakit.theme.install import theme_status  # noqa: PLC0415

    found = theme_status(common.config())
    if common.output == "json":
        click.echo(document_json(found))
    elif not common.quiet:
        say_all(f"{each.state:<15} {each.path}" for each in found.files)
        say(f"{'on' if found.data else 'off':<15} data of [theme]")
    return int(not found.is_current)


@theme_command.command("remove", cls=Command, examples=(
    ("mediakit theme remove", "remove the includes; those of the theme are in force again"),
))  # fmt: skip
@_doing
@common_options("text", "json")
def remove_command(*, doing: _Doing, common: Common) -> int:
    """Remove the includes, and turn [theme] data off. Those of the theme are in force again."""
    from mediakit.theme.install import ThemeJob, remove_theme  # noqa: PLC0415

    with common.session("look" if doing.dry_run else "write") as session:
        if doing.undoes:
            return _undo(session, common, doing)
        done = remove_theme(session, ThemeJob(doing.force, dry_run=doing.dry_run))
    return _show(done, common, doing, "theme remove")


def _undo(session: Session, common: Common, doing: _Doing) -> int:
    from mediakit.theme.install import undo_theme  # noqa: PLC0415

    how = "leave --dry-run out to do this" if doing.dry_run else ""
    return show_fix(undo_theme(session, dry_run=doing.dry_run), common, how)


def _show(done: ThemeChange, common: Common, doing: _Doing, command: str) -> int:
    if common.output == "text":
        show_changes(done.refused, common)
    how = "leave --dry-run out to do this" if doing.dry_run else ""
    return show_fix(done.fix, common, how, command)
