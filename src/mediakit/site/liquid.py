"""The little Liquid that addresses and includes use; nothing is run.

Known are `{{ site.baseurl }}`, `{{ site.url }}`, `{{ page.KEY }}`, quoted strings, the
filters `relative_url` and `absolute_url` (which change nothing that a site path keeps), and
`{% include NAME key="value" key=page.KEY %}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OUTPUT = re.compile(r"\{\{-?([^{}]*?)-?\}\}")
_LINK = re.compile(r"\{%-?\s*link\s+(\S+?)\s*-?%\}")
_FILTERS = frozenset({"relative_url", "absolute_url", "strip", "escape", "uri_escape", "default"})
_OPENING = re.compile(r"<!--|\{%-?\s{0,9}(comment|raw|highlight)\b[^%]{0,200}%\}")
_CLOSING = {
    None: re.compile(r"-->"),
    "comment": re.compile(r"\{%-?\s{0,9}endcomment\s{0,9}-?%\}"),
    "raw": re.compile(r"\{%-?\s{0,9}endraw\s{0,9}-?%\}"),
    "highlight": re.compile(r"\{%-?\s{0,9}endhighlight\s{0,9}-?%\}"),
}
_VALUE = r"[^%\"'{]|\{(?!%)|%(?!\})|\"[^\"]{0,2000}\"|'[^']{0,2000}'"
_INCLUDE = re.compile(
    rf"\{{%-?\s{{0,9}}include\s{{1,9}}([\w./-]{{1,200}})((?:{_VALUE}){{0,2000}})%\}}"
)
_PARAMETER = re.compile(r"""([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""")


@dataclass(frozen=True, slots=True)
class Include:
    """An include tag; `end` is the offset behind it, values keep their quotes or are names."""

    name: str
    parameters: dict[str, str]
    start: int
    end: int


def render(text: str, lookup: Callable[[str], str | None]) -> str | None:
    """Replace the Liquid in an address; None where some of it is not known.

    `lookup` takes a name such as `page.image` or `site.baseurl`, and returns its text.
    """
    if "{" not in text:
        return text
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        name, *filters = (part.strip() for part in match[1].split("|"))
        known = all(each.split(":")[0].strip() in _FILTERS for each in filters)
        found = evaluate(name, lookup) if known else None
        unknown = unknown or found is None
        return found or ""

    text = _OUTPUT.sub(value, _LINK.sub(r"/\1", text))
    return None if unknown or "{%" in text or "{{" in text else text


def evaluate(expression: str, lookup: Callable[[str], str | None]) -> str | None:
    """Return the text of a quoted string or a name, None where the name has no value."""
    if len(expression) > 1 and expression[0] in "\"'" and expression[-1] == expression[0]:
        return expression[1:-1]
    return lookup(expression)


def silence(text: str) -> str:
    """Blank out comments (Liquid's and HTML's), raw and highlight blocks, keeping all lines."""
    parts: list[str] = []
    position = 0
    unclosed: set[str | None] = set()  # searched for once: a file of openings stays linear
    for opening in _OPENING.finditer(text):
        if opening.start() < position or opening[1] in unclosed:
            continue
        closing = _CLOSING[opening[1]].search(text, opening.end())
        if closing is None:
            unclosed.add(opening[1])
            continue
        blank = re.sub(r"[^\n]", " ", text[opening.start() : closing.end()])
        parts += [text[position : opening.start()], blank]
        position = closing.end()
    return "".join([*parts, text[position:]])


def find_includes(text: str) -> Iterator[Include]:
    """Yield the include tags in their order."""
    for match in _INCLUDE.finditer(text):
        parameters = {found[1]: found[2] for found in _PARAMETER.finditer(match[2])}
        yield Include(match[1].removesuffix(".html"), parameters, match.start(), match.end())
