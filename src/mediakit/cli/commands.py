"""The commands: where they are, how help shows them, and the variables of their options.

Each option has a variable by a rule: `--dry-run` is `MEDIAKIT_DRY_RUN`, for all commands that have
it. With the command between, as in `MEDIAKIT_SYNC_DRY_RUN`, it is for this command alone, and wins.
An option that shares its name with another, but means something else, declares the second one.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mediakit.base.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from click.shell_completion import CompletionItem

PREFIX = "MEDIAKIT"


class CommandLine(NamedTuple):
    """A command: its module in `cli/`, and its line in the help of `mediakit`."""

    module: str
    summary: str


SECTIONS: dict[str, dict[str, CommandLine]] = {
    "Site": {
        "init": CommandLine("init", "Examine a site, and write a mediakit.toml that fits it."),
        "list": CommandLine("listing", "Show how many pictures and videos each page uses."),
        "config": CommandLine("config", "Show the settings, and where they come from."),
        "theme": CommandLine("theme", "Install includes that show pictures in all their sizes."),
        "alt": CommandLine("alt", "List pictures without an alt text of their own, and write it."),
        "check": CommandLine("check", "Find everything that makes a page look broken."),
    },
    "Pictures": {
        "status": CommandLine("generate", "Show what generate would make, and why."),
        "generate": CommandLine("generate", "Make variants that are missing or out of date."),
        "watch": CommandLine("watch", "Make variants as pictures and pages change."),
        "dupes": CommandLine("dupes", "Find duplicate pictures."),
        "slim": CommandLine("slim", "Make sources smaller that are wider than pages need."),
        "localize": CommandLine("localize", "Bring pictures of other hosts into the site."),
    },
    "Target": {
        "sync": CommandLine("sync", "Generate, then upload everything that changed."),
        "verify": CommandLine("verify", "Compare the target with its catalog."),
    },
    "Pages": {
        "new": CommandLine("photos", "Create an exercise, with photos and a video."),
        "add": CommandLine("photos", "Add photos to an exercise."),
        "sheet": CommandLine("sheet", "Make printable sheets of exercises."),
        "desk": CommandLine("desk", "Look at exercises and work on them, in the browser."),
        "gallery": CommandLine("gallery", "Update galleries, and write a page of all pictures."),
    },
    "Videos": {
        "videos": CommandLine("videos", "Fetch, check, add, replace and keep videos."),
    },
    "Look up": {
        "explain": CommandLine("explain", "Explain a problem, and what to do about it."),
        "completion": CommandLine("completion", "Print the completion script of a shell."),
    },
}
"""The headings, and below them the commands, in the order in which one needs them."""

COMMANDS = {name: line for section in SECTIONS.values() for name, line in section.items()}

EXIT_CODES = {
    0: "everything is done",
    1: "something failed, or there are errors",
    2: "the command line, the configuration or the target is wrong",
    3: "a check or fetch of videos stopped early",
    130: "interrupted; what was finished is kept",
}
"""The exit codes of all commands."""


Examples = tuple[tuple[str, str], ...]
"""Command lines, each with what it does."""


HELP_OPTIONS = ("-h", "--help")


class CommonOption(click.Option):
    """An option that all commands have: help has these below the command's own."""


class _WithExamples(click.Command):
    """A command or group whose help ends with examples."""

    def __init__(self, *args: Any, examples: Examples = (), **options: Any) -> None:  # noqa: ANN401 - click's
        super().__init__(*args, **options)
        self.examples = examples

    def get_help_option_names(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the same names always: click keeps those of the first context it meets."""
        return list(HELP_OPTIONS)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        write_examples(self.examples, formatter)


class Command(_WithExamples):
    """A command whose help has its own options apart from those of all commands."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those that all commands have."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for each in self.get_params(ctx):
            # click 8.2 and later give arguments a row too, without any help
            row = each.get_help_record(ctx) if isinstance(each, click.Option) else None
            if row is not None:
                is_common = isinstance(each, CommonOption) or "--help" in each.opts
                (common if is_common else own).append(row)
        for heading, rows in (("Options", own), ("Common options", common)):
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class Group(_WithExamples, click.Group):
    """A group that suggests a command for one that does not exist."""

    command_class = Command

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


class LazyGroup(Group):
    """The group of all commands; it imports a command's module only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order of the help."""
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
        """Find the command, and give it the values of environment variables."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and command is not None:
            ctx.default_map = {name: defaults(command, (name,), os.environ)}
        return name, command, rest

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Return the commands that begin so, without importing them."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell is waiting

        found = [
            CompletionItem(name, help=line.summary)
            for name, line in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands under their headings, without importing them."""
        longest = max(map(len, COMMANDS))
        for heading, section in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(longest), line.summary) for name, line in section.items()]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what applies to all commands."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])
        formatter.write_paragraph()
        formatter.write_text(
            "Each option has an environment variable: MEDIAKIT_DRY_RUN sets --dry-run. "
            "`mediakit COMMAND --help` shows the options and examples of a command."
        )


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
