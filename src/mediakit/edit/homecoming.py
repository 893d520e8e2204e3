"""Point a page from a picture on another host to one of the site, wherever the page shows it.

Each place where the address is written is tried, and what the reader then finds decides. So one way
does for front matter, Markdown, HTML, includes and shortcodes, and for links to the picture; prose
and code, where the address shows nothing, stay.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.site.front_matter import take_apart
from mediakit.site.paths import is_data
from mediakit.site.reader import parse_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.site.reader import ReaderSettings

_ENTITIES = {each: html.escape(each) for each in "&<>\"'"}
_SAFE = "/!$&'*+,;=:@~"


@dataclass(frozen=True, slots=True)
class _Look:
    """What a content file shows: of one picture, at another host and at home, and beside it."""

    beside: tuple[tuple[Manifest, ...], tuple[ImageRef, ...]]
    problems: int
    away: int
    home: int

    def betters(self, before: _Look) -> bool:
        """Return whether only this picture has changed, and is more often at home."""
        is_same = self.beside == before.beside and self.problems <= before.problems
        return is_same and self.home > before.home and self.away <= before.away


class Homecoming:
    """Changes content files so that they show `to`, a site path, instead of what is at `url`."""

    def __init__(self, settings: ReaderSettings, url: str, to: str) -> None:
        self._settings = settings
        self._url = url
        self._to = to

    def apply(self, path: str, data: bytes) -> tuple[bytes, int]:
        """Return a content file with all else byte for byte, and how often it shows `url` still.

        Raises:
            ManifestError: it cannot be read.
        """
        seen = self._look(path, data)
        text = data.decode()
        for found in reversed(list(re.finditer(_ways_to_write(self._url), text))):
            for other in self._spellings(path, text, found.start()):
                changed = text[: found.start()] + other + text[found.end() :]
                after = self._read(path, changed.encode())
                if after is not None and after.betters(seen):
                    text, seen = changed, after
                    break
        return text.encode(), seen.away

    def _read(self, path: str, data: bytes) -> _Look | None:
        try:
            return self._look(path, data)
        except ManifestError:
            return None

    def _look(self, path: str, data: bytes) -> _Look:
        pages = parse_file(path, data, self._settings)
        # an address that may mean several files means this one too
        homes = {self._to} | {each[0] for page in pages for each in page.manifest.elsewhere
                              if self._to in each}  # fmt: skip
        images = [each for page in pages for each in page.manifest.images]
        others = (each for each in images if each.url != self._url and each.path not in homes)
        rest = (replace(each.manifest, images=(), elsewhere=(), guesses=()) for each in pages)
        apart = (replace(each, link=None) if each.link in homes else each for each in others)
        return _Look(
            (tuple(rest), tuple(apart)),
            sum(len(each.problems) for each in pages),
            sum(each.url == self._url for each in images),
            sum((each.path in homes) + (each.link in homes) for each in images),
        )

    def _spellings(self, path: str, text: str, at: int) -> Iterator[str]:
        """Yield addresses of the picture as they may be written at an index of a content file.

        Browsers resolve what is in the text itself, so that it begins with the folder of the site.
        """
        kind = self._settings.data.kind if is_data(path) else self._settings.kind
        plain = kind.spelling(self._to, path)
        base = kind.address.baseurl.strip("/")
        if base and plain.startswith("/") and _is_in_text(path, text, at):
            plain = f"/{base}{plain}"
        yield quote(plain, _SAFE)
        yield plain


def _is_in_text(path: str, text: str, at: int) -> bool:
    """Return whether an index is in the body of a page, and not inside of a tag of a template."""
    if is_data(path):
        return False
    parts = take_apart(text.removeprefix("\ufeff"))
    if parts is not None and at < len(parts.head) + len(parts.block):
        return False
    opened, closed = (
        max(text.rfind(each, 0, at) for each in signs) for signs in (("{%", "{{"), ("%}", "}}"))
    )
    return opened <= closed


def _ways_to_write(url: str) -> str:
    """Return a pattern of all ways to write an address: encoded or not, escaped or not.

    No longer address fits that begins with this one.
    """
    scheme, slashes, rest = url.partition("//")
    colon = rf"(?:{re.escape(scheme)})?" if scheme == "https:" else re.escape(scheme)
    signs = slashes + unquote(rest, errors="surrogateescape")
    return f"(?i:{colon})" + "".join(map(_ways_of, signs)) + r"(?![\w/?#&=%+~@-]|[.:]\w)"


def _ways_of(sign: str) -> str:
    forms = {sign, unicodedata.normalize("NFC", sign), unicodedata.normalize("NFD", sign)}
    encoded = {"".join(f"%{byte:02X}" for byte in each.encode(errors="surrogateescape"))
               for each in forms}  # fmt: skip
    plain = "|".join(map(re.escape, {*forms, _ENTITIES.get(sign, sign)}))
    return rf"(?:\\?(?:{plain})|(?i:{'|'.join(encoded)}))"
