"""`mediakit.toml`, or `[tool.mediakit]`: its keys, their types, and the line of each mistake."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, get_args, get_type_hints

import msgspec

from mediakit.base.errors import ConfigError, did_you_mean
from mediakit.config.check import CheckSettings
from mediakit.config.images import ImageSettings
from mediakit.config.key_lines import dotted_keys, key_lines, lines_of_item
from mediakit.config.pyproject import PYPROJECT, TABLE, own_table, read_text
from mediakit.config.tables import (
    CdnTable,
    CheckTable,
    FileSettings,
    HeaderTable,
    ImagesTable,
    PresetTable,
    S3Table,
    VideosTable,
)
from mediakit.config.videos import VideoSettings
from mediakit.state.documents import TypedReader
from mediakit.storage.headers import HeaderRule
from mediakit.storage.settings import CdnSettings, Endpoint, S3Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CONFIG_FILE = "mediakit.toml"

_Table = TypeVar("_Table", bound=msgspec.Struct)

_SETTINGS = TypedReader(FileSettings)
_PRESET = TypedReader(PresetTable)
_HEADER = TypedReader(HeaderTable)
_S3 = TypedReader(S3Table)
_CDN = TypedReader(CdnTable)
_VIDEOS = TypedReader(VideosTable)
_CHECK = TypedReader(CheckTable)
_IMAGES = TypedReader(ImagesTable)


@dataclass(frozen=True)
class ConfigFile:
    """The file as read: its keys, its preset tables by name, and the lines of both.

    `given` are the keys that it sets, dotted, with their values as written; `name` is what it is
    or would be called.
    """

    settings: FileSettings = field(default_factory=FileSettings)
    presets: dict[str, PresetTable] = field(default_factory=dict)
    headers: tuple[HeaderRule, ...] = ()
    s3: S3Settings = field(default_factory=S3Settings)
    cdn: CdnSettings = field(default_factory=CdnSettings)
    videos: VideoSettings = field(default_factory=VideoSettings)
    check: CheckSettings = field(default_factory=CheckSettings)
    images: ImageSettings = field(default_factory=ImageSettings)
    lines: dict[str, int] = field(default_factory=dict)
    given: dict[str, object] = field(default_factory=dict)
    name: str = CONFIG_FILE

    def where(self, key: str) -> str:
        """Return `FILE:LINE` of a dotted key, or of the nearest table around it."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return f"{self.name}:{self.lines.get(key, 1)}"

    def line_of(self, preset: str, key: str = "") -> int:
        """Return the line of a preset's table, or of a key in it."""
        table = self.lines.get(f"presets.{preset}", self.lines.get("", 1))
        return self.lines.get(f"presets.{preset}.{key}", table)


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
    try:
        tree = tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{name}: nested too deeply") from error
    except ValueError as error:  # also numbers that no number can hold
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1  # "at end of document"
        what = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigError(f"{name}:{line}: not valid TOML: {what}") from error
    lines = key_lines(text, inside)
    for table in filter(None, inside.split(".")):
        tree = tree[table]
    if not isinstance(tree, dict):
        raise ConfigError(f"{name}:{lines.get('', 1)}: {inside} is a table [{inside}]")
    given = dict(dotted_keys(tree))
    presets = tree.pop("presets", {})
    headers = tree.pop("headers", [])
    buckets = _s3(tree.pop("s3", {}), lines, name)
    cdn = tree.pop("cdn", None)
    caches = CdnSettings()
    if cdn is not None:
        caches = CdnSettings(**msgspec.structs.asdict(_convert(cdn, _CDN, "cdn", lines, name)))
    videos = _videos(tree.pop("videos", {}), lines, name)
    check = _check(tree.pop("check", {}), lines, name)
    images = _images(tree.pop("images", {}), lines, name)
    settings = _convert(tree, _SETTINGS, "", lines, name)
    if not isinstance(presets, dict):
        raise ConfigError(f"{name}:{lines.get('presets', 1)}: presets are tables [presets.NAME]")
    tables = {
        preset: _convert(table, _PRESET, f"presets.{preset}", lines, name)
        for preset, table in presets.items()
    }
    rules = tuple(
        _rule(table, lines_of_item(lines, "headers", index), name)
        for index, table in enumerate(_list_of_tables(headers, lines, name))
    )
    return ConfigFile(
        settings, tables, rules, buckets, caches, videos, check, images, lines, given, name
    )


def _list_of_tables(given: object, lines: dict[str, int], name: str) -> list[object]:
    if not isinstance(given, list):
        raise ConfigError(f"{name}:{lines.get('headers', 1)}: headers are tables [[headers]]")
    return given


def _s3(given: object, lines: dict[str, int], name: str) -> S3Settings:
    table = _convert(given, _S3, "s3", lines, name)
    settings = S3Settings(**{**msgspec.structs.asdict(table), "endpoint": None})
    if table.endpoint is None:
        return settings
    line = lines.get("s3.endpoint", 1)
    return replace(settings, endpoint=Endpoint(table.endpoint, f"{name}:{line}"))


def _videos(given: object, lines: dict[str, int], name: str) -> VideoSettings:
    table = _convert(given, _VIDEOS, "videos", lines, name)
    fields = msgspec.structs.asdict(table)
    folder = "/".join(part for part in (table.folder or "").split("/") if part not in {"", "."})
    lists = {"audience": tuple(table.audience), "keys": tuple(table.keys)}
    return VideoSettings(**fields | lists | {"folder": folder})


def _images(given: object, lines: dict[str, int], name: str) -> ImageSettings:
    table = _convert(given, _IMAGES, "images", lines, name)
    return ImageSettings(
        **{role: tuple(keys) for role, keys in msgspec.structs.asdict(table).items()}
    )


def _check(given: object, lines: dict[str, int], name: str) -> CheckSettings:
    table = _convert(given, _CHECK, "check", lines, name)
    codes = {"ignore": tuple(table.ignore), "errors": tuple(table.errors)}
    return CheckSettings(**msgspec.structs.asdict(table) | codes)


def _rule(given: object, lines: dict[str, int], name: str) -> HeaderRule:
    table = _convert(given, _HEADER, "headers", lines, name)
    fields = msgspec.structs.asdict(table)
    if table.metadata is not None:
        fields["metadata"] = tuple(sorted(table.metadata.items()))
    return HeaderRule(**fields)


def _convert(
    tree: object, reader: TypedReader[_Table], table: str, lines: dict[str, int], name: str
) -> _Table:
    try:
        return reader.from_tree(tree)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        inside = re.findall(r"\w+", place)
        unknown = re.search(r"unknown field `(\w+)`", what)
        keys = [*table.split("."), *inside, *([unknown[1]] if unknown else [])]
        dotted = [".".join(filter(None, keys[:end])) for end in range(len(keys), 0, -1)]
        line = next((lines[each] for each in dotted if each in lines), lines.get("", 1))
        hint = ""
        if unknown:
            known = list(_known(reader.kind, inside))
            hint = did_you_mean(unknown[1], known) or f"known are {', '.join(known)}"
        raise ConfigError(f"{name}:{line}: {dotted[0]}: {what}", hint) from error


def _known(kind: type[msgspec.Struct], inside: list[str]) -> Iterable[str]:
    """Return the keys of a table, or of the one that is `inside` it by these keys."""
    for key in inside:
        types = get_args(get_type_hints(kind)[key])
        kind = next(each for each in types if issubclass(each, msgspec.Struct))
    return kind.__struct_fields__
