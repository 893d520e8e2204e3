"""Which quantiser keeps drawn graphics best: ten of them at 320 px, in 256 to 16 colours.

python bench/palettes.py, after `pip install imagequant`
"""

from __future__ import annotations

import colorsys
import io
import math
import time
from typing import TYPE_CHECKING

import imagequant
from PIL import Image, ImageDraw, ImageFilter

from mediakit.images.palette import Colours, differences
from mediakit.images.resize import resize

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (800, 600)
COLOURS = (256, 128, 64, 32, 16)


def _hue(share: float, value: float = 0.85) -> tuple[int, ...]:
    return tuple(round(255 * each) for each in colorsys.hsv_to_rgb(share, 0.9, value))


def _page(mode: str = "RGB", ground: str | tuple[int, ...] = "white") -> Image.Image:
    return Image.new(mode, SIZE, ground)


def chart() -> Image.Image:
    """Bars of 24 colours."""
    image = _page()
    draw = ImageDraw.Draw(image)
    for bar in range(24):
        draw.rectangle((20 + 32 * bar, 580 - 22 * bar, 44 + 32 * bar, 580), _hue(bar / 24))
    return image


def discs() -> Image.Image:
    """24 discs in a row that climbs."""
    image = _page()
    draw = ImageDraw.Draw(image)
    for disc in range(24):
        left, top = 20 + 31 * disc, 540 - 22 * disc
        draw.ellipse((left, top, left + 40, top + 40), _hue(disc / 24, 0.55 + disc % 2 * 0.3))
    return image


