"""The presets in force: the default ones, changed and joined by the tables of the file."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from mediakit.base.errors import UsageError
from mediakit.base.files import Absent, FileTree, read_observed
from mediakit.base.model import Role
from mediakit.images.preset import DEFAULT_PRESETS, Fit, Gravity, Preset
from mediakit.images.recipes import LOOPS, RECIPES, RecipeSite, recipe_type
from mediakit.state.documents import LateReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.config.file import ConfigFile
    from mediakit.images.recipes import Recipe
    from mediakit.site.kinds.kind import SiteKind

_SIDES = {Fit.WIDTH: ("width",), Fit.HEIGHT: ("height",)}
"""The sides that a fit uses, where it is not both."""

_DEFAULTS = ", ".join(preset.name for preset in DEFAULT_PRESETS)
_PRESET = LateReader(Preset)

_STEPS = "steps", "steps-in-motion"
"""The name of the recipe that pages ask for where the settings have none; the free one."""


def presets_of(file: ConfigFile) -> tuple[Preset, ...]:
    """Return the presets in force; raises ConfigError with the line of a mistake."""
    found = {preset.name: preset for preset in DEFAULT_PRESETS}
    tables, _ = file.given.get("presets", ({}, None))
    for name, table in tables.items():
        if name not in found and not {"suffix", "roles"} <= table.keys():
            file.refuse(
                f"presets.{name}", f"preset {name!r} needs roles, suffix, and width or height",
                f"or name it like a default one to change that: {_DEFAULTS}",
            )  # fmt: skip
        preset = _preset(file, name, table, found.get(name))
        found[name] = preset
        if not preset.enabled:
            del found[name]
    _check_suffixes(file, found.values())
    return tuple(found.values())


def public_url(kind: SiteKind, said: str | None) -> str:
    """Return the address of a site without a slash at its end: as said, else as its generator has.

    It is empty where nothing says it.
    """
    url, below = kind.address.url.strip().rstrip("/"), kind.address.baseurl.strip().strip("/")
    known = f"{url}/{below}" if re.match(r"https?://[^/]", url) else ""
    return (said or known).rstrip("/")


def recipe_site(file: ConfigFile, root: Path, kind: SiteKind) -> RecipeSite:
    """Return what recipes may know of a site."""
    return RecipeSite(
        kind.title, kind.language, kind.pictures_folder, _reader(root),
        public_url(kind, file.settings.structured.url), kind.data_folder,
    )  # fmt: skip


def recipes_of(file: ConfigFile, root: Path, kind: SiteKind) -> dict[str, tuple[Recipe, ...]]:
    """Return the other recipes of the file, by their tables; raises ConfigError likewise."""
    site = recipe_site(file, root, kind)
    names = {preset.name for preset in presets_of(file)}
    found: dict[str, tuple[Recipe, ...]] = {}
    for table in RECIPES.keys() & file.given.keys() - {"presets"}:
        reader: LateReader[Any] = LateReader(recipe_type(table))
        for name, options in file.given[table][0].items():
            if name in names:
                file.refuse(
                    f"{table}.{name}", f"{name!r} is the name of another recipe",
                    "give it a name of its own",
                )  # fmt: skip
            names.add(name)
            try:
                recipe = reader.from_tree({**options, "name": name}).for_site(site)
            except UsageError as error:
                file.refuse(f"{table}.{name}", f"{table}.{name}: {error.message}", error.hint)
            except msgspec.ValidationError as error:
                file.refuse_value(error, f"{table}.{name}")
            found[table] = (*found.get(table, ()), recipe)
    return found


def with_asked(config: Config, pages: Iterable[Manifest]) -> Config:
    """Return settings with loops of steps, where a page asks for one and the settings do not."""
    if LOOPS in config.made_by or not any(_asks(each) for each in pages):
        return config
    from mediakit.images.recipes.flip import MovingPages, StepFlip  # noqa: PLC0415 - few pages ask

    names = {name for each in config.recipes for name in each.names}
    name = next(each for each in _STEPS if each not in names)
    recipe = StepFlip(name, pages=MovingPages.ASKED).placed(config.kind.pictures_folder)
    return replace(config, made_by={**config.made_by, LOOPS: (recipe,)})


def as_shown(config: Config, pages: Iterable[Manifest]) -> Config:
    """Return settings without small pictures for pages, where these show only whole ones.

    With a theme that shows them by their names, the first page that names one asks for those of
    all pages. What the file says counts, and so does a site that shows no pictures yet.
    """
    roles = {Role.TEASER, Role.GALLERY}
    shown = [each for page in pages for each in page.images if each.role in roles and each.path]
    named = {each.preset for each in shown}
    doubted = config.doubted_presets if config.kind.has_theme and shown else ()
    unshown = [each for each in doubted if each.name not in named]
    presets = tuple(
        replace(each, roles=tuple(role for role in each.roles if role not in roles))
        if each in unshown
        else each
        for each in config.presets
    )
    return replace(config, presets=presets) if unshown else config


def _asks(page: Manifest) -> bool:
    asked = page.movement
    return asked.line > 0 and not asked.is_refused and not asked.is_odd


def _reader(root: Path) -> Callable[[str, int], bytes]:
    tree = FileTree(root)

    def read(path: str, most: int) -> bytes:
        found = tree.find(path)
        if isinstance(found, Absent):
            raise FileNotFoundError(errno.ENOENT, found.reason or "is not there")
        if found.stat.size > most:
            raise OSError(errno.EFBIG, f"is larger than {most / 1e6:.0f} MB")
        return read_observed(found)

    return read


def _preset(file: ConfigFile, name: str, table: Mapping[str, Any], base: Preset | None) -> Preset:
    """Return the base with the keys of a table in place of its own."""
    defaults = msgspec.to_builtins(base) if base else {"name": name}
    try:
        preset = _PRESET.from_tree({**defaults, **table})
    except msgspec.ValidationError as error:
        file.refuse_value(error, f"presets.{name}")
    preset = _with_sides(file, table, preset)
    if preset.gravity is not Gravity.CENTRE and preset.fit is not Fit.COVER:
        file.refuse(
            f"presets.{name}.{'gravity' if 'gravity' in table else 'fit'}",
            f"gravity {preset.gravity.value!r} is of no use with fit {preset.fit.value!r}",
            'only fit = "cover" crops',
        )
    return preset


def _with_sides(file: ConfigFile, table: Mapping[str, Any], preset: Preset) -> Preset:
    """Return the preset with 0 for a side that the fit does not use."""
    fit = preset.fit
    used = _SIDES.get(fit, ("width", "height"))
    for side in ("width", "height"):
        if side in used and not getattr(preset, side):
            file.refuse(
                f"presets.{preset.name}.fit",
                f"preset {preset.name!r} needs a {side} with fit {fit.value!r}",
                f"add {side} = a number of pixels",
            )
        if side not in used and side in table:
            others = ", ".join(each.value for each in Fit if side in _SIDES.get(each, (side,)))
            file.refuse(
                f"presets.{preset.name}.{side}",
                f"{side} is of no use with fit {fit.value!r}",
                f"take it out, or set fit to one that uses it: {others}",
            )
    unused = {side: 0 for side in ("width", "height") if side not in used}
    return msgspec.structs.replace(preset, **unused)


def _check_suffixes(file: ConfigFile, presets: Iterable[Preset]) -> None:
    by_suffix: dict[str, str] = {}

    def line(preset: Preset) -> int:
        key = f"presets.{preset.name}"
        return file.lines.get(f"{key}.suffix", file.lines.get(key, 0))

    # those that the file does not change come first: the mistake is in what it says
    for preset in sorted(presets, key=line):
        other = by_suffix.setdefault(preset.suffix, preset.name)
        if other != preset.name:
            file.refuse(
                f"presets.{preset.name}.suffix",
                f"presets {other!r} and {preset.name!r} share the suffix {preset.suffix!r}",
                "give each its own: their files would have one name",
            )
