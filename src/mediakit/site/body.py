"""The pictures and includes of a page's body, in the order in which the page shows them.

Markdown decides what is code and what is a picture, so `markdown/` renders the body, and
`html.py` reads the result. Before that, templates are put in, with marks for tags (`templates/`); a
mark that comes out inside code or a comment is not shown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mediakit.base.formats import film_of
from mediakit.base.model import PageText, Role
from mediakit.site.html import AddressUse, Found, film_tag, read_html
from mediakit.site.kinds.kind import Markup
from mediakit.site.paths import names_picture
from mediakit.site.templates.expanded import MARK, Expanded, Tag, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as AnyMapping

    from mediakit.base.model import FilmTag, ImageRef
    from mediakit.site.front_matter import Page
    from mediakit.site.kinds.kind import SiteKind
    from mediakit.site.reader import PageParser
    from mediakit.site.tags import TagReader
    from mediakit.site.trees.yaml import Mapping

_GALLERY_ARGUMENTS = frozenset({"id", "layout", "class", "caption"})
"""What the theme's include takes; one with others is the site's own."""

_PRIVATE = re.compile("[\ue000\ue001]")
_QUERY = re.compile(r"[?#]")
_PLAIN = re.compile(r"[\w./:-]+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")
_BLOCK_END = re.compile(r"(\n[ \t]*\n)")
_SIGN = re.compile(r"[^\n]")
_NEAR = 10_000
"""Characters behind an address in which the next one is looked for first, in all spellings."""
_MOST_LOST = 100
"""Addresses that are looked for in vain: each look costs as much as the page is long."""


@dataclass(frozen=True, slots=True)
class BodyAddress:
    """The address of a picture, a link or a frame as written, with Liquid put in."""

    address: str
    line: int
    use: AddressUse = AddressUse.SHOWN
    alt: str | None = None
    title: str | None = None
    video: AnyMapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class BodyTag:
    """An include, shortcode or tag of a plugin that the page shows."""

    tag: Tag
    line: int


@dataclass(frozen=True, slots=True)
class BodyGap:
    """The address of a picture that cannot be known, as written, and why."""

    written: str
    line: int
    reason: Unknown


BodyItem: TypeAlias = BodyAddress | BodyTag | BodyGap


class BodyReader:
    """Reads the body of one file into image references, videos and links to documents."""

    def __init__(self, file: PageParser) -> None:
        self._file = file
        self._files: list[tuple[tuple[str, ...], int]] = []
        self._galleries: list[tuple[str, int]] = []
        self._films: list[FilmTag] = []

    def read(self, path: str, page: Page, kind: SiteKind) -> Iterator[ImageRef]:
        """Yield the references of the body at a site path."""
        tags: TagReader | None = None
        for item in scan_body(
            page.body, page.body_line, self._file.addresses.expand, kind.markup(path)
        ):
            if isinstance(item, BodyAddress):
                yield from self._address(item)
            elif isinstance(item, BodyTag):
                from mediakit.site.tags import TagReader  # noqa: PLC0415 - most bodies have none

                tags = tags or TagReader(self._file, kind)
                yield from tags.read(item.tag, item.line)
                self._note_gallery(item, kind)
            else:
                self._file.warn_of_gap(item.written, item.reason, item.line)

    def text(self, fields: Mapping, ignored: tuple[str, ...]) -> PageText:
        """Return what the body that was read refers to, on a page with these fields and codes."""
        unknown = (each for each in self._galleries if each[0] not in fields.entries)
        return PageText(tuple(self._files), tuple(unknown), ignored, tuple(self._films))

    def _note_gallery(self, item: BodyTag, kind: SiteKind) -> None:
        """Note the include of the theme that shows a gallery of the front matter."""
        tag = item.tag
        is_gallery = tag.name.removesuffix(".html") == "gallery" and not tag.is_foreign
        if kind.has_theme and is_gallery and tag.arguments.keys() <= _GALLERY_ARGUMENTS:
            given = tag.arguments.get("id")
            name = "gallery" if given is None else given.text
            if name:
                self._galleries.append((name, item.line))

    def _address(self, item: BodyAddress) -> list[ImageRef]:
        if item.use in {AddressUse.LINK, AddressUse.FRAME}:
            paths = self._file.addresses.document(item.address)
            self._files += [(paths, item.line)] if paths else []
            if item.video is not None and paths and film_of(paths[0]) is not None:
                self._films.append(film_tag(item.line, paths, item.video))
        if item.use is AddressUse.FRAME and self._read_frame(item):
            return []
        is_picture = item.use in {AddressUse.SHOWN, AddressUse.LIKELY}
        resolve = self._file.locate if is_picture else self._file.leads_to
        place = resolve(item.address, item.line, self._file.addresses.body)
        labels = {"alt": item.alt, "title": item.title}
        return self._file.reference(Role.BODY, "body", item.line, place, **labels)

    def _read_frame(self, item: BodyAddress) -> bool:
        from mediakit.site.videos import VideoReader  # noqa: PLC0415 - most bodies have no frame

        return VideoReader(self._file).read_frame(item.address, item.line)


def scan_body(
    body: str,
    first_line: int,
    expand: Callable[[str], Expanded | None],
    markup: Markup = Markup.COMMONMARK,
) -> list[BodyItem]:
    """Return what the body shows, but for addresses that only the generator knows.

    `expand` puts in what templates do; it returns None for a text without any.
    """
    expanded = expand(body) or Expanded(_PRIVATE.sub(" ", body))
    if not _may_show(expanded):
        return []
    lines = _Lines(body, first_line, expanded)
    found: list[BodyItem] = []
    for item in read_html(_to_html(expanded.text, markup)):
        if item.use is not None:
            found.extend(_resolved(item, item.use, expanded, lines))
        if MARK.search(item.text):
            found.extend(BodyTag(tag, lines.at(tag.start)) for tag in expanded.tags_in(item.text))
    tags = expanded.tags_in(_uncommented(expanded.text))
    return [*found, *_in_code(found, tags, lines)]


def _in_code(found: list[BodyItem], tags: list[Tag], lines: _Lines) -> Iterator[BodyTag]:
    """Yield the tags that Markdown takes for code, but the generator shows."""
    seen = {item.tag.start for item in found if isinstance(item, BodyTag)}
    for tag in tags:
        if tag.outlasts_code and tag.start not in seen:
            yield BodyTag(tag, lines.at(tag.start))


def _resolved(
    item: Found, use: AddressUse, expanded: Expanded, lines: _Lines
) -> Iterator[BodyAddress | BodyGap]:
    """Yield an address without marks, or that it is not known."""
    line = lines.of(item.text)
    text = item.text
    path = _QUERY.split(text, maxsplit=1)[0]
    if not MARK.search(path):
        text = path if MARK.search(text) else text  # a query that is filled in, such as a time
    reason = expanded.doubt(text)
    if reason is None:
        address = expanded.without_marks(text)
        alt = item.alt and expanded.without_marks(item.alt)
        yield BodyAddress(address, line, use, alt, item.title, item.video)
        return
    written = expanded.written(text)
    if reason is not Unknown.GENERATOR and (use is AddressUse.SHOWN or names_picture(written)):
        yield BodyGap(written, line, reason)


def _may_show(expanded: Expanded) -> bool:
    """Return whether a body may show anything: most do not, and need no parser."""
    if any(isinstance(mark, Tag) for mark in expanded.marks):
        return True
    return re.search(r"!\[|<[a-z]|\]\(|\]:", expanded.text, re.IGNORECASE) is not None


def _to_html(text: str, markup: Markup) -> str:
    """Return the HTML of a text; in HTML, a comment that never ends hides the rest."""
    if markup is Markup.HTML:
        return _uncommented(text).partition("<!--")[0]
    from mediakit.site.markdown.render import to_html  # noqa: PLC0415 - most bodies show nothing

    return to_html(text, markup)


def _uncommented(text: str) -> str:
    """Return a text with its comments blank, but for one that never ends."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts += [text[at:start], re.sub(r"[^\n]", " ", text[start : end + 3])]
        at = end + 3
    return "".join([*parts, text[at:]])


