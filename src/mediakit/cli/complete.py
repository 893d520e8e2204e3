"""Values for the completion of shells: exercises, pictures, presets and codes of problems.

Completing has to be quick, so a site is only listed: no content file and no picture is opened. It
is silent too: where something is wrong, there are no values.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import click

    from mediakit.config.config import Config

    Values = Callable[[click.Context], Iterable[tuple[str, str]]]
    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]


def _completer(values: Values) -> Completer:
    """Make what click asks for values of what gives all values, each with a word on it."""

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
    """Yield the exercises: by their names, then by their paths."""
    yield from _exercises(_config(ctx))


@_completer
def selection(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield exercises and pictures, by their names, then by their paths."""
    config = _config(ctx)
    pictures = sorted(_pictures(config))
    yield from _exercises(config)
    yield from ((PurePosixPath(path).name, path) for path in pictures)
    yield from ((path, "") for path in pictures)


@_completer
def presets(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the presets in force."""
    for preset in _config(ctx).presets:
        yield preset.name, preset.suffix


@_completer
def keys(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the settings, and the tables that they are in."""
    from mediakit.config.origins import settings_in_force  # noqa: PLC0415 - takes a while

    for setting in settings_in_force(_config(ctx), {}):
        table, _, _ = setting.key.rpartition(".")
        if table:
            yield table, ""
        yield setting.key, ""


@_completer
def codes(_ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the codes of problems."""
    from mediakit.base.codes import problem_codes  # noqa: PLC0415 - only when one completes

    for code, row in problem_codes().items():
        yield code, row.meaning


def _config(ctx: click.Context) -> Config:
    from mediakit.config.config import find_root, load_config  # noqa: PLC0415 - takes a while

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
