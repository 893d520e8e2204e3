"""Films and animations drawn for tests, as phones and drawing programs write them."""

from __future__ import annotations

import io
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from mediakit.images.animation import ShownFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

av: Any = import_module("av")  # untyped in parts
GROUND, CORNER, BALL = (90, 120, 60), (220, 30, 30), (245, 245, 250)


def scene(size: tuple[int, int], at: float) -> Image.Image:
    """Return a red corner at the top left, and a ball that has come as far as `at` (0 to 1)."""
    image = Image.new("RGB", size, GROUND)
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((0, 0, size[0] // 4, size[1] // 4), fill=CORNER)
    across = size[0] // 4
    left = round(at * (size[0] - across))
    pencil.ellipse((left, size[1] // 2, left + across, size[1] // 2 + across), fill=BALL)
    return image


def drawn(count: int = 8, size: tuple[int, int] = (96, 64), every: int = 70) -> list[ShownFrame]:
    """Return frames with times that vary."""
    return [
        ShownFrame(scene(size, number / count), every + 40 * (number % 3 == 0))
        for number in range(count)
    ]


def gif(shown: Sequence[ShownFrame], kind: str = "GIF") -> bytes:
    out = io.BytesIO()
    first, *others = (each.image for each in shown)
    times = [each.milliseconds for each in shown]
    first.save(out, kind, save_all=True, append_images=others, duration=times, loop=0)
    return out.getvalue()


def toned(stream: Any, tone: int, seconds: float) -> list[Any]:
    """Return the packets of a tone that begins in the middle."""
    at = np.arange(int(seconds * 44100)) / 44100
    wave = (np.sin(2 * np.pi * tone * at) * (at > seconds / 2) * 0.3).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = 44100, 0
    return [*stream.encode(frame), *stream.encode(None)]


def phone_film(
    codec: str = "mpeg4", size: tuple[int, int] = (96, 64), count: int = 12, turned: int = 0,
    kind: str = "mov", *, tone: int = 0,
) -> bytes:  # fmt: skip
    """Return a film of 25 frames a second that tells a place, as phones write it.

    A `tone` of so many Hz is heard in its second half.
    """
    out = io.BytesIO()
    with av.open(out, "w", format=kind, options={"movflags": "use_metadata_tags"}) as film:
        film.metadata["location"] = "+55.6761+012.5683/"
        film.metadata["make"] = "SECRETPHONE"
        stream = film.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        if turned:
            stream.set_display_rotation(turned)
        if tone:
            film.mux(toned(film.add_stream("aac", rate=44100), tone, count / 25))
        for number in range(count):
            frame = av.VideoFrame.from_image(scene(size, number / count))
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return out.getvalue()
