"""Options that commands share, gathered into one value a group, and the settings they give."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mediakit.cli import complete
from mediakit.cli.command import CommonOption
from mediakit.config.config import Config, Overrides, find_root, load_config
from mediakit.sync.products import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Common:
    """What every command can be told: where the site is, and how to talk."""

    site: Path | None
    output: str
    verbose: bool
    quiet: bool
    debug: bool
    unpublished: bool

    @property
    def root(self) -> Path:
        """The site at `site`, or the one around the working folder."""
        return self.site.resolve() if self.site is not None else find_root(Path.cwd())

    def config(self, **overrides: Any) -> Config:  # noqa: ANN401 - the fields of Overrides
        """Read the settings of the site."""
        return load_config(self.root, Overrides(unpublished=self.unpublished, **overrides))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which pictures are meant, and how they are made."""

    only: tuple[str, ...]
    presets: tuple[str, ...]
    jobs: int | None
    executor: str | None
    force: bool

    @property
    def selection(self) -> Selection:
        """The chosen part of the site; globs may be written as pages write paths."""
        return Selection(tuple(glob.removeprefix("/") for glob in self.only), self.presets)


@dataclass(frozen=True, slots=True)
class Bucket:
    """How buckets are reached; None where the environment or `[s3]` of the file says it."""

    s3_endpoint: str | None
    s3_region: str | None
    s3_profile: str | None
    s3_acl: str | None


def common_options(*formats: str) -> Callable[[Command], Command]:
    """Give a command the argument `common`; the first of `formats` is the default."""
    common = functools.partial(click.option, cls=CommonOption)
    options = (
        common(
            "--site", type=click.Path(path_type=Path), metavar="FOLDER",
            help="The site's folder (default: the one around here).",
        ),
        common(
            "--format", "output", type=click.Choice(formats), default=formats[0],
            show_default=True, help="How to print the result.",
        ),
        common("-v", "--verbose", is_flag=True, help="Print each action."),
        common("-q", "--quiet", is_flag=True, help="Print only errors."),
        common("--debug", is_flag=True, help="Print a traceback when something goes wrong."),
        common(
            "--unpublished", is_flag=True,
            help="Read drafts and unpublished exercises too.",
        ),
    )  # fmt: skip
    return gathered(Common, "common", options)


def bucket_options() -> Callable[[Command], Command]:
    """Give a command the argument `bucket`."""
    options = (
        click.option(
            "--s3-endpoint", metavar="URL", help="Server of buckets, where that is not AWS."
        ),
        click.option("--s3-region", metavar="NAME", help="Region of the bucket."),
        click.option("--s3-profile", metavar="NAME", help="Profile of the AWS files."),
        click.option("--s3-acl", metavar="ACL", help="A canned ACL for each object."),
    )
    return gathered(Bucket, "bucket", options)


def source_option() -> Callable[[Command], Command]:
    """Give a command the argument `source`."""
    return click.option(
        "--source", metavar="DIR-or-URL",
        help="Where pictures are, and variants are made (default: the site's folder).",
    )  # fmt: skip


def selection_options() -> Callable[[Command], Command]:
    """Give a command the argument `chosen`."""
    options = (
        click.option(
            "--only", multiple=True, metavar="GLOB", shell_complete=complete.selection,
            help="Only these exercises or pictures, by path or name; may be repeated.",
        ),
        click.option(
            "--preset", "presets", multiple=True, metavar="NAME",
            shell_complete=complete.presets,
            help="Only variants of this preset; may be repeated.",
        ),
        click.option(
            "--jobs", "-j", type=click.IntRange(1, 512), metavar="N",
            help="Pictures made at once (default: the number of cores).",
        ),
        click.option(
            "--executor", metavar="WHO",
            help="Who makes pictures: threads (default), processes, or dask:tcp://HOST:8786.",
        ),
        click.option("--force", is_flag=True, help="Make all anew, also what was changed by hand."),
    )  # fmt: skip
    return gathered(Chosen, "chosen", options)


def gathered(
    kind: type[Any], name: str, options: tuple[Callable[[Any], Any], ...]
) -> Callable[[Command], Command]:
    """Add options to a command, and hand it their values as one `kind`, in argument `name`."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def gathering(**given: Any) -> Any:  # noqa: ANN401 - whatever the command returns
            values = {field.name: given.pop(field.name) for field in fields(kind)}
            return command(**given, **{name: kind(**values)})

        decorated: Command = gathering
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
