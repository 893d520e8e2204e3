"""Black bars that a provider has put around a picture, cut away."""

from __future__ import annotations

import io

from PIL import ImageStat

from mediakit.images.opening import UnreadableError, opened

_DARK = 28.0
"""Mean luma, of 255, up to which a bar is black: JPEG leaves some light near its edge."""

_EVEN = 12.0
"""Standard deviation of luma up to which a bar is one colour."""

_SHAPE = 16 / 9
_SMALLEST = 4  # pixels of a bar that is worth cutting
_SEAM = 2  # pixels beside the picture, into which JPEG has smeared it
_QUALITY = 92


def size_of(data: bytes) -> tuple[int, int]:
    """Return the size in pixels; raises UnreadableError where the picture is not whole."""
    with opened(data) as image:
        image.load()
        return image.size


def without_bars(data: bytes) -> bytes:
    """Return a picture of 4:3 that was padded from 16:9 as what is between its bars.

    One without two black bars comes back as it is. Raises UnreadableError.
    """
    with opened(data) as image:
        image.load()
        width, height = image.size
        bar = round((height - width / _SHAPE) / 2)
        if bar < _SMALLEST:
            return data
        luma = image.convert("L")
        for top in (0, height - bar + _SEAM):
            strip = ImageStat.Stat(luma.crop((0, top, width, top + bar - _SEAM)))
            if strip.mean[0] > _DARK or strip.stddev[0] > _EVEN:
                return data
        inside = image.convert("RGB").crop((0, bar, width, height - bar))
    out = io.BytesIO()
    inside.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return out.getvalue()


__all__ = ["UnreadableError", "size_of", "without_bars"]
