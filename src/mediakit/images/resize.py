"""Lanczos resizing, by SIMD code where there is a wheel for it, by Pillow elsewhere.

Both take premultiplied alpha, so that no fringe of hidden colour appears.
"""

from __future__ import annotations

from PIL import Image

try:
    import cykooz_resizer as simd
except ImportError:  # no wheel for this platform: three times slower, the same picture
    simd = None


def resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture at `size` in pixels; mode L, LA, RGB or RGBA, as it came in."""
    if image.size == size:
        return image
    if image.mode == "LA":  # Pillow's LA pixels are four bytes, unlike the resizer's
        return resize(image.convert("RGBA"), size).convert("LA")
    if simd is None:
        return image.resize(size, Image.Resampling.LANCZOS)
    small = Image.new(image.mode, size)
    options = simd.ResizeOptions(resize_alg=simd.ResizeAlg.convolution(simd.FilterType.lanczos3))
    simd.Resizer().resize_pil(image, small, options)
    return small
