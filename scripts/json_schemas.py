"""JSON Schemas that follow from types: that of `mediakit.toml`, and those of JSON documents."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import msgspec.inspect

from mediakit.base.own_files import CONFIG_FILE
from mediakit.config.keys import keys_of, recipe_keys
from mediakit.config.tables import FileSettings
from mediakit.images.preset import DEFAULT_PRESETS, Preset
from mediakit.images.recipes import RECIPES
from mediakit.report.documents import VERSION, ProblemEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> str:
    """Return the schema of `mediakit.toml`."""
    settings = _with_recipes()
    tree = _without_null(msgspec.json.schema(settings))
    parts = tree.pop("$defs")
    for kind in _tables(msgspec.inspect.type_info(settings)):
        part, keys = parts[kind.cls.__name__], keys_of(kind.cls)
        needed = [name for name in part.pop("required", ()) if name in keys]
        part |= {"required": needed} if needed else {}
        properties = {name: each for name, each in part["properties"].items() if name in keys}
        for name, each in properties.items():
            each["description"] = keys[name].plain_meaning
            if keys[name].default is None:
                each.pop("default", None)
        part["properties"] = properties
    for part in parts.values():
        _plain(part)
    whole = parts.pop(FileSettings.__name__)
    whole["properties"]["presets"] = _presets(whole["properties"]["presets"])
    parts[Preset.__name__].pop("required")
    head = {"$schema": DRAFT, "title": CONFIG_FILE, "description": "Settings of mediakit."}
    return _text({**head, **_body(whole), "$defs": parts})


def _plain(part: dict[str, Any]) -> None:
    """Drop the title; versions of msgspec differ in whether a description keeps its indents."""
    part.pop("title", None)
    if "description" in part:
        part["description"] = inspect.cleandoc(part["description"])


def _with_recipes() -> type[msgspec.Struct]:
    """Return the settings with the tables of recipes, which are read apart from them."""
    fields: list[tuple[str, Any, Any]] = []
    for name, key in recipe_keys(RECIPES).items():
        tables: Any = dict.__class_getitem__((str, key.table))
        said = msgspec.Meta(description=inspect.getdoc(key.table))
        fields.append((name, Annotated[tables, said], msgspec.field(default_factory=dict)))
    return msgspec.defstruct(
        FileSettings.__name__, fields, bases=(FileSettings,), forbid_unknown_fields=True
    )


def document_schema(name: str, kind: type[msgspec.Struct], problem: Mapping[str, Any]) -> str:
    """Return the schema of a document; `problem` are the definitions that all of them share."""
    tree = _null_last(msgspec.json.schema(kind))
    parts = tree.pop("$defs")
    whole = parts.pop(kind.__name__)
    for part in parts.values():
        _plain(part)
        part.pop("additionalProperties", None)
    whole["properties"]["version"] = {"const": VERSION}
    whole["required"] = ["version", *whole["required"]]
    if "ProblemEntry" in parts:
        del parts["ProblemEntry"], parts["Severity"]
        whole["properties"]["problems"]["items"] = {"$ref": "#/$defs/problem"}
        parts |= problem
    head = {
        "$schema": DRAFT,
        "title": f"mediakit {name}, version {VERSION}",
        "description": whole.pop("description"),
    }
    return _text({**head, **_body(whole), **({"$defs": parts} if parts else {})})


def documents_part(kinds: Mapping[str, type[msgspec.Struct]]) -> str:
    """Return the description of documents in Markdown: a heading and a table for each."""
    parts = []
    for name, kind in kinds.items():
        info = msgspec.inspect.type_info(kind)
        tables = _tables(info)
        about = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0]
        link = f"[{name}.schema.json](schemas/{name}.schema.json)"
        parts += [f"### {name}", f"{about} Schema: {link}."]
        parts += [_table(each, first=number == 0) for number, each in enumerate(tables)]
    return "\n\n".join(parts)


def _tables(info: msgspec.inspect.Type) -> list[msgspec.inspect.StructType]:
    """Return a struct, then those that are in it, but problems."""
    found: list[msgspec.inspect.StructType] = []
    queue = [info]
    while queue:
        each = queue.pop(0)
        if isinstance(each, msgspec.inspect.Metadata):
            queue.append(each.type)
        elif isinstance(each, msgspec.inspect.UnionType):
            queue += each.types
        elif isinstance(each, msgspec.inspect.ListType | msgspec.inspect.VarTupleType):
            queue.append(each.item_type)
        elif isinstance(each, msgspec.inspect.DictType):
            queue.append(each.value_type)
        elif isinstance(each, msgspec.inspect.StructType) and each.cls is not ProblemEntry:
            found.append(each)
            queue += [field.type for field in each.fields]
    return found


def _table(struct: msgspec.inspect.StructType, *, first: bool) -> str:
    rows = ["| Field | Type | Meaning |", "| --- | --- | --- |"]
    for field in struct.fields:
        if field.name not in {"version", "problems"}:
            about = _description(field.type)
            rows.append(f"| `{field.name}` | {_word(field.type)} | {about} |")
    if first and any(field.name == "problems" for field in struct.fields):
        rows.append("| `problems` | list | See [problems](#problems). |")
    head = "" if first else f"{inspect.cleandoc(struct.cls.__doc__ or '')}\n\n"
    return head + "\n".join(rows)


def _description(kind: msgspec.inspect.Type) -> str:
    extra = kind.extra_json_schema if isinstance(kind, msgspec.inspect.Metadata) else None
    return str((extra or {}).get("description", ""))


def _word(kind: msgspec.inspect.Type) -> str:
    """Return what a type is called in the tables."""
    if isinstance(kind, msgspec.inspect.Metadata):
        return _word(kind.type)
    if isinstance(kind, msgspec.inspect.UnionType):
        return " or ".join(_word(each) for each in kind.types)
    if isinstance(kind, msgspec.inspect.LiteralType):
        return " or ".join(f"`{each}`" for each in kind.values)
    if isinstance(kind, msgspec.inspect.EnumType):
        return " or ".join(f"`{each.value}`" for each in kind.cls)
    words = {
        msgspec.inspect.IntType: "number", msgspec.inspect.StrType: "text",
        msgspec.inspect.BoolType: "true or false", msgspec.inspect.ListType: "list",
        msgspec.inspect.StructType: "object", msgspec.inspect.NoneType: "null",
        msgspec.inspect.AnyType: "any", msgspec.inspect.DictType: "object",
    }  # fmt: skip
    return words[type(kind)]


def _presets(part: dict[str, Any]) -> dict[str, Any]:
    """Return the tables `[presets.NAME]`: those that are no default ones lack what one needs."""
    table = part.pop("additionalProperties")
    sides = [{"required": ["width"]}, {"required": ["fit", "height"]}]
    # in two parts, since editors may go by a draft that ignores what stands beside a $ref
    needed = {"required": ["roles", "suffix"], "anyOf": sides}
    return {
        **part,
        "properties": {preset.name: table for preset in DEFAULT_PRESETS},
        "additionalProperties": {"allOf": [table, needed]},
    }


def _body(whole: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in whole.items() if key not in {"title", "description"}}


def _null_last(part: Any) -> Any:  # noqa: ANN401 - a tree of JSON
    """Return a schema with null as the last alternative: versions of msgspec differ in that."""
    if isinstance(part, list):
        return [_null_last(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {key: _null_last(value) for key, value in part.items()}
    if "anyOf" in found:
        found["anyOf"].sort(key=lambda each: each == {"type": "null"})
    return found


def _without_null(part: Any) -> Any:  # noqa: ANN401 - a tree of JSON
    """Return a schema without null, which TOML does not have, and without empty defaults."""
    if isinstance(part, list):
        return [_without_null(each) for each in part if each != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    found = {
        key: _without_null(value)
        for key, value in part.items()
        if key != "default" or value not in (None, [], {})
    }
    if len(found.get("anyOf", ())) == 1:
        (only,) = found.pop("anyOf")
        found |= only
    return found


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
