"""The settings in force, one by one, and where each value comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mediakit.config.keys import Tables, keys_of
from mediakit.config.tables import DeleteLimit, FileSettings
from mediakit.executors.workers import ExecutorSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mediakit.config.config import Config

Source = Literal["default", "file", "environment", "option"]

_USER_OF_ADDRESS = re.compile(r"(?<=://)[^/?#@]*@")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from; `where` is `FILE:LINE`, or the name of the variable or option."""

    source: Source = "default"
    where: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force: its dotted key, and its value as JSON has it."""

    key: str
    value: Any
    origin: Origin


def settings_in_force(config: Config, given: Mapping[str, Origin]) -> Iterator[Setting]:
    """Yield all settings in the order of the reference.

    `given` has the origins of values that override the file. Users in addresses are left out.
    """
    for key, value in _values(config):
        is_set = key in config.file.given
        standing = Origin("file", config.file.where(key)) if is_set else Origin()
        yield Setting(key, _plain(value), given.get(key, standing))


def _values(config: Config) -> Iterator[tuple[str, object]]:
    for name, key in keys_of(FileSettings).items():
        value = getattr(config, name)
        if key.tables is Tables.NAMED:
            for each in value:
                yield from _values_of_table(f"{name}.{each.name}", each)
        elif key.tables is Tables.ONE and value is not None:
            yield from _values_of_table(name, value)
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
