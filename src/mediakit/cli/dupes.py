"""`mediakit dupes`."""

from __future__ import annotations

from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree
from mediakit.cli import completion
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import say, say_wrapped, show_fix, show_problems
from mediakit.report.documents import document_json
from mediakit.report.text import counted

if TYPE_CHECKING:
    from mediakit.sync.copies import Duplicates
    from mediakit.sync.session import Session


@click.command("dupes", cls=Command, examples=(
    ("mediakit dupes", "find copies of a picture in any size or quality"),
    ("mediakit dupes --html dupes.html", "write a page that shows them side by side"),
    ("mediakit dupes --exact --fix", "show which pages would change to one copy"),
    ("mediakit dupes --exact --fix --yes", "change the pages, and move the other copies away"),
    ("mediakit dupes squat --fix --yes --keep squat-2.jpg", "of one exercise; keep this copy"),
    ("mediakit dupes squat --accept", "accept these groups as they are"),
))  # fmt: skip
@click.argument("exercises", nargs=-1, shell_complete=completion.exercises)
@click.option("--exact", "level", flag_value="exact", help="Only the same bytes or pixels.")
@click.option(
    "--near", "level", flag_value="near",
    help="Also the same picture in another size, quality, format or tone (the default).",
)  # fmt: skip
@click.option(
    "--transformed", "level", flag_value="transformed",
    help="Also mirrored, rotated, cropped, framed, captioned or marked copies.",
)  # fmt: skip
@click.option(
    "--only", multiple=True, metavar="GLOB", shell_complete=completion.selection,
    help="Only groups with these exercises or pictures; may be repeated.",
)  # fmt: skip
@click.option(
    "--html", metavar="FILE", type=click.Path(path_type=Path),
    help="Write a page with the pictures side by side.",
)  # fmt: skip
@click.option(
    "--accept", is_flag=True, help="Accept the groups shown, so that later runs leave them out."
)
@click.option(
    "--fix", "mends", is_flag=True, envvar="MEDIAKIT_DUPES_FIX",
    help="Show how pages would change to one copy, and which copies would move; see --yes.",
)  # fmt: skip
@click.option(
    "--keep", multiple=True, metavar="PICTURE",
    help="With --fix: the copy to keep, by path or file name, instead of the best; may be "
    "repeated.",
)  # fmt: skip
@click.option("--undo", "undoes", is_flag=True, help="Undo the last --fix or --accept.")
@click.option("--yes", "-y", is_flag=True, help="Do what --fix or --undo shows.")
@common_options("text", "json")
def dupes_command(  # noqa: PLR0913 - one argument an option
    *,
    exercises: tuple[str, ...],
    level: str | None,
    only: tuple[str, ...],
    html: Path | None,
    accept: bool,
    mends: bool,
    keep: tuple[str, ...],
    undoes: bool,
    yes: bool,
    common: Common,
) -> int:
    """Find duplicate pictures; exit 1 if there are some.

    Hashes propose, and pixels decide: the next pose of an exercise is not a duplicate, however
    similar. Variants of one source never count.

    EXERCISES are titles, file names, paths or folders; without them, the whole site.
    """
    from mediakit.duplicates.fix import fix_duplicates  # noqa: PLC0415
    from mediakit.matching.groups import LEVELS  # noqa: PLC0415
    from mediakit.sync.copies import Search, find_duplicates, keeping  # noqa: PLC0415
    from mediakit.sync.undo import take_back  # noqa: PLC0415

    if undoes and (mends or accept):
        raise UsageError("--undo goes with neither --fix nor --accept", "give one of them")
    if keep and not mends:
        raise UsageError("--keep says which copy --fix keeps", "give both")
    how = "" if yes else "add --yes to do this"
    writes = accept or ((mends or undoes) and yes)
    with common.session("write" if writes else "read", anywhere=True) as session:
        if undoes:
            return show_fix(take_back(session, "dupes", dry_run=not yes), common, how)
        names = (*(each.removeprefix("/") for each in only), *_pages(session, exercises))
        found = find_duplicates(session, Search(LEVELS[level or "near"], names))
        if html is not None:
            from mediakit.duplicates.page import write_page  # noqa: PLC0415 - only for the page

            write_page(html, found)
        if accept:
            return _accept(session, found, common)
        if mends:
            done = fix_duplicates(session, keeping(found, keep), dry_run=not yes)
            code = show_fix(done, common, how)
            if done.folder is not None and common.output == "text" and not common.quiet:
                kinds = [each.kind for each in done.steps]
                away = counted(kinds.count("move"), "copy", "copies")
                say(f"{away} put away, {counted(kinds.count('edit'), 'page')} changed")
            return code
        return _show(found, session, common)


def _pages(session: Session, exercises: tuple[str, ...]) -> list[str]:
    """Return the site paths of exercises; raises UsageError as `find_pages`."""
    from mediakit.sync.content import read_content  # noqa: PLC0415 - takes a while
    from mediakit.sync.exercise import find_pages  # noqa: PLC0415

    if not exercises:
        return []
    tree = FileTree(session.config.root)
    content = read_content(session.config, tree, cache=session.cache)
    return [escape(each.path) for each in find_pages(session.config, tree, exercises, content)]


def _show(found: Duplicates, session: Session, common: Common) -> int:
    from mediakit.duplicates.report import (  # noqa: PLC0415
        duplicate_lines,
        duplicate_summary,
        duplicates_json,
    )

    if common.output == "json":
        click.echo(duplicates_json(found, session))
        return int(bool(found.groups or found.unread))
    show_problems(found.site.problems if common.verbose else found.unread, common)
    if not common.quiet:
        for line in duplicate_lines(found.groups):
            say_wrapped(line)
        say_wrapped(duplicate_summary(found))
    if found.hint:
        say(f"mediakit: {found.hint}", aside=True)
    return int(bool(found.groups or found.unread))


def _accept(session: Session, found: Duplicates, common: Common) -> int:
    from mediakit.duplicates.fix import accept  # noqa: PLC0415
    from mediakit.duplicates.report import DupesAcceptDocument  # noqa: PLC0415

    path, count = accept(session, found.groups), len(found.groups)
    if common.output == "json":
        click.echo(document_json(DupesAcceptDocument(accepted_in=path, groups=count)))
        return int(bool(found.unread))
    show_problems(found.unread, common)
    if not common.quiet:
        say(f"accepted {counted(count, 'group')} in {path}: commit it")
    return int(bool(found.unread))
