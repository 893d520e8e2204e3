import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from mediakit.images.preset import Gravity
from mediakit.images.resize import crop_box

FAIR = (230, 180, 150)
DARK = (105, 65, 45)
BLUE = (70, 110, 220)
WALL = (90, 95, 100)


def room(size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size, WALL)


def busy(image: Image.Image, centre: tuple[int, int], radius: int = 30) -> None:
    """Draw rings: nothing but edges."""
    draw = ImageDraw.Draw(image)
    for at in range(radius, 0, -6):
        box = (centre[0] - at, centre[1] - at, centre[0] + at, centre[1] + at)
        draw.ellipse(box, fill="white" if at % 12 else "black")


def disc(
    image: Image.Image, centre: tuple[int, int], colour: tuple[int, ...], radius: int = 25
) -> None:
    x, y = centre
    box = (x - radius, y - radius, x + radius, y + radius)
    ImageDraw.Draw(image).ellipse(box, fill=colour)


def same_luma(colour: tuple[int, int, int], as_one: tuple[int, int, int]) -> tuple[int, ...]:
    """Return the first colour, as light as the other one, so that edges are equal."""
    weights = np.array([0.299, 0.587, 0.114])
    wanted = float(weights @ as_one)
    return tuple(int(v) for v in np.round(np.array(colour) + wanted - weights @ colour))


def holds(box: tuple[int, int, int, int], centre: tuple[int, int], radius: int) -> bool:
    x, y = centre
    across = box[0] <= x - radius and x + radius <= box[2]
    return across and box[1] <= y - radius and y + radius <= box[3]


@pytest.mark.parametrize(
    ("gravity", "corner"),
    [
        ("centre", (3, 2)),
        ("top", (3, 0)),
        ("right", (5, 2)),
        ("bottom", (3, 4)),
        ("left", (0, 2)),
        ("top-left", (0, 0)),
        ("top-right", (5, 0)),
        ("bottom-left", (0, 4)),
        ("bottom-right", (5, 4)),
    ],
)
def test_each_side_and_corner(gravity: str, corner: tuple[int, int]) -> None:
    """A named place keeps that place; half of an odd surplus of 5 is 3, as sharp has it."""
    box = crop_box(room((15, 10)), (10, 6), Gravity(gravity))
    assert box == (*corner, corner[0] + 10, corner[1] + 6)


@pytest.mark.parametrize("size", [(16, 5), (5, 11), (0, 5), (5, 0), (-1, 5)])
def test_a_crop_must_fit(size: tuple[int, int]) -> None:
    """A size that is no part of the picture is refused, not clipped."""
    with pytest.raises(ValueError, match="no crop of"):
        crop_box(room((15, 10)), size, Gravity.ATTENTION)


@pytest.mark.parametrize("centre", [(60, 200), (540, 200), (60, 60), (540, 340)])
def test_attention_finds_what_is_busy_across(centre: tuple[int, int]) -> None:
    """A busy disc at the left or the right is in the crop that a centre crop would miss it in."""
    image = room((600, 400))
    busy(image, centre)
    assert not holds(crop_box(image, (200, 400), Gravity.CENTRE), centre, 30)
    assert holds(crop_box(image, (200, 400), Gravity.ATTENTION), centre, 30)


@pytest.mark.parametrize("centre", [(200, 60), (200, 540), (60, 60), (340, 540)])
def test_attention_finds_what_is_busy_up_and_down(centre: tuple[int, int]) -> None:
    """A busy disc at the top or the bottom is in the crop that a centre crop would miss it in."""
    image = room((400, 600))
    busy(image, centre)
    assert not holds(crop_box(image, (400, 200), Gravity.CENTRE), centre, 30)
    assert holds(crop_box(image, (400, 200), Gravity.ATTENTION), centre, 30)


