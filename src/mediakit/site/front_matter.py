"""Bytes of a content file to its front matter and body.

YAML is taken by Jekyll's rules, with a python-frontmatter handler, `JekyllHandler`: it starts in
the first line and ends at `---` or `...`. TOML stands between lines of `+++`, JSON is an object
at the start of the file, and `---toml` and `---json` are Eleventy's. Each is loaded into a tree
that keeps lines and raw scalars (see `yaml_tree`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from frontmatter.default_handlers import YAMLHandler

from mediakit.base.errors import ManifestError
from mediakit.site.trees.yaml import Document, Mapping, Scalar, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 4_000_000
"""Content files above this are not pages that anybody wrote."""

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)
_OTHER_OPENING = re.compile(r"(?P<toml>\+\+\+)[ \t]*\n|---[ \t]*(?P<name>[a-z]+)[ \t]*\n")
_OTHER_CLOSING = {
    "+++": re.compile(r"^\+\+\+[ \t]*$\n?", re.MULTILINE),
    "---": re.compile(r"^---[ \t]*$\n?", re.MULTILINE),
}
_OBJECT = re.compile(r"\{\s*[\"}]")


class Format(StrEnum):
    """How front matter is written and where it stands."""

    YAML = "yaml"
    TOML = "toml"
    JSON = "json"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Page:
    """A content file taken apart; `body_line` is the line in the file where `body` starts."""

    front_matter: Mapping
    body: str
    body_line: int
    repeated: tuple[tuple[str, int], ...] = ()
    format: Format = Format.YAML


class JekyllHandler(YAMLHandler):
    """Front matter as Jekyll delimits it, loaded into a `yaml_tree.Document`."""

    def detect(self, text: str) -> bool:
        """Return whether `text` starts with a front matter block."""
        return _OPENING.match(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Split into front matter and body; raises ManifestError where the block never ends."""
        opening = _OPENING.match(text)
        start = opening.end() if opening else 0
        closing = _CLOSING.search(text, start)
        if closing is None:
            raise ManifestError(
                "unclosed-front-matter",
                "the front matter is never closed",
                1,
                "end it with a line that holds only ---",
            )
        return text[start : closing.start()], text[closing.end() :]

    def load(self, fm: str, **_kwargs: object) -> Any:  # noqa: ANN401 - the base class's type
        """Parse the block between the delimiters; its first line is line 2 of the file."""
        return parse_yaml(fm, first_line=2)


def read_page(data: bytes) -> Page | None:
    """Take a content file apart; None if it has no front matter.

    Raises:
        ManifestError: it is too large, not UTF-8, its front matter is not closed, not in its
            format, or not a mapping.
    """
    if len(data) > MAX_BYTES:
        raise ManifestError(
            "too-large",
            f"{len(data):,} bytes are too many for a content file",
            hint=f"it may have {MAX_BYTES:,}: leave out what is no page",
        )
    text = decode(data)
    handler = JekyllHandler()
    if not handler.detect(text):
        return _read_other(text)
    block, body = handler.split(text)
    return _page(text, body, handler.load(block), Format.YAML)


def bare_page(data: bytes) -> Page:
    """Return a content file without front matter as a page that is all body."""
    return Page(Mapping({}, 1), decode(data), 1)


def _page(text: str, body: str, document: Document, format_: Format) -> Page:
    root = document.root
    if isinstance(root, Scalar) and root.is_null:
        root = Mapping({}, 2)
    if not isinstance(root, Mapping):
        raise ManifestError(
            "not-a-mapping",
            "the front matter is not a mapping",
            root.line,
            "write it as `key: value` lines",
        )
    body_line = 1 + text.count("\n", 0, len(text) - len(body))
    return Page(root, body, body_line, document.repeated, format_)


def _read_other(text: str) -> Page | None:
    """Take a file apart whose front matter is not YAML between `---`."""
    if text.startswith("{"):
        return _read_object(text) if _OBJECT.match(text) else None
    opening = _OTHER_OPENING.match(text)
    if opening is None:
        return None
    mark = opening["toml"] or "---"
    closing = _OTHER_CLOSING[mark].search(text, opening.end())
    if closing is None:
        raise ManifestError(
            "unclosed-front-matter",
            "the front matter is never closed",
            1,
            f"end it with a line that holds only {mark}",
        )
    parse = _parser(opening["name"] or "toml")
    document = parse(text[opening.end() : closing.start()], 2)
    format_ = Format.TOML if opening["toml"] else Format.NAMED
    return _page(text, text[closing.end() :], document, format_)


def _read_object(text: str) -> Page:
    from mediakit.site.trees.json import end_of_json  # noqa: PLC0415 - few sites have it

    end = end_of_json(text, 0)
    document = _parser("json")(text[:end], 1)
    return _page(text, text[end:].removeprefix("\n"), document, Format.JSON)


def _parser(name: str) -> Callable[[str, int], Document]:
    """Return what parses front matter of this name; few sites have any but YAML."""
    if name == "toml":
        from mediakit.site.trees.toml import parse_toml  # noqa: PLC0415 - see above

        return parse_toml
    if name == "json":
        from mediakit.site.trees.json import parse_json  # noqa: PLC0415 - see above

        return parse_json
    if name in {"yaml", "yml"}:
        return parse_yaml
    raise ManifestError(
        "foreign-front-matter",
        f"front matter in {name!r} cannot be read",
        1,
        "write it as YAML, TOML or JSON",
    )


def decode(data: bytes) -> str:
    r"""Decode UTF-8 with or without a byte order mark, and any line ends, to text with `\\n`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise ManifestError(
            "not-utf-8",
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            line,
            "save the file as UTF-8",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
