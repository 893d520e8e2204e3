"""Command lines taken apart as the program does it, and nothing carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mediakit.cli.main import mediakit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def commands(
    group: click.Group = mediakit, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield each command and group with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def parsed(words: Sequence[str], *, resilient: bool = False) -> click.Context:
    """Return the context of the command that `words` call; raises what click raises."""
    context = click.Context(mediakit, info_name="mediakit", **mediakit.context_settings)
    command: click.Command = mediakit
    rest = list(words)
    while isinstance(command, click.Group):
        name, inner, rest = command.resolve_command(context, rest)
        assert name is not None
        assert inner is not None
        if isinstance(inner, click.Group):
            context = click.Context(inner, parent=context, info_name=name)
        command = inner
    return command.make_context(name, rest, parent=context, resilient_parsing=resilient)
