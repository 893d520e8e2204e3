"""The pictures and includes of a page's body, in the order in which the page shows them.

Markdown decides what is code and what is a picture, so markdown-it-py (CommonMark and tables)
renders the body, and Python's HTML parser reads the result. Marks replace include tags before
that; a mark that comes out inside code or a comment is not shown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.model import Role
from mediakit.site import liquid
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
_UNKNOWN = re.compile("\\{[{%]|\ue000")
_UNENDED = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_MOST_UNENDED = 100
_HIDDEN = frozenset({"code", "pre", "script", "style", "template"})


@dataclass(frozen=True, slots=True)
class BodyPicture:
    """A picture, or a link to one (`is_link`): its address as written, with Liquid put in."""

    address: str
    line: int
    alt: str | None = None
    title: str | None = None
    is_link: bool = False


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
        markdown = PurePosixPath(path).suffix.lower() not in {".html", ".htm"}
        for item in scan_body(
            page.body, page.body_line, self._file.lookup, markdown=markdown, tags=kind.tags
        ):
            if isinstance(item, BodyPicture):
                yield from self._picture(item)
            elif item.name == "figure":
                address = self._parameter(item, "image_path")
                if address is not None:
                    alt = liquid.evaluate(item.parameters.get("alt", ""), self._file.lookup)
                    yield from self._picture(BodyPicture(address, item.line, alt))
            elif item.name == "video":
                self._read_video(item)

    def _picture(self, picture: BodyPicture) -> list[ImageRef]:
        resolve = self._file.leads_to if picture.is_link else self._file.locate
        place = resolve(picture.address, picture.line, in_body=True)
        labels = {"alt": picture.alt, "title": picture.title}
        return self._file.reference(Role.BODY, "body", picture.line, place, **labels)

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
    *,
    markdown: bool = True,
    tags: Callable[[str], Iterable[liquid.Include]] = liquid.find_includes,
) -> list[BodyPicture | BodyInclude]:
    """Return what the body shows, without addresses that need Liquid beyond `lookup`.

    `lookup` returns the text of a Liquid name (see `liquid.render`), `tags` finds tags in a text.
    """
    if not _may_show(body):
        return []
    text = liquid.silence(body.replace("\ue000", " "))
    includes = list(tags(text))
    marked = _put_marks(text, includes)
    marked = _OUTPUT.sub(lambda match: liquid.render(match[0], lookup) or match[0], marked)
    collector = _Collector()
    with suppress(AssertionError):  # html.parser gives up so on broken `<![` declarations
        collector.feed(_tamed(_to_html(marked) if markdown else _uncommented(marked)))
        collector.close()
    lines = _Lines(body, first_line)
    found: list[BodyPicture | BodyInclude] = []
    for item in collector.found:
        if isinstance(item, int):
            tag = includes[item]
            found.append(BodyInclude(tag.name, tag.parameters, lines.at(tag.start)))
        elif not _UNKNOWN.search(item.address):
            found.append(lines.placed(item))
    return found


def _may_show(body: str) -> bool:
    """Return whether a body may show anything: most do not, and need no parser."""
    tags = "|".join(video_tags())
    pattern = rf"!\[|<img|\]\(|\]:|\{{%-?\s*(?:include|image|figure|{tags})\s|\{{\{{[<%]"
    return re.search(pattern, body, re.IGNORECASE) is not None


def _put_marks(text: str, includes: list[liquid.Include]) -> str:
    parts, position = [], 0
    for number, tag in enumerate(includes):
        parts += [text[position : tag.start], f"\ue000{number}\ue001"]
        position = tag.end
    return "".join([*parts, text[position:]])


def _to_html(text: str) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - most bodies hold no picture

    parser = MarkdownIt("commonmark").enable("table").disable("html_block")
    parser.validateLink = lambda _url: True  # type: ignore[method-assign,assignment]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    rendered: str = parser.render(text)
    return rendered


def _uncommented(text: str) -> str:
    """Return HTML up to a comment that never ends; other comments are blank already."""
    return text.partition("<!--")[0]


def _tamed(text: str) -> str:
    """Return HTML with few unclosed tags: each may cost the parser a look at all the rest."""
    numbers = count()
    return _UNENDED.sub(lambda _: "<" if next(numbers) < _MOST_UNENDED else "&lt;", text)


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[int | BodyPicture] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        if self._hidden:
            return
        values = dict(attrs)
        address = values.get("src" if tag == "img" else "href")
        if tag in {"img", "a"} and address:
            self.found.append(
                BodyPicture(address, 0, values.get("alt"), values.get("title"), tag == "a")
            )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HIDDEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.extend(int(match[1]) for match in _MARK.finditer(data))


class _Lines:
    """Lines of the file; the search for an address starts at the address before."""

    def __init__(self, body: str, first_line: int) -> None:
        self._body = body
        self._first_line = first_line
        self._ends = [match.start() for match in re.finditer("\n", body)]
        self._position = 0

    def at(self, offset: int) -> int:
        """Return the line of an offset in the body."""
        return self._first_line + bisect_left(self._ends, offset)

    def placed(self, picture: BodyPicture) -> BodyPicture:
        found = self._body.find(picture.address, self._position)
        if found < 0:
            found = self._body.find(picture.address)
        if found >= 0:
            self._position = found
        return replace(picture, line=self.at(self._position))
