"""Texts with Hugo's shortcodes: `{{< name … >}}` and `{{% name … %}}`.

Hugo puts those of the first form in after Markdown, those of the second before.
"""

from __future__ import annotations

import re

from mediakit.site.templates.arguments import read_arguments
from mediakit.site.templates.expanded import Expanded, Expansion, Tag

_OPENING = re.compile(r"\{\{([<%])")
_NAME = re.compile(r"\s*([\w./-]+)")
_ESCAPED = re.compile(r"\s*/\*")
_END = {
    sign: re.compile(rf"\"[^\"]*\"|`[^`]*`|({closing}\}}\}})")
    for sign, closing in (("<", ">"), ("%", "%"))
}
"""A text in quotes, or in its group the end of a shortcode."""


def expand_shortcodes(text: str) -> Expanded:
    """Return a text with marks for its shortcodes; one that is shown as text is none."""
    made, at = Expansion(text), 0
    unclosed: set[str] = set()  # looked for once: a text of openings stays linear
    for opening in _OPENING.finditer(text):
        start, sign = opening.start(), opening[1]
        if start < at or sign in unclosed:
            continue
        ends = (each.start(1) for each in _END[sign].finditer(text, opening.end()) if each[1])
        end = next(ends, -1)
        if end < 0:
            unclosed.add(sign)
            continue
        inner = text[opening.end() : end]
        name = None if _ESCAPED.match(inner) else _NAME.match(inner)
        made.keep(at, start)
        if name is not None and not name[1].startswith("/"):
            rest = inner[name.end() :].rstrip().removesuffix("/")
            tag = Tag(name[1], read_arguments(rest, str), start, outlasts_code=sign == "<")
            made.mark(tag, start)
        else:
            made.blank(start, end)
        at = end + len(">}}")
    made.keep(at, len(text))
    return made.finished()
