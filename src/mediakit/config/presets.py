"""The presets in force: the default ones, changed and joined by the tables of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from mediakit.base.errors import ConfigError
from mediakit.config.tables import QualityTable, VariantFormat
from mediakit.images.geometry import Fit
from mediakit.images.preset import DEFAULT_PRESETS, SOURCE_FORMAT, Gravity, Preset, Quality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.config.file import ConfigFile
    from mediakit.config.tables import PresetTable

_SIDES = {Fit.WIDTH: ("width",), Fit.HEIGHT: ("height",)}
"""The sides that a fit uses, where it is not both."""

_DEFAULTS = ", ".join(preset.name for preset in DEFAULT_PRESETS)


def presets_of(file: ConfigFile) -> tuple[Preset, ...]:
    """Return the presets; raises ConfigError, with the line, for what cannot be meant."""
    found = {preset.name: preset for preset in DEFAULT_PRESETS}
    for name, table in file.presets.items():
        if name not in found and (table.suffix is None or table.roles is None):
            raise _error(
                file, name, "", f"preset {name!r} needs roles, suffix, and width or height",
                f"or name it like a default one to change that: {_DEFAULTS}",
            )  # fmt: skip
        found[name] = _preset(file, name, table, found.get(name))
        if not table.enabled:
            del found[name]
    _check_suffixes(file, found.values())
    return tuple(found.values())


def _preset(file: ConfigFile, name: str, table: PresetTable, base: Preset | None) -> Preset:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in msgspec.structs.asdict(table).items()
        if value is not None and key != "enabled"
    }
    if table.formats is not None:
        fields["formats"] = tuple(dict.fromkeys(_format_name(each) for each in table.formats))
    if table.quality is not None:
        fields["quality"] = _quality(table.quality)
    preset = replace(base, **fields) if base else Preset(name, **fields)
    width, height = _sides(file, table, preset)
    preset = replace(preset, width=width, height=height)
    if preset.gravity is not Gravity.CENTRE and preset.fit is not Fit.COVER:
        raise _error(
            file, name, "gravity" if table.gravity else "fit",
            f"gravity {preset.gravity.value!r} is of no use with fit {preset.fit.value!r}",
            'only fit = "cover" crops',
        )  # fmt: skip
    return preset


def _sides(file: ConfigFile, table: PresetTable, preset: Preset) -> tuple[int, int]:
    """Return width and height, 0 for one that the fit does not use."""
    sides = {"width": preset.width, "height": preset.height}
    used = _SIDES.get(preset.fit, ("width", "height"))
    for side, pixels in sides.items():
        if side in used and not pixels:
            raise _error(
                file, preset.name, "fit",
                f"preset {preset.name!r} needs a {side} with fit {preset.fit.value!r}",
                f"add {side} = a number of pixels",
            )  # fmt: skip
        if side not in used and getattr(table, side) is not None:
            others = ", ".join(fit.value for fit in Fit if side in _SIDES.get(fit, (side,)))
            raise _error(
                file, preset.name, side,
                f"{side} is of no use with fit {preset.fit.value!r}",
                f"take it out, or set fit to one that uses it: {others}",
            )  # fmt: skip
    width, height = (pixels if side in used else 0 for side, pixels in sides.items())
    return width, height


def _quality(given: int | QualityTable) -> Quality:
    if isinstance(given, int):
        return Quality(given)
    own = msgspec.structs.asdict(given).items()
    return Quality(own=tuple(sorted((key.upper(), each) for key, each in own if each is not None)))


def _format_name(given: VariantFormat) -> str:
    return SOURCE_FORMAT if given is VariantFormat.SOURCE else given.value.upper()


def _check_suffixes(file: ConfigFile, presets: Iterable[Preset]) -> None:
    by_suffix: dict[str, str] = {}
    # those that the file does not change come first: the mistake is in what it says
    for preset in sorted(presets, key=lambda each: file.line_of(each.name, "suffix")):
        other = by_suffix.setdefault(preset.suffix, preset.name)
        if other != preset.name:
            raise _error(
                file, preset.name, "suffix",
                f"presets {other!r} and {preset.name!r} share the suffix {preset.suffix!r}",
                "give each its own: their files would have one name",
            )  # fmt: skip


def _error(file: ConfigFile, preset: str, key: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError(f"{file.name}:{file.line_of(preset, key)}: {message}", hint)
