"""Options that several commands share, and the settings and the session that they lead to."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click
import msgspec

from mediakit.cli.commands import CommonOption
from mediakit.config.overrides import Overrides, UnreadConfig, setting_of
from mediakit.sync.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from click.shell_completion import CompletionItem

    from mediakit.cli.completion import Completer
    from mediakit.config.config import Config
    from mediakit.sync.session import Session

    Command = Callable[..., Any]


_Thing = TypeVar("_Thing")


class Common(msgspec.Struct, frozen=True):
    """The options of every command: where the site is, and how to print."""

    site: Path | None
    output: str
    verbose: bool
    quiet: bool
    debug: bool
    unpublished: bool

    @property
    def root(self) -> Path:
        """The site at `site`, or the one around the working folder."""
        if self.site is not None:
            return self.site.resolve()
        from mediakit.site.kinds.registry import find_root  # noqa: PLC0415 - it loads much

        return find_root(Path.cwd())

    def config(self, **settings: Any) -> Config:  # noqa: ANN401 - the fields of Overrides
        """Read the settings of the site; those given here override them."""
        return self._unread(anywhere=True, **settings).read()

    def _unread(self, *, anywhere: bool, **settings: Any) -> UnreadConfig:  # noqa: ANN401
        root, overrides = self.root, Overrides(unpublished=self.unpublished, **settings)

        def read() -> Config:
            from mediakit.config.config import load_config  # noqa: PLC0415 - it loads much

            config = load_config(root, overrides)
            if not anywhere:
                from mediakit.sync.site_files import require_site  # noqa: PLC0415

                require_site(config)
            return config

        return UnreadConfig(root, overrides, read)

    def session(
        self,
        access: Literal["write", "read", "look"] = "write",
        *,
        anywhere: bool = False,
        is_late: bool = False,
        **settings: Any,  # noqa: ANN401 - the fields of Overrides
    ) -> AbstractContextManager[Session]:
        """Open a session with the site; `look` writes nothing at all, `read` only the cache.

        A folder that shows nothing of a site is refused, unless the command works `anywhere`. A
        command that mostly has nothing to do reads settings late: where it needs them.
        """
        from mediakit.sync.session import Access, open_session  # noqa: PLC0415 - it loads a database

        unread = self._unread(anywhere=anywhere, **settings)
        return open_session(unread if is_late else unread.read(), Access(access), self.follow)

    def follow(self, things: Iterator[_Thing], total: int) -> Iterator[_Thing]:
        """Pass things on, with a bar on a terminal once they take longer than a second."""
        if self.quiet or not total or not sys.stderr.isatty():
            return things
        from tqdm import tqdm  # noqa: PLC0415 - only where somebody looks

        return iter(tqdm(things, total=total, unit=" files", leave=False, delay=1, file=sys.stderr))


class Chosen(msgspec.Struct, frozen=True):
    """The pictures that a run makes, and whether it makes all of them again."""

    only: tuple[str, ...]
    presets: tuple[str, ...]
    force: bool

    @property
    def selection(self) -> Selection:
        """The chosen part of the site; globs may be written as pages write paths."""
        return Selection(tuple(glob.removeprefix("/") for glob in self.only), self.presets)


class Pruning(msgspec.Struct, frozen=True):
    """Whether stale variants go, and whether the catalog alone may say that mediakit made them."""

    prune: bool
    trust_catalog: bool


class SettingOption(click.Option):
    """An option that overrides a setting, whose help it has; it is found where somebody asks."""

    def __init__(self, *args: Any, setting: str, **options: Any) -> None:  # noqa: ANN401 - click's
        self._setting = setting
        super().__init__(*args, **options)

    @property
    def help(self) -> str | None:
        """The first sentence of the setting, and its default."""
        from mediakit.config.keys import key_of  # noqa: PLC0415 - few ask
        from mediakit.config.tables import FileSettings  # noqa: PLC0415

        return key_of(self._setting, FileSettings).help

    @help.setter  # noqa: A003 - click's name
    def help(self, text: str | None) -> None:
        """Click has none to give."""


class CommonSetting(SettingOption, CommonOption):
    """A common option that overrides a setting."""


def common_options(*formats: str) -> Callable[[Command], Command]:
    """Give a command the argument `common`; the first of `formats` is the default."""
    common = functools.partial(click.option, cls=CommonOption)
    options = (
        common(
            "--site", type=click.Path(path_type=Path), metavar="FOLDER",
            help="The folder of the site (default: the one around the working folder).",
        ),
        common(
            "--format", "output", type=click.Choice(formats), default=formats[0],
            show_default=True, help="How to print the result.",
        ),
        common("-v", "--verbose", is_flag=True, help="Print each action."),
        common("-q", "--quiet", is_flag=True, help="Print only errors."),
        common("--debug", is_flag=True, help="Print a traceback when something goes wrong."),
        common(
            "--unpublished", is_flag=True, cls=CommonSetting, setting="unpublished",
        ),
    )  # fmt: skip
    return gathered(Common, "common", options)


def _option(name: str, *short: str, **more: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - of click.option
    """Return the option that overrides a setting."""
    option = f"--{name.replace('_', '-')}"
    return click.option(option, *short, cls=SettingOption, setting=setting_of(name), **more)


_SETTINGS = {
    "target": _option("target", metavar="DIR-or-URL"),
    "max_delete": _option("max_delete", metavar="N|N%"),
    "source": click.option(
        "--source", metavar="DIR-or-URL",
        help="Read pictures and make variants there (default: the folder of the site).",
    ),
    "jobs": _option("jobs", "-j", type=click.IntRange(1, 512), metavar="N"),
    "executor": _option("executor", metavar="WHERE"),
    "s3_endpoint": _option("s3_endpoint", metavar="URL"),
    "s3_region": _option("s3_region", metavar="NAME"),
    "s3_profile": _option("s3_profile", metavar="NAME"),
    "s3_acl": _option("s3_acl", metavar="ACL"),
}  # fmt: skip
BUCKET = ("s3_endpoint", "s3_region", "s3_profile", "s3_acl")
WORKERS = ("jobs", "executor")


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Give a command the argument `settings`: the options that override settings of the site.

    Given twice, both parts are in it.
    """
    options = tuple(_SETTINGS[name] for name in names)
    return _gathered(names, "settings", lambda values, before: (before or {}) | values, options)


