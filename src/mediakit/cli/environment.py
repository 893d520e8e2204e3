"""A variable for each option, by a rule: `--dry-run` is `MEDIAKIT_DRY_RUN`.

`MEDIAKIT_` and the option's long name, `-` as `_`, is its variable for all commands that have it.
With the command between, as in `MEDIAKIT_SYNC_DRY_RUN`, it is for this command alone, and wins.
An option that shares its name with another, but means something else, declares the second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PREFIX = "MEDIAKIT"


def variables(option: click.Option, path: Sequence[str]) -> tuple[str, ...]:
    """Return the variables of an option of the command at `path`, the one that wins first.

    `--help` and the like have none.
    """
    if not option.expose_value:
        return ()
    if option.envvar:
        return (option.envvar,) if isinstance(option.envvar, str) else tuple(option.envvar)
    long = max(option.opts, key=len).lstrip("-")
    return _name(*path, long), _name(long)


def source_of(option: click.Option, path: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Return the variable that sets an option, if any; an empty one does not."""
    return next((name for name in variables(option, path) if environ.get(name)), None)


def defaults(
    command: click.Command, path: tuple[str, ...], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return the values of variables as click's `default_map` of a command or a group."""
    if isinstance(command, click.Group):
        inner = command.commands.items()
        return {name: defaults(each, (*path, name), environ) for name, each in inner}
    return {
        option.name or "": value
        for option in options_of(command)
        if (variable := source_of(option, path, environ)) is not None
        if (value := _value(option, environ[variable])) is not None
    }


def options_of(command: click.Command) -> Iterator[click.Option]:
    """Yield the options of a command that have a variable."""
    for each in command.params:
        if isinstance(each, click.Option) and each.expose_value:
            yield each


def is_true(text: str) -> bool:
    """Return whether the text of a variable switches a flag on."""
    return text.strip().lower() in {"1", "true", "t", "yes", "y", "on"}


def _name(*words: str) -> str:
    return "_".join([PREFIX, *words]).replace("-", "_").upper()


def _value(option: click.Option, text: str) -> Any:  # noqa: ANN401 - click converts it
    """Return a variable's text as click takes defaults: one value a line for several."""
    if option.is_flag and not option.is_bool_flag:
        return option.flag_value if is_true(text) else None
    if option.multiple:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return text
