"""All objects below a prefix: page after page, or side by side where most keys are known."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import unquote_plus

from mediakit.base.artifacts import Artifact
from mediakit.base.tables import ARTIFACTS, Compared, Table, in_order
from mediakit.storage.s3.answers import OtherServerError, XmlDocument, bare_etag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_ROOT = "ListBucketResult"
_MOST_DIGITS = 18

_PAGE = 1000
"""Objects that a server lists at once."""

_SIDE_BY_SIDE = 8
_AHEAD = 2 * _SIDE_BY_SIDE
"""Ranges that are asked for before the first of them is packed: all of them would be many."""

_MOST_IDLE = 100
"""Pages in a row that may bring nothing new: some servers give empty ones after deletes."""


_Range: TypeAlias = tuple[str, str | None]
"""After which name, and up to which one."""

_Listed: TypeAlias = tuple[str, Artifact | None]
"""A key, and the object that is listed there, None where it is the one that is known."""


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
) -> Table[Artifact]:
    """Return the objects whose names begin with `folder`, by the rest; `ask` answers with a page.

    `known` are objects that are probably there: ranges between each thousandth of them are listed
    side by side, and those with the same size and ETag are not twice in memory. Wrong ones only
    cost requests.

    Raises:
        OtherServerError: its pages do not end, or name what was not asked for.
        S3Error: the server does not list.
    """
    # servers compare the bytes of UTF-8, as Python compares code points
    cuts = list(islice(in_order(known), _PAGE - 1, None, _PAGE))
    ranges = [("", cuts[0]), *pairwise(cuts), (cuts[-1], None)] if cuts else []
    found = Compared(known, ARTIFACTS)
    lister = _Lister(ask, folder, found.known)
    if not ranges or not _add_side_by_side(lister, ranges, found):
        found = Compared(known, ARTIFACTS)
        for each in lister.between("", None):
            _add(each, found)
    return found.table()


def _add_side_by_side(lister: _Lister, ranges: Sequence[_Range], found: Compared[Artifact]) -> bool:
    """Add all ranges; return False where the server has an order of its own."""
    with ThreadPoolExecutor(min(len(ranges), _SIDE_BY_SIDE), "mediakit-list") as pool:
        left = iter(ranges)
        asked = deque(pool.submit(lister.listed, *each) for each in islice(left, _AHEAD))
        for ends in ranges:
            part = asked.popleft().result()
            if not _is_within(part, ends):
                return False
            asked.extend(pool.submit(lister.listed, *each) for each in islice(left, 1))
            for each in part:
                _add(each, found)
    return True


def _add(each: _Listed, found: Compared[Artifact]) -> None:
    key, other = each
    if other is None:
        found.keep(key)
    else:
        found.others.add(key, other)


class _Lister:
    """Lists ranges of names."""

    def __init__(
        self,
        ask: Callable[[Mapping[str, str]], ListedPage],
        folder: str,
        known: Table[Artifact],
    ) -> None:
        self._ask = ask
        self._folder = folder
        self._known = known

    def listed(self, after: str, last: str | None) -> list[_Listed]:
        """Return the objects after `after`, up to `last`, in the order of the server."""
        return list(self.between(after, last))

    def between(self, after: str, last: str | None) -> Iterator[_Listed]:
        """Yield the objects after `after`, up to `last`, in the order of the server."""
        known = self._known.apart()
        seen: set[str] = set()
        tokens: set[str] = set()
        idle = 0
        at = {"list-type": "2", "prefix": self._folder, "encoding-type": "url"}
        where = {"start-after": self._folder + after} if after else {}
        while True:
            page = self._ask(at | where)
            before = len(seen)
            found = self._below(page.entries, known)
            seen.update(key for key, _ in found)
            yield from (each for each in found if last is None or each[0] <= last)
            if not page.token:
                break
            if last is not None and found and found[-1][0] >= last:
                break
            idle = 0 if len(seen) > before else idle + 1
            if page.token in tokens or idle > _MOST_IDLE:
                raise _broken("its pages do not end")
            tokens.add(page.token)
            where = {"continuation-token": page.token}

    def _below(self, page: Sequence[Artifact], known: Table[Artifact]) -> list[_Listed]:
        """Return the objects of a page; raises OtherServerError for one elsewhere."""
        found: list[_Listed] = []
        for each in page:
            if not each.path.startswith(self._folder):
                raise _broken(f"it names {each.path}, which is not below {self._folder}")
            key = each.path[len(self._folder) :]
            entry = known.get(key)
            if (
                entry is not None
                and each.etag
                and (each.bytes, each.etag) == (entry.bytes, entry.etag)
            ):
                found.append((entry.path, None))
            else:
                found.append((key, Artifact(key, bytes=each.bytes, etag=each.etag)))
        return found


def _is_within(part: Sequence[_Listed], ends: _Range) -> bool:
    """Return whether a range of the listing is in order, and within its ends."""
    names = [key for key, _ in part]
    return names == sorted(names) and (not names or names[0] > ends[0])


def _size(text: str) -> int:
    if (text and not (text.isascii() and text.isdecimal())) or len(text) > _MOST_DIGITS:
        raise ValueError(f"a size that is none: {text[:40]!r}")
    return int(text or 0)


def _broken(reason: str) -> OtherServerError:
    return OtherServerError(reason, "the listing cannot be read")
