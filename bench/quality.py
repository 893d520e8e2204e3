#!/usr/bin/env python3
"""Level the encoders' qualities, and compare ways to resize and to write, on a folder of photos.

    python bench/quality.py FOLDER [--photos N] [--only levels|linear|lossless|jpeg]

Every N-th JPEG of FOLDER, so that about N (60) are taken, is scaled to 320 and 768 px by Lanczos.
That raster is the lossless reference of:

- levels: for JPEG qualities, what WebP and AVIF need to come to the same mean SSIM, with DSSIM,
  SSIMULACRA 2 of a few, bytes, and milliseconds to encode;
- linear: resizing in linear light against sRGB values, on photos and on drawn extremes;
- lossless: what `optimize` is worth for PNG and GIF;
- jpeg: at 320 to 1920 px, as far as the photos go, baseline and progressive JPEGs, CPU time.

SSIM is scikit-image's on luma with Gaussian weights of 1.5 px (Wang et al. 2004); DSSIM is
(1 - SSIM) / 2. Needs numpy and scikit-image; SSIMULACRA 2 is left out without ssimulacra2.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

try:
    from ssimulacra2 import compute_ssimulacra2
except ImportError:
    compute_ssimulacra2 = None

JPEG = {"format": "JPEG", "progressive": True, "optimize": True}
WEBP = {"format": "WEBP", "method": 4}
AVIF = {"format": "AVIF", "speed": 6}
COMPARED = {
    "WebP method 4": WEBP,
    "WebP method 6": WEBP | {"method": 6},
    "AVIF speed 8": AVIF | {"speed": 8},
    "AVIF speed 6": AVIF,
    "AVIF speed 4": AVIF | {"speed": 4},
}
LEVEL = 82
TABLE = (75, 78, 82, 85, 90, 95)
WIDTHS = (320, 768)
GRID = (40, 50, 58, 64, 70, 76, 82, 86, 90, 94, 97, 100)
SEVERAL = 12  # photos for what takes long


@dataclass(frozen=True)
class Point:
    """What a way to encode comes to on a set of rasters: means of SSIM, bytes and ms."""

    ssim: float
    size: float
    ms: float


def photos(folder: Path, count: int) -> list[Image.Image]:
    """Read about `count` photos, evenly spread over the sorted names."""
    files = sorted(folder.rglob("*.jpg"))
    return [Image.open(name).convert("RGB") for name in files[:: max(1, len(files) // count)]]


def scaled(image: Image.Image, width: int) -> Image.Image:
    """Return the picture at a width, by Pillow's Lanczos."""
    size = (width, max(1, round(image.height * width / image.width)))
    return image.resize(size, Image.Resampling.LANCZOS)


def luma(image: Image.Image) -> np.ndarray:
    """Return the luma as an array."""
    return np.asarray(image.convert("L"))


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Return the mean SSIM of two pictures' luma."""
    return float(structural_similarity(
        luma(one), luma(other), gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
        data_range=255,
    ))  # fmt: skip


def coded(image: Image.Image, **options: float | str) -> bytes:
    """Return the bytes of a picture as a file."""
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def measure(rasters: list[Image.Image], **options: float | str) -> Point:
    """Encode all rasters, and compare what is decoded with them."""
    results = []
    for raster in rasters:
        start = time.perf_counter()
        data = coded(raster, **options)
        ms = (time.perf_counter() - start) * 1e3
        results.append((ssim(raster, Image.open(io.BytesIO(data)).convert("RGB")), len(data), ms))
    return Point(*(statistics.fmean(column) for column in zip(*results, strict=True)))


