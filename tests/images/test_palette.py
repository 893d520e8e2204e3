"""Drawn graphics in few colours: the right ones, and no fewer than keep the picture."""

from __future__ import annotations

import colorsys
import io

import numpy as np
import pytest
from drawn import gif, gif_frame, saved
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image, ImageDraw

from mediakit.images.animation import frames
from mediakit.images.palette import Colours, differences, in_colours, is_close
from mediakit.images.preset import DEFAULT_PRESETS, Animation
from mediakit.images.render import PictureSource, Rendered, render
from mediakit.images.resize import resize

TEASER = DEFAULT_PRESETS[0]


def variant(data: bytes, name: str, **changes: object) -> bytes:
    (made,) = render(PictureSource(data), ((name, replace(TEASER, **changes)),))
    assert isinstance(made, Rendered), made
    return made.data


def shown(data: bytes) -> Image.Image:
    (frame, *_) = frames(data)
    return frame.image.convert("RGBA")


def chart() -> Image.Image:
    """Return bars in 24 colours, whose PNG is lighter than that of any smaller copy."""
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for bar in range(24):
        colour = tuple(round(255 * v) for v in colorsys.hsv_to_rgb(bar / 24, 0.9, 0.8))
        draw.rectangle((10 + 16 * bar, 290 - 11 * bar, 22 + 16 * bar, 290), colour)
    return image


def logo() -> Image.Image:
    """Return three shapes on a clear ground, in a palette whose first colour is the clear one."""
    image = Image.new("P", (400, 300), 0)
    image.putpalette([255, 255, 255, 220, 30, 30, 30, 90, 200, 250, 200, 20] + [0] * 756)
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 30, 240, 230), fill=1)
    draw.rectangle((180, 120, 360, 270), fill=2)
    draw.polygon([(200, 40), (380, 60), (300, 200)], fill=3)
    return image


def test_a_flat_chart_keeps_its_colours() -> None:
    """A variant that cannot be as light as its tiny source still has every colour of it."""
    source = saved(chart(), "PNG", optimize=True)
    made = variant(source, "a-320.png")
    assert is_close(resize(chart(), (320, 240)), Image.open(io.BytesIO(made)))
    assert len(made) <= 1.5 * len(source)


def test_a_gradient_stays_one() -> None:
    """Where no palette looks the same, none is taken, however light the source is."""
    across, down = np.meshgrid(np.arange(400), np.arange(300))
    planes = np.dstack((across % 256, down % 256, (across + down) % 256))
    image = Image.fromarray(planes.astype(np.uint8))
    made = Image.open(io.BytesIO(variant(saved(image, "PNG"), "a-320.png")))
    assert is_close(resize(image, (320, 240)), made)


def test_a_transparent_gif_keeps_ground_and_colours() -> None:
    """A GIF that is quantised, because it came out too heavy, is clear where its source is."""
    made = shown(variant(saved(logo(), "GIF", transparency=0), "a-320.gif"))
    assert [made.getpixel(at) for at in ((5, 5), (250, 180), (100, 100), (234, 80))] == [
        (0, 0, 0, 0), (30, 90, 200, 255), (220, 30, 30, 255), (250, 200, 20, 255),
    ]  # fmt: skip


def test_a_moving_transparent_gif_keeps_them_too() -> None:
    """Frames with and without clear pixels have their own colours, and what is clear stays so."""
    data = gif(
        (400, 300),
        gif_frame((0, 0, 400, 300), 0, disposal=2),
        gif_frame((100, 0, 300, 300), 1, disposal=2),
        gif_frame((0, 100, 400, 200), 2, disposal=2),
        repeats=0,
    )
    made = [
        frame.image.convert("RGBA")
        for frame in frames(variant(data, "a-320.gif", animation=Animation.KEEP))
    ]
    left, right = (10, 10), (310, 230)
    assert [(each.getpixel(left), each.getpixel(right)) for each in made] == [
        ((255, 0, 0, 255), (255, 0, 0, 255)),
        ((0, 0, 0, 0), (0, 255, 0, 255)),
        ((0, 0, 0, 0), (0, 0, 255, 255)),
    ]


@pytest.mark.parametrize("colours", [2, 5, 16, 255])
def test_opaque_stays_opaque(colours: int) -> None:
    """No opaque pixel becomes a little transparent, and no clear one a little visible."""
    across = np.tile(np.arange(256), (64, 1))
    alpha = np.where(across < 64, 0, np.where(across < 128, across * 2, 255))
    down = np.arange(64)[:, None].repeat(256, axis=1)
    image = Image.fromarray(np.dstack((across, down, across, alpha)).astype(np.uint8))
    (few,) = in_colours([image], colours, has_own=False).frames
    kept = Colours(image).reduced(colours)[1]
    table = np.frombuffer(kept, np.uint8)[np.asarray(few)]
    if colours > 2:
        assert set(np.unique(table[alpha == 255])) == {255}
        assert set(np.unique(table[alpha == 0])) == {0}


@given(st.binary(min_size=4, max_size=400), st.integers(1, 40))
def test_colours_in_number(raw: bytes, most: int) -> None:
    """A picture has at most the colours asked for, the clear one first, and all if they fit."""
    image = Image.frombytes("RGBA", (len(raw) // 4, 1), raw[: len(raw) // 4 * 4])
    colours = Colours(image)
    few, alpha = colours.reduced(most)
    assert max(few.tobytes()) < len(alpha) <= most
    assert 0 not in alpha[1:]
    if colours.number <= most:
        palette = np.frombuffer(bytes(few.getpalette() or ()), np.uint8).reshape(-1, 3)
        again = Image.fromarray(palette[np.asarray(few)]).convert("RGBA")
        again.putalpha(Image.frombytes("L", few.size, bytes(alpha[at] for at in few.tobytes())))
        assert differences(image, again) == (0, 0)


def test_a_small_thing_counts() -> None:
    """A red dot that is gone is noticed, though the mean difference is next to nothing."""
    white, dotted = (Image.new("RGB", (320, 240), "white") for _ in range(2))
    ImageDraw.Draw(dotted).rectangle((100, 100, 103, 103), "red")
    mean, worst = differences(dotted, white)
    assert mean < 0.1
    assert worst > 8
    assert not is_close(dotted, white)
