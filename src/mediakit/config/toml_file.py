"""`mediakit.toml`: its keys, their types, and the line of each mistake."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args, get_type_hints

import msgspec

from mediakit.config.cdn import CdnSettings
from mediakit.config.check import CheckSettings
from mediakit.config.s3 import Addressing, Encryption, S3Settings
from mediakit.config.videos import VideoSettings
from mediakit.errors import ConfigError
from mediakit.images.geometry import Fit
from mediakit.images.preset import Animation, Credit, Gravity, Truncated
from mediakit.model import Role
from mediakit.plan.headers import HeaderRule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CONFIG_FILE = "mediakit.toml"

_Table = TypeVar("_Table", bound=msgspec.Struct)
Level = Annotated[int, msgspec.Meta(ge=1, le=100)]
Pixels = Annotated[int, msgspec.Meta(ge=1, le=65_500)]
Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]


class VariantFormat(StrEnum):
    """A format to make variants in; `source` is that of the source."""

    SOURCE = "source"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"


class QualityTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Qualities by format, each on the scale of its encoder."""

    jpeg: Level | None = None
    webp: Level | None = None
    avif: Level | None = None


class PresetTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[presets.NAME]`: what it leaves out keeps the default."""

    roles: list[Role] | None = None
    suffix: Annotated[str, msgspec.Meta(pattern=r"^[\w.@-]{1,32}$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    fit: Fit | None = None
    gravity: Gravity | None = None
    formats: Annotated[list[VariantFormat], msgspec.Meta(min_length=1)] | None = None
    quality: Level | QualityTable | None = None
    background: Colour | None = None
    max_pixels: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_bytes: Annotated[int, msgspec.Meta(ge=1000)] | None = None
    min_step: Annotated[float, msgspec.Meta(ge=1, le=4)] | None = None
    animation: Animation | None = None
    truncated: Truncated | None = None
    credits: list[Credit] | None = None
    enabled: bool = True


Ascii = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]*$")]
"""A text that can be sent as a header."""


class HeaderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[[headers]]`: what the objects are served with whose keys match."""

    match: Annotated[str, msgspec.Meta(min_length=1)]
    content_type: Ascii | None = None
    cache_control: Ascii | None = None
    content_disposition: Ascii | None = None
    metadata: dict[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+$")], Ascii] | None = None


class S3Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[s3]`; keys and secrets are not in it, they come from the environment."""

    endpoint: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/@]+/?$")] | None = None
    region: str | None = None
    profile: str | None = None
    addressing: Addressing = Addressing.AUTO
    acl: str | None = None
    storage_class: str | None = None
    encryption: Encryption | None = None
    kms_key: str | None = None
    connections: Annotated[int, msgspec.Meta(ge=1, le=256)] = 32
    patience: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 120


class CdnTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[cdn]`."""

    base_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#@]+(/[^?#]*)?$")]
    cloudfront: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    cloudflare_zone: Annotated[str, msgspec.Meta(min_length=1)] | None = None


Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
YouTubeId = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{11}$")]
VimeoId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}$")]


class VideosTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[videos]`."""

    folder: Annotated[str, msgspec.Meta(min_length=1)] = "assets/images/videos"
    fetch: bool = True
    teaser: bool = False
    max_age: Annotated[int, msgspec.Meta(ge=0)] = 30
    confirm: Annotated[int, msgspec.Meta(ge=1)] = 24
    pace: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.5
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    audience: list[Country] = []
    canary: YouTubeId | None = None
    vimeo_canary: VimeoId | None = None


ProblemCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]+$")]


class CheckTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[check]`."""

    ignore: list[ProblemCode] = []
    errors: list[ProblemCode] = []
    max_bytes: Annotated[int, msgspec.Meta(ge=1)] = 3_000_000
    max_pixels: Annotated[int, msgspec.Meta(ge=1)] = 24_000_000
    overlay_width: Annotated[int, msgspec.Meta(ge=0)] = 768
    teaser_shape: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.2


class FileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of the file.

    `content`: globs of content files, relative to the site root; `target`: a folder or URL;
    `jobs`: pictures made at once; `catalog`: site path of the catalog; `unpublished`: read
    drafts too; `max_delete`: how many deletes a sync may do, a number or a percentage;
    `placeholders`: keep a placeholder and the dominant colour of each picture in the catalog.
    """

    content: list[str] | None = None
    target: str | None = None
    jobs: Annotated[int, msgspec.Meta(ge=1, le=512)] | None = None
    catalog: str | None = None
    unpublished: bool = False
    max_delete: int | str | None = None
    placeholders: bool = True


@dataclass(frozen=True)
class ConfigFile:
    """The file as read: its keys, its preset tables by name, and the lines of both."""

    settings: FileSettings = field(default_factory=FileSettings)
    presets: dict[str, PresetTable] = field(default_factory=dict)
    headers: tuple[HeaderRule, ...] = ()
    s3: S3Settings = field(default_factory=S3Settings)
    cdn: CdnSettings = field(default_factory=CdnSettings)
    videos: VideoSettings = field(default_factory=VideoSettings)
    check: CheckSettings = field(default_factory=CheckSettings)
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, preset: str, key: str = "") -> int:
        """Return the line of a preset's table, or of a key in it."""
        table = self.lines.get(f"presets.{preset}", 1)
        return self.lines.get(f"presets.{preset}.{key}", table)


