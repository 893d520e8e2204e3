"""Screenshots that differ in a digit, a line or a switch are no copies; their copies still are."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from mediakit.images.look import grey_array, grey_copy_of, grey_pixels
from mediakit.matching.compare import DETAIL_SIDE, compare, differs_in_detail
from screenshots import FORMS, KINDS, Kind

if TYPE_CHECKING:
    from mediakit.images.look import Grey


@functools.lru_cache(maxsize=2)
def greys(data: bytes) -> tuple[Grey, Grey]:
    """Return the small and the large grey copy of a picture; one is compared with several."""
    return grey_array(grey_copy_of(data, 10**9)), grey_pixels(data, DETAIL_SIDE)


def are_same(one: bytes, other: bytes) -> bool:
    """Return whether two pictures are one, as the whole and in details."""
    small, large = zip(greys(one), greys(other), strict=True)
    return compare(*small).is_same and not differs_in_detail(*large)


SMALL = [
    pytest.param(kind, change, id=f"{kind.name} {change}")
    for kind in KINDS
    for change in kind.changes
]


@pytest.mark.parametrize(("kind", "change"), SMALL)
def test_a_detail_that_differs(kind: Kind, change: str) -> None:
    """Another digit, word, line, bar or switch is another picture, also in another format."""
    size = kind.sizes[-1]
    for seed in (1, 2):
        one = FORMS["PNG"](kind.draw(*size, seed))
        changed = kind.draw(*size, seed, change)
        for form in ("PNG", "JPEG 70", "WebP 75"):
            assert not are_same(one, FORMS[form](changed)), (seed, form)


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.name)
def test_copies_of_a_screenshot(kind: Kind) -> None:
    """The same screenshot in another size, format or quality is the same picture."""
    image = kind.draw(*kind.sizes[-1], 1)
    one = FORMS["PNG"](image)
    for name, form in FORMS.items():
        assert are_same(one, form(image)), name
