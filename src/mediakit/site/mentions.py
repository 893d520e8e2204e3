"""The pictures that a text mentions, in any spelling: pages, data, styles and programs alike.

The text is not parsed: the text before each ending of a picture counts as an address. So a name
counts also in a comment, in prose, in a page that cannot be read, or behind a folder that a
template puts before it.
"""

from __future__ import annotations

import html
import posixpath
import re
import unicodedata
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from mediakit.base.formats import FILMS, FORMATS
from mediakit.site.paths import below_own

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from mediakit.site.paths import SiteAddress

VERSION = 4
"""Raised by hand when the search gets other results from the same text."""

LONGEST = 1_000
"""Bytes before an ending that are searched: the longest percent-encoded name, and a folder."""

ENDINGS = "|".join(
    sorted((ending[1:] for each in (*FORMATS, *FILMS) for ending in each.endings), reverse=True)
).encode()
"""The endings of pictures and films, without dots, as alternatives of a pattern."""

_ENDING = re.compile(rb"\.(?:%b|pdf)(?![0-9A-Za-z])" % ENDINGS, re.IGNORECASE)
_EDGE = re.compile(r'[\x00-\x1f\x7f"<>|*]')
"""Characters that no address has: an address begins after the last of them."""

_GAP = re.compile(r"[^\w.+@%~$-]")
"""Characters that a name may have, and that may also stand before one."""

_GAP_OF_PATHS = re.compile(r"[^\w.+@%~$:/-]")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^\w\s]|[ _]))")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|//[^/]*[.:][^/]*/")
_TEMPLATE = "}>"
"""Characters after a value that a template fills in."""

_DECORATION = "_.-~$@+%"
_MOST_ENDINGS = 3
"""Endings that one name may hold, as `a.jpg (1).jpg` does."""

_MOST_SIGNS = 255
"""The longest name of a file."""


class Mention(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An address with a picture's ending, in the form of site paths, and its line.

    It has no folder if none is written, or if a template fills one in.
    """

    address: str
    line: int


def find_mentions(data: bytes, line: int = 1) -> Iterator[Mention]:
    """Yield the mentions in a text that starts at `line`; a mention may come twice."""
    ends = deque([0], _MOST_ENDINGS)
    for match in _ENDING.finditer(data):
        line += data.count(b"\n", ends[-1], match.end())
        first = max(match.end() - LONGEST, ends[0])
        start = max(first, data.rfind(b"\n", first, match.end()) + 1)
        ends.append(match.end())
        for text in _spellings(_decoded(data[start : match.end()])):
            for address in _addresses(unicodedata.normalize("NFC", text)):
                yield Mention(address, line)


def name_of(path: str) -> str:
    """Return the key by which mentions and site paths match: the folded file name."""
    return unicodedata.normalize("NFC", path.rpartition("/")[2]).casefold()


def is_searchable(path: str) -> bool:
    """Return whether the search can find this file's name: not with very odd characters."""
    name = path.rpartition("/")[2]
    endings = len(_ENDING.findall(name.encode("utf-8", "surrogateescape")))
    return _EDGE.search(name) is None and "\\" not in name and endings <= _MOST_ENDINGS


class Meaning:
    """Compares addresses with site paths.

    `roots` are the folders for `/x.jpg`, and `has` says whether a site path has a file. An address
    of an existing file means that file; any other may be the end of any path with its name.
    """

    def __init__(
        self, address: SiteAddress, roots: Collection[str], has: Callable[[str], bool]
    ) -> None:
        self._address = address
        self._baseurl = "/" + address.baseurl.strip("/")
        self._roots = tuple(roots) or ("",)
        self._has = has

    def may_be(self, address: str, file: str, path: str) -> bool:
        """Return whether an address in the text file `file` may mean the picture `path`."""
        remote = _REMOTE.match(address)
        if remote is not None:
            own = below_own(address, self._address)
            if own is None:
                # a site that does not say its host may be this one
                return not self._address.url and folded(address).endswith(folded(f"/{path}"))
            address = own[0]
        if address.startswith("/"):
            return self._leads(self._absolute(address), path)
        beside = _normal(posixpath.join(posixpath.dirname(file), address))
        if folded(beside) == folded(path) or self._has(beside):
            return folded(beside) == folded(path)
        if folded(f"/{path}").endswith(folded(f"/{_normal(address)}")):
            return True
        return self._leads(self._absolute(f"/{address}"), path)

    def _leads(self, places: Collection[str], path: str) -> bool:
        if any(folded(each) == folded(path) for each in places):
            return True
        return not any(self._has(each) for each in places)

    def _absolute(self, address: str) -> list[str]:
        inside = address
        if self._baseurl != "/" and address.startswith(self._baseurl + "/"):
            inside = address[len(self._baseurl) :]
        return [_normal(root + each) for each in {address, inside} for root in self._roots]


def _decoded(data: bytes) -> str:
    """Decode UTF-8, or else Latin-1, which other texts nearly always are."""
    for cut in range(4):  # the first letter may have lost its beginning
        try:
            return data[cut:].decode()
        except UnicodeDecodeError as error:
            if error.start or not 0x80 <= data[cut] < 0xC0:
                break
    return data.decode("latin-1")


def _spellings(text: str) -> set[str]:
    """Return a text as it is and without escapes of YAML, JSON, Markdown, HTML and URLs."""
    found = {text.replace("\\", "/")}
    if "\\" in text:
        found.add(_joined(_ESCAPE.sub(_unescaped, text)).replace("\\", "/"))
    if "&" in text:
        found |= {html.unescape(each) for each in found}
    if "%" in text:
        found |= {_unquoted(each) for each in found}
    return found


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        return match[4]
    number = int(code, 16)
    return chr(number) if number < 0x110000 else match[0]


def _joined(text: str) -> str:
    """Join the surrogate pairs that JSON writes for one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unquoted(text: str) -> str:
    found = unquote(text)
    return unquote(text, "latin-1") if "\ufffd" in found else found


def _addresses(text: str) -> Iterator[str]:
    """Yield the addresses that may end at the end of a text, the longest first."""
    above, slash, name = _EDGE.split(text)[-1].rpartition("/")
    folder = _GAP_OF_PATHS.split(above)[-1]
    before = text.removesuffix(folder + slash + name)[-1:]
    if before and before in _TEMPLATE:
        folder = folder.lstrip("/")
        slash = "/" if folder else ""
    name = name[-_MOST_SIGNS:]
    tails = [name[gap.end() :] for gap in _GAP.finditer(name)]
    for whole, tail in ((folder + slash + name, name), *((each, each) for each in tails)):
        if tail.rpartition(".")[0]:
            yield whole
        plain = tail.lstrip(_DECORATION)
        if plain != tail and plain.rpartition(".")[0]:
            yield plain


def _normal(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/")).lstrip("/")


def folded(path: str) -> str:
    """Return a path as paths are compared here."""
    return unicodedata.normalize("NFC", path).casefold()
