"""The group of all commands: none is imported before it is called."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import click

from mediakit.cli import environment
from mediakit.cli.command import Group
from mediakit.cli.commands import COMMANDS, EXIT_CODES, SECTIONS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(Group):
    """Imports a command's module when it is called, so that `--version` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mediakit.cli.{COMMANDS[cmd_name].module}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and give it what variables say of its options."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and command is not None:
            ctx.default_map = {name: environment.defaults(command, (name,), os.environ)}
        return name, command, rest

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Return the commands that begin so, without importing them."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell is waiting

        found = [
            CompletionItem(name, help=entry.summary)
            for name, entry in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands under their headings, without importing them."""
        longest = max(map(len, COMMANDS))
        for heading, section in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(longest), entry.summary) for name, entry in section.items()]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what holds for all commands."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])
        formatter.write_paragraph()
        formatter.write_text(
            "Each option has a variable: --dry-run is MEDIAKIT_DRY_RUN. "
            "`mediakit COMMAND --help` has the options and examples of a command."
        )
