"""The settings in force, one by one, and where each value comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from mediakit.images.preset import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mediakit.config.config import Config

Source = Literal["default", "file", "environment", "option"]

_NO_SETTINGS = frozenset({"root", "kind", "file"})
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
    """Yield all settings in a fixed order; `given` has the origins of what overrides the file.

    The fields of `Config` are the keys of the file. What an address says of a user is left out.
    """
    for field in fields(config):
        if field.name in _NO_SETTINGS:
            continue
        value = getattr(config, field.name)
        for key, each in _leaves(field.name, value):
            is_set = key in config.file.given
            standing = Origin("file", config.file.where(key)) if is_set else Origin()
            yield Setting(key, _plain(each), given.get(key, standing))


def _leaves(key: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the values of a table, or of tables with names, each with its dotted key."""
    if isinstance(value, tuple) and value and all(hasattr(each, "name") for each in value):
        for each in value:
            yield from _leaves(f"{key}.{each.name}", each)
    elif _is_table(value):
        for name, each in _fields(value):
            if name != "name":
                yield f"{key}.{name}", each
    else:
        yield key, value


def _is_table(value: object) -> bool:
    """Return whether a value is several settings, and not one that is written as a text."""
    return is_dataclass(value) and not isinstance(value, Quality) and not _is_written(value)


def _is_written(value: object) -> bool:
    return type(value).__str__ is not object.__str__


def _fields(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any dataclass
    yield from ((each.name, getattr(value, each.name)) for each in fields(value))


def _plain(value: object) -> Any:  # noqa: ANN401, PLR0911 - one a type; what JSON can hold
    """Return a value as the file would have it."""
    match value:
        case Enum():
            return value.value
        case Quality():
            return {name.lower(): each for name, each in value.own} or value.level
        case str():
            return _USER_OF_ADDRESS.sub("", value)
        case tuple() | list():
            return _list(value)
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case _ if is_dataclass(value) and _is_written(value):
            return _plain(int(text) if (text := str(value)).isdecimal() else text)
        case _ if is_dataclass(value):
            return {name: _plain(each) for name, each in _fields(value) if each is not None}
    return value


def _list(values: Iterable[object]) -> list[Any]:
    return [_plain(each) for each in values]
