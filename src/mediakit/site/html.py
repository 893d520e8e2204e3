"""The pictures, videos and links of HTML, by one table of elements and attributes."""

from __future__ import annotations

import re
from contextlib import suppress
from enum import Enum, auto
from html.parser import HTMLParser
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from mediakit.base.model import FilmTag
from mediakit.site.paths import names_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class AddressUse(Enum):
    """What an address in HTML is for."""

    SHOWN = auto()
    """A picture, whatever its ending is."""
    LIKELY = auto()
    """A picture if it has the ending of one, else nothing that concerns us."""
    LINK = auto()
    """A place that a click leads to, or a file of any kind."""
    FRAME = auto()
    """A page, such as that of a video, or a file of any kind."""


class Found(NamedTuple):
    """An address in HTML, or without a use a text between its tags.

    `alt` is empty where a picture lacks one, and None where it needs none. `video` are the
    attributes of the `<video>` that shows it.
    """

    use: AddressUse | None
    text: str
    alt: str | None = None
    title: str | None = None
    video: Mapping[str, str | None] | None = None


def _one(value: str) -> Iterator[str]:
    yield value


def _set(value: str) -> Iterator[str]:
    """Yield the addresses of a `srcset`: each up to a blank, or to a comma at its end."""
    position = 0
    while match := _CANDIDATE.match(value, position):
        position = match.end()
        yield match[1].rstrip(",")
        if not match[1].endswith(","):
            position = _after_descriptors(value, position)


def _after_descriptors(value: str, position: int) -> int:
    """Return the offset behind the next comma outside of brackets."""
    depth = 0
    for match in _DELIMITER.finditer(value, position):
        depth = {"(": 1, ")": 0}.get(match[0], depth)
        if match[0] == "," and not depth:
            return match.end()
    return len(value)


def _urls(value: str) -> Iterator[str]:
    """Yield the addresses in a style."""
    for match in _URL.finditer(value):
        yield match[1] or match[2] or match[3] or ""


_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)")
_DELIMITER = re.compile(r"[(),]")
_URL = re.compile(
    r"""\burl\(\s{0,9}(?:"([^"\n]*)"|'([^'\n]*)'|([^"'()\s]+))\s{0,9}\)""", re.IGNORECASE
)

ANY = "*"
ADDRESSES: dict[tuple[str, str], tuple[AddressUse, Callable[[str], Iterator[str]]]] = {
    ("img", "src"): (AddressUse.SHOWN, _one),
    ("img", "srcset"): (AddressUse.SHOWN, _set),
    ("source", "srcset"): (AddressUse.SHOWN, _set),
    ("source", "src"): (AddressUse.LINK, _one),
    ("video", "poster"): (AddressUse.SHOWN, _one),
    ("video", "src"): (AddressUse.LINK, _one),
    ("audio", "src"): (AddressUse.LINK, _one),
    ("image", "href"): (AddressUse.SHOWN, _one),
    ("image", "xlink:href"): (AddressUse.SHOWN, _one),
    ("input", "src"): (AddressUse.SHOWN, _one),
    ("iframe", "src"): (AddressUse.FRAME, _one),
    ("iframe", "data-src"): (AddressUse.FRAME, _one),
    ("object", "data"): (AddressUse.FRAME, _one),
    ("embed", "src"): (AddressUse.FRAME, _one),
    ("a", "href"): (AddressUse.LINK, _one),
    ("area", "href"): (AddressUse.LINK, _one),
    ("link", "href"): (AddressUse.LINK, _one),
    (ANY, "data-src"): (AddressUse.LIKELY, _one),
    (ANY, "data-srcset"): (AddressUse.LIKELY, _set),
    (ANY, "background"): (AddressUse.LIKELY, _one),
    (ANY, "style"): (AddressUse.LIKELY, _urls),
}
"""The use of the addresses in an attribute, and how to find them in its value."""

_TEXT_ONLY = frozenset(
    {"script", "style", "template", "textarea", "title", "xmp", "iframe", "noembed", "noframes"}
)
_UNENDED = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_MOST_UNENDED = 100


def read_html(text: str) -> list[Found]:
    """Return the addresses in HTML, and its texts, in their order."""
    collector = _Collector()
    with suppress(AssertionError):  # html.parser gives up so on broken `<![` declarations
        collector.feed(_tamed(text))
        collector.close()
    return collector.found


def _tamed(text: str) -> str:
    """Return HTML with few unclosed tags: each may cost the parser a look at all the rest."""
    numbers = count()
    return _UNENDED.sub(lambda _: "<" if next(numbers) < _MOST_UNENDED else "&lt;", text)


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []
        self._within = ""
        self._video: Mapping[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag in _TEXT_ONLY and not self._within:
            self._within = tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._within:
            return
        values: dict[str, str | None] = {}
        for name, value in attrs:
            values.setdefault(name, value)
        if tag == "video":
            self._video = values
        video = self._video if tag in {"video", "source"} else None
        for name, value in values.items():
            row = ADDRESSES.get((tag, name)) or ADDRESSES.get((ANY, name))
            if row is None or not value:
                continue
            use, addresses = row
            alt = _alt(values, is_needed=(tag, name) == ("img", "src"))
            for address in addresses(value):
                self._add(use, address, alt, values.get("title"), video)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""
        if tag == "video":
            self._video = None

    def handle_data(self, data: str) -> None:
        if self._within == "style":
            for address in _urls(data):
                self._add(AddressUse.LIKELY, address)
        elif not self._within:
            self.found.append(Found(None, data))

    def _add(
        self,
        use: AddressUse,
        address: str,
        alt: str | None = None,
        title: str | None = None,
        video: Mapping[str, str | None] | None = None,
    ) -> None:
        address = re.sub(r"[\t\r\n]", "", address).strip()
        if address and (use is not AddressUse.LIKELY or names_picture(address)):
            self.found.append(Found(use, address, alt, title, video))


def _alt(values: Mapping[str, str | None], *, is_needed: bool) -> str | None:
    """Return an alt text, empty where one is missing, None where none is wanted.

    An empty one in HTML says that the picture is only decoration.
    """
    if values.get("role") in {"presentation", "none"} or values.get("aria-hidden") == "true":
        return None
    if "alt" in values:
        return values["alt"] or None
    return "" if is_needed else None


_LABELS = ("aria-label", "aria-labelledby", "title")
_NOT_READ = (("aria-hidden", "true"), ("role", "presentation"), ("role", "none"))


def film_tag(line: int, paths: tuple[str, ...], video: Mapping[str, str | None]) -> FilmTag:
    """Return how a `<video>` with these attributes shows a film."""
    has_label = any(video.get(name) for name in _LABELS)
    has_label = has_label or any(video.get(name) == value for name, value in _NOT_READ)
    width = (video.get("width") or "").strip().removesuffix("px")
    number = int(width) if width.isdecimal() and len(width) < 6 else 0
    return FilmTag(line, paths, bool(video.get("poster")), has_label, number)