def _completed(values: str) -> Completer:
    """Return what completes an option, from a function of `completion.py`."""

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from mediakit.cli import completion  # noqa: PLC0415 - a shell is waiting

        completer: Completer = getattr(completion, values)
        return completer(ctx, param, incomplete)

    return complete


def selection_options() -> Callable[[Command], Command]:
    """Give a command the argument `chosen`."""
    options = (
        click.option(
            "--only", multiple=True, metavar="GLOB", shell_complete=_completed("selection"),
            help="Only these exercises or pictures, by path or name; may be repeated.",
        ),
        click.option(
            "--preset", "presets", multiple=True, metavar="NAME",
            shell_complete=_completed("presets"),
            help="Only variants of this preset; may be repeated.",
        ),
        click.option(
            "--force", is_flag=True,
            help="Make everything again, including files that were changed by hand.",
        ),
    )  # fmt: skip
    return gathered(Chosen, "chosen", options)


def prune_options() -> Callable[[Command], Command]:
    """Give a command the argument `pruning`."""
    options = (
        click.option(
            "--prune", is_flag=True,
            help="Remove variants that mediakit made and that nothing needs any more.",
        ),
        click.option(
            "--trust-catalog", is_flag=True,
            help="With --prune, also those that only the catalog says mediakit made.",
        ),
    )  # fmt: skip
    return gathered(Pruning, "pruning", options)


def language_option(default: str) -> Callable[[Command], Command]:
    """Give a command the argument `lang`, the language of a page; None if it is not given."""
    return click.option(
        "--lang", type=click.Choice(("da", "en")),
        help=f"Language of the page (default: {default}).",
    )  # fmt: skip


def gathered(
    kind: type[Any], name: str, options: tuple[Callable[[Any], Any], ...]
) -> Callable[[Command], Command]:
    """Add options to a command, and pass their values to it as one `kind`, in argument `name`."""
    return _gathered(kind.__match_args__, name, lambda values, _: kind(**values), options)


def _gathered(
    names: tuple[str, ...],
    argument: str,
    combine: Callable[[dict[str, Any], Any], Any],
    options: tuple[Callable[[Any], Any], ...],
) -> Callable[[Command], Command]:
    """Pass options to a command as one argument, combined with what this has already."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def gathering(**given: Any) -> Any:  # noqa: ANN401 - whatever the command returns
            values = {name: given.pop(name) for name in names}
            return command(**given | {argument: combine(values, given.get(argument))})

        decorated: Command = gathering
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
