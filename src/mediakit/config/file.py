"""`mediakit.toml`, or `[tool.mediakit]`: its settings, and the line of each mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
from msgspec.structs import replace

from mediakit.base.errors import ConfigError, did_you_mean
from mediakit.base.model import problem_codes
from mediakit.base.own_files import CONFIG_FILE, PYPROJECT, TABLE
from mediakit.config.keys import Key, Tables, keys_of, recipe_keys
from mediakit.config.tables import FileSettings
from mediakit.images.recipes import RECIPES
from mediakit.site.kinds.registry import own_table, read_text
from mediakit.state.documents import LateReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SETTINGS = LateReader(FileSettings)
_NAMES = {"cards": "og", "clips": "loops", "movement": "steps", "sheets": "a4"}
"""Names to suggest for the tables of recipes: without one, a table would make nothing."""
_SHOWN = 60
"""Letters of a value above which a message does not quote it."""


class ConfigFile(msgspec.Struct, frozen=True):
    """The file as read. Keys are dotted, such as `presets.teaser.width` and `headers.0.match`.

    `given` are the values as written, each with its key; presets and other recipes are only there.
    `name` is that of the file, also where the site has none.
    """

    settings: FileSettings = msgspec.field(default_factory=FileSettings)
    given: Mapping[str, tuple[Any, Key]] = msgspec.field(default_factory=dict)
    lines: Mapping[str, int] = msgspec.field(default_factory=dict)
    name: str = CONFIG_FILE

    def where(self, key: str) -> str:
        """Return `FILE:LINE` of a key, or of the nearest table around it."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return f"{self.name}:{self.lines.get(key, 1)}"

    def refuse(self, key: str, message: str, hint: str = "") -> NoReturn:
        """Raise ConfigError with the place of a key."""
        raise ConfigError(f"{self.where(key)}: {message}", hint)

    def refuse_value(self, error: msgspec.ValidationError, table: str = "") -> NoReturn:
        """Raise ConfigError for what msgspec refuses in a table, in words."""
        what = str(error)
        place = re.search(r"`\$([^`]*)`$", what)
        parts = [*filter(None, table.split(".")), *re.findall(r"\w+", place[1] if place else "")]
        inside: list[str] = []
        while parts and ".".join(parts) not in self.given:
            inside.insert(0, parts.pop())
        shown = _without_numbers(".".join(parts))
        value, key = self.given[".".join(parts)]
        if missing := re.search(r"missing required field `(\w+)`", what):
            name = missing[1]
            example = _written(keys_of(key.table)[name].example) if key.table else ""
            self.refuse(
                ".".join(parts), f"{key.heading(shown)} needs {name}", f"add {name} = {example}"
            )
        for part in inside:
            value = value[int(part)] if isinstance(value, list) else value
        self.refuse(
            ".".join([*parts, *inside]), f"{shown}: {_quoted(value)} is not allowed",
            ("" if inside else _spelt_right(key, value)) or _allowed(key),
        )  # fmt: skip


def _spelt_right(key: Key, value: object) -> str:
    """Return how to write a value whose quotation marks or brackets are wrong, else nothing."""
    if not isinstance(value, str) or _quoted(value) == "this value":
        return ""
    if isinstance(key.example, list):
        return f"write it in brackets: {key.name} = [{_quoted(value)}]"
    if value in {"true", "false"} or re.fullmatch(r"\d+(\.\d+)?", value):
        return f"write it without quotation marks: {key.name} = {value}"
    return ""


def _allowed(key: Key) -> str:
    is_shown = key.example is not None and not isinstance(key.example, dict)
    example = f", for example {_written(key.example)}" if is_shown else ""
    return f"allowed: {key.words}{example}".replace("`", "")


def read_settings(root: Path) -> ConfigFile:
    """Read the settings of a site, all defaults where it has none.

    They are in `mediakit.toml`, or in `[tool.mediakit]` of `pyproject.toml`.

    Raises:
        ConfigError: they are wrong, with file and line; or both files have some.
    """
    text = read_text(root / CONFIG_FILE)
    other = read_text(root / PYPROJECT, strict=False)
    if other is None or not own_table(other):
        return parse(text) if text is not None else ConfigFile()
    if text is not None:
        raise ConfigError(
            f"{PYPROJECT}:{own_table(other)}: [{TABLE}] is there beside {CONFIG_FILE}",
            "keep the settings in one of them",
        )
    return parse(other, PYPROJECT, TABLE)


