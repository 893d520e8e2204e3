from __future__ import annotations

import functools
import io

import pytest
from drawn import gif, gif_frame, saved
from msgspec.structs import replace
from PIL import Image, ImageDraw

from mediakit.base.actions import Failure
from mediakit.images.animation import frames, loops
from mediakit.images.decode import probe
from mediakit.images.preset import DEFAULT_PRESETS, Animation, Fit, Gravity
from mediakit.images.render import PictureSource, Rendered, render

STILL = DEFAULT_PRESETS[0]
KEEP = replace(STILL, animation=Animation.KEEP)
SIZE = (640, 400)
COLOURS = ("#ff0000", "#00ff00", "#0000ff")
TIMES = [100, 200, 300]
EXACT: dict[str, dict[str, object]] = {
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 100, "subsampling": "4:4:4", "speed": 10},
}


def disc(colour: str, left: int, mode: str = "RGB") -> Image.Image:
    """Return a disc that stands somewhere else in each frame, on white or on nothing."""
    image = Image.new(mode, SIZE, (0, 0, 0, 0) if mode == "RGBA" else "white")
    ImageDraw.Draw(image).ellipse((left, 100, left + 200, 300), fill=colour)
    return image


@functools.cache
def animation(kind: str, mode: str = "RGB", **options: object) -> bytes:
    pictures = [disc(colour, 200 * at, mode) for at, colour in enumerate(COLOURS)]
    return saved(
        pictures[0], kind, save_all=True, append_images=pictures[1:], duration=TIMES,
        **{"loop": 0, "disposal": 2, **EXACT.get(kind, {}), **options},
    )  # fmt: skip


def variant(data: bytes, ending: str = "gif", preset: object = KEEP) -> Rendered | Failure:
    (made,) = render(PictureSource(data), ((f"a-320.{ending}", preset),))  # type: ignore[arg-type]
    return made


