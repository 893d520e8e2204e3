"""Listings side by side: whatever was believed to be there, the whole listing comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mediakit.base.artifacts import Artifact
from mediakit.base.tables import ARTIFACTS, tabled
from mediakit.storage.s3.listing import ListedPage, list_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "media/"


class Bucket:
    """A server that lists `names`, 1,000 at a time or fewer, in its `order`."""

    def __init__(self, names: set[str], page: int = 1000, *, is_ordered: bool = True) -> None:
        self._names = sorted(names) if is_ordered else sorted(names, key=lambda name: name[::-1])
        self._page = page
        self._is_ordered = is_ordered
        self.requests = 0

    def ask(self, query: Mapping[str, str]) -> ListedPage:
        self.requests += 1
        names = [name for name in self._names if name.startswith(query["prefix"])]
        if token := query.get("continuation-token"):
            names = names[names.index(token) + 1 :]
        elif self._is_ordered:
            names = [name for name in names if name > query.get("start-after", "")]
        page = names[: self._page]
        entries = [Artifact(name, bytes=1, etag="x") for name in page]
        return ListedPage(entries, page[-1] if len(page) < len(names) else "")


def listed(bucket: Bucket, known: set[str]) -> list[str]:
    objects = {name[len(FOLDER) :]: Artifact(name[len(FOLDER) :]) for name in known}
    return [FOLDER + each for each in list_objects(bucket.ask, FOLDER, objects)]


def numbered(start: int, end: int) -> set[str]:
    return {f"{FOLDER}p{number:05}.jpg" for number in range(start, end)}


@given(
    there=st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    known=st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    page=st.sampled_from([300, 999, 1000]),
)
def test_whatever_is_known(there: tuple[int, int], known: tuple[int, int], page: int) -> None:
    """Keys that came, went or were never there change how a bucket is asked, not what comes."""
    names = numbered(*there) | {"other/p.jpg"}
    assert listed(Bucket(names, page), numbered(*known)) == sorted(names - {"other/p.jpg"})


def test_one_request_a_thousand() -> None:
    """Where all that is known is there, side by side costs what page after page would."""
    bucket = Bucket(numbered(0, 3500))
    assert len(listed(bucket, numbered(0, 3500))) == 3500
    assert bucket.requests == 4


def test_an_order_of_its_own() -> None:
    """A server that lists in another order is listed page after page, and nothing is lost."""
    names = numbered(0, 2500)
    assert set(listed(Bucket(names, is_ordered=False), names)) == names


def test_what_is_known_is_in_memory_once() -> None:
    """An object of the same size and ETag is the one that is known; another one is as listed."""
    known = tabled(
        ARTIFACTS,
        (
            (key, Artifact(key, "ab" * 32, 1, etag=tag))
            for key, tag in (("a.jpg", "x"), ("b.jpg", "y"))
        ),
    )
    found = list_objects(Bucket({f"{FOLDER}a.jpg", f"{FOLDER}b.jpg"}).ask, FOLDER, known)
    assert found["a.jpg"] == known["a.jpg"]
    assert [found.shares(known, key) for key in ("a.jpg", "b.jpg")] == [True, False]
    assert (found["b.jpg"].sha256, found["b.jpg"].etag) == ("", "x")