def logo() -> Image.Image:
    """Three shapes on transparency, edges not smoothed."""
    image = _page("RGBA", (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((80, 60, 480, 460), "#dc1e1e")
    draw.rectangle((360, 240, 720, 540), "#1e5ac8")
    draw.polygon([(400, 80), (760, 120), (600, 400)], "#fac814")
    return image


def shadow() -> Image.Image:
    """The same with a soft shadow."""
    top = logo()
    dark = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    dark.putalpha(top.getchannel("A").filter(ImageFilter.GaussianBlur(14)).point(lambda v: v // 2))
    dark.alpha_composite(top)
    return dark


def screenshot() -> Image.Image:
    """A window with lines of text and three coloured buttons."""
    image = _page("RGB", "#f6f7f9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 800, 60), "#24292f")
    for line in range(18):
        draw.text(
            (40, 90 + 26 * line), "Three sets of twelve, then rest " * 2, "#1f2328", font_size=18
        )
    for button, colour in enumerate(("#1a7f37", "#cf222e", "#0969da")):
        draw.rounded_rectangle((420 + 120 * button, 12, 520 + 120 * button, 48), 8, colour)
    return image


def gradient() -> Image.Image:
    """A diagonal gradient in three channels."""
    across = Image.linear_gradient("L").rotate(90).resize(SIZE)
    down = Image.linear_gradient("L").resize(SIZE)
    return Image.merge("RGB", (across, down, Image.blend(across, down, 0.5)))


def lines() -> Image.Image:
    """Thin coloured curves on white."""
    image = _page()
    draw = ImageDraw.Draw(image)
    for curve in range(9):
        points = [
            (x, 300 + 250 * math.sin(x / (60 + 15 * curve)) * (1 - curve / 10)) for x in range(800)
        ]
        draw.line(points, _hue(curve / 9, 0.7), width=2)
    return image


def glass() -> Image.Image:
    """Coloured discs, half transparent, one over the other."""
    image = _page("RGBA", (0, 0, 0, 0))
    for disc in range(12):
        layer = _page("RGBA", (0, 0, 0, 0))
        turn = disc * math.tau / 12
        left, top = 280 + 170 * math.cos(turn), 180 + 150 * math.sin(turn)
        ImageDraw.Draw(layer).ellipse((left, top, left + 240, top + 240), (*_hue(disc / 12), 110))
        image.alpha_composite(layer)
    return image


def button() -> Image.Image:
    """A shaded ball, which has all shades of one colour."""
    image = _page("RGB", "#102030")
    ball = Image.radial_gradient("L").resize((560, 560))
    shade = Image.merge("RGB", [ball.point(lambda v, k=k: int(255 - v * k)) for k in (0.4, 0.8, 1)])
    mask = Image.new("L", (560, 560))
    ImageDraw.Draw(mask).ellipse((10, 10, 550, 550), 255)
    image.paste(shade, (120, 20), mask)
    return image


def diagram() -> Image.Image:
    """Boxes and arrows in black on white, one small mark in red."""
    image = _page()
    draw = ImageDraw.Draw(image)
    for box in range(12):
        left, top = 40 + box % 4 * 190, 40 + box // 4 * 190
        draw.rectangle((left, top, left + 140, top + 100), "#eef2ff", "#000000", 2)
        draw.text((left + 20, top + 40), f"Step {box + 1}", "#000000", font_size=22)
        draw.line((left + 140, top + 50, left + 190, top + 50), "#000000", 2)
    draw.ellipse((700, 500, 716, 516), "#ff0000")
    return image


GRAPHICS = (
    chart, discs, logo, shadow, screenshot, gradient, lines, glass, button, diagram,
)  # fmt: skip


def _pillow(method: Image.Quantize, kmeans: int = 0) -> Callable[[Image.Image, int], Image.Image]:
    def reduce(image: Image.Image, colours: int) -> Image.Image:
        return image.quantize(colours, method, kmeans, dither=Image.Dither.NONE)

    return reduce


def _imagequant(image: Image.Image, colours: int) -> Image.Image:
    found: Image.Image = imagequant.quantize_pil_image(
        image.convert("RGBA"), dithering_level=0, max_colors=colours
    )
    return found


def _ours(image: Image.Image, colours: int) -> Image.Image:
    found, alpha = Colours(image).reduced(colours)
    found.info["transparency"] = alpha
    return found


QUANTISERS = {
    "median cut (Pillow)": _pillow(Image.Quantize.MEDIANCUT),
    "median cut, k-means (Pillow)": _pillow(Image.Quantize.MEDIANCUT, 1),
    "maximum coverage (Pillow)": _pillow(Image.Quantize.MAXCOVERAGE),
    "octree (Pillow)": _pillow(Image.Quantize.FASTOCTREE),
    "libimagequant": _imagequant,
    "mediakit": _ours,
}


def cell(reduce: Callable[[Image.Image, int], Image.Image], image: Image.Image) -> str:
    """Return the lightest file that looks the same: bytes, colours, mean error, worst area."""
    found = []
    for colours in COLOURS:
        out = io.BytesIO()
        reduce(image, colours).save(out, "PNG")
        mean, worst = differences(image, Image.open(out))
        if mean < 2 and worst <= 8:
            found.append((out.tell(), f"{out.tell():,}: {colours}, {mean:.2f}, {worst:.1f}"))
    return min(found)[1] if found else "none"


def main() -> None:
    """Print what each quantiser makes of each graphic, and the bytes by filter of the resize."""
    images = {draw.__name__: resize(draw(), (320, 240)) for draw in GRAPHICS}
    print("| graphic | PNG |", *(f" {name} |" for name in QUANTISERS), sep="")
    print("| --- |" + " ---: |" * (len(QUANTISERS) + 1))
    for name, image in images.items():
        few = (
            "no alpha" if image.mode == "RGBA" and "(Pillow)" in each and "octree" not in each
            else cell(reduce, image)
            for each, reduce in QUANTISERS.items()
        )  # fmt: skip
        print("|", " | ".join((name, f"{weight(image):,}", *few)), "|")
    opaque = [image for image in images.values() if image.mode == "RGB"]
    times = []
    for reduce in QUANTISERS.values():
        before = time.thread_time()
        for image in opaque:
            reduce(image, 64)
        times.append(f"{1000 * (time.thread_time() - before) / len(opaque):.0f} ms")
    print("| CPU of opaque ones, 64 colours | |", " | ".join(times), "|")
    print("\n| graphic in 64 colours | Lanczos | box | nearest |\n| --- | ---: | ---: | ---: |")
    filters = (Image.Resampling.LANCZOS, Image.Resampling.BOX, Image.Resampling.NEAREST)
    for draw in GRAPHICS:
        sizes = (weight(_ours(draw().resize((320, 240), each), 64)) for each in filters)
        print(f"| {draw.__name__} |", " | ".join(f"{each:,}" for each in sizes), "|")


def weight(image: Image.Image) -> int:
    """Return the bytes as a PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.tell()


if __name__ == "__main__":
    main()