def parse(text: str, name: str = CONFIG_FILE, inside: str = "") -> ConfigFile:
    """Parse the text of a configuration file called `name`, or the table that is `inside` it."""
    import tomllib  # noqa: PLC0415 - many sites have no settings of ours

    try:
        tree = tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{name}: nested too deeply") from error
    except ValueError as error:  # also numbers that no number can hold
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1  # "at end of document"
        what = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigError(f"{name}:{line}: not valid TOML: {what}") from error
    lines = _key_lines(text, inside)
    for table in filter(None, inside.split(".")):
        tree = tree[table]
    file = ConfigFile(lines=lines, name=name)
    if not isinstance(tree, dict):
        file.refuse("", f"{inside} is a table [{inside}]")
    file = replace(file, given=dict(_given(file, tree, FileSettings)))
    read_later = {"presets", *RECIPES}
    try:
        settings = _SETTINGS.from_tree({k: v for k, v in tree.items() if k not in read_later})
    except msgspec.ValidationError as error:
        file.refuse_value(error)
    _refuse_unknown_codes(file, settings.check.ignore)
    return replace(file, settings=settings)


def _refuse_unknown_codes(file: ConfigFile, codes: Iterable[str]) -> None:
    """Refuse a code of a problem that no problem has: a slip would ignore nothing."""
    if not codes:
        return
    known = problem_codes()
    for code in codes:
        if code not in known:
            file.refuse(
                "check.ignore", f"check.ignore: no problem has the code {_quoted(code)}",
                did_you_mean(code, known) or "mediakit explain lists them",
            )  # fmt: skip


def _given(
    file: ConfigFile, tree: Mapping[str, Any], table: type[msgspec.Struct], start: str = ""
) -> Iterator[tuple[str, tuple[Any, Key]]]:
    """Yield the keys of a table and of those in it; raises ConfigError for an unknown one."""
    known = keys_of(table)
    if table is FileSettings:
        known = recipe_keys(tree) | dict(known)
    for name, value in tree.items():
        dotted, key = f"{start}{name}", known.get(name)
        if key is None:
            inside = f" in [{_without_numbers(start[:-1])}]" if start else ""
            names = dict.fromkeys([*known, *(RECIPES if table is FileSettings else ())])
            hint = did_you_mean(name, names) or f"known are {', '.join(names)}"
            file.refuse(dotted, f"there is no setting {name!r}{inside}", hint)
        yield dotted, (value, key)
        inner = key.table
        if inner is None:
            continue
        for place, each in _tables(file, dotted, value, key):
            yield place, (each, key)
            yield from _given(file, each, inner, f"{place}.")


def _tables(
    file: ConfigFile, dotted: str, value: object, key: Key
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tables that a value is or has in it, each with its dotted name."""
    places: list[tuple[str, object]] = [(dotted, value)]
    if key.tables is Tables.NAMED:
        if not isinstance(value, dict):
            file.refuse(dotted, f"{dotted} is not a table", f"write {key.heading(dotted)}")
        named = _NAMES.get(dotted)
        options = keys_of(key.table) if key.table is not None else {}
        bare = [name for name in options if not isinstance(value.get(name, {}), dict)]
        if named and (bare or not value):
            file.refuse(dotted, f"[{dotted}] needs a name of your own", f"write [{dotted}.{named}]")
        places = [(f"{dotted}.{name}", each) for name, each in value.items()]
    elif key.tables is Tables.LISTED:
        if not isinstance(value, list):
            file.refuse(dotted, f"{dotted} is not a table", f"write {key.heading(dotted)}")
        places = [(f"{dotted}.{index}", each) for index, each in enumerate(value)]
    for place, each in places:
        if isinstance(each, dict):
            yield place, each
        elif key.tables is not Tables.CHOICE:
            file.refuse(place, f"{place} is not a table", f"write [{place}]")


def _key_lines(text: str, inside: str) -> dict[str, int]:
    """Return the line of each table and key of a valid TOML text, or of a table `inside` it.

    The line of '' is that of the table itself. A list of tables is in the line of its first one.
    """
    start = tuple(filter(None, inside.split(".")))
    found: dict[str, int] = {}
    from mediakit.site.trees.toml import value_lines  # noqa: PLC0415 - see `parse`

    for path, line in value_lines(text).items():
        if path[: len(start)] == start:
            own = path[len(start) :]
            found[".".join(map(str, own))] = line
            found.setdefault(".".join(key for key in own if isinstance(key, str)), line)
    return found


def _quoted(value: object) -> str:
    """Return a value as a message shows it: an address may have a password, a text no end."""
    text = _written(value)
    return text if len(text) <= _SHOWN and "@" not in text else "this value"


def _written(value: object) -> str:
    import json  # noqa: PLC0415 - mistakes only

    return json.dumps(value, ensure_ascii=False, default=str)


def _without_numbers(dotted: str) -> str:
    return ".".join(part for part in dotted.split(".") if not part.isdecimal())
