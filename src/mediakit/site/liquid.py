"""The tags of template languages that pages use for pictures and videos; nothing is run.

- Jekyll (Liquid): `{{ site.baseurl }}`, `{{ site.url }}`, `{{ page.KEY }}`, quoted strings, the
  filters `relative_url` and `absolute_url` (which change nothing that a site path keeps), and
  `{% include NAME key="value" key=page.KEY %}`
- Hugo: `{{< figure src="x.jpg" alt="…" >}}`, `{{< youtube ID >}}`, also with `%`
- Eleventy: `{% image "x.jpg", "alt" %}`, as its image plugin has it, and `{% youtube "ID" %}`

Hugo's and Eleventy's tags come out as the includes of Jekyll.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.site.providers import video_tags

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

_SHORTCODE = re.compile(
    r"\{\{[<%]\s{0,9}([\w./-]{1,200})((?:[^\"`{}]|\"[^\"]{0,2000}\"|`[^`]{0,2000}`){0,2000}?)"
    r"\s{0,9}/?[>%]\}\}"
)
_ARGUMENTS = r"((?:[^%\"']|%(?!\})|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,500})"
_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s{0,9}[=:]\s{0,9})?(\"[^\"]*\"|'[^']*'|`[^`]*`|[^\s\"'`=:,/][^\s\"'`=,]*)"
)
_PICTURES = frozenset({"figure", "image", "img", "imgproc"})


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


def find_shortcodes(text: str) -> Iterator[Include]:
    """Yield Hugo's shortcodes for pictures and videos."""
    for match in _SHORTCODE.finditer(text):
        yield from _shown(match, match[1], match[2])


def find_tags(text: str) -> Iterator[Include]:
    """Yield Eleventy's shortcodes for pictures and videos."""
    names = "|".join(("image", "figure", *video_tags()))
    for match in re.finditer(rf"\{{%-?\s{{0,9}}({names})\b{_ARGUMENTS}%\}}", text):
        yield from _shown(match, match[1], match[2])


def _shown(match: re.Match[str], name: str, arguments: str) -> Iterator[Include]:
    values: dict[str, str] = {}
    for found in _ARGUMENT.finditer(arguments):
        values.setdefault(found[1] or str(len(values)), _quoted(found[2]))
    start, end = match.span()
    if name in _PICTURES:
        source = values.get("src") or values.get("0")
        alt = values.get("alt") or values.get("1") or '""'
        if source is not None:
            yield Include("figure", {"image_path": source, "alt": alt}, start, end)
    elif provider := video_tags().get(name):
        video = values.get("id") or values.get("0")
        if video is not None:
            yield Include("video", {"id": video, "provider": f'"{provider}"'}, start, end)


def _quoted(text: str) -> str:
    """Return a value in quotes: here a bare word is a text, not a name."""
    bare = text[1:-1] if text[0] in "\"'`" else text
    return f'"{bare}"'
