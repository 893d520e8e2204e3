"""Mode `tried`: other ways to the same variants, with their time and their SSIM."""

from __future__ import annotations

import io
import statistics
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

from library import QUALITY, WIDTHS
from peers import Mediakit
from PIL import Image
from rounds import table
from similarity import References

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Way = Callable[[bytes], dict[int, bytes]]
    """A photo to its variants by width."""

_JPEG = {"quality": QUALITY, "progressive": True, "optimize": True}
_LANCZOS = Image.Resampling.LANCZOS


def tried(photos: list[Path], rounds: int) -> None:
    """Print CPU and wall time of one photo at a time, SSIM and bytes of each way."""
    ways: dict[str, Way] = {
        "mediakit": _mediakit,
        "full decode, Lanczos, for each size": _full,
        "decode at 1/4": lambda data: _drafted(data, 1.0, "RGB"),
        "decode at 1/2, resize by Pillow": lambda data: _drafted(data, 1.5, "RGB"),
        "the same in YCbCr": lambda data: _drafted(data, 1.5, "YCbCr"),
        "the same, resize by Pillow with a gap of 1": lambda data: _drafted(data, 1.5, "RGB", 1.0),
        "decode by simplejpeg, resize as mediakit": _simplejpeg,
        "libvips' thumbnail by pyvips, one decode": _pyvips,
        "the same, a decode each": _pyvips_each,
    }
    references = References(photos[:6], WIDTHS)
    runs: dict[str, list[tuple[float, float]]] = {}
    rows = []
    for _ in range(rounds):
        for name in list(ways):
            try:
                for photo in photos:
                    runs.setdefault(name, []).append(_timed(ways[name], photo.read_bytes()))
            except ImportError as error:
                print(f"{name}: left out, {error}")
                del ways[name]
    for name, way in ways.items():
        cpu, wall = (statistics.median(each) for each in zip(*runs[name], strict=True))
        row = [name, f"{cpu:.1f}", f"{wall:.1f}"]
        for width in WIDTHS:
            ssim, size = references.measure(_made_by(way), width, QUALITY)
            row += [f"{ssim:.4f}", f"{size:,.0f}"]
        rows.append(tuple(row))
    head = [f"{what} {width}" for width in WIDTHS for what in ("SSIM", "bytes")]
    print(table(("way", "ms of CPU", "ms", *head), rows), flush=True)


def _timed(way: Way, data: bytes) -> tuple[float, float]:
    """Return CPU and wall time in milliseconds; other threads of the process count too."""
    cpu, wall = time.process_time(), time.perf_counter()
    way(data)
    return (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3


def _made_by(way: Way) -> Callable[[Path, int, int], bytes]:
    return lambda photo, width, _quality: way(photo.read_bytes())[width]


def _mediakit(data: bytes) -> dict[int, bytes]:
    made = Mediakit().render(data, [(width, QUALITY) for width in WIDTHS])
    return dict(zip(WIDTHS, made, strict=True))


def _full(data: bytes) -> dict[int, bytes]:
    made = {}
    for width in WIDTHS:
        image = Image.open(io.BytesIO(data))
        made[width] = _coded(image.resize(_size(image.size, width), _LANCZOS))
    return made


def _drafted(
    data: bytes, oversample: float, mode: str, gap: float | None = None
) -> dict[int, bytes]:
    """Decode at the smallest scale of `oversample` times the width, and chain the sizes."""
    image: Image.Image = Image.open(io.BytesIO(data))
    whole = image.size
    scale = next(each for each in (8, 4, 2, 1) if whole[0] / each >= oversample * max(WIDTHS))
    image.draft(mode, (whole[0] // scale, whole[1] // scale))
    made = {}
    for width in WIDTHS:
        image = image.resize(_size(whole, width), _LANCZOS, reducing_gap=gap)
        made[width] = _coded(image)
    return made


def _simplejpeg(data: bytes) -> dict[int, bytes]:
    simplejpeg, simd = import_module("simplejpeg"), import_module("cykooz_resizer")
    height, width, _, _ = simplejpeg.decode_jpeg_header(data)
    pixels = simplejpeg.decode_jpeg(
        data, "RGBX", min_height=height // 2, min_width=width // 2, min_factor=1
    )
    image = Image.frombytes("RGB", pixels.shape[1::-1], pixels, "raw", "RGBX")
    algorithm = simd.ResizeAlg.convolution(simd.FilterType.lanczos3)
    made = {}
    for wide in WIDTHS:
        small = Image.new("RGB", _size((width, height), wide))
        simd.Resizer().resize_pil(image, small, simd.ResizeOptions(resize_alg=algorithm))
        made[wide] = _coded(small)
        image = small
    return made


def _pyvips(data: bytes) -> dict[int, bytes]:
    pyvips = import_module("pyvips")
    image = pyvips.Image.thumbnail_buffer(data, max(WIDTHS)).copy_memory()
    return {
        width: _saved(image if width == image.width else image.thumbnail_image(width))
        for width in WIDTHS
    }


def _pyvips_each(data: bytes) -> dict[int, bytes]:
    pyvips = import_module("pyvips")
    return {width: _saved(pyvips.Image.thumbnail_buffer(data, width)) for width in WIDTHS}


def _saved(image: Any) -> bytes:  # noqa: ANN401 - pyvips is not typed
    made: bytes = image.jpegsave_buffer(Q=QUALITY, interlace=True, optimize_coding=True)
    return made


def _coded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **_JPEG)
    return out.getvalue()


def _size(size: tuple[int, int], width: int) -> tuple[int, int]:
    return width, round(size[1] * width / size[0])
