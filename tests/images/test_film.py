"""Films: frames in, an MP4 or a WebM out; and what phones write, read back."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from filmed_clips import BALL, CORNER, GROUND, drawn, gif, phone_film
from mediakit.images import film_coders
from mediakit.images.animation import ShownFrame
from mediakit.images.film import DrawnFrames, FilmPreset, encode_film, even_size
from mediakit.images.film_bytes import is_film
from mediakit.images.film_coders import FilmError, FilmFormat, coded
from mediakit.images.film_light import FrameMaker
from mediakit.images.filmed import (
    AnimatedFrames,
    FilmedFrames,
    boomerang,
    picture_of,
    probe_film,
)
from mediakit.images.likeness import likeness
from mediakit.images.opening import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.images.film_coders import TimedFrame

SIZE = (96, 64)
av: Any = import_module("av")  # untyped in parts


def times(data: bytes) -> list[int]:
    """Return when each frame comes, in milliseconds, and when the last one ends."""
    with av.open(io.BytesIO(data)) as film:
        found = [round(float(each.pts * each.time_base) * 1000) for each in film.decode(video=0)]
        return [*found, round(film.duration / 1000)]


def picture(frame: Any) -> Image.Image:
    found: Image.Image = frame.reformat(format="rgb24", src_colorspace="ITU709").to_image()
    return found


def near(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found: Any = image.convert("RGB").getpixel(place)
    return all(abs(a - b) < 24 for a, b in zip(found, colour, strict=True))


@pytest.mark.parametrize("kind", list(FilmFormat))
def test_a_film_has_its_frames_at_their_times(kind: FilmFormat) -> None:
    """Frame times may vary; frames look as they came, and the same frames give the same bytes."""
    shown = drawn(4)
    frames = DrawnFrames(tuple(shown), SIZE)
    made = encode_film(frames, FilmPreset(kind))
    assert made == encode_film(frames, FilmPreset(kind))
    ends = np.cumsum([0, *(each.milliseconds for each in shown)])
    assert times(made) == list(ends)
    with av.open(io.BytesIO(made)) as film:
        first = next(film.decode(video=0))
        stream = film.streams.video[0].codec_context
        assert (stream.pix_fmt, stream.colorspace, stream.color_range) == ("yuv420p", 1, 1)
    image = picture(first)
    assert near(image, (5, 5), CORNER)
    assert near(image, (90, 8), GROUND)
    assert near(image, (12, 44), BALL)


def policies() -> Iterator[int]:
    """Yield how Linux schedules each thread of this process."""
    for each in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            yield os.sched_getscheduler(int(each.name))


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are asked of Linux")
@pytest.mark.parametrize("kind", list(FilmFormat))
def test_films_are_made_beside_other_work(kind: FilmFormat) -> None:
    """As root too, no thread comes before all others of the machine, now or after."""
    found: set[int] = set()

    def watched() -> Iterator[TimedFrame]:
        for number, each in enumerate(DrawnFrames(tuple(drawn(20)), SIZE)):
            yield each
            if number >= 8:  # those before are read while the coder is opened
                found.update(policies())

    assert coded(watched(), kind, 35)
    assert found | set(policies()) == {os.sched_getscheduler(os.getppid())}


@pytest.mark.parametrize("size", [(94, 62), (340, 270)])
def test_processors_give_equal_bytes(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code for later processors is quicker, and what it codes is the same."""
    random = np.random.default_rng(1)
    pixels = random.integers(0, 255, (6, size[1], size[0], 3), np.uint8)
    frames = [ShownFrame(Image.fromarray(each), 40) for each in pixels]
    ours = coded(DrawnFrames(tuple(frames), size), FilmFormat.MP4, 30)
    if film_coders.steady():
        monkeypatch.setattr(film_coders, "steady", lambda: {"x264-params": "asm=SSE4.2"})
    assert coded(DrawnFrames(tuple(frames), size), FilmFormat.MP4, 30) == ours


def test_a_large_frame_is_coded_whole() -> None:
    """Threads share out frames: parts of one, each on its own, take more bytes and time."""
    size = (820, 612)
    frames = [ShownFrame(Image.new("RGB", size, colour), 40) for colour in (GROUND, BALL)]
    made = coded(DrawnFrames(tuple(frames), size), FilmFormat.MP4, 40)
    with av.open(io.BytesIO(made)) as film:
        packets = [bytes(each) for each in film.demux(video=0) if each.size]
    assert [len(list(units(each))) for each in packets] == [1, 1]


def units(packet: bytes) -> Iterator[int]:
    """Yield the kind of each part of a frame of H.264: 1 and 5 are pictures."""
    at = 0
    while at < len(packet):
        yield packet[at + 4] & 31
        at += 4 + int.from_bytes(packet[at : at + 4])


