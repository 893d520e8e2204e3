"""`mediakit list`."""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediakit.base.actions import has_errors
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree
from mediakit.cli.commands import Command
from mediakit.cli.options import Common, common_options
from mediakit.cli.output import say_all, show_problems
from mediakit.report.documents import manifests_json
from mediakit.report.text import content_lines, manifest_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.model import Manifest, VideoRecord
    from mediakit.config.config import Config


@click.command("list", cls=Command, examples=(
    ("mediakit list", "all exercises"),
    ("mediakit list _exercises/squat.md --format json", "everything that one page uses"),
))  # fmt: skip
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@common_options("table", "json")
def list_command(*, paths: tuple[Path, ...], common: Common) -> int:
    """Show how many pictures and videos each exercise uses.

    PATHS are content files or folders; without them, the whole site.
    """
    from mediakit.sync.content import read_content  # noqa: PLC0415 - takes a while
    from mediakit.sync.unread_folders import unread_folders  # noqa: PLC0415 - takes a while

    with common.session("look") as session:
        config, tree = session.config, FileTree(session.config.root)
        content = read_content(config, tree, paths or None, cache=session.cache)
        unread = [] if paths else unread_folders(config, tree)
        records = _records(config, content.manifests) if common.output == "json" else {}
    if common.output == "json":
        more = content.unpublished, unread, records
        click.echo(manifests_json(content.manifests, content.problems, *more))
    else:
        show_problems(content.problems, common)
        if not common.quiet:
            columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
            say_all(manifest_table(content.manifests, columns))
            files = {each.path for each in content.manifests}
            counts = len(files), content.unpublished, len(content.unread)
            say_all(content_lines(*counts, unread), aside=True)
    return int(has_errors(content.problems))


def _records(config: Config, manifests: Iterable[Manifest]) -> Mapping[str, VideoRecord]:
    """Return what the catalog knows of videos, nothing where it cannot be read."""
    if not any(each.videos for each in manifests):
        return {}
    with contextlib.suppress(UsageError):
        return config.catalog_file.read(placeholders=False).videos
    return {}
