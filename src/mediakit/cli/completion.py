"""`mediakit completion`, and what a shell asks for while somebody types."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    shell_complete,
)

from mediakit.cli.command import Command

VARIABLE = "_MEDIAKIT_COMPLETE"
"""Set by the shell's script: which shell asks, and for what."""

_TAKEN_APART = re.compile(r"[^\w@%+=:,./-]")  # what means something to a shell


class _Bash(BashComplete):
    """What bash asks for; it puts values into the line as they are, so they are quoted here."""

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return the line that the script reads."""
        return f"{item.type},{_quoted(str(item.value))}"


class _Fish(FishComplete):
    """What fish asks for; its script takes values and words with commas whole."""

    source_template = FishComplete.source_template.replace("string split ", "string split -m1 ")


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": _Fish}


@click.command("completion", cls=Command, examples=(
    ('eval "$(mediakit completion bash)"', "in ~/.bashrc"),
    ('eval "$(mediakit completion zsh)"', "in ~/.zshrc, after compinit"),
    ("mediakit completion fish | source", "in ~/.config/fish/config.fish"),
))  # fmt: skip
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion_command(context: click.Context, *, shell: str) -> int:
    """Print the script that completes commands, options and values in a shell.

    Exercises, pictures, presets and codes of problems are completed too.

    SHELL is bash (4.4 or newer), zsh or fish.
    """
    script = _SHELLS[shell](context.find_root().command, {}, "mediakit", VARIABLE)
    click.echo(script.source(), nl=False)
    return 0


def answer(program: click.Command) -> int:
    """Print what can follow the words that the shell has put into the environment.

    Silent whatever happens: it is shown in the middle of a line that somebody types.
    """
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        try:
            for name, shell in _SHELLS.items():
                add_completion_class(shell, name)
            return shell_complete(program, {}, "mediakit", VARIABLE, os.environ[VARIABLE])
        except Exception:  # noqa: BLE001 - see above
            return 1


def _quoted(value: str) -> str:
    return _TAKEN_APART.sub(r"\\\g<0>", value)