@pytest.mark.parametrize("centre", [(60, 60), (540, 60), (60, 340), (540, 340)])
def test_attention_on_both_axes(centre: tuple[int, int]) -> None:
    """A crop that is smaller both ways finds the corner that is busy."""
    image = room((600, 400))
    busy(image, centre)
    assert holds(crop_box(image, (200, 150), Gravity.ATTENTION), centre, 30)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_second_axis_sees_what_the_first_has_kept(*, swapped: bool) -> None:
    """What is cut off on one axis does not draw the crop on the other one."""
    places = [(60, 340), (250, 60), (400, 60), (550, 60)]
    whole, size = (600, 400), (100, 150)
    if swapped:
        places = [(y, x) for x, y in places]
        whole, size = whole[::-1], size[::-1]
    image = room(whole)
    for number, place in enumerate(places):
        busy(image, place, 24 if number else 30)
    assert holds(crop_box(image, size, Gravity.ATTENTION), places[0], 30)


def test_the_subject_is_not_at_a_side() -> None:
    """A crop with room to spare has its subject in the inner half."""
    image = room((600, 300))
    busy(image, (200, 150), 25)
    left, _, right, _ = crop_box(image, (300, 300), Gravity.ATTENTION)
    assert left + 75 <= 175
    assert right - 75 >= 225


def test_the_middle_is_worth_a_little() -> None:
    """Of two things much alike, the one near the middle is kept."""
    image = room((700, 200))
    disc(image, (80, 100), BLUE, 25)
    disc(image, (400, 100), BLUE, 24)
    assert holds(crop_box(image, (200, 200), Gravity.ATTENTION), (400, 100), 24)


@pytest.mark.parametrize("skin", [FAIR, DARK])
@pytest.mark.parametrize("side", [0, 1])
def test_skin_wins_over_an_equal_edge(skin: tuple[int, int, int], side: int) -> None:
    """Light or dark, skin is kept and not a blue disc of the same size and lightness."""
    image = room((600, 200))
    places = ((100, 100), (500, 100))
    disc(image, places[side], skin)
    disc(image, places[1 - side], same_luma(BLUE, skin))
    assert holds(crop_box(image, (200, 200), Gravity.ATTENTION), places[side], 25)


def test_a_wooden_floor_is_no_athlete() -> None:
    """A wide plane of the colour of skin does not draw the crop away from a face."""
    image = room((600, 400))
    image.paste(FAIR, (300, 200, 600, 400))
    disc(image, (100, 100), FAIR)
    assert holds(crop_box(image, (200, 400), Gravity.ATTENTION), (100, 100), 25)


@pytest.mark.parametrize("size", [(400, 400), (400, 250)])
def test_the_head_of_one_who_stands_stays(size: tuple[int, int]) -> None:
    """A tall picture loses feet, not the head with its hair."""
    image = room((400, 600))
    draw = ImageDraw.Draw(image)
    draw.rectangle((150, 120, 250, 330), fill=(20, 20, 25))
    for left in (120, 252):
        draw.rectangle((left, 130, left + 28, 300), fill=FAIR)
    for left in (155, 215):
        draw.rectangle((left, 330, left + 30, 560), fill=FAIR)
    disc(image, (200, 85), (30, 20, 15), 35)
    disc(image, (200, 95), FAIR, 28)
    box = crop_box(image, size, Gravity.ATTENTION)
    assert box[1] <= 50
    assert box[3] >= 250


@pytest.mark.parametrize(("height", "feet"), [(300, 380), (300, 420), (267, 350)])
def test_bright_legs_do_not_draw_the_crop_from_a_dim_head(height: int, feet: int) -> None:
    """Of one who stands in a tall picture, the head stays although the light is on the legs."""
    image = room((400, 600))
    draw = ImageDraw.Draw(image)
    draw.rectangle((165, 155, 235, 270), fill=(20, 20, 25))
    for left in (160, 210):
        draw.rectangle((left, 270, left + 30, feet), fill=FAIR)
    disc(image, (200, 130), (160, 115, 90), 22)
    assert holds(crop_box(image, (400, height), Gravity.ATTENTION), (200, 130), 22)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize(
    ("whole", "size"),
    [((1, 1), (1, 1)), ((301, 200), (100, 150)), ((5000, 3), (999, 2)), ((2, 900), (1, 7))],
)
def test_flat_is_cut_in_the_middle(
    mode: str, whole: tuple[int, int], size: tuple[int, int]
) -> None:
    """Where nothing is to be seen, and however thin, attention is the centre to the pixel."""
    image = Image.new(mode, whole)
    assert crop_box(image, size, Gravity.ATTENTION) == crop_box(image, size, Gravity.CENTRE)


