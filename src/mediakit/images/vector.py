"""Vector pictures, which are passed through as they are."""

from __future__ import annotations

import re

from mediakit.base.formats import format_of

_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]")
_HEAD = 64 * 1024
"""Bytes in which the root element is looked for: comments and a document type come before it."""


def is_svg(path: str, data: bytes) -> bool:
    """Return whether a file is called `.svg` and looks like one."""
    kind = format_of(path)
    return kind is not None and kind.name == "SVG" and _ROOT.search(data[:_HEAD]) is not None
