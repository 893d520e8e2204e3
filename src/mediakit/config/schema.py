"""The JSON Schema of `mediakit.toml`, for editors."""

from __future__ import annotations

from importlib import resources

SCHEMA_NAME = "mediakit.schema.json"


def schema_text() -> str:
    """Return the schema, draft 2020-12; `scripts/reference.py` makes it of `toml_tables.py`."""
    return (resources.files("mediakit") / "config" / SCHEMA_NAME).read_text("utf-8")