@pytest.mark.parametrize("whole", [(600, 200), (120, 40)])
def test_hidden_pixels_are_not_seen(whole: tuple[int, int]) -> None:
    """What transparency hides does not draw the crop, in a large picture or a small one."""
    image = room(whole)
    unit = whole[1]
    busy(image, (unit // 2, unit // 2), unit // 4)
    seen = crop_box(image, (unit, unit), Gravity.ATTENTION)
    image.putalpha(Image.new("L", whole, 0))
    assert seen != crop_box(room(whole), (unit, unit), Gravity.CENTRE)
    box = crop_box(image, (unit, unit), Gravity.ATTENTION)
    assert box == crop_box(image, (unit, unit), Gravity.CENTRE)


@pytest.mark.parametrize("unit", [100, 20])
def test_an_outline_is_seen(unit: int) -> None:
    """A plain shape on a transparent ground is kept, whatever its colour."""
    image = Image.new("RGBA", (6 * unit, 2 * unit), (128, 128, 128, 0))
    disc(image, (5 * unit, unit), (128, 128, 128, 255), unit // 4)
    box = crop_box(image, (2 * unit, 2 * unit), Gravity.ATTENTION)
    assert holds(box, (5 * unit, unit), unit // 4)


sides = st.integers(1, 400)


@given(sides, sides, sides, sides, st.sampled_from(Gravity))
@settings(deadline=None)
def test_the_box_is_inside_and_as_large_as_asked(
    width: int, height: int, wide: int, high: int, gravity: Gravity
) -> None:
    """Law: for all sizes and gravities the box has the size and lies in the picture."""
    assume(wide <= width and high <= height)
    image = room((width, height))
    disc(image, (width // 3, height // 4), FAIR, 20)
    left, top, right, bottom = crop_box(image, (wide, high), gravity)
    assert (right - left, bottom - top) == (wide, high)
    assert 0 <= left <= right <= width
    assert 0 <= top <= bottom <= height


@given(st.integers(130, 500), st.integers(40, 200), st.integers(0, 2**32 - 1), st.integers(0, 100))
@settings(deadline=None)
def test_a_mirrored_picture_gives_the_mirrored_box(
    width: int, height: int, seed: int, share: int
) -> None:
    """Law: no side is preferred, but for the pixel that a centre crop rounds."""
    image = room((width, height))
    chance = np.random.default_rng(seed)
    for colour in (FAIR, DARK, BLUE):
        disc(image, (int(chance.integers(width)), int(chance.integers(height))), colour, 15)
    size = (max(1, width * share // 100), height)
    left, _, right, _ = crop_box(image, size, Gravity.ATTENTION)
    mirrored = crop_box(ImageOps.mirror(image), size, Gravity.ATTENTION)
    centred = left == crop_box(image, size, Gravity.CENTRE)[0]
    # a picture that is the same on both sides of its middle leaves no choice but one of them
    assume(centred or mirrored[0] != left)
    assert 0 <= mirrored[0] - (width - right) <= (width - size[0]) % 2 * centred


def test_halves_are_rounded_alike_from_both_sides() -> None:
    """A step of the small copy that falls between two pixels does not prefer a side."""
    for at in range(30, 355, 4):
        image = room((384, 60))
        disc(image, (at, 30), FAIR, 15)
        left, _, right, _ = crop_box(image, (201, 60), Gravity.ATTENTION)
        mirrored = crop_box(ImageOps.mirror(image), (201, 60), Gravity.ATTENTION)
        middle = left == 92  # half of an odd surplus
        assert mirrored[0] == (92 if middle else 384 - right)