def few(rasters: list[Image.Image]) -> list[Image.Image]:
    """Return some of them, evenly spread."""
    return rasters[:: max(1, len(rasters) // SEVERAL)]


def curve(rasters: list[Image.Image], **options: float | str) -> dict[int, Point]:
    """Return what each quality of the grid comes to."""
    return {quality: measure(rasters, quality=quality, **options) for quality in GRID}


def equal(points: dict[int, Point], ssim: float) -> tuple[float, Point]:
    """Return the quality with this SSIM, and what it comes to, between those of the grid."""
    values = list(points.values())
    known = [point.ssim for point in values]
    quality, size, ms = (
        float(np.interp(ssim, known, column))
        for column in (
            list(points), [point.size for point in values], [point.ms for point in values],
        )
    )  # fmt: skip
    return quality, Point(ssim, size, ms)


def show(name: str, quality: float, point: Point, base: Point) -> None:
    """Print one row of the table of levels."""
    print(
        f"  {name:14} q{quality:5.1f}  SSIM {point.ssim:.4f}  DSSIM {(1 - point.ssim) / 2:.4f}"
        f"  {point.size:8.0f} bytes ({point.size / base.size:4.2f})  {point.ms:6.1f} ms",
        flush=True,
    )


def levels(pictures: list[Image.Image]) -> None:
    """Print, for each width and JPEG quality, the equal qualities of the others."""
    for width in WIDTHS:
        rasters = [scaled(picture, width) for picture in pictures]
        print(f"{width} px, {len(rasters)} photos")
        curves = {"WebP": curve(rasters, **WEBP), "AVIF": curve(rasters, **AVIF)}
        for quality in TABLE:
            base = measure(rasters, quality=quality, **JPEG)
            show("JPEG", quality, base, base)
            for name, points in curves.items():
                show(name, *equal(points, base.ssim), base)
        some = few(rasters)
        print(f"{width} px, {len(some)} photos: speeds")
        base = measure(some, quality=LEVEL, **JPEG)
        show("JPEG", LEVEL, base, base)
        for name, options in COMPARED.items():
            show(name, *equal(curve(some, **options), base.ssim), base)
        if compute_ssimulacra2:
            second_opinion(some)


def second_opinion(rasters: list[Image.Image]) -> None:
    """Print SSIMULACRA 2 (90: hardly to be told apart, 70: high, 50: medium) near the levels."""
    ways = (
        ("JPEG", JPEG, (75, 82, 85)),
        ("WebP", WEBP, (74, 78, 82, 86, 90)),
        ("AVIF", AVIF, (56, 60, 64, 68, 72)),
    )
    with tempfile.TemporaryDirectory() as folder:
        one, two = Path(folder, "one.png"), Path(folder, "two.png")
        for name, options, qualities in ways:
            for quality in qualities:
                scores = []
                for raster in rasters:
                    raster.save(one)
                    Image.open(io.BytesIO(coded(raster, quality=quality, **options))).save(two)
                    scores.append(compute_ssimulacra2(str(one), str(two)))
                print(f"  SSIMULACRA 2 of {name} q{quality}: {statistics.fmean(scores):.1f}")


def to_linear(values: np.ndarray) -> np.ndarray:
    """Return linear light, 0 to 1, of sRGB values (IEC 61966-2-1)."""
    part = values / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def to_srgb(light: np.ndarray) -> np.ndarray:
    """Return sRGB values of linear light."""
    light = np.clip(light, 0, 1)
    part = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(part * 255).astype(np.uint8)


def in_linear_light(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resize by Lanczos in linear light, in 32-bit floats."""
    planes = np.moveaxis(to_linear(np.asarray(image).astype(float)).astype(np.float32), -1, 0)
    done = [Image.fromarray(each).resize(size, Image.Resampling.LANCZOS) for each in planes]
    return Image.fromarray(to_srgb(np.stack([np.asarray(each) for each in done], axis=-1)))


def drawn() -> dict[str, Image.Image]:
    """Return pictures on which the two ways differ most, 2048 px wide."""
    side = 2048
    lines = np.zeros((side, side), np.uint8)
    lines[:, ::16] = lines[:, 1::16] = 255
    chess = (np.indices((side, side)).sum(axis=0) % 2 * 255).astype(np.uint8)
    stars = np.zeros((side, side), np.uint8)
    at = np.random.default_rng(1).integers(0, side, (2, 4000))
    stars[at[0], at[1]] = 255
    edge = np.full((side, side), 16, np.uint8)
    edge[:, side // 2 :] = 235
    made = {
        "white lines on black": lines, "black lines on white": 255 - lines,
        "1 px chessboard": chess, "stars": stars, "a step from 16 to 235": edge,
    }  # fmt: skip
    return {name: Image.fromarray(np.stack([each] * 3, axis=-1)) for name, each in made.items()}


def linear(pictures: list[Image.Image]) -> None:
    """Print what resizing in linear light changes."""
    differences, far, ssims, times = [], [], [], ([], [])
    for picture in pictures:
        size = (320, round(picture.height * 320 / picture.width))
        start = time.perf_counter()
        plain = picture.resize(size, Image.Resampling.LANCZOS)
        middle = time.perf_counter()
        light = in_linear_light(picture, size)
        times[0].append(middle - start)
        times[1].append(time.perf_counter() - middle)
        change = luma(light).astype(int) - luma(plain)
        differences.append(change.mean())
        far.append((abs(change) > 8).mean() * 100)
        ssims.append(ssim(plain, light))
    print(
        f"photos to 320 px, linear less sRGB: mean luma {statistics.fmean(differences):+.2f}"
        f" (largest {max(differences, key=abs):+.2f}), SSIM between {statistics.fmean(ssims):.4f}"
        f" (lowest {min(ssims):.4f}), pixels off by more than 8: {statistics.fmean(far):.1f} %;"
        f" {statistics.fmean(times[0]) * 1e3:.1f} ms, linear {statistics.fmean(times[1]) * 1e3:.1f}"
    )
    for name, picture in drawn().items():
        plain = luma(picture.resize((320, 320), Image.Resampling.LANCZOS))
        light = luma(in_linear_light(picture, (320, 320)))
        print(
            f"{name}: from afar as bright as grey {afar(luma(picture))}, made from sRGB values"
            f" {afar(plain)}, from light {afar(light)}; range {plain.min()}-{plain.max()},"
            f" {light.min()}-{light.max()}"
        )


def afar(values: np.ndarray) -> int:
    """Return the grey that gives as much light as the picture."""
    return int(to_srgb(to_linear(values.astype(float)).mean(keepdims=True)).item())


def lossless(pictures: list[Image.Image]) -> None:
    """Print bytes and ms of PNG and GIF, as they come and optimised."""
    for width in WIDTHS:
        rasters = [scaled(each, width) for each in few(pictures)]
        flat = [each.quantize(64) for each in rasters]
        for name, some, kind in (
            ("PNG of photos", rasters, "PNG"), ("PNG, 64 colours", flat, "PNG"),
            ("GIF, 64 colours", flat, "GIF"),
        ):  # fmt: skip
            for options in ({}, {"optimize": True}):
                point = measure(some, format=kind, **options)
                print(f"{width} px {name} {options}: {point.size:.0f} bytes, {point.ms:.1f} ms")


def jpeg(pictures: list[Image.Image]) -> None:
    """Print a table of what the ways to write a JPEG come to."""
    ways = {
        "baseline, usual tables": {},
        "baseline, own tables": {"optimize": True},
        "progressive": {"progressive": True, "optimize": True},
    }
    print("| width, photos | way | bytes | ms of CPU |")
    print("| --- | --- | ---: | ---: |")
    for width in (320, 768, 1280, 1920):
        rasters = [scaled(each, width) for each in few(pictures) if each.width >= width]
        for name, options in ways.items() if rasters else ():
            before = time.thread_time()
            sizes = [len(coded(each, format="JPEG", quality=LEVEL, **options)) for each in rasters]
            spent = 1000 * (time.thread_time() - before) / len(rasters)
            mean = statistics.fmean(sizes)
            print(f"| {width} px, {len(rasters)} | {name} | {mean:,.0f} | {spent:.1f} |")


def main() -> None:
    """Print what was asked for."""
    parts = {"levels": levels, "linear": linear, "lossless": lossless, "jpeg": jpeg}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--only", choices=tuple(parts))
    options = parser.parse_args()
    pictures = photos(options.folder, options.photos)
    for name, part in parts.items():
        if options.only in {None, name}:
            print(f"## {name}")
            part(pictures)


if __name__ == "__main__":
    main()
