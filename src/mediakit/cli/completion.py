"""`mediakit completion`, and what a shell asks for while somebody types."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class, shell_complete

from mediakit.cli.command import Command

VARIABLE = "_MEDIAKIT_COMPLETE"
"""Set by the shell's script: which shell asks, and for what."""

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command, examples=(
    ('eval "$(mediakit completion bash)"', "in ~/.bashrc"),
    ('eval "$(mediakit completion zsh)"', "in ~/.zshrc, after compinit"),
    ("mediakit completion fish | source", "in ~/.config/fish/config.fish"),
))  # fmt: skip
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion_command(context: click.Context, *, shell: str) -> int:
    """Print the script that completes commands, options and values in a shell.

    Exercises, pictures, presets and codes of problems are completed too.

    SHELL is bash (4.4 or newer), zsh or fish.
    """
    kind = get_completion_class(shell)
    if kind is None:  # click knows all three
        raise click.UsageError(f"this click does not complete in {shell}")
    click.echo(kind(context.find_root().command, {}, "mediakit", VARIABLE).source(), nl=False)
    return 0


def answer(program: click.Command) -> int:
    """Print what can follow the words that the shell has put into the environment.

    Silent whatever happens: it is shown in the middle of a line that somebody types.
    """
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        try:
            return shell_complete(program, {}, "mediakit", VARIABLE, os.environ[VARIABLE])
        except Exception:  # noqa: BLE001 - see above
            return 1