def test_a_film_is_as_coarse_as_it_stays_alike() -> None:
    """A wish for more likeness takes more bytes; a limit of bytes takes likeness."""
    frames = DrawnFrames(tuple(drawn(3)), SIZE)
    coarse, fine = (encode_film(frames, FilmPreset(likeness=each)) for each in (0.8, 0.99))
    assert len(coarse) < len(fine)
    limited = encode_film(frames, FilmPreset(likeness=0.99, max_bytes=len(coarse)))
    assert len(limited) <= len(coarse)


@pytest.mark.parametrize("kind", list(FilmFormat))
def test_grain_holds_the_likeness_and_takes_no_more(kind: FilmFormat) -> None:
    """The search ends at what is asked for: just above it, whatever the coder."""
    random = np.random.default_rng(4)
    grain = [Image.fromarray(random.integers(96, 160, (64, 96), np.uint8)) for _ in range(4)]
    frames = list(DrawnFrames(tuple(ShownFrame(each, 60) for each in grain), SIZE))
    made = encode_film(frames, FilmPreset(kind, likeness=0.9))
    with av.open(io.BytesIO(made)) as film:
        pairs = zip(frames, film.decode(video=0), strict=True)
        light: Any = [[each.to_ndarray()[:64] for each in (a.frame, b)] for a, b in pairs]
    found = [likeness(one, other) for one, other in light]
    assert 0.9 <= np.mean(found) < 0.91


def test_an_mp4_plays_while_it_comes_in_and_tells_nothing() -> None:
    """The index is before the frames; no date, no program and no settings of a coder are there."""
    made = coded(DrawnFrames(tuple(drawn()), SIZE), FilmFormat.MP4, 30)
    assert 0 < made.index(b"moov") < made.index(b"mdat")
    assert b"x264" not in made
    assert b"Lavf" not in made
    with av.open(io.BytesIO(made)) as film:
        assert len(list(film.decode(video=0))) == 8
        created = [key for key in film.metadata if "creat" in key or "encod" in key]
        assert created == []


