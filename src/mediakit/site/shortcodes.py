"""Tags of the bodies of Hugo and Eleventy that show pictures and videos.

Hugo: `{{< figure src="x.jpg" alt="…" >}}`, `{{< youtube ID >}}`, also with `%`. Eleventy:
`{% image "x.jpg", "alt" %}`, as its image plugin has it, and `{% youtube "ID" %}`. Both come
out as the tags of Jekyll that the reader knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.liquid import Include
from mediakit.site.providers import video_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORTCODE = re.compile(
    r"\{\{[<%]\s{0,9}([\w./-]{1,200})((?:[^\"`{}]|\"[^\"]{0,2000}\"|`[^`]{0,2000}`){0,2000}?)"
    r"\s{0,9}/?[>%]\}\}"
)
_ARGUMENTS = r"((?:[^%\"']|%(?!\})|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,500})"
_PARAMETER = re.compile(
    r"(?:([\w-]+)\s{0,9}[=:]\s{0,9})?(\"[^\"]*\"|'[^']*'|`[^`]*`|[^\s\"'`=:,/][^\s\"'`=,]*)"
)
_PICTURES = frozenset({"figure", "image", "img", "imgproc"})


def find_shortcodes(text: str) -> Iterator[Include]:
    """Yield Hugo's shortcodes for pictures and videos."""
    for match in _SHORTCODE.finditer(text):
        yield from _include(match, match[1], match[2])


def find_tags(text: str) -> Iterator[Include]:
    """Yield Eleventy's shortcodes for pictures and videos."""
    names = "|".join(("image", "figure", *video_tags()))
    for match in re.finditer(rf"\{{%-?\s{{0,9}}({names})\b{_ARGUMENTS}%\}}", text):
        yield from _include(match, match[1], match[2])


def _include(match: re.Match[str], name: str, arguments: str) -> Iterator[Include]:
    values: dict[str, str] = {}
    for found in _PARAMETER.finditer(arguments):
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
