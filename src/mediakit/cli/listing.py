"""`mediakit list`."""

from __future__ import annotations

from pathlib import Path

import click

from mediakit.cli.options import Manners, common_options, settings
from mediakit.cli.output import show_problems
from mediakit.config.settings import Overrides
from mediakit.engine.content import read_content
from mediakit.files import FileTree
from mediakit.report.as_json import manifests_json
from mediakit.report.as_text import manifest_table
from mediakit.report.result import has_errors


@click.command("list")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@common_options("table", "json")
def list_command(  # noqa: PLR0913 - one argument an option
    *,
    paths: tuple[Path, ...],
    site: Path | None,
    output: str,
    verbose: bool,
    quiet: bool,
    debug: bool,  # noqa: ARG001 - the error boundary looks at it
    unpublished: bool,
) -> int:
    """Show the pictures and videos that exercises name, an exercise a line.

    PATHS are content files or folders; all of the site where none is given.
    """
    manners = Manners(output, verbose, quiet)
    config = settings(site, Overrides(unpublished=unpublished))
    content = read_content(config, FileTree(config.root), paths)
    if output == "json":
        click.echo(manifests_json(content.manifests, content.problems))
    else:
        show_problems(content.problems, manners)
        if not quiet:
            for line in manifest_table(content.manifests):
                click.echo(line)
    return int(has_errors(content.problems))
