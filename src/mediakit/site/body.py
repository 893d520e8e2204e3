"""The pictures and includes of a page's body, in the order in which the page shows them.

Markdown decides what is code and what is a picture, so `markdown.py` renders the body, and
`html.py` reads the result. Marks replace include tags before that; a mark that comes out inside
code or a comment is not shown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.model import Role
from mediakit.site import liquid
from mediakit.site.html import Use, read_html
from mediakit.site.markup import Markup
from mediakit.site.providers import video_tags
from mediakit.site.trees.yaml import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mediakit.base.model import ImageRef
    from mediakit.site.front_matter import Page
    from mediakit.site.kinds.kind import SiteKind
    from mediakit.site.reader import PageParser
    from mediakit.site.videos import VideoReader

_OUTPUT = re.compile(r"\{\{[^{}]*\}\}")
_MARK = re.compile("\ue000([0-9]+)\ue001")
_PLAIN = re.compile(r"[\w./:-]+")
_MOST_LOST = 100
"""Addresses that are looked for in vain: each look costs as much as the page is long."""
_UNKNOWN = re.compile("\\{[{%]|\ue000")


@dataclass(frozen=True, slots=True)
class BodyAddress:
    """The address of a picture, a link or a frame as written, with Liquid put in."""

    address: str
    line: int
    use: Use = Use.SHOWN
    alt: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class BodyInclude:
    """An include tag that the page shows."""

    name: str
    parameters: dict[str, str]
    line: int


class BodyReader:
    """Reads the body of one file into image references and videos."""

    def __init__(self, file: PageParser, videos: VideoReader) -> None:
        self._file = file
        self._videos = videos

    def read(self, path: str, page: Page, kind: SiteKind) -> Iterator[ImageRef]:
        """Yield the references of the body at a site path."""
        for item in scan_body(
            page.body, page.body_line, self._file.lookup, kind.markup(path), kind.tags
        ):
            if isinstance(item, BodyAddress):
                yield from self._address(item)
            elif item.name == "figure":
                address = self._parameter(item, "image_path")
                if address is not None:
                    alt = liquid.evaluate(item.parameters.get("alt", ""), self._file.lookup)
                    yield from self._address(BodyAddress(address, item.line, alt=alt))
            elif item.name == "video":
                self._read_video(item)

    def _address(self, item: BodyAddress) -> list[ImageRef]:
        if item.use is Use.FRAME and self._videos.read_frame(item.address, item.line):
            return []
        is_picture = item.use in {Use.SHOWN, Use.LIKELY}
        resolve = self._file.locate if is_picture else self._file.leads_to
        place = resolve(item.address, item.line, in_body=True)
        labels = {"alt": item.alt, "title": item.title}
        return self._file.reference(Role.BODY, "body", item.line, place, **labels)

    def _read_video(self, include: BodyInclude) -> None:
        found = self._parameter(include, "id")
        provider = liquid.evaluate(include.parameters.get("provider", ""), self._file.lookup)
        if found is not None:
            self._videos.add(Scalar(found, include.line), provider)

    def _parameter(self, include: BodyInclude, key: str) -> str | None:
        expression = include.parameters.get(key)
        value = liquid.evaluate(expression, self._file.lookup) if expression else None
        if value is None:
            what = f"`{expression}` has no value here" if expression else f"`{key}` is missing"
            self._file.warn("missing-value", f"include {include.name}: {what}", include.line)
        return value


def scan_body(
    body: str,
    first_line: int,
    lookup: Callable[[str], str | None],
    markup: Markup = Markup.COMMONMARK,
    tags: Callable[[str], Iterable[liquid.Include]] = liquid.find_includes,
) -> list[BodyAddress | BodyInclude]:
    """Return what the body shows, without addresses that need Liquid beyond `lookup`.

    `lookup` returns the text of a Liquid name (see `liquid.render`), `tags` finds tags in a text.
    """
    if not _may_show(body):
        return []
    text = liquid.silence(body.replace("\ue000", " "))
    includes = list(tags(text))
    marked = _put_marks(text, includes)
    marked = _OUTPUT.sub(lambda match: liquid.render(match[0], lookup) or match[0], marked)
    lines = _Lines(body, first_line)
    found: list[BodyAddress | BodyInclude] = []
    for item in read_html(_to_html(marked, markup)):
        if item.use is None:
            for match in _MARK.finditer(item.text):
                tag = includes[int(match[1])]
                found.append(BodyInclude(tag.name, tag.parameters, lines.at(tag.start)))
        elif not _UNKNOWN.search(item.text):
            line = lines.of(item.text)
            found.append(BodyAddress(item.text, line, item.use, item.alt, item.title))
    return found


def _may_show(body: str) -> bool:
    """Return whether a body may show anything: most do not, and need no parser."""
    tags = "|".join(video_tags())
    pattern = rf"!\[|<[a-z]|\]\(|\]:|\{{%-?\s*(?:include|image|figure|{tags})\s|\{{\{{[<%]"
    return re.search(pattern, body, re.IGNORECASE) is not None


def _to_html(text: str, markup: Markup) -> str:
    """Return the HTML of a text; comments that end are blank already, and others hide the rest."""
    if markup is Markup.HTML:
        return text.partition("<!--")[0]
    from mediakit.site.markdown import to_html  # noqa: PLC0415 - most bodies show nothing

    return to_html(text, markup)


def _put_marks(text: str, includes: list[liquid.Include]) -> str:
    parts, position = [], 0
    for number, tag in enumerate(includes):
        parts += [text[position : tag.start], f"\ue000{number}\ue001"]
        position = tag.end
    return "".join([*parts, text[position:]])


class _Lines:
    """Lines of the file; the search for an address starts at the address before."""

    def __init__(self, body: str, first_line: int) -> None:
        self._body = body
        self._first_line = first_line
        self._ends = [match.start() for match in re.finditer("\n", body)]
        self._position = 0
        self._lost = 0

    def at(self, offset: int) -> int:
        """Return the line of an offset in the body."""
        return self._first_line + bisect_left(self._ends, offset)

    def of(self, address: str) -> int:
        """Return the line of an address behind the last one; where it is not found, the last."""
        if self._lost < _MOST_LOST:
            found = self._find(address)
            self._position = max(found, 0) or self._position
            self._lost += found < 0
        return self.at(self._position)

    def _find(self, address: str) -> int:
        plain = max(_PLAIN.findall(address), key=len, default=address)
        for text in dict.fromkeys((address, address.replace("&", "&amp;"), plain)):
            for start in (self._position, 0):
                found = self._body.find(text, start)
                if found >= 0:
                    return found
        return -1
