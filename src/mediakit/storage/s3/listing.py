"""All objects below a prefix: page after page, or side by side where most keys are known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

from mediakit.base.artifacts import Artifact
from mediakit.storage.s3.answers import XmlDocument
from mediakit.storage.s3.errors import OtherServerError, bare_etag

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_ROOT = "ListBucketResult"
_MOST_DIGITS = 18

_PAGE = 1000
"""Objects that a server lists at once."""

_SIDE_BY_SIDE = 8

_MOST_IDLE = 100
"""Pages in a row that may bring nothing new: some servers give empty ones after deletes."""


class ListedPage(NamedTuple):
    """A page of a listing, and the token of the next one, empty at the end."""

    entries: Sequence[Artifact]
    token: str = ""


def read_page(body: bytes) -> ListedPage:
    """Read a page, whose keys may be percent-encoded; raises OtherServerError."""
    try:
        document = XmlDocument(body)
        if document.name != _ROOT:
            raise ValueError(f"the answer is another document, <{document.name[:40]}>")  # noqa: TRY301
        token = document.text("NextContinuationToken")
        is_cut = document.text("IsTruncated") == "true"
        if is_cut and not token:
            raise ValueError("it says that there is more, but not how to ask for it")  # noqa: TRY301
        is_quoted = document.text("EncodingType") == "url"
        entries = [
            Artifact(
                unquote_plus(key) if is_quoted else key,
                "",
                _size(size),
                etag=bare_etag(etag),
            )
            for key, size, etag in document.rows("Contents", "Key", "Size", "ETag")
        ]
    except ValueError as error:
        raise _broken(str(error)) from error
    return ListedPage(entries, token if is_cut else "")


def list_objects(
    ask: Callable[[Mapping[str, str]], ListedPage], folder: str, known: Collection[str]
) -> Sequence[Artifact]:
    """Return the objects whose names begin with `folder`; `ask` answers a query with a page.

    `known` are names that are probably there: ranges between each thousandth of them are listed
    side by side. Wrong names only cost requests.

    Raises:
        OtherServerError: its pages do not end, or name what was not asked for.
        S3Error: the server does not list.
    """
    # servers compare the bytes of UTF-8, as Python compares code points
    cuts = sorted(known)[_PAGE - 1 :: _PAGE]
    if not cuts:
        return _pages(ask, folder, "", None)
    ranges = [("", cuts[0]), *pairwise(cuts), (cuts[-1], None)]
    with ThreadPoolExecutor(min(len(ranges), _SIDE_BY_SIDE), "mediakit-list") as pool:
        parts = list(pool.map(lambda ends: _pages(ask, folder, *ends), ranges))
    if not all(map(_is_within, parts, ranges)):
        return _pages(ask, folder, "", None)  # this server has an order of its own
    return list(chain.from_iterable(parts))


def _pages(
    ask: Callable[[Mapping[str, str]], ListedPage], folder: str, after: str, last: str | None
) -> list[Artifact]:
    """Return the objects after `after`, up to `last`."""
    entries: dict[str, Artifact] = {}
    tokens: set[str] = set()
    idle = 0
    at = {"list-type": "2", "prefix": folder, "encoding-type": "url"}
    where = {"start-after": after} if after else {}
    while True:
        page = ask(at | where)
        before = len(entries)
        found = _below(page.entries, folder)
        entries |= found
        if not page.token:
            break
        if last is not None and found and next(reversed(found)) >= last:
            break
        idle = 0 if len(entries) > before else idle + 1
        if page.token in tokens or idle > _MOST_IDLE:
            raise _broken("its pages do not end")
        tokens.add(page.token)
        where = {"continuation-token": page.token}
    return [each for key, each in entries.items() if last is None or key <= last]


def _below(page: Sequence[Artifact], folder: str) -> dict[str, Artifact]:
    """Return the objects of a page by name; raises OtherServerError for one elsewhere."""
    for each in page:
        if not each.path.startswith(folder):
            raise _broken(f"it names {each.path}, which is not below {folder}")
    return {each.path: each for each in page}


def _is_within(part: Sequence[Artifact], ends: tuple[str, str | None]) -> bool:
    """Return whether a range of the listing is in order, and within its ends."""
    names = list(map(attrgetter("path"), part))
    return names == sorted(names) and (not names or names[0] > ends[0])


def _size(text: str) -> int:
    if (text and not (text.isascii() and text.isdecimal())) or len(text) > _MOST_DIGITS:
        raise ValueError(f"a size that is none: {text[:40]!r}")
    return int(text or 0)


def _broken(reason: str) -> OtherServerError:
    return OtherServerError(reason, "the listing cannot be read")
