"""Bytes of a content file to its front matter and body, by Jekyll's rules.

The format is a python-frontmatter handler, `JekyllHandler`: the front matter starts in the
first line and ends at `---` or `...`, and is loaded into a tree that keeps lines and raw
scalars (see `yaml_tree`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from frontmatter.default_handlers import YAMLHandler

from mediakit.errors import ManifestError
from mediakit.manifest.yaml_tree import Document, Mapping, Scalar, parse_yaml

MAX_BYTES = 16_000_000
"""Content files above this are not pages that anybody wrote."""

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A content file taken apart; `body_line` is the line in the file where `body` starts."""

    front_matter: Mapping
    body: str
    body_line: int
    repeated: tuple[tuple[str, int], ...] = ()


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
    """Take a content file apart; None if it has no front matter (Jekyll copies such a file).

    Raises:
        ManifestError: it is too large, not UTF-8, its front matter is not closed, not YAML, or
            not a mapping.
    """
    if len(data) > MAX_BYTES:
        raise ManifestError("too-large", f"{len(data):,} bytes is too large for a content file")
    text = decode(data)
    handler = JekyllHandler()
    if not handler.detect(text):
        return None
    block, body = handler.split(text)
    document: Document = handler.load(block)
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
    return Page(root, body, body_line, document.repeated)


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
