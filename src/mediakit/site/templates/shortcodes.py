"""Texts with Hugo's shortcodes: `{{< name … >}}` and `{{% name … %}}`."""

from __future__ import annotations

import re

from mediakit.site.templates.arguments import read_arguments
from mediakit.site.templates.expanded import Expanded, Expansion, Tag

_OPENING = re.compile(r"\{\{([<%])")
_NAME = re.compile(r"\s*([\w./-]+)")
_ESCAPED = re.compile(r"\s*/\*")
_CLOSING = {"<": ">}}", "%": "%}}"}


def expand_shortcodes(text: str) -> Expanded:
    """Return a text with marks for its shortcodes; one that is shown as text is none."""
    made, at = Expansion(text), 0
    unclosed: set[str] = set()  # looked for once: a text of openings stays linear
    for opening in _OPENING.finditer(text):
        start, sign = opening.start(), opening[1]
        end = -1 if start < at or sign in unclosed else text.find(_CLOSING[sign], start)
        if end < 0:
            if start >= at:
                unclosed.add(sign)
            continue
        inner = text[opening.end() : end]
        name = None if _ESCAPED.match(inner) else _NAME.match(inner)
        made.keep(at, start)
        if name is not None and not name[1].startswith("/"):
            rest = inner[name.end() :].rstrip().removesuffix("/")
            made.mark(Tag(name[1], read_arguments(rest, str), start), start)
        else:
            made.blank(start, end)
        at = end + len(_CLOSING[sign])
    made.keep(at, len(text))
    return made.finished()
