"""Options that commands share, and the settings that come of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mediakit.config.settings import Config, Overrides, find_root, load_config
from mediakit.plan.wanted import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a command talks: `format` text or json, `verbose`, `quiet`."""

    format: str
    verbose: bool
    quiet: bool


def common_options(*formats: str) -> Callable[[_Command], _Command]:
    """Add the options that every command has; the first of `formats` is the default."""
    options = (
        click.option(
            "--site", type=click.Path(path_type=Path), envvar="MEDIAKIT_SITE", metavar="FOLDER",
            help="The site's folder (default: the one around here).",
        ),
        click.option(
            "--format", "output", type=click.Choice(formats), default=formats[0],
            envvar="MEDIAKIT_FORMAT", show_default=True, help="How to print the result.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Print each action."),
        click.option("-q", "--quiet", is_flag=True, help="Print only errors."),
        click.option("--debug", is_flag=True, help="Print a traceback when something goes wrong."),
        click.option(
            "--unpublished", is_flag=True, envvar="MEDIAKIT_UNPUBLISHED",
            help="Read drafts and unpublished exercises too.",
        ),
    )  # fmt: skip
    return _chain(options)


def selection_options() -> Callable[[_Command], _Command]:
    """Add the options that choose pictures and how they are made."""
    options = (
        click.option(
            "--only", multiple=True, metavar="GLOB",
            help="Only these exercises or pictures, by path or name; may be repeated.",
        ),
        click.option(
            "--preset", "presets", multiple=True, metavar="NAME",
            help="Only variants of this preset; may be repeated.",
        ),
        click.option(
            "--jobs", "-j", type=click.IntRange(1, 512), envvar="MEDIAKIT_JOBS", metavar="N",
            help="Pictures made at once (default: the number of cores).",
        ),
        click.option("--force", is_flag=True, help="Make all anew, also what was changed by hand."),
    )  # fmt: skip
    return _chain(options)


def settings(site: Path | None, overrides: Overrides) -> Config:
    """Read the settings of the site at `site`, or of the one around the working folder."""
    root = site.resolve() if site is not None else find_root(Path.cwd())
    return load_config(root, overrides)


def selection(only: tuple[str, ...], presets: tuple[str, ...]) -> Selection:
    """Return the chosen part of the site; globs may be written as pages write paths."""
    return Selection(tuple(glob.removeprefix("/") for glob in only), presets)


def _chain(options: tuple[Callable[[Any], Any], ...]) -> Callable[[_Command], _Command]:
    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
