from __future__ import annotations

import base64
import io
from dataclasses import replace

import pytest
from drawn import oriented, quarters, saved
from PIL import Image

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Look
from mediakit.images.look import Limits, look_of
from mediakit.images.preset import DEFAULT_PRESETS, Truncated
from mediakit.images.render import PictureSource, describe, render

TEASER = DEFAULT_PRESETS[0]
LIMITS = Limits(1_000_000, Truncated.ERROR)


def near(colour: str, expected: tuple[int, int, int], by: int = 6) -> bool:
    found = bytes.fromhex(colour.removeprefix("#"))
    return all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


def placeholder(look: Look) -> Image.Image:
    head, body = look.placeholder.split(",")
    assert head == "data:image/webp;base64"
    image = Image.open(io.BytesIO(base64.b64decode(body, validate=True)))
    image.load()
    return image


def described(data: bytes, limits: Limits = LIMITS) -> Look | Failure:
    return describe(PictureSource(data), limits)


def test_the_commonest_colour_is_the_dominant_one() -> None:
    """Not the mean, which may be nowhere in the picture."""
    image = Image.new("RGB", (300, 200), (200, 30, 40))
    image.paste((20, 60, 200), (0, 0, 100, 200))
    assert near(look_of(image).colour, (200, 30, 40))


def test_shades_of_one_colour_count_together() -> None:
    """A wall with light on it is one colour, although no single shade is the commonest."""
    wall = Image.linear_gradient("L").resize((300, 200)).point(lambda v: 110 + v // 8)
    image = Image.merge("RGB", (wall, wall.point(lambda v: v - 20), wall.point(lambda v: v - 40)))
    image.paste((250, 250, 250), (0, 0, 40, 200))
    assert near(look_of(image).colour, (126, 106, 86), by=18)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_has_no_colour(mode: str) -> None:
    """A cut-out figure has its own colour, not that of the hidden pixels; the copy hides them."""
    image = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    image.paste((220, 220, 220, 255), (100, 50, 160, 150))
    look = look_of(image.convert(mode))
    assert near(look.colour, (220, 220, 220), by=10)
    assert placeholder(look).convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_nothing_to_be_seen() -> None:
    """A wholly transparent picture and one of a single pixel have a look too."""
    for size in ((40, 30), (1, 1), (2000, 1), (1, 2000)):
        look = look_of(Image.new("RGBA", size))
        assert len(look.colour) == 7
        assert max(placeholder(look).size) <= 16


@pytest.mark.parametrize(("size", "small"), [((800, 400), (16, 8)), ((400, 800), (8, 16))])
def test_the_placeholder_is_the_picture(size: tuple[int, int], small: tuple[int, int]) -> None:
    """It has the aspect and the colours of the picture, in few bytes."""
    found = described(saved(quarters(size), "JPEG"))
    assert isinstance(found, Look)
    image = placeholder(found).convert("RGB")
    assert image.size == small
    red = image.getpixel((1, 1))
    assert isinstance(red, tuple)
    assert red[0] > 180
    assert max(red[1:]) < 90
    assert len(found.placeholder) < 400


def test_the_upright_picture_is_described() -> None:
    """A photo that lies on its side has a placeholder that stands."""
    found = described(saved(quarters((800, 400)), "JPEG", exif=oriented(6)))
    assert isinstance(found, Look)
    assert placeholder(found).size == (8, 16)


def test_alone_or_beside_variants() -> None:
    """A look does not depend on what else is made, and vice versa."""
    data = saved(quarters((1600, 1000)), "JPEG")
    outputs = tuple((f"a{preset.suffix}.jpg", preset) for preset in DEFAULT_PRESETS[:3])
    source, limits = PictureSource(data), replace(LIMITS, max_pixels=10**7)
    variants, look = render(source, outputs), describe(source, limits)
    assert look == described(data, limits)
    assert variants == render(PictureSource(data), outputs)


def test_limits() -> None:
    """What no preset may decode is not decoded to be described."""
    found = described(saved(quarters((1200, 1000)), "JPEG"))
    assert isinstance(found, Failure)
    assert found.code == "too-many-pixels"


def test_truncated() -> None:
    """A truncated picture is described where a preset makes variants of such."""
    whole = saved(quarters((900, 600)), "JPEG", quality=95)
    cut = whole[: len(whole) // 2]
    assert isinstance(described(cut), Failure)
    assert isinstance(described(cut, replace(LIMITS, truncated=Truncated.KEEP)), Look)


def test_what_is_no_picture() -> None:
    """A text called .jpg is a failure for its variants and its look."""
    source = PictureSource(b"<html>")
    (variant,) = render(source, (("a-320.jpg", TEASER),))
    assert isinstance(variant, Failure)
    assert isinstance(describe(source, LIMITS), Failure)
