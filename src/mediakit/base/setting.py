"""What a setting says of itself, once, in the annotation of its field."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

from msgspec import Meta


class Trust(Enum):
    """What a file may say of a setting, since a stranger can have written the file.

    `config/file_rules.py` has the rule for each but HARMLESS, whose type is rule enough.
    """

    HARMLESS = "harmless"
    READS = "paths or globs of files to read"
    ROOTS = "folders to read, or an empty text for the site root"
    WRITES = "a folder to write to"
    CATALOG = "the catalog's path"
    TARGET = "a target"
    EXECUTOR = "an executor"
    ENDPOINT = "a server that gets credentials"


HARMLESS = Trust.HARMLESS


def setting(
    trust: Trust,
    description: str,
    example: object,
    *,
    default: str = "",
    **bounds: Any,  # noqa: ANN401 - those of msgspec.Meta
) -> Meta:
    """Return the annotation of a setting; a field without one cannot be set by a file.

    `default` says in words what applies where the field has no default value.
    """
    extra = {"trust": trust, "default": default}
    return Meta(description=description, examples=[example], extra=extra, **bounds)


def bounds(words: str, plural: str = "", **limits: Any) -> Meta:  # noqa: ANN401 - of msgspec.Meta
    """Return bounds of a type, and the words for them that messages and the reference have."""
    return Meta(extra={"words": words, "plural": plural or f"{words}s"}, **limits)


Colour = Annotated[str, bounds("colour as `#rrggbb`", pattern=r"^#[0-9a-fA-F]{6}$")]
"""The type of a setting that is a colour."""