def read_file(path: Path) -> ConfigFile:
    """Read the file, all defaults where there is none; raises ConfigError with the line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ConfigFile()
    except OSError as error:
        raise ConfigError(f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name}: not UTF-8", "save the file as UTF-8") from error
    return parse(text.replace("\r\n", "\n"), path.name)


def parse(text: str, name: str = CONFIG_FILE) -> ConfigFile:
    """Parse the text of a configuration file called `name`."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1  # "at end of document"
        what = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigError(f"{name}:{line}: not valid TOML: {what}") from error
    lines = _key_lines(text)
    presets = tree.pop("presets", {})
    headers = tree.pop("headers", [])
    s3 = _convert(tree.pop("s3", {}), S3Table, "s3", lines, name)
    cdn = tree.pop("cdn", None)
    caches = CdnSettings()
    if cdn is not None:
        caches = CdnSettings(**msgspec.structs.asdict(_convert(cdn, CdnTable, "cdn", lines, name)))
    videos = _videos(tree.pop("videos", {}), lines, name)
    check = _check(tree.pop("check", {}), lines, name)
    settings = _convert(tree, FileSettings, "", lines, name)
    if not isinstance(presets, dict):
        raise ConfigError(f"{name}:{lines.get('presets', 1)}: presets are tables [presets.NAME]")
    tables = {
        preset: _convert(table, PresetTable, f"presets.{preset}", lines, name)
        for preset, table in presets.items()
    }
    _check_inside(settings.content or [], "content", lines, name)
    _check_inside(
        [settings.catalog] if settings.catalog is not None else [], "catalog", lines, name
    )
    rules = tuple(_rule(table, lines, name) for table in _list_of_tables(headers, lines, name))
    buckets = S3Settings(**msgspec.structs.asdict(s3))
    return ConfigFile(settings, tables, rules, buckets, caches, videos, check, lines)


def _list_of_tables(given: object, lines: dict[str, int], name: str) -> list[object]:
    if not isinstance(given, list):
        raise ConfigError(f"{name}:{lines.get('headers', 1)}: headers are tables [[headers]]")
    return given


def _videos(given: object, lines: dict[str, int], name: str) -> VideoSettings:
    table = _convert(given, VideosTable, "videos", lines, name)
    _check_inside([table.folder], "videos.folder", lines, name)
    fields = msgspec.structs.asdict(table)
    folder = "/".join(part for part in table.folder.split("/") if part not in {"", "."})
    return VideoSettings(**fields | {"folder": folder, "audience": tuple(table.audience)})


def _check(given: object, lines: dict[str, int], name: str) -> CheckSettings:
    table = _convert(given, CheckTable, "check", lines, name)
    codes = {"ignore": tuple(table.ignore), "errors": tuple(table.errors)}
    return CheckSettings(**msgspec.structs.asdict(table) | codes)


def _rule(given: object, lines: dict[str, int], name: str) -> HeaderRule:
    table = _convert(given, HeaderTable, "headers", lines, name)
    fields = msgspec.structs.asdict(table)
    if table.metadata is not None:
        fields["metadata"] = tuple(sorted(table.metadata.items()))
    return HeaderRule(**fields)


def _convert(
    tree: object, kind: type[_Table], table: str, lines: dict[str, int], name: str
) -> _Table:
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        inside = re.findall(r"\w+", place)
        unknown = re.search(r"unknown field `(\w+)`", what)
        keys = [*table.split("."), *inside, *([unknown[1]] if unknown else [])]
        dotted = [".".join(filter(None, keys[:end])) for end in range(len(keys), 0, -1)]
        line = next((lines[each] for each in dotted if each in lines), 1)
        hint = f"known are {', '.join(_known(kind, inside))}" if unknown else ""
        raise ConfigError(f"{name}:{line}: {dotted[0]}: {what}", hint) from error


def _known(kind: type[msgspec.Struct], inside: list[str]) -> Iterable[str]:
    """Return the keys of a table, or of the one that is `inside` it by these keys."""
    for key in inside:
        types = get_args(get_type_hints(kind)[key])
        kind = next(each for each in types if issubclass(each, msgspec.Struct))
    return kind.__struct_fields__


def _check_inside(paths: list[str], key: str, lines: dict[str, int], name: str) -> None:
    for path in paths:
        if path.startswith("/") or ".." in path.split("/") or not path.strip():
            raise ConfigError(
                f"{name}:{lines.get(key, 1)}: {key}: {path!r} is not a path inside the site",
                "write it relative to the folder of this file",
            )


def _key_lines(text: str) -> dict[str, int]:
    """Return the line of each table and key; keys in inline tables have their table's."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            table = header[1].replace('"', "").replace("'", "")
            lines.setdefault(table, number)
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            bare = key[1].replace('"', "").replace("'", "")
            lines.setdefault(f"{table}.{bare}" if table else bare, number)
    return lines
