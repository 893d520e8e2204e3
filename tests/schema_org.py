"""Judges JSON-LD by `schema_org.toml`: schema.org's properties, and what Google wants of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(?:/[\w/%:@!$&'()*+,;=~.-]*)?(?:\?[\w=&-]+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2}))?")
_DURATION = re.compile(r"PT(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?")


def faults(thing: Any, kind: str = "") -> list[str]:
    """Return what is wrong with an object, and with those inside."""
    kind = kind or thing.get("@type", "")
    if thing.get("@type") != kind or kind not in TABLE:
        return [f"{thing.get('@type')} is not {kind}"]
    row = TABLE[kind]
    found = [f"{kind} needs {each}" for each in row["required"] if each not in thing]
    if "one_of" in row and not thing.keys() & {*row["one_of"]}:
        found.append(f"{kind} needs one of {row['one_of']}")
    for name, value in thing.items():
        if name != "@type":
            found += _value_faults(f"{kind}.{name}", value, row["properties"].get(name, ""))
    return found


def _value_faults(where: str, value: Any, kind: str) -> list[str]:
    if not kind:
        return [f"{where} is no property"]
    if kind in TABLE:
        return [fault for each in _list(value) for fault in faults(each, kind)]
    return [] if _fits(kind, value) else [f"{where}: {value!r} is no {kind}"]


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and value == value.strip() != ""
        case "number":
            return isinstance(value, int)
        case "addresses":
            return bool(value) and all(_ADDRESS.fullmatch(each) for each in value)
    patterns = {"address": _ADDRESS, "date": _DATE, "duration": _DURATION}
    return patterns[kind].fullmatch(value) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
