"""What the structs of settings say of each key: its type in words, default, meaning, example."""

from __future__ import annotations

import functools
import re
from enum import Enum
from typing import TYPE_CHECKING, cast

import msgspec
from msgspec import NODEFAULT
from msgspec.inspect import (
    BoolType,
    DictType,
    EnumType,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from mediakit.base.setting import Trust
from mediakit.images.recipes import RECIPES, recipe_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Tables(Enum):
    """How the tables of a key are written."""

    NONE = ""
    ONE = "[{}]"
    NAMED = "[{}.NAME]"
    LISTED = "[[{}]]"
    CHOICE = "{}"
    """A table, or a value."""


class Key(msgspec.Struct, frozen=True):
    """A key of a table: a setting, or a table of its own, which has no `trust`."""

    name: str
    kind: Type
    meaning: str
    default: object
    default_words: str = ""
    trust: Trust | None = None
    example: object = None
    table: type[msgspec.Struct] | None = None
    tables: Tables = Tables.NONE

    @property
    def plain_meaning(self) -> str:
        """The meaning without Markdown, for editors and help."""
        return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", self.meaning).replace("`", "")

    @property
    def help(self) -> str:
        """Its first sentence and its default, for the option that overrides it."""
        first = self.plain_meaning.partition(". ")[0].removesuffix(".")
        default = self.default_words.replace("`", "")
        return f"{first} (default: {default})." if default else f"{first}."

    def heading(self, dotted: str) -> str:
        """Return how a table of this key begins in the file."""
        return self.tables.value.format(dotted)

    @property
    def words(self) -> str:
        """What its value may be."""
        return in_words(self.kind)


@functools.cache
def keys_of(table: type[msgspec.Struct]) -> Mapping[str, Key]:
    """Return the keys of a table, in order.

    A field without `trust` is none, unless it is a table: a file that names it is refused.
    """
    fields = cast("StructType", type_info(table)).fields
    said = (_key(each, each.type) for each in fields if isinstance(each.type, Metadata))
    return {key.name: key for key in said if key.trust is not None or key.table is not None}


def recipe_keys(tables: Iterable[str]) -> dict[str, Key]:
    """Return the keys of those `tables` `[RECIPE.NAME]` that there are, but for presets.

    What no table has is not loaded.
    """
    found = {name: recipe_type(name) for name in RECIPES if name in tables and name != "presets"}
    return {
        name: Key(name, type_info(kind), "", None, table=kind, tables=Tables.NAMED)
        for name, kind in found.items()
    }


def key_of(dotted: str, table: type[msgspec.Struct]) -> Key:
    """Return a key of a table, such as `s3.region` of that of the whole file."""
    name, _, rest = dotted.partition(".")
    key = keys_of(table)[name]
    return key_of(rest, key.table) if rest and key.table is not None else key


def _key(field: msgspec.inspect.Field, said: Metadata) -> Key:
    schema, extra = said.extra_json_schema or {}, said.extra or {}
    default = None if field.default is NODEFAULT else field.default
    table, tables = _table(said)
    is_set = isinstance(default, bool) or default not in (0, "", ())
    return Key(
        field.name, said, schema.get("description", ""), default if is_set else None,
        extra.get("default", ""), extra.get("trust"), schema.get("examples", [None])[0],
        table, tables,
    )  # fmt: skip


def _table(kind: Type) -> tuple[type[msgspec.Struct] | None, Tables]:
    """Return the struct of the tables that a value may be or have in it, and how they look."""
    match kind:
        case Metadata(type=inner):
            return _table(inner)
        case StructType(cls=cls):
            return cls, Tables.ONE
        case DictType(value_type=StructType(cls=cls)):
            return cls, Tables.NAMED
        case VarTupleType(item_type=StructType(cls=cls)):
            return cls, Tables.LISTED
        case UnionType(types=types):
            others = [each for each in types if not isinstance(each, NoneType)]
            found = next((each.cls for each in others if isinstance(each, StructType)), None)
            if found is not None:
                return found, Tables.ONE if len(others) == 1 else Tables.CHOICE
    return None, Tables.NONE


def in_words(kind: Type) -> str:  # noqa: PLR0911 - one a type
    """Return a type with its bounds in words."""
    match kind:
        case Metadata(type=inner, extra=extra):
            return (extra or {}).get("words") or in_words(inner)
        case UnionType(types=types):
            return " or ".join(in_words(each) for each in types if not isinstance(each, NoneType))
        case IntType(ge=low, le=high) | FloatType(ge=low, le=high):
            return f"{'whole ' * isinstance(kind, IntType)}number{_bounds(low, high)}"
        case VarTupleType(item_type=item):
            return f"list of {_plural(item)}"
        case DictType(key_type=key, value_type=value):
            return f"table of {_plural(value)} by {_plural(key)}"
        case StructType(cls=cls):
            return f"table of {', '.join(f'`{name}`' for name in keys_of(cls))}"
    return " or ".join(_choices(kind)) or "text"


def _plural(kind: Type) -> str:
    """Return what the items of a list or table are called."""
    if isinstance(kind, Metadata):
        return str((kind.extra or {}).get("plural", "texts"))
    return ", ".join(_choices(kind)) or "texts"


def _choices(kind: Type) -> list[str]:
    """Return the values of a type that has a few, none for others."""
    match kind:
        case BoolType():
            return ["`true`", "`false`"]
        case LiteralType(values=values):
            return [f"`{each}`" for each in values]
        case EnumType(cls=cls):
            return [f"`{each.value}`" for each in cls]
    return []


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return ""
    return f", at least {low}" if high is None else f", {low} to {high}"
