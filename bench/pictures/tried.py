"""Mode `tried`: other ways to the same variants, with their time and their SSIM."""

from __future__ import annotations

import io
import statistics
import time
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from peers import Mediakit
from PIL import Image
from rounds import table
from similarity import References

from library import QUALITY, WIDTHS
from mediakit.images.decode import load
from mediakit.images.resize import resize

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Way = Callable[[bytes], dict[int, bytes]]
    """A photo to its variants by width."""

_JPEG = {"quality": QUALITY, "optimize": True}
_LANCZOS = Image.Resampling.LANCZOS


def tried(photos: list[Path], rounds: int) -> None:
    """Print CPU and wall time of one photo at a time, SSIM and bytes of each way."""
    ways: dict[str, Way] = {
        "mediakit": _mediakit,
        "full decode, Lanczos, for each size": _full,
        "decode at 1/4, Pillow's Lanczos": lambda data: _drafted(data, 1.0, "RGB"),
        "decode at 1/2, Pillow's Lanczos": lambda data: _drafted(data, 1.5, "RGB"),
        "decode at 1/2 in YCbCr, Pillow": lambda data: _drafted(data, 1.5, "YCbCr"),
        "decode at 1/2, Pillow with a gap of 1": lambda data: _drafted(data, 1.5, "RGB", 1.0),
        "decode by simplejpeg, resize as mediakit": _simplejpeg,
        "mediakit's, resized in linear light of 16 bits": _linear,
        "4:2:0 planes from decode to encode (PyTurboJPEG 1)": _planes,
        "libvips' thumbnail by pyvips, one decode": _pyvips,
        "libvips' thumbnail by pyvips, a decode each": _pyvips_each,
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
    simplejpeg = import_module("simplejpeg")
    height, width, _, _ = simplejpeg.decode_jpeg_header(data)
    pixels = simplejpeg.decode_jpeg(
        data, "RGBX", min_height=height // 2, min_width=width // 2, min_factor=1
    )
    image = Image.frombytes("RGB", pixels.shape[1::-1], pixels, "raw", "RGBX")
    made = {}
    for wide in WIDTHS:
        image = resize(image, _size((width, height), wide))
        made[wide] = _coded(image)
    return made


def _linear(data: bytes) -> dict[int, bytes]:
    """Resize light instead of sRGB values (IEC 61966-2-1); tables lead there and back."""
    simd = import_module("cykooz_resizer")
    algorithm = simd.ResizeAlg.convolution(simd.FilterType.lanczos3)
    to_light, to_srgb = _light_tables()
    stored = load(data, 2).image
    large = simd.ImageData(
        *stored.size, simd.PixelType.U16x3, to_light[np.asarray(stored)].tobytes()
    )
    made = {}
    for width in WIDTHS:
        size = _size(stored.size, width)
        small = simd.ImageData(*size, simd.PixelType.U16x3)
        simd.Resizer().resize(large, small, simd.ResizeOptions(resize_alg=algorithm))
        light = np.frombuffer(small.get_buffer(), np.uint16).reshape(*size[::-1], 3)
        made[width] = _coded(Image.fromarray(to_srgb[light]))
        large = small
    return made


@cache
def _light_tables() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    value, light = np.arange(256) / 255, np.arange(65536) / 65535
    to_light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    to_srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(to_light * 65535).astype(np.uint16), np.rint(to_srgb * 255).astype(np.uint8)


def _planes(data: bytes) -> dict[int, bytes]:
    """Resize luma and the smaller chroma planes each; for 4:2:0 and even sizes only."""
    turbo = import_module("turbojpeg").TurboJPEG()
    width, height = turbo.decode_header(data)[:2]
    planes = [
        Image.fromarray(plane) for plane in turbo.decode_to_yuv_planes(data, scaling_factor=(1, 2))
    ]
    made = {}
    for wide, high in (_size((width, height), each) for each in WIDTHS):
        sizes = [(wide, high), (wide // 2, high // 2), (wide // 2, high // 2)]
        planes = [resize(plane, size) for plane, size in zip(planes, sizes, strict=True)]
        packed = np.concatenate([np.asarray(plane).ravel() for plane in planes])
        made[wide] = turbo.encode_from_yuv(packed, high, wide, quality=QUALITY, jpeg_subsample=2)
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
    made: bytes = image.jpegsave_buffer(Q=QUALITY, optimize_coding=True)
    return made


def _coded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **_JPEG)
    return out.getvalue()


def _size(size: tuple[int, int], width: int) -> tuple[int, int]:
    return width, round(size[1] * width / size[0])
