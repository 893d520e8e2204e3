"""Texts with Hugo's shortcodes, and the folders that a shortcode puts before its arguments.

Hugo puts in `{{< name … >}}` after Markdown, `{{% name … %}}` before. To find the folders, the text
of a shortcode is read with a word in place of each argument: what stands before that word, up to
the beginning of the address, is the folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.templates.expanded import Expanded, Expansion, Tag, read_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.paths import SiteAddress


_OPENING = re.compile(r"\{\{([<%])")
_NAME = re.compile(r"\s*([\w./-]+)")
_CODE = "highlight"
_CODE_END = re.compile(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}")
_ESCAPED = re.compile(r"\s*/\*")
_END = {
    sign: re.compile(rf"\"[^\"]*\"|`[^`]*`|({closing}\}}\}})")
    for sign, closing in (("<", ">"), ("%", "%"))
}
"""A text in quotes, or in its group the end of a shortcode."""
_GET = re.compile(r"\{\{-?\s{0,9}(?:\$?\.)Get\s{1,9}[\"`]?([\w-]{1,99})[\"`]?[^{}]{0,200}\}\}")
_ACTION = re.compile(r"\{\{[^{}]{0,2000}\}\}")
WORD = "mediakit-argument.{}.end"
_FOUND = re.compile(r"mediakit-argument\.([\w-]{1,99})\.end")
_EDGE = re.compile(r"[\s\"'`(),<>=\ue000\ue001]")
_LONGEST = 300


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
        code_end = _end_of_code(text, end, unclosed) if name and name[1] == _CODE else None
        if code_end is not None:
            made.blank(start, code_end)
            at = code_end
            continue
        if name is not None and not name[1].startswith("/"):
            rest = inner[name.end() :].rstrip().removesuffix("/")
            tag = Tag(name[1], read_arguments(rest, str), start, outlasts_code=sign == "<")
            made.mark(tag, start)
        else:
            made.blank(start, end)
        at = end + len(">}}")
    made.keep(at, len(text))
    return made.finished()


def _end_of_code(text: str, start: int, unclosed: set[str]) -> int | None:
    """Return where the code of a `highlight` ends, None where it does not."""
    if _CODE in unclosed:
        return None
    found = _CODE_END.search(text, start)
    if found is None:
        unclosed.add(_CODE)
        return None
    return found.end()


def of_shortcode(text: str, address: SiteAddress) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a shortcode of Hugo, each with a folder put before it."""
    shown = _GET.sub(lambda match: WORD.format(match[1]), text)
    yield from prefixes(_ACTION.sub(" ", shown), address)


def prefixes(shown: str, address: SiteAddress) -> Iterator[tuple[str, str]]:
    """Yield the arguments, each with the folder before the word that stands for it in a text."""
    for match in _FOUND.finditer(shown):
        before = shown[max(0, match.start() - _LONGEST) : match.start()]
        prefix = _EDGE.split(before)[-1].removeprefix(address.url.rstrip("/"))
        prefix = prefix.removeprefix("/" + address.baseurl.strip("/"))
        if not prefix.endswith("/") or "//" in prefix or ".." in prefix or _FOUND.search(prefix):
            continue
        folder = prefix.strip("/")
        if folder:
            yield match[1], folder