class _Lines:
    """Lines of the file; the search for an address starts at the address before."""

    def __init__(self, body: str, first_line: int, expanded: Expanded) -> None:
        self._expanded = expanded
        self._first_line = first_line
        self._ends = [match.start() for match in re.finditer("\n", body)]
        self._position = 0
        self._lost = 0
        self._texts = (*_without_code(expanded.text), expanded.text)

    def at(self, offset: int) -> int:
        """Return the line of an offset in the body."""
        return self._first_line + bisect_left(self._ends, offset)

    def of(self, address: str) -> int:
        """Return the line of an address behind the last one; where it is not found, the last."""
        if self._lost < _MOST_LOST:
            found = self._find(address)
            if found >= 0:
                self._position = found + len(address)
                return self.at(self._expanded.origin(found))
            self._lost += 1
        return self.at(self._expanded.origin(self._position))

    def _find(self, address: str) -> int:
        plain = max(_PLAIN.findall(address), key=len, default=address)
        spellings = tuple(dict.fromkeys((address, address.replace("&", "&amp;"), plain)))
        here = self._position
        for whole in self._texts:
            for start, end in ((here, here + _NEAR), (here, None), (0, None)):
                for text in spellings:
                    found = whole.find(text, start, end)
                    if found >= 0:
                        return found
        return -1


def _without_code(text: str) -> Iterator[str]:
    """Yield a text with what is likely code in Markdown blank, if there is any."""
    if "`" not in text and "~~~" not in text:
        return
    fence = ""
    lines = []
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        is_end = bool(fence and mark and mark[1].startswith(fence) and mark[1] == line.strip())
        is_code = bool(fence or mark)
        lines.append(_SIGN.sub(" ", line) if is_code else line)
        fence = "" if is_end else fence or (mark[1] if mark else "")
    yield "".join(map(_without_spans, _BLOCK_END.split("".join(lines))))


def _without_spans(block: str) -> str:
    """Return a block with what is between equal runs of backticks blank."""
    runs = list(_TICKS.finditer(block))
    closing: list[int] = []  # the next run as long
    last: dict[str, int] = {}
    for number in reversed(range(len(runs))):
        closing.append(last.get(runs[number][0], 0))
        last[runs[number][0]] = number
    closing.reverse()
    parts, at, number = [], 0, 0
    while number < len(runs):
        end = closing[number]
        if end:
            start, stop = runs[number].end(), runs[end].start()
            parts += [block[at:start], _SIGN.sub(" ", block[start:stop])]
            at, number = stop, end
        number += 1
    return "".join([*parts, block[at:]])
