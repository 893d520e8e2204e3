"""The settings in force, one by one, and where each value comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from mediakit.base.actions import DeleteLimit
from mediakit.config.keys import Tables, keys_of
from mediakit.config.tables import FileSettings
from mediakit.executors.workers import ExecutorSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mediakit.config.config import Config

Source = Literal["default", "file", "environment", "option"]

_USER_OF_ADDRESS = re.compile(r"(?<=://)[^/?#@]*@")


class Origin(NamedTuple):
    """Where a value comes from."""

    source: Source = "default"
    where: str = ""


class SettingEntry(Struct, frozen=True):
    """One setting."""

    # fmt: off
    key: Annotated[str, Meta(description="The key, with its table: `presets.teaser.width`.")]
    value: Annotated[Any, Meta(description="The value in force; null where none is set.")]
    source: Annotated[Source, Meta(description="What kind of place it comes from.")]
    where: Annotated[str, Meta(
        description="`FILE:LINE`, the name of the variable or option, or for a default empty.")]
    # fmt: on


def settings_in_force(config: Config, given: Mapping[str, Origin]) -> Iterator[SettingEntry]:
    """Yield all settings in the order of the reference.

    `given` has the origins of values that override the file. Users in addresses are left out.
    """
    for key, value in _values(config):
        is_set = key in config.file.given
        standing = Origin("file", config.file.where(key)) if is_set else Origin()
        yield SettingEntry(key, _plain(value), *given.get(key, standing))


def _values(config: Config) -> Iterator[tuple[str, object]]:
    for name, key in keys_of(FileSettings).items():
        value = getattr(config, name)
        if key.tables is Tables.NAMED:
            for each in value:
                yield from _values_of_table(f"{name}.{each.name}", each)
        elif key.tables is Tables.ONE and value is not None:
            yield from _values_of_table(name, value)
        elif key.tables is Tables.ONE and key.table is not None:  # none of its keys is set
            yield from ((f"{name}.{each}", None) for each in keys_of(key.table))
        else:
            yield name, value
    for table, recipes in config.made_by.items():
        for recipe in recipes:
            assert isinstance(recipe, msgspec.Struct)  # noqa: S101 - as `RECIPES` says
            yield from _values_of_table(f"{table}.{recipe.names[0]}", recipe)
    yield "source", config.source


def _values_of_table(start: str, table: msgspec.Struct) -> Iterator[tuple[str, object]]:
    yield from ((f"{start}.{name}", getattr(table, name)) for name in keys_of(type(table)))


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON can hold
    """Return a value as the file would have it."""
    if isinstance(value, DeleteLimit | ExecutorSettings):
        text = str(value)
        return int(text) if text.isdecimal() else text
    if isinstance(value, str):
        value = _USER_OF_ADDRESS.sub("", value)
    found = msgspec.to_builtins(value)
    return list(found) if isinstance(found, tuple) else found
