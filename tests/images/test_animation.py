from __future__ import annotations

import struct
import zlib

import pytest
from drawn import UPRIGHT, chunk, corners, gif, gif_frame, oriented, png, quarters, saved
from PIL import Image

from mediakit.images.animation import ShownFrame, frames, loops
from mediakit.images.decode import decode, is_whole, probe
from mediakit.images.opening import UnreadableError

RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
NOTHING = (0, 0, 0, 0)
SIZE = (40, 20)
LEFT, RIGHT = (5, 10), (35, 10)


def at(frame: ShownFrame, *places: tuple[int, int]) -> list[object]:
    """Return the pixels at some places, all transparent ones alike."""
    image = frame.image.convert("RGBA")
    found = [image.getpixel(place) for place in places]
    return [pixel if isinstance(pixel, tuple) and pixel[3] else NOTHING for pixel in found]


def apng(
    *parts: tuple[tuple[int, int, int, int], tuple[int, ...], int, int], plays: int = 0
) -> bytes:
    """Return an APNG of RGB or RGBA frames: left, top, width, height; colour; disposal; blend."""
    control = [(b"acTL", struct.pack(">II", len(parts), plays))]
    sequence = 0
    for number, (box, colour, disposal, blend) in enumerate(parts):
        left, top, width, height = box
        place = struct.pack(">IIIII", sequence, width, height, left, top)
        control.append((b"fcTL", place + struct.pack(">HHBB", 1, 20, disposal, blend)))
        sequence += 1
        pixels = zlib.compress((b"\0" + bytes(colour) * width) * height)
        if number:
            control.append((b"fdAT", struct.pack(">I", sequence) + pixels))
            sequence += 1
        else:
            control.append((b"IDAT", pixels))
    kind = 6 if len(parts[0][1]) == 4 else 2
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *SIZE, 8, kind, 0, 0, 0))
    body = b"".join(chunk(*each) for each in control)
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


def moving(kind: str, **options: object) -> bytes:
    pictures = [Image.new("RGB", SIZE, colour) for colour in ("red", "lime", "blue")]
    if kind == "WEBP":
        options["lossless"] = True
    return saved(
        pictures[0], kind, save_all=True, append_images=pictures[1:], duration=100, **options
    )


