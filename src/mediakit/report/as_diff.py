"""Changes of pages as unified diffs."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from mediakit.report.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_PLAIN = "\x1b[0m"


def diff_lines(path: str, before: bytes, after: bytes, *, colour: bool = False) -> Iterator[str]:
    """Yield the lines of a unified diff, control characters in them escaped."""
    old, new = (text.decode("utf-8-sig", "replace").splitlines() for text in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm=""):
        shown = printable(line)
        paint = _COLOURS.get(line[:1], "") if colour and not line.startswith(("+++", "---")) else ""
        yield f"{paint}{shown}{_PLAIN}" if paint else shown
