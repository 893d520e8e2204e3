"""All objects below a prefix: page after page, or side by side where most keys are known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from botocore.compat import unquote_str

from mediakit.base.artifacts import Artifact
from mediakit.storage.s3.errors import BrokenListingError, bare_etag

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_FIELDS = frozenset({"Key", "Size", "ETag"})
_ABOUT = frozenset({"IsTruncated", "NextContinuationToken", "EncodingType", "Code"})
_ROOT = "ListBucketResult"
_MOST_DIGITS = 18
_EMPTY = b"<ListBucketResult><IsTruncated>%s</IsTruncated>%s</ListBucketResult>"

_PAGE = 1000
"""Objects that a server lists at once."""

_SIDE_BY_SIDE = 8

_MOST_IDLE = 100
"""Pages in a row that may bring nothing new: some servers give empty ones after deletes."""


def list_objects(
    client: Any,  # noqa: ANN401 - made by boto3
    bucket: str,
    folder: str,
    known: Collection[str],
) -> Sequence[Artifact]:
    """Return the objects whose names begin with `folder`.

    `known` are names that are probably there: ranges between each thousandth of them are listed
    side by side. Wrong names only cost requests.

    Raises:
        BrokenListingError: its pages do not end, or name what was not asked for.
        ClientError, BotoCoreError: the server does not list.
    """
    at = {"Bucket": bucket, "Prefix": folder}
    # servers compare the bytes of UTF-8, as Python compares code points
    cuts = sorted(known)[_PAGE - 1 :: _PAGE]
    if not cuts:
        return _pages(client, at, "", None)
    ranges = [("", cuts[0]), *pairwise(cuts), (cuts[-1], None)]
    with ThreadPoolExecutor(min(len(ranges), _SIDE_BY_SIDE), "mediakit-list") as pool:
        parts = list(pool.map(lambda ends: _pages(client, at, *ends), ranges))
    if not all(map(_is_within, parts, ranges)):
        return _pages(client, at, "", None)  # this server has an order of its own
    return list(chain.from_iterable(parts))


def _pages(client: Any, at: dict[str, str], after: str, last: str | None) -> list[Artifact]:  # noqa: ANN401
    """Return the objects after `after`, up to `last`."""
    entries: dict[str, Artifact] = {}
    tokens: set[str] = set()
    idle = 0
    where = {"StartAfter": after} if after else {}
    while True:
        page = client.list_objects_v2(**at, **where)
        before = len(entries)
        found = _below(page["Entries"], at["Prefix"])
        entries |= found
        token = page.get("NextContinuationToken")
        if not page.get("IsTruncated") or not token:
            break
        if last is not None and found and next(reversed(found)) >= last:
            break
        idle = 0 if len(entries) > before else idle + 1
        if token in tokens or idle > _MOST_IDLE:
            raise BrokenListingError(reason="its pages do not end")
        tokens.add(token)
        where = {"ContinuationToken": token}
    return [each for key, each in entries.items() if last is None or key <= last]


def _below(page: Sequence[Artifact], folder: str) -> dict[str, Artifact]:
    """Return the objects of a page by name; raises BrokenListingError for one elsewhere."""
    for each in page:
        if not each.path.startswith(folder):
            raise BrokenListingError(reason=f"it names {each.path}, which is not below {folder}")
    return {each.path: each for each in page}


def _is_within(part: Sequence[Artifact], ends: tuple[str, str | None]) -> bool:
    """Return whether a range of the listing is in order, and within its ends."""
    names = list(map(attrgetter("path"), part))
    return names == sorted(names) and (not names or names[0] > ends[0])


def register_listing(client: Any) -> None:  # noqa: ANN401 - made by boto3
    """Make `list_objects_v2` answer with `Entries`, of `Artifact`, in place of `Contents`."""
    client.meta.events.register("before-parse.s3.ListObjectsV2", _parse)


def _parse(response_dict: dict[str, Any], customized_response_dict: Any, **_rest: object) -> None:  # noqa: ANN401
    if response_dict["status_code"] != 200:
        return  # an error: boto3 knows how to read it
    page = _Page()
    try:
        page.read(response_dict["body"])
        page.refuse_others()
        customized_response_dict["Entries"] = page.entries()
    except (expat.ExpatError, ValueError) as error:
        raise BrokenListingError(reason=error) from error
    response_dict["body"] = page.rest()


class _Page:
    """Collects the objects of a page, and the token of the next one."""

    def __init__(self) -> None:
        self._objects: list[tuple[str, str, str]] = []
        self._fields: dict[str, str] = {}
        self._text: list[str] = []
        self._inside = False
        self._root = ""

    def read(self, body: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(body, True)  # noqa: FBT003 - the last piece

    def refuse_others(self) -> None:
        """Raise ValueError for a document that is no listing, or has no token of its next page."""
        if self._root == "Error":
            code = self._fields.get("Code", "unknown")
            raise ValueError(f"the target answers with an error in its place, {code}")
        if self._root != _ROOT:
            raise ValueError(f"the answer is another document, <{self._root[:40]}>")
        is_truncated = self._fields.get("IsTruncated") == "true"
        if is_truncated and not self._fields.get("NextContinuationToken"):
            raise ValueError("it says that there is more, but not how to ask for it")

    def entries(self) -> list[Artifact]:
        """Return the objects; keys are percent-encoded if boto3 has asked for that."""
        is_quoted = self._fields.get("EncodingType") == "url"
        return [
            Artifact(
                unquote_str(key) if is_quoted else key, bytes=_size(size), etag=bare_etag(etag)
            )
            for key, size, etag in self._objects
        ]

    def rest(self) -> bytes:
        """Return the page without its objects, for boto3 to read."""
        token = self._fields.get("NextContinuationToken")
        more = f"<NextContinuationToken>{escape(token)}</NextContinuationToken>" if token else ""
        truncated = "true" if self._fields.get("IsTruncated") == "true" else "false"
        return _EMPTY % (truncated.encode(), more.encode())

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._text.clear()
        self._root = self._root or name
        if name == "Contents":
            self._inside = True

    def _end(self, name: str) -> None:
        if name == "Contents":
            self._inside = False
            pop = self._fields.pop
            self._objects.append((pop("Key", ""), pop("Size", "0"), pop("ETag", "")))
        elif name in (_FIELDS if self._inside else _ABOUT):
            self._fields[name] = "".join(self._text)


def _size(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS:
        raise ValueError(f"a size that is none: {text[:40]!r}")
    return int(text)


def _refuse_doctype(*_about: object) -> None:
    raise ValueError("the answer is another document: a listing has no DOCTYPE")