@pytest.mark.parametrize(
    ("kind", "options", "plays"),
    [
        ("GIF", {"loop": 0}, 0),
        ("GIF", {}, 1),
        ("GIF", {"loop": 2}, 3),
        ("PNG", {"loop": 0}, 0),
        ("PNG", {"loop": 2}, 2),
        ("WEBP", {"loop": 0}, 0),
        ("WEBP", {"loop": 2}, 2),
        ("AVIF", {"quality": 100, "subsampling": "4:4:4"}, 0),
    ],
)
def test_animations(kind: str, options: dict[str, int], plays: int) -> None:
    """All frames come with their times, and how often they are played; a still is the first."""
    data = moving(kind, **options)
    found = list(frames(data))
    size = probe(data)
    assert (size.width, size.height, size.format, size.frames) == (*SIZE, kind, 3)
    assert [frame.image.size for frame in found] == [SIZE] * 3
    assert [frame.milliseconds for frame in found] == [100] * 3
    assert {frame.image.mode for frame in found} <= {"RGB", "RGBA"}
    assert [corners(frame.image)[0] for frame in found] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert loops(data) == plays
    assert corners(decode(data))[0] == (1, 0, 0)
    assert is_whole(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_stills(kind: str) -> None:
    """A still is an animation of one frame, played once."""
    data = saved(quarters(), kind)
    assert probe(data).frames == 1
    (frame,) = frames(data)
    assert (frame.image.size, frame.milliseconds) == ((64, 32), 0)
    assert loops(data) == 1


def test_views_and_pages_are_no_frames() -> None:
    """Further pictures in an MPO or a TIFF are not an animation."""
    for kind in ("MPO", "TIFF"):
        other = Image.new("RGB", (64, 32))
        data = saved(quarters(), kind, save_all=True, append_images=[other])
        assert probe(data).frames == 1
        (frame,) = frames(data)
        assert corners(frame.image) == UPRIGHT


def test_gif_partial_frames() -> None:
    """A frame that covers a part leaves the rest as it was; its times are its own."""
    data = gif(
        SIZE,
        gif_frame((0, 0, 40, 20), 0, delay=5),
        gif_frame((20, 0, 20, 20), 1, delay=7),
        gif_frame((30, 5, 10, 10), 2, delay=0, transparent=2),
    )
    first, second, third = frames(data)
    assert at(first, LEFT, RIGHT) == [RED, RED]
    assert at(second, LEFT, RIGHT) == [RED, GREEN]
    assert at(third, LEFT, RIGHT) == [RED, GREEN]
    assert [each.milliseconds for each in (first, second, third)] == [50, 70, 0]


def test_gif_disposal() -> None:
    """Disposal 2 clears to transparent, disposal 3 to what was there before."""
    data = gif(
        SIZE,
        gif_frame((0, 0, 40, 20), 0),
        gif_frame((20, 0, 20, 20), 1, disposal=3),
        gif_frame((0, 0, 10, 20), 2, disposal=2),
        gif_frame((15, 0, 1, 1), 3),
    )
    found = list(frames(data))
    assert [at(each, LEFT, RIGHT) for each in found] == [
        [RED, RED],
        [RED, GREEN],
        [BLUE, RED],
        [NOTHING, RED],
    ]


def test_gif_first_frame_smaller_than_its_screen() -> None:
    """What no frame has covered yet is transparent, in a still too."""
    data = gif(SIZE, gif_frame((20, 0, 20, 20), 1), gif_frame((0, 0, 20, 20), 0))
    still = decode(data)
    assert (still.size, still.mode) == (SIZE, "RGBA")
    assert at(ShownFrame(still, 0), LEFT, RIGHT) == [NOTHING, GREEN]
    assert [at(each, LEFT, RIGHT) for each in frames(data)] == [[NOTHING, GREEN], [RED, GREEN]]


def test_gif_first_frame_larger_than_its_screen() -> None:
    """A first frame that goes over the edge makes the picture larger; later ones are cut."""
    data = gif((10, 10), gif_frame((0, 0, 40, 20), 1), gif_frame((30, 0, 20, 20), 2))
    assert (probe(data).width, probe(data).height) == SIZE
    assert decode(data).size == SIZE
    assert [each.image.size for each in frames(data)] == [SIZE, SIZE]
    assert [at(each, LEFT, RIGHT) for each in frames(data)] == [[GREEN, GREEN], [GREEN, BLUE]]


@pytest.mark.parametrize("alpha", [True, False])
def test_apng_disposal_and_blending(*, alpha: bool) -> None:
    """Cleared places are transparent, also where the pixels have no alpha of their own."""
    red, green, blue = (RED, GREEN, BLUE) if alpha else (RED[:3], GREEN[:3], BLUE[:3])
    data = apng(
        ((0, 0, 40, 20), red, 0, 0),
        ((20, 0, 20, 20), green, 2, 1),
        ((0, 0, 10, 20), blue, 1, 1),
        ((15, 0, 1, 1), red, 0, 0),
        plays=4,
    )
    found = list(frames(data))
    assert [at(each, LEFT, RIGHT) for each in found] == [
        [RED, RED],
        [RED, GREEN],
        [BLUE, RED],
        [NOTHING, RED],
    ]
    assert [each.milliseconds for each in found] == [50] * 4
    assert loops(data) == 4


def test_apng_source_replaces_and_over_adds() -> None:
    """A transparent frame shows what is below it if blended over, else it replaces that."""
    clear = (0, 0, 0, 0)
    whole = (0, 0, 40, 20)
    over = list(frames(apng((whole, RED, 0, 0), (whole, clear, 0, 1))))
    source = list(frames(apng((whole, RED, 0, 0), (whole, clear, 0, 0))))
    assert at(over[1], LEFT) == [RED]
    assert at(source[1], LEFT) == [NOTHING]


def test_animations_are_turned() -> None:
    """Every frame of a sideways animation is upright."""
    pictures = [quarters(), quarters().transpose(Image.Transpose.ROTATE_180)]
    data = saved(
        pictures[0], "PNG", save_all=True, append_images=pictures[1:], exif=oriented(3),
        duration=50,
    )  # fmt: skip
    first, second = frames(data)
    assert corners(first.image) == UPRIGHT[::-1]
    assert corners(second.image) == UPRIGHT


def test_frames_stay_as_they_were() -> None:
    """A frame that was given out does not change with those after it."""
    for kind in ("GIF", "PNG", "WEBP", "AVIF"):
        kept = list(frames(moving(kind)))
        assert corners(kept[0].image)[0] == (1, 0, 0)


def test_frames_that_do_not_fit_are_refused() -> None:
    """A frame that would take more memory than its animation's size says is an error."""
    huge = gif_frame((0, 0, 4, 4), 1).replace(
        struct.pack("<HHHH", 0, 0, 4, 4), struct.pack("<HHHH", 0, 0, 60_000, 60_000)
    )
    data = gif(SIZE, gif_frame((0, 0, 40, 20), 0), huge)
    with pytest.raises(UnreadableError, match="does not fit"):
        list(frames(data))
    with pytest.raises(UnreadableError, match="does not fit"):
        list(frames(apng(((0, 0, 40, 20), RED, 0, 0), ((0, 0, 90, 90), RED, 0, 0))))


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_cut_in_a_later_frame(kind: str) -> None:
    """The frames before a cut come, then an error; the file is not whole."""
    pictures = [Image.effect_noise((60, 60), 90).convert("RGB") for _ in range(3)]
    data = saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=50)
    cut = data[: len(data) * 5 // 6]
    assert is_whole(data)
    assert not is_whole(cut)
    coming = frames(cut)
    assert [next(coming).image.size for _ in range(2)] == [(60, 60)] * 2
    with pytest.raises(UnreadableError):
        next(coming)


def test_an_apng_of_no_frames_is_a_still() -> None:
    """A PNG that only claims to be animated is the picture it is."""
    data = png((2, 1), 8, 2, bytes(6), (b"acTL", struct.pack(">II", 5, 0)))
    assert probe(data).frames == 1
    (frame,) = frames(data)
    assert frame.image.size == (2, 1)
