"""All objects below a prefix: page after page, or side by side where most keys are known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

from mediakit.base.artifacts import Artifact
from mediakit.storage.s3.answers import OtherServerError, XmlDocument, bare_etag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
    ask: Callable[[Mapping[str, str]], ListedPage], folder: str, known: Mapping[str, Artifact]
) -> dict[str, Artifact]:
    """Return the objects whose names begin with `folder`, by the rest; `ask` answers with a page.

    `known` are objects that are probably there: ranges between each thousandth of them are listed
    side by side, and those with the same size and ETag are not twice in memory. Wrong ones only
    cost requests.

    Raises:
        OtherServerError: its pages do not end, or name what was not asked for.
        S3Error: the server does not list.
    """
    # servers compare the bytes of UTF-8, as Python compares code points
    cuts = sorted(known)[_PAGE - 1 :: _PAGE]
    lister = _Lister(ask, folder, known)
    if not cuts:
        return lister.between("", None)
    ranges = [("", cuts[0]), *pairwise(cuts), (cuts[-1], None)]
    with ThreadPoolExecutor(min(len(ranges), _SIDE_BY_SIDE), "mediakit-list") as pool:
        parts = list(pool.map(lister.between, *zip(*ranges, strict=True)))
    if not all(map(_is_within, parts, ranges)):
        return lister.between("", None)  # this server has an order of its own
    found: dict[str, Artifact] = {}
    for part in parts:
        found |= part
        part.clear()  # else all is there twice
    return found


class _Lister:
    """Lists ranges of names."""

    def __init__(
        self,
        ask: Callable[[Mapping[str, str]], ListedPage],
        folder: str,
        known: Mapping[str, Artifact],
    ) -> None:
        self._ask = ask
        self._folder = folder
        self._known = known

    def between(self, after: str, last: str | None) -> dict[str, Artifact]:
        """Return the objects after `after`, up to `last`."""
        entries: dict[str, Artifact] = {}
        tokens: set[str] = set()
        idle = 0
        at = {"list-type": "2", "prefix": self._folder, "encoding-type": "url"}
        where = {"start-after": self._folder + after} if after else {}
        while True:
            page = self._ask(at | where)
            before = len(entries)
            found = self._below(page.entries)
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
        return {key: each for key, each in entries.items() if last is None or key <= last}

    def _below(self, page: Sequence[Artifact]) -> dict[str, Artifact]:
        """Return the objects of a page; raises OtherServerError for one elsewhere."""
        found = {}
        for each in page:
            if not each.path.startswith(self._folder):
                raise _broken(f"it names {each.path}, which is not below {self._folder}")
            key = each.path[len(self._folder) :]
            entry = self._known.get(key)
            if (
                entry is None
                or not each.etag
                or (each.bytes, each.etag) != (entry.bytes, entry.etag)
            ):
                entry = Artifact(key, bytes=each.bytes, etag=each.etag)
            found[entry.path] = entry
        return found


def _is_within(part: Mapping[str, Artifact], ends: tuple[str, str | None]) -> bool:
    """Return whether a range of the listing is in order, and within its ends."""
    names = list(part)
    return names == sorted(names) and (not names or names[0] > ends[0])


def _size(text: str) -> int:
    if (text and not (text.isascii() and text.isdecimal())) or len(text) > _MOST_DIGITS:
        raise ValueError(f"a size that is none: {text[:40]!r}")
    return int(text or 0)


def _broken(reason: str) -> OtherServerError:
    return OtherServerError(reason, "the listing cannot be read")
