"""`mediakit alt`."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options, gathered
from mediakit.cli.output import say, show_changes, show_done, show_fix, show_problems
from mediakit.report.documents import document_json

if TYPE_CHECKING:
    from mediakit.alts.answering import AltAnswering
    from mediakit.alts.answers import AltAnswer
    from mediakit.alts.worklist import AltEntry, Worklist

_HELP = "  Enter skips, - says that it is decoration, q ends; what is answered is kept"


@dataclass(frozen=True, slots=True)
class AltOptions:
    """What is to be done with alt texts, beside showing which are missing."""

    asks: bool
    decorative: bool
    everywhere: bool
    answers: Path | None
    export: Path | None
    dry_run: bool
    undoes: bool


_alt_options = gathered(AltOptions, "how", (
    click.option("--set", "asks", is_flag=True, help="Ask for the missing texts one by one."),
    click.option("--decorative", is_flag=True, help="Say that PICTURE is decoration."),
    click.option("--everywhere", is_flag=True,
                 help="Write a text to all pages where it is missing for the same picture."),
    click.option("--from", "answers", metavar="FILE",
                 type=click.Path(exists=True, dir_okay=False, path_type=Path),
                 help="Write the answers in a file of --to: CSV or JSON."),
    click.option("--to", "export", metavar="FILE", envvar="MEDIAKIT_ALT_TO",
                 type=click.Path(dir_okay=False, path_type=Path),
                 help="Write the list to a file, to fill it in: CSV, or JSON if it ends so."),
    click.option("--dry-run", "-n", is_flag=True, help="Show the changes, and write nothing."),
    click.option("--undo", "undoes", is_flag=True,
                 help="Bring pages back as they were before the last run."),
))  # fmt: skip


@click.command("alt", cls=Command, examples=(
    ("mediakit alt", "show which alt texts are missing, and how far the site is"),
    ('mediakit alt squat squat-2.jpg "Lowest position"', "say what a picture shows"),
    ("mediakit alt --set", "be asked one by one"),
    ("mediakit alt --to alts.csv", "a list for a spreadsheet"),
    ("mediakit alt --from alts.csv -n", "show what the filled list would change"),
))  # fmt: skip
@click.argument(
    "page", nargs=-1, metavar="[PAGE [PICTURE TEXT]]", shell_complete=completion.exercises
)
@_alt_options
@common_options("text", "json")
def alt_command(*, page: tuple[str, ...], how: AltOptions, common: Common) -> int:
    """List pictures without an alt text of their own, and write it.

    An alt text says in a few words what a picture shows, to people who cannot see it and to
    search engines. The list has pictures without one, those whose text is the name of a file or
    the title of the page again, and galleries whose pictures all have the same one.

    PAGE is an exercise by path, file name or title. Alone, it limits the list; with PICTURE (a
    path, a file name, or a number in its gallery) and TEXT, the text is written.
    """
    from mediakit.sync.undo import undo  # noqa: PLC0415 - takes a while

    writes = how.asks or how.answers is not None or len(page) > 1
    _refuse(how, page, writes=writes)
    changes = (writes or how.undoes) and not how.dry_run
    with common.session("write" if changes else "look") as session:
        if how.undoes:
            done = undo(session, "alt", dry_run=how.dry_run)
            then = "leave --dry-run out to do this" if how.dry_run else ""
            return show_fix(done, common, then, "alt")
        from mediakit.alts.answering import AltAnswering  # noqa: PLC0415 - takes a while

        answering = AltAnswering(session, everywhere=how.everywhere, dry_run=how.dry_run)
        if not writes:
            return _list(answering.worklist(page), how, common)
        try:
            _answer(answering, page, how, common)
        except (UsageError, KeyboardInterrupt):
            if answering.done.answers:
                _show(answering, common)
            raise
        _show(answering, common)
    return int(has_errors(tuple(answering.done.problems)))


def _refuse(how: AltOptions, words: tuple[str, ...], *, writes: bool) -> None:
    """Raise UsageError where an option would be left out of account."""
    if how.asks and how.answers is not None:
        raise UsageError("--set asks, and --from reads the answers", "give one of them")
    if how.decorative and (how.asks or how.answers is not None or len(words) < 2):
        raise UsageError("--decorative is said of one picture", "give PAGE and PICTURE too")
    if how.everywhere and not writes:
        hint = "give PAGE PICTURE TEXT, --set or --from too"
        raise UsageError("--everywhere says where a text is written", hint)
    if how.export is not None and writes and _is_given("export"):
        raise UsageError("--to writes the list, and no alt text", "do that before or after")
    if how.answers is not None and words:
        raise UsageError("the file of --from says which pages are meant", "leave PAGE out")


def _is_given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def _answer(
    answering: AltAnswering, words: tuple[str, ...], how: AltOptions, common: Common
) -> None:
    if how.answers is not None:
        from mediakit.alts.answers import read_answers  # noqa: PLC0415 - takes a while

        name = how.answers.name
        answering.take(read_answers(how.answers.read_bytes(), name), name)
    elif how.asks:
        _ask(answering, answering.worklist(words), how, common)
    else:
        answering.take([_named(answering, words, how)])


def _named(answering: AltAnswering, words: tuple[str, ...], how: AltOptions) -> AltAnswer:
    page, picture, *text = words
    if len(text) > 1:
        raise UsageError("there are too many words", "put the text in quotes")
    if how.decorative == bool(text):
        raise UsageError("say what the picture shows, or give --decorative", "not both")
    return answering.named(page, picture, text[0] if text else None)


def _ask(answering: AltAnswering, worklist: Worklist, how: AltOptions, common: Common) -> None:
    """Ask for each picture, until somebody ends it."""
    from mediakit.alts.answers import DECORATION_SIGN, AltAnswer  # noqa: PLC0415

    if common.output != "text" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("nobody can answer here", "give --from a file, or PAGE PICTURE TEXT")
    pictures = list(worklist.once())
    if pictures:
        click.echo(_HELP)
    for number, each in enumerate(pictures, start=1):
        _show_one(f"{number:,} of {len(pictures):,}", each, common)
        try:
            said = click.prompt("  alt text", default="", show_default=False).strip()
        except click.Abort:
            click.echo("")
            return
        if said in {"q", "Q"}:
            return
        if not said:
            continue
        text = None if said == DECORATION_SIGN else said
        pages = [each.page]
        if each.also and not how.everywhere and click.confirm("  there too?", default=True):
            pages += each.also
        answering.take(AltAnswer(page, each.picture, text) for page in pages)


def _show_one(number: str, each: AltEntry, common: Common) -> None:
    say(f"{number}: {each.title} ({each.page}:{each.line})")
    click.echo(f"  {_clickable(each.picture, common)}")
    if each.now:
        say(f"  now: {each.now}")
    if each.also:
        say(f"  also on {', '.join(each.also)}")


def _list(worklist: Worklist, how: AltOptions, common: Common) -> int:
    from mediakit.alts.worklist import worklist_lines  # noqa: PLC0415 - takes a while

    if how.export is not None:
        _export(worklist, how.export, common)
    elif common.output == "json":
        click.echo(document_json(worklist.document()))
    elif not common.quiet:
        width = shutil.get_terminal_size().columns
        for line in worklist_lines(worklist, width, lambda path: _clickable(path, common)):
            click.echo(line)
    if common.output == "text":
        show_problems(worklist.unread, common)
        if not common.quiet:
            say(worklist.summary())
    return int(bool(worklist.unread))


def _export(worklist: Worklist, file: Path, common: Common) -> None:
    from mediakit.alts.answers import exported, unwritten  # noqa: PLC0415 - takes a while
    from mediakit.base.writer import write_output, writing  # noqa: PLC0415
    from mediakit.report.text import counted  # noqa: PLC0415

    with writing(file):
        if file.is_file() and (lost := unwritten(worklist, file.read_bytes(), file.name)):
            what = f"{file}: has {counted(lost, 'alt text')} that no page has yet"
            raise UsageError(what, f"mediakit alt --from {file} writes them; or name another file")
        write_output(file, exported(worklist, file.name), common.root)
    if not common.quiet:
        say(f"{file}: fill in the column alt, then mediakit alt --from {file}", aside=True)


def _clickable(path: str, common: Common) -> str:
    """Return the path of a picture, on a terminal as a link to the file."""
    from mediakit.base.redaction import redacted  # noqa: PLC0415
    from mediakit.report.text import log_line  # noqa: PLC0415

    shown = redacted(log_line(path))
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return shown
    target = path if "://" in path else (common.root / path).as_uri()
    return f"\x1b]8;;{redacted(log_line(target))}\x1b\\{shown}\x1b]8;;\x1b\\"


def _show(answering: AltAnswering, common: Common) -> None:
    done = answering.done
    if not show_done(done, common):
        return
    if done.dry_run or common.verbose:
        show_changes(done.changes.values(), common)
    say(done.summary())
