"""All objects below a prefix: page after page, or side by side where most keys are known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from mediakit.storage.s3.s3_page import BrokenListingError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mediakit.base.artifacts import Artifact

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

    `known` are names that are believed to be there: the listing is cut after each thousandth
    of them, so that its pages need not wait for each other. Wrong ones cost requests only.

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
    """Return the objects behind `after`, up to `last` if one is given."""
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
    """Return the objects of a page by name, all of which must be what was asked for."""
    for each in page:
        if not each.path.startswith(folder):
            raise BrokenListingError(reason=f"it names {each.path}, which is not below {folder}")
    return {each.path: each for each in page}


def _is_within(part: Sequence[Artifact], ends: tuple[str, str | None]) -> bool:
    """Return whether a range of the listing has come in order, and not from before it."""
    names = list(map(attrgetter("path"), part))
    return names == sorted(names) and (not names or names[0] > ends[0])
