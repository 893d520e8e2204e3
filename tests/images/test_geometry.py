from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.images.preset import Fit, Placement, place


class Box(NamedTuple):
    width: int
    height: int
    fit: Fit

    def place(self, width: int, height: int) -> Placement:
        return place(self.fit, (self.width, self.height), (width, height))


SIDES = st.integers(1, 30_000)
FRAMES = st.builds(Box, st.integers(1, 4000), st.integers(1, 4000), st.sampled_from(Fit))


@pytest.mark.parametrize(
    ("fit", "source", "scaled", "size"),
    [
        ("width", (900, 600), (300, 200), (300, 200)),
        ("height", (900, 600), (300, 200), (300, 200)),
        ("inside", (900, 600), (300, 200), (300, 200)),
        ("inside", (600, 900), (133, 200), (133, 200)),
        ("cover", (900, 600), (300, 200), (300, 200)),
        ("cover", (900, 900), (300, 300), (300, 200)),
        ("cover", (900, 300), (600, 200), (300, 200)),
        ("cover", (1000, 150), (1000, 150), (300, 150)),
        ("cover", (250, 150), (250, 150), (250, 150)),
        ("contain", (900, 900), (200, 200), (300, 200)),
        ("contain", (100, 50), (100, 50), (300, 200)),
        ("inside", (10_000, 3), (300, 1), (300, 1)),
        ("cover", (10_000, 3), (10_000, 3), (300, 3)),
        ("width", (640, 401), (300, 188), (300, 188)),
        ("height", (401, 640), (125, 200), (125, 200)),
    ],
)
def test_fits(
    fit: str, source: tuple[int, int], scaled: tuple[int, int], size: tuple[int, int]
) -> None:
    """In a frame of 300 x 200 each fit gives the size that sharp gives without enlargement."""
    frame = Box(300, 200, Fit(fit))
    assert frame.place(*source).scaled == scaled
    assert frame.place(*source).size == size


@given(FRAMES, SIDES, SIDES)
def test_nothing_is_enlarged(frame: Box, width: int, height: int) -> None:
    """No fit makes pixels up, none makes them vanish, and none leaves its frame."""
    placement = frame.place(width, height)
    assert 1 <= placement.scaled[0] <= width
    assert 1 <= placement.scaled[1] <= height
    assert min(placement.size) >= 1
    if frame.fit is not Fit.HEIGHT:
        assert placement.size[0] <= frame.width
    if frame.fit is not Fit.WIDTH:
        assert placement.size[1] <= frame.height


@given(FRAMES, SIDES, SIDES)
def test_the_aspect_is_kept(frame: Box, width: int, height: int) -> None:
    """A scaled side is the exact one, rounded to the nearest pixel, and at least 1."""
    scaled = frame.place(width, height).scaled
    by_width = max(1, (2 * height * scaled[0] + width) // (2 * width))
    by_height = max(1, (2 * width * scaled[1] + height) // (2 * height))
    assert scaled[1] == by_width or scaled[0] == by_height


@given(FRAMES, SIDES, SIDES)
def test_turning_turns_the_result(frame: Box, width: int, height: int) -> None:
    """Width and height are treated alike."""
    turned = {Fit.WIDTH: Fit.HEIGHT, Fit.HEIGHT: Fit.WIDTH}.get(frame.fit, frame.fit)
    other = Box(frame.height, frame.width, turned).place(height, width)
    placement = frame.place(width, height)
    assert other.size == placement.size[::-1]


@given(FRAMES, SIDES, SIDES)
def test_a_variant_of_a_variant(frame: Box, width: int, height: int) -> None:
    """What has the size already keeps it."""
    size = frame.place(width, height).size
    assert frame.place(*size).size == size
