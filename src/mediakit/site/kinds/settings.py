"""Reads the settings of a generator: YAML, TOML or JSON, and the folders that they name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from math import inf
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ConfigError, ManifestError
from mediakit.base.regular_file import decode
from mediakit.site.trees.yaml import (
    Mapping,
    Node,
    Oddity,
    Scalar,
    Sequence,
    YamlDocument,
    parse_yaml,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LANGUAGE_KEYS = ("lang", "language", "locale", "languageCode", "languagecode")
"""Keys by which pages and settings say their language."""


def parser_of(language: str) -> Callable[..., YamlDocument]:
    """Return the parser of a language of front matter; few sites have any but YAML.

    A language such as JavaScript has to be run, which nothing here does: nothing is read of it.
    """
    if language == "toml":
        from mediakit.site.trees.toml import parse_toml  # noqa: PLC0415 - few sites have it

        return parse_toml
    if language == "json":
        from mediakit.site.trees.json import parse_json  # noqa: PLC0415 - few sites have it

        return parse_json
    if language in {"yaml", "yml"}:
        return parse_yaml

    def unread(_block: str, _line: int) -> YamlDocument:
        message = f"front matter in {language!r} is not read, only the text below it"
        return YamlDocument(Mapping({}, 1), (Oddity("foreign-front-matter", message, 1),))

    return unread


def read_mapping(data: bytes, name: str) -> Mapping:
    """Read the settings in the file called `name`; an empty file has none.

    Raises:
        ConfigError: the file is not valid; the message has its line.
    """
    try:
        root = parser_of(name.rpartition(".")[2])(decode(data), 1).root
    except ManifestError as error:
        where = f"{name}:{error.line}" if error.line else name
        raise ConfigError(f"{where}: {error.message}", error.hint) from error
    if isinstance(root, Scalar) and root.is_null:
        return Mapping({}, 1)
    if not isinstance(root, Mapping):
        raise ConfigError(f"{name}:{root.line}: not a mapping", "write `key: value` lines")
    return root


def texts_of(node: Node | None) -> tuple[str, ...]:
    """Return the texts of a list, or the only one; without what is null."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(each.text for each in items if isinstance(each, Scalar) and not each.is_null)


def folders_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the folders inside the site, normalised; hidden ones belong to other programs."""
    found = (PurePosixPath(text.strip().strip("/")) for text in texts)
    inside = (each for each in found if each.parts and ".." not in str(each))
    shown = (each for each in inside if not any(part.startswith(".") for part in each.parts))
    return tuple(dict.fromkeys(map(str, shown)))


def folder_at(root: Mapping, key: str, default: str = "") -> str:
    """Return the folder that a key names, the default where it names none inside the site."""
    return next(iter(folders_of(texts_of(root.get(key)))), default)


def is_true(node: Node | None) -> bool:
    """Return whether a value is neither missing nor null nor false."""
    return isinstance(node, Scalar) and not (node.is_false or node.is_null)


def language_in(fields: Mapping) -> str:
    """Return the code of the language that a mapping says, empty where it says none."""
    said = [text for key in LANGUAGE_KEYS if (text := fields.text(key))]
    if not said:
        return ""
    from mediakit.base.languages import language_code  # noqa: PLC0415 - few pages say one

    return next(filter(None, map(language_code, said)), "")


def deep_merge(base: Mapping, over: Mapping) -> Mapping:
    """Merge two mappings, key by key and level by level; `over` wins."""
    entries: dict[str, Node] = dict(base.entries)
    for key, value in over.entries.items():
        below = entries.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        entries[key] = deep_merge(below, value) if both else value  # type: ignore[arg-type]
    return Mapping(entries, over.line)


ALWAYS = (0.0, inf)
"""From the beginning to the end, in seconds since 1970."""

_MOMENT = (
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt\s]{1,3}(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?"
    r"\s{0,3}(?:([Zz])|([+-])(\d{2}):?(\d{2}))?)?"
)
_EAST, _WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
"""Where a day begins first and last: a date without a zone may be of any."""


def since(text: str) -> float:
    """Return the earliest moment that a date may mean, 0 for what is no date."""
    return _seconds(text, _EAST) or 0.0


def until(text: str) -> float:
    """Return the latest moment that a date may mean, infinite for what is no date."""
    return _seconds(text, _WEST) or inf


def first_text(nodes: Iterable[Node | None]) -> str:
    """Return the first text that is a date, else nothing."""
    texts = (getattr(each, "text", "") for each in nodes)
    return next((text for text in texts if re.match(_MOMENT, text)), "")


def _seconds(text: str, zone: timezone) -> float | None:
    found = re.match(_MOMENT, text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(each or 0) for each in found.groups()[:6])
    if found[7]:
        zone = UTC
    elif found[8]:
        away = timedelta(hours=int(found[9]), minutes=int(found[10]))
        zone = timezone(-away if found[8] == "-" else away) if away < timedelta(days=1) else zone
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None
