"""`mediakit completion`, and the answers to a shell while somebody types.

Completion has to be quick, so it only lists files, and opens no content file and no picture. If
something is wrong, it is silent and offers no values.
"""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections import Counter
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

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

from mediakit.cli.commands import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.config.config import Config

    Values = Callable[[click.Context], Iterable[tuple[str, str]]]
    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

VARIABLE = "_MEDIAKIT_COMPLETE"
"""The variable in which the shell's script says what it asks for."""

_SPECIAL = re.compile(r"[^\w@%+=:,./-]")  # characters with a meaning to a shell


class _Bash(BashComplete):
    """Completion for bash, which does not quote values itself."""

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return the line that the script reads."""
        return f"{item.type},{_quoted(str(item.value))}"


class _Fish(FishComplete):
    """Completion for fish, whose script would split values at commas."""

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
    """Print the completion script of a shell.

    It completes commands and options, and exercises, pictures, presets and codes of problems.

    SHELL is bash (4.4 or newer), zsh or fish.
    """
    script = _SHELLS[shell](context.find_root().command, {}, "mediakit", VARIABLE)
    click.echo(script.source(), nl=False)
    return 0


def answer(program: click.Command) -> int:
    """Print the completions of the words that the shell has put into the environment.

    Silent whatever happens, since output would appear in the line that somebody types.
    """
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        try:
            for name, shell in _SHELLS.items():
                add_completion_class(shell, name)
            return shell_complete(program, {}, "mediakit", VARIABLE, os.environ[VARIABLE])
        except Exception:  # noqa: BLE001 - see above
            return 1


def _quoted(value: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", value)


def _completer(values: Values) -> Completer:
    """Make a completer for click of a function that yields all values with their descriptions."""

    @wraps(values)
    def complete(
        ctx: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from mediakit.report.text import printable  # noqa: PLC0415 - only when one completes

        start = unicodedata.normalize("NFC", incomplete)
        try:
            found = dict(values(ctx))
        except Exception:  # noqa: BLE001 - a broken site has no values; its commands say why
            return []
        return [
            CompletionItem(value, help=printable(word) or None)
            for value, word in found.items()
            if value.startswith(start) and printable(value) == value  # a name may be anything
        ]

    return complete


@_completer
def exercises(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield exercises: first their names, then their paths."""
    yield from _exercises(_config(ctx))


@_completer
def selection(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield exercises and pictures: first their names, then their paths."""
    config = _config(ctx)
    pictures = sorted(_pictures(config))
    yield from _exercises(config)
    yield from ((PurePosixPath(path).name, path) for path in pictures)
    yield from ((path, "") for path in pictures)


@_completer
def presets(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the presets."""
    for preset in _config(ctx).presets:
        yield preset.name, preset.suffix


@_completer
def keys(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the settings, and their tables."""
    from mediakit.config.origins import settings_in_force  # noqa: PLC0415 - takes a while

    for setting in settings_in_force(_config(ctx), {}):
        table, _, _ = setting.key.rpartition(".")
        if table:
            yield table, ""
        yield setting.key, ""


@_completer
def codes(_ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the codes of problems."""
    from mediakit.base.model import problem_codes  # noqa: PLC0415 - only when one completes

    for code, row in problem_codes().items():
        yield code, row.meaning


def _config(ctx: click.Context) -> Config:
    from mediakit.config.config import load_config  # noqa: PLC0415 - takes a while
    from mediakit.site.kinds.registry import find_root  # noqa: PLC0415 - takes a while

    site = ctx.params.get("site")
    return load_config(Path(site).resolve() if site is not None else find_root(Path.cwd()))


def _exercises(config: Config) -> Iterator[tuple[str, str]]:
    from mediakit.base.files import FileTree  # noqa: PLC0415
    from mediakit.sync.site_files import content_paths  # noqa: PLC0415 - takes a while

    paths = sorted(content_paths(config, FileTree(config.root)))
    names = Counter(PurePosixPath(path).stem for path in paths)
    for path in paths:
        name = PurePosixPath(path).stem
        if names[name] == 1:
            yield name, path
    yield from ((path, "") for path in paths)


def _pictures(config: Config) -> Iterator[str]:
    """Yield the site paths of pictures, without variants."""
    from mediakit.base.files import FileTree  # noqa: PLC0415
    from mediakit.base.formats import format_of  # noqa: PLC0415
    from mediakit.sync.site_files import skipper  # noqa: PLC0415

    suffixes = tuple(suffix for suffix, _ in config.suffixes)

    tree = FileTree(config.root)
    for path in tree.walk(skipper(config, tree)):
        if format_of(path) is not None and not PurePosixPath(path).stem.endswith(suffixes):
            yield path