def test_sides_are_even_and_never_enlarged() -> None:
    """Coders want even sides: of a film that keeps its size, a row of pixels goes."""
    assert even_size(301, 199) == (300, 198)
    assert even_size(1920, 1080, 720) == (720, 404)
    assert even_size(200, 100, 720) == (200, 100)
    made = coded(DrawnFrames(tuple(drawn(size=(97, 65))), even_size(97, 65)), FilmFormat.MP4, 30)
    with av.open(io.BytesIO(made)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == SIZE


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animations_are_read_as_browsers_show_them(kind: str) -> None:
    """What is clear gets the background; a frame without a time gets a tenth of a second."""
    clear = Image.new("RGBA", SIZE)
    clear.paste((200, 0, 0, 255), (0, 0, 20, 20))
    other = clear.copy()
    other.paste((0, 0, 200, 255), (40, 0, 60, 20))
    data = gif([ShownFrame(clear, 0), ShownFrame(other, 250)], kind)
    found = list(AnimatedFrames(data, SIZE, "#20c040"))
    assert [each.milliseconds for each in found] == [100, 250]
    image = picture(found[1].frame)
    assert near(image, (80, 40), (0x20, 0xC0, 0x40))
    assert near(image, (10, 10), (200, 0, 0))


@pytest.mark.parametrize(("turned", "corner"), [(0, (5, 5)), (-90, (58, 5)), (90, (5, 90))])
def test_films_of_phones_are_upright(turned: int, corner: tuple[int, int]) -> None:
    """A phone that was held upright writes a film that lies on its side, and says so."""
    data = phone_film(turned=turned)
    size = probe_film(data)
    assert (size.width, size.height) == (SIZE if not turned else SIZE[::-1])
    assert (size.milliseconds, size.has_sound) == (480, False)
    frames = list(FilmedFrames(data, (size.width, size.height)))
    image = picture(frames[0].frame)
    assert near(image, corner, CORNER)
    assert b"SECRETPHONE" not in encode_film(frames, FilmPreset())


LIGHT = {"paper": (1, 1, 1), "grey": (0.18,) * 3, "red": (0.6, 0.05, 0.05), "skin": (0.5, 0.3, 0.2)}
WRITTEN = {"HLG": (18, 9), "PQ": (16, 9), "of many colours": (14, 9), "plain": (1, 1)}


def signal(light: Any, curve: int) -> Any:
    """Return what BT.2100 and BT.709 write for light: 1 is white paper."""
    if curve == 18:
        light = light * 0.265
        high = 0.17883277 * np.log(np.maximum(12 * light - 0.28466892, 1e-9)) + 0.55991073
        return np.where(light <= 1 / 12, np.sqrt(3 * light), high)
    if curve == 16:
        power = (203 * light**1.2 / 10_000) ** 0.1593017578
        return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    return 1.099 * light**0.45 - 0.099


def recorded(curve: int, primaries: int, *, is_full: bool = False) -> Any:
    """Return a frame with a field of each light, as a camera writes it in 10 bits."""
    wide = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
    light = np.repeat(np.array([*LIGHT.values()]), 16, axis=0)
    fields = signal(light @ (np.array(wide).T if primaries == 9 else np.eye(3)), curve)
    red, _, blue = fields.T
    kr, kb = (0.2627, 0.0593) if primaries == 9 else (0.2126, 0.0722)
    grey = fields @ [kr, 1 - kr - kb, kb]
    colours = (blue - grey) / (2 - 2 * kb), (red - grey) / (2 - 2 * kr)
    frame = av.VideoFrame(len(light), 32, "yuv420p10le")
    low, room, reach = (0, 1023, 1023) if is_full else (64, 876, 896)
    rows = (low + room * grey, *((512 + reach * each)[::2] for each in colours))
    for plane, row in zip(frame.planes, rows, strict=True):
        line = np.zeros(plane.line_size // 2, np.uint16)
        line[: len(row)] = np.round(row)
        plane.update(np.tile(line, (plane.height, 1)).tobytes())
    frame.colorspace, frame.color_range = primaries, 2 if is_full else 1
    frame.color_trc, frame.color_primaries = curve, primaries
    return frame


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("kind", WRITTEN)
def test_films_with_more_light_and_colours_are_as_a_plain_camera_writes_them(
    kind: str,
    is_full: bool,  # noqa: FBT001
) -> None:
    """10 bits of HLG, PQ and BT.2020, in each range, become the colours of BT.709."""
    made = FrameMaker((64, 32), 1080).made(recorded(*WRITTEN[kind], is_full=is_full))
    assert (made.format.name, made.colorspace, made.color_range) == ("yuv420p", 1, 1)
    found = np.asarray(picture_of(made), int)[16, 8::16]
    wanted = np.round(255 * signal(np.array([*LIGHT.values()]), 1))
    if kind in {"HLG", "PQ"}:
        wanted[0] = 235  # there is room for what is brighter than paper
    assert np.abs(found - wanted).max() <= 4


@pytest.mark.parametrize(
    ("kind", "options"),
    [("webm", {"live": "1"}), ("mp4", {"movflags": "frag_keyframe+empty_moov"})],
)
def test_how_long_a_film_of_a_browser_lasts(kind: str, options: dict[str, str]) -> None:
    """Its head does not say it: what was recorded had no end yet."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind, options=options) as film:
        stream = film.add_stream({"webm": "libvpx", "mp4": "libx264"}[kind], rate=25)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number, each in enumerate(DrawnFrames(tuple(drawn(25)), SIZE)):
            each.frame.pts, each.frame.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(each.frame))
        film.mux(stream.encode(None))
    assert 960 <= probe_film(out.getvalue()).milliseconds <= 1000


def test_a_part_of_a_film() -> None:
    """`start` and `end` cut frames, and shorten the first and the last."""
    found = list(FilmedFrames(phone_film(), SIZE, start=100, end=230))
    assert [each.milliseconds for each in found] == [20, 40, 40, 30]
    there = list(AnimatedFrames(gif(drawn()), SIZE, "#ffffff", start=150, end=300))
    assert [each.milliseconds for each in there] == [30, 70, 50]
    with pytest.raises(FilmError, match="nothing between"):
        list(FilmedFrames(phone_film(), SIZE, start=5000))


def test_there_and_back_again() -> None:
    """A boomerang shows its first and its last frame once, so that it loops without a halt."""
    shown = list(DrawnFrames(tuple(drawn(4)), SIZE))
    assert [shown.index(each) for each in boomerang(shown)] == [0, 1, 2, 3, 2, 1]


@pytest.mark.parametrize("kind", ["mov", "mp4"])
def test_films_are_known_by_their_first_bytes(kind: str) -> None:
    """MP4 and QuickTime are; AVIF, which begins alike, and a playlist are not."""
    assert is_film(phone_film(kind=kind))
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "AVIF")
    assert not is_film(out.getvalue())
    assert not is_film(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    assert not is_film(b"ffconcat version 1.0\nfile '/etc/passwd'\n")


@pytest.mark.parametrize(
    "data",
    [
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n", b"ffconcat version 1.0\nfile 'a.mp4'\n",
        b"\0\0\0\x18ftypisom" + bytes(100), phone_film()[:2000], b"",
    ],
)  # fmt: skip
def test_what_is_no_film_is_refused(data: bytes) -> None:
    """Playlists open nothing, and a broken film is said to be broken."""
    with pytest.raises((UnreadableError, FilmError)):
        list(FilmedFrames(data, SIZE))


def test_likeness() -> None:
    """Equal planes are alike, noise and a shift are less so."""
    random = np.random.default_rng(3)
    plane = random.integers(0, 255, (40, 50), dtype=np.uint8)
    assert likeness(plane, plane) == pytest.approx(1)
    assert likeness(plane, np.roll(plane, 4, axis=1)) < 0.3
