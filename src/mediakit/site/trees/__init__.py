"""Documents as trees that keep the line of each value: YAML, TOML and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.site.trees.yaml import Mapping, Oddity, YamlDocument, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable


def parser_of(language: str) -> Callable[..., YamlDocument]:
    """Return the parser of a language of front matter; few sites have any but YAML.

    A language such as JavaScript has to be run, which nothing here does: nothing is read of it.
    """
    if language == "toml":
        from mediakit.site.trees.toml import parse_toml  # noqa: PLC0415 - few sites have it

        return parse_toml
    if language == "json":
        from mediakit.site.trees.json import parse_json  # noqa: PLC0415 - few sites have it

        return parse_json
    if language in {"yaml", "yml"}:
        return parse_yaml

    def unread(_block: str, _line: int) -> YamlDocument:
        message = f"front matter in {language!r} is not read, only the text below it"
        return YamlDocument(Mapping({}, 1), (Oddity("foreign-front-matter", message, 1),))

    return unread


def decode(data: bytes) -> str:
    r"""Decode UTF-8 with or without a byte order mark, and any line ends, to text with `\\n`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise ManifestError(
            "not-utf-8", f"byte 0x{data[error.start]:02x} is not UTF-8", line,
            "save the file as UTF-8",
        ) from error  # fmt: skip
    return text.replace("\r\n", "\n").replace("\r", "\n")
