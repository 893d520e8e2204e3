"""Commands and groups as this program shows them: with examples, and a hint on a typo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mediakit.base.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

Examples = tuple[tuple[str, str], ...]
"""Command lines, each with what it does."""


HELP_OPTIONS = ("-h", "--help")


class CommonOption(click.Option):
    """An option that all commands have: help has these below the command's own."""


class Command(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, examples: Examples = (), **options: Any) -> None:  # noqa: ANN401 - click's
        super().__init__(*args, **options)
        self.examples = examples

    def get_help_option_names(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the same names always: click keeps those of the first context it meets."""
        return list(HELP_OPTIONS)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those that all commands have."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for each in self.get_params(ctx):
            row = each.get_help_record(ctx)
            if row is not None:
                is_common = isinstance(each, CommonOption) or "--help" in each.opts
                (common if is_common else own).append(row)
        for heading, rows in (("Options", own), ("Common options", common)):
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        write_examples(self.examples, formatter)


class Group(click.Group):
    """A group that says which command may have been meant, and shows examples."""

    command_class = Command

    def __init__(self, *args: Any, examples: Examples = (), **options: Any) -> None:  # noqa: ANN401 - click's
        super().__init__(*args, **options)
        self.examples = examples

    def get_help_option_names(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the same names always: click keeps those of the first context it meets."""
        return list(HELP_OPTIONS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raises click's UsageError with what may have been meant."""
        name = args[0]
        is_option = name.startswith("-")
        if not is_option and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            meant = did_you_mean(name, self.list_commands(ctx))
            raise click.UsageError(f"No such command {name!r}. {meant.capitalize()}".strip(), ctx)
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        write_examples(self.examples, formatter)


def write_examples(examples: Iterable[tuple[str, str]], formatter: click.HelpFormatter) -> None:
    """Write the examples, each meaning beside its line, or below where one has no room there."""
    rows = list(examples)
    if not rows:
        return
    column = max(len(line) for line, _ in rows)
    with formatter.section("Examples"):
        margin = " " * formatter.current_indent
        beside = [f"{margin}{line:<{column}}  {meaning}" for line, meaning in rows]
        if max(map(len, beside)) > formatter.width:
            beside = [f"{margin}{line}\n{margin}    {meaning}" for line, meaning in rows]
        formatter.write("".join(f"{line}\n" for line in beside))
