from __future__ import annotations

import pytest

from mediakit.base.actions import Failure
from mediakit.images.opening import is_svg
from mediakit.images.preset import DEFAULT_PRESETS
from mediakit.images.render import Rendered, render
from mediakit.images.scaling import PictureSource

TEASER = DEFAULT_PRESETS[0]
SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize(
    "data", [SVG, b"\xef\xbb\xbf<svg>", b"<svg:svg xmlns:svg='x'>", b"<!DOCTYPE svg>\n<svg\n>"]
)
def test_pictures(data: bytes) -> None:
    """A root element makes an SVG, whatever comes before it."""
    assert is_svg("a.svg", data)
    assert is_svg("a.SVG", data)
    assert not is_svg("a.jpg", data)


@pytest.mark.parametrize("data", [b"", b"<html>", b"<svgx>", b"svg", b"\x89PNG\r\n\x1a\n"])
def test_other_files(data: bytes) -> None:
    """What has no such element is none, also if it is called .svg."""
    assert not is_svg("a.svg", data)


def test_it_is_passed_through() -> None:
    """A variant that a page names is the same bytes; a raster of it is not made."""
    vector, raster = render(PictureSource(SVG), (("a-320.svg", TEASER), ("a-320.jpg", TEASER)))
    assert isinstance(vector, Rendered)
    assert (vector.data, vector.width, vector.height) == (SVG, 0, 0)
    assert isinstance(raster, Failure)
