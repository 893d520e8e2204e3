from __future__ import annotations

import io

import numpy as np
import pytest
from drawn import UPRIGHT, corners, oriented, quarters, saved, stored
from msgspec.structs import replace
from PIL import Image

from mediakit.base.model import Role
from mediakit.images.preset import Fit, Gravity, Preset
from mediakit.images.render import PictureSource, Rendered, render

SQUARE = Preset("square", (Role.TEASER,), "-sq", 200, 200, Fit.COVER)
PADDED = replace(SQUARE, fit=Fit.CONTAIN, background="#102030")


def make(data: bytes, preset: Preset, name: str = "a-sq.png") -> Image.Image:
    (made,) = render(PictureSource(data), ((name, preset),))
    assert isinstance(made, Rendered), made
    image = Image.open(io.BytesIO(made.data))
    image.load()
    assert image.size == (made.width, made.height)
    return image


def pixel(image: Image.Image, *at: int) -> tuple[int, ...]:
    found = image.convert("RGBA").getpixel((at[0], at[1]))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_cover_fills_and_crops_the_middle(kind: str) -> None:
    """A crop has just the frame's size, and of four corners a part of each."""
    made = make(saved(quarters((1600, 800)), kind), SQUARE)
    assert made.size == (200, 200)
    assert corners(made) == UPRIGHT


@pytest.mark.parametrize(
    ("gravity", "colours"), [("left", {(1, 0, 0), (0, 0, 1)}), ("right", {(0, 1, 0), (1, 1, 1)})]
)
def test_gravity_decides_what_is_kept(gravity: str, colours: set[tuple[int, ...]]) -> None:
    """Left keeps the left half, right the right one."""
    made = make(saved(quarters((800, 400)), "PNG"), replace(SQUARE, gravity=Gravity(gravity)))
    assert set(corners(made)) == colours


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_crop_is_of_the_upright_picture(orientation: int) -> None:
    """Left is left as the picture is seen, whatever way round it is stored."""
    turned = stored(quarters((800, 400)), orientation)
    data = saved(turned, "JPEG", quality=95, exif=oriented(orientation))
    made = make(data, replace(SQUARE, gravity=Gravity.LEFT))
    assert made.size == (200, 200)
    assert set(corners(made)) == {(1, 0, 0), (0, 0, 1)}


def test_a_small_source_is_cropped_as_far_as_it_goes() -> None:
    """The side that is long enough is the frame's, the other one stays."""
    made = make(saved(quarters((500, 120)), "PNG"), SQUARE)
    assert made.size == (200, 120)


@pytest.mark.parametrize(("size", "inside"), [((800, 400), (100, 50)), ((100, 60), (100, 70))])
def test_contain_pads_with_the_background(size: tuple[int, int], inside: tuple[int, int]) -> None:
    """The canvas is just the frame, the picture whole in its middle, never enlarged."""
    made = make(saved(quarters(size), "PNG"), PADDED)
    assert made.size == (200, 200)
    assert made.mode == "RGB"
    assert pixel(made, 100, 5) == pixel(made, 100, 195) == (0x10, 0x20, 0x30, 255)
    assert pixel(made, inside[0] - 20, inside[1] + 5)[:3] == (255, 0, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_the_canvas_of_what_is_transparent(mode: str) -> None:
    """A picture with transparency is padded with none, where the format can hold that."""
    source = quarters((400, 200)).convert("RGBA")
    source.putalpha(128)
    made = make(saved(source.convert(mode), "PNG"), PADDED)
    assert pixel(made, 100, 5)[3] == 0
    assert pixel(made, 50, 80)[3] == 128
    flat = make(saved(source.convert(mode), "PNG"), PADDED, "a-sq.jpg")
    assert np.abs(np.array(pixel(flat, 100, 5)[:3]) - (0x10, 0x20, 0x30)).max() <= 3


def test_grey_stays_grey_on_grey() -> None:
    """A grey picture on a grey background is a grey file, on a colour it is not."""
    data = saved(Image.new("L", (400, 200), 90), "PNG")
    assert make(data, replace(PADDED, background="#808080")).mode == "L"
    on_colour = make(data, PADDED)
    assert on_colour.mode == "RGB"
    assert pixel(on_colour, 100, 5)[:3] == (0x10, 0x20, 0x30)


def test_a_crop_does_not_depend_on_its_company() -> None:
    """A variant has the same bytes alone and beside others from the same decode."""
    data = saved(quarters((2000, 1200)), "JPEG")
    wide = Preset("wide", (), "-768", 768)
    attention = replace(SQUARE, gravity=Gravity.ATTENTION)
    (alone,) = render(PictureSource(data), (("a-sq.jpg", attention),))
    _, beside = render(PictureSource(data), (("a-768.jpg", wide), ("a-sq.jpg", attention)))
    assert alone == beside
