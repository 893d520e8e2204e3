"""A film as one picture to compare: four of its frames, at the same parts of its time."""

from __future__ import annotations

import io

from PIL import Image

from mediakit.images.film_bytes import is_film

_LONGEST = 480
"""Pixels of a frame."""

_PARTS = (1, 3, 5, 7)
_OF = 8


def to_compare(data: bytes) -> bytes:
    """Return a picture as it is, and of a film a PNG with four frames; raises UnreadableError.

    It is the same for one film in any size, quality and codec; another pose makes another one.
    """
    if not is_film(data):
        return data
    from mediakit.images.film import even_size  # noqa: PLC0415 - it loads PyAV's part
    from mediakit.images.filmed import FilmedFrames, picture_of, probe_film  # noqa: PLC0415

    film = probe_film(data)
    size = even_size(film.width, film.height, _LONGEST)
    sheet = Image.new("RGB", (2 * size[0], 2 * size[1]))
    for number, part in enumerate(_PARTS):
        start = film.milliseconds * part // _OF
        frame = picture_of(next(iter(FilmedFrames(data, size, start))).frame)
        sheet.paste(frame.resize(size), (number % 2 * size[0], number // 2 * size[1]))
    out = io.BytesIO()
    sheet.save(out, "PNG", compress_level=1)
    return out.getvalue()