def shade(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    """Return a pixel's red, green, blue and alpha on a scale of 0 to 1."""
    pixel = image.convert("RGBA").getpixel(at)
    assert isinstance(pixel, tuple)
    return tuple(round(value / 255) for value in pixel)


def moved(made: Rendered | Failure) -> list[list[tuple[int, ...]]]:
    """Return of each frame the pixels where the discs stand in turn, on a scale of 0 to 1."""
    assert isinstance(made, Rendered), made
    found = []
    for frame in frames(made.data):
        image = frame.image.convert("RGBA")
        assert image.size == (made.width, made.height)
        middle = image.height // 2
        found.append([shade(image, (x * image.width // 640, middle)) for x in (100, 300, 500)])
    return found


def expected(ground: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    discs = [(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1)]
    return [[discs[at] if at == frame else ground for at in range(3)] for frame in range(3)]


@pytest.mark.parametrize("source", ["GIF", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("ending", ["gif", "png", "webp", "avif"])
def test_all_frames_are_kept(source: str, ending: str) -> None:
    """From any format that moves to any other: the frames, each in its size, and their times."""
    made = variant(animation(source), ending)
    assert moved(made) == expected((1, 1, 1, 1))
    assert isinstance(made, Rendered)
    assert (made.width, made.height) == (320, 200)
    assert [frame.milliseconds for frame in frames(made.data)] == TIMES
    if ending != "avif":  # which cannot say
        assert loops(made.data) == 0


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_what_is_transparent_stays_so(ending: str) -> None:
    """A frame does not shine through the next one."""
    made = variant(animation("PNG", "RGBA"), ending)
    found = moved(made)
    ground = {pixel[3] for row, wanted in zip(found, expected((0,) * 4), strict=True)
              for pixel, at in zip(row, wanted, strict=True) if at == (0,) * 4}  # fmt: skip
    assert ground == {0}
    assert [row[at] for at, row in enumerate(found)] == [
        row[at] for at, row in enumerate(expected((0,) * 4))
    ]


@pytest.mark.parametrize(("plays", "loop"), [(0, {"loop": 0}), (3, {"loop": 2}), (1, {})])
def test_how_often_it_plays(plays: int, loop: dict[str, int]) -> None:
    """A GIF that plays once or thrice still does, in GIF, APNG and WebP."""
    pictures = [Image.new("RGB", SIZE, colour) for colour in COLOURS]
    data = saved(
        pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=100, **loop
    )
    assert loops(data) == plays
    for ending in ("gif", "png", "webp"):
        made = variant(data, ending)
        assert isinstance(made, Rendered)
        assert loops(made.data) == plays


def test_partial_frames_and_disposal() -> None:
    """A frame that covers a part is made whole before it is resized."""
    data = gif(
        (40, 20),
        gif_frame((0, 0, 40, 20), 0),
        gif_frame((20, 0, 20, 20), 1, disposal=3),
        gif_frame((0, 0, 10, 20), 2),
        repeats=0,
    )
    made = variant(data, "png", replace(KEEP, width=20))
    assert isinstance(made, Rendered)
    seen = [[shade(frame.image, at) for at in ((2, 5), (17, 5))] for frame in frames(made.data)]
    red, green, blue = (1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1)
    assert seen == [[red, red], [red, green], [blue, red]]


@pytest.mark.parametrize("source", ["GIF", "PNG", "WEBP", "AVIF"])
def test_a_still_preset_takes_the_first_frame(source: str) -> None:
    """By default a variant does not move, whatever its format could."""
    made = variant(animation(source), "webp", STILL)
    assert isinstance(made, Rendered)
    assert probe(made.data).frames == 1
    assert moved(made)[0][0] == (1, 0, 0, 1)


def test_a_format_that_cannot_move() -> None:
    """A JPEG of an animation is its first frame, in a run beside one that moves."""
    data = animation("GIF")
    still, moving = render(PictureSource(data), (("a-320.jpg", KEEP), ("a-320.webp", KEEP)))
    assert isinstance(still, Rendered)
    assert isinstance(moving, Rendered)
    assert Image.open(io.BytesIO(still.data)).format == "JPEG"
    assert (probe(still.data).frames, probe(moving.data).frames) == (1, 3)


def test_all_frames_are_cut_alike() -> None:
    """A crop does not wander from frame to frame after what is busy there."""
    square = replace(KEEP, height=320, fit=Fit.COVER, gravity=Gravity.ATTENTION)
    pictures = [disc("#ff0000", 0), disc("#ff0000", 440)]
    data = saved(pictures[0], "PNG", save_all=True, append_images=pictures[1:], duration=100)
    made = variant(data, "png", square)
    assert isinstance(made, Rendered)
    first, second = (frame.image.convert("RGB") for frame in frames(made.data))
    assert first.size == second.size == (320, 320)
    assert first.getpixel((80, 160)) == (255, 0, 0)
    assert second.getpixel((80, 160)) == (255, 255, 255)


def test_a_canvas_for_all_frames() -> None:
    """Every frame is padded."""
    made = variant(
        animation("PNG", disposal=0),
        "png",
        replace(KEEP, height=320, fit=Fit.CONTAIN, background="#00ffff"),
    )
    assert isinstance(made, Rendered)
    assert {frame.image.convert("RGB").getpixel((5, 5)) for frame in frames(made.data)} == {
        (0, 255, 255)
    }


def test_the_limit_counts_all_frames() -> None:
    """A few pixels in very many frames are as many pixels."""
    limit = 2 * SIZE[0] * SIZE[1]
    result = variant(animation("GIF"), "gif", replace(KEEP, max_pixels=limit))
    assert isinstance(result, Failure)
    assert result.code == "too-many-pixels"
    assert "in 3 frames are over the limit" in result.message
    assert isinstance(variant(animation("GIF"), "jpg", replace(KEEP, max_pixels=limit)), Rendered)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_that_is_cut_off(kind: str) -> None:
    """One that ends too early fails as a value."""
    data = animation(kind)
    result = variant(data[: len(data) * 3 // 4], "webp")
    assert isinstance(result, Failure)
    assert result.code == "unreadable-picture"
