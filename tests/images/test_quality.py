from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakit.images.preset import DEFAULT_LEVEL, Qualities, quality_of

LEVELS = st.integers(1, 100)


@pytest.mark.parametrize(("name", "quality"), [("JPEG", 82), ("WEBP", 84), ("AVIF", 67)])
def test_default(name: str, quality: int) -> None:
    """The default is what was measured to look alike."""
    assert quality_of(DEFAULT_LEVEL, name) == quality


@given(LEVELS)
def test_the_scale_is_that_of_jpeg(level: int) -> None:
    """JPEG gets the number itself, formats without a quality get none."""
    assert quality_of(level, "JPEG") == level
    assert quality_of(level, "PNG") is None


@given(LEVELS, LEVELS, st.sampled_from(["WEBP", "AVIF"]))
def test_more_is_more(one: int, other: int, name: str) -> None:
    """A higher level never gives a lower quality, and all are on the encoder's scale."""
    low, high = (quality_of(each, name) for each in sorted((one, other)))
    assert low is not None
    assert high is not None
    assert 1 <= low <= high <= 100


def test_a_format_on_its_own() -> None:
    """A quality of a format's own is taken as it is, and the others stay level."""
    quality = Qualities(avif=40)
    assert [quality_of(quality, name) for name in ("JPEG", "WEBP", "AVIF")] == [82, 84, 40]
