"""Screenshots drawn for tests and for bench/duplicates.py: each also with a detail changed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = (
    "lift", "hold", "press", "squat", "lunge", "plank", "row", "pull", "hip", "knee", "back",
    "chest", "arm", "slow", "steady", "breathe", "rest", "set", "weight", "machine", "bench",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of screenshot: `draw` takes a size, a seed, and one of the `changes`."""

    name: str
    draw: Callable[..., Image.Image]
    changes: tuple[str, ...]
    sizes: tuple[tuple[int, int, int], ...]
    """Width, height, and height of the letters, in pixels."""


def _font(size: float) -> Any:
    return ImageFont.load_default(size)


def _page(w: int, h: int, letters: int, seed: int, change: str = "") -> Image.Image:
    dice = random.Random(seed)
    dark = seed % 2
    image = Image.new("RGB", (w, h), "#1d1f21" if dark else "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, w, 3 * letters), fill="#30507a")
    pen.text((letters, letters * 0.8), "Training plan", fill="white", font=_font(letters * 1.4))
    lines = int((h - 4 * letters) // (letters * 1.6))
    for number in range(lines):
        words = [dice.choice(_WORDS) for _ in range(int(w / (letters * 3.4)))]
        amount = dice.randrange(10, 99)
        if number == lines // 2:
            amount += change == "digit"
            words[2] = "stretch" if change == "word" else words[2]
            words = [each[::-1] for each in words] if change == "line" else words
        words.insert(len(words) // 2, str(amount))
        y = 4 * letters + number * letters * 1.6
        text = "" if change == "no line" and number == lines // 2 else " ".join(words)
        pen.text((letters, y), text, fill="#ccc" if dark else "#222", font=_font(letters))
    return image


def _chart(w: int, h: int, letters: int, seed: int, change: str = "") -> Image.Image:
    dice = random.Random(seed)
    image = Image.new("RGB", (w, h), "white")
    pen = ImageDraw.Draw(image)
    for number in range(6):
        y = h * (0.1 + number * 0.14)
        pen.line((w * 0.08, y, w * 0.95, y), fill="#ddd")
        pen.text(
            (w * 0.02, y - letters / 2), str(100 - 20 * number), fill="#555", font=_font(letters)
        )
    for number in range(12):
        value = dice.uniform(0.1, 0.6) + (0.06 if change == "bar" and number == 5 else 0)
        x = w * (0.1 + number * 0.07)
        pen.rectangle((x, h * (0.8 - value), x + w * 0.045, h * 0.8), fill="#4a7ab5")
        shown = round(value * 100) + (7 if change == "label" and number == 7 else 0)
        pen.text((x, h * 0.82), str(shown), fill="#222", font=_font(letters))
    return image


def _timer(w: int, h: int, letters: int, seed: int, change: str = "") -> Image.Image:
    image = Image.new("RGB", (w, h), "#101820")
    pen = ImageDraw.Draw(image)
    side = min(w, h)
    reach = side * 0.35
    box = (w / 2 - reach, h / 2 - reach, w / 2 + reach, h / 2 + reach)
    pen.ellipse(box, outline="#22aacc", width=max(4, side // 40))
    second = random.Random(seed).randrange(10, 50) + (change == "digit")
    for text, y, size in (
        (f"00:{second}", 0.5, side * 0.15), ("Plank", 0.1, side * 0.07),
        (f"Set {3 if change == 'set' else 2} of 4", 0.9, side * 0.04),
    ):  # fmt: skip
        pen.text((w / 2, h * y), text, fill="white", font=_font(size), anchor="mm")
    clock = "9:42" if change == "clock" else "9:41"
    pen.text((letters, letters), clock, fill="white", font=_font(letters))
    return image


def _table(w: int, h: int, letters: int, seed: int, change: str = "") -> Image.Image:
    dice = random.Random(seed)
    image = Image.new("RGB", (w, h), "#fafafa")
    pen = ImageDraw.Draw(image)
    rows = (int(h / (letters * 2.2)) - 3) // 2
    for row in range(rows + (change == "row")):
        y = letters * (2 + row * 2.2)
        if row % 2:
            pen.rectangle((0, y - letters * 0.5, w, y + letters * 1.7), fill="#eeeeff")
        cells = [dice.choice(_WORDS), str(dice.randrange(5, 20)), f"{dice.randrange(10, 99)}.5"]
        if row == rows // 2 and change == "digit":
            cells[2] = f"{cells[2][0]}{(int(cells[2][1]) + 3) % 10}.5"
        if row == rows // 2 and change == "cell":
            cells[0] = "other"
        for column, cell in enumerate(cells):
            pen.text((w * (0.05 + column * 0.3), y), cell, fill="#111", font=_font(letters))
    return image


def _app(w: int, h: int, letters: int, seed: int, change: str = "") -> Image.Image:
    dice = random.Random(seed)
    ground, card, ink = ("#121212", "#1e1e1e", "#eee") if seed % 2 else ("#f2f2f7", "white", "#111")
    image = Image.new("RGB", (w, h), ground)
    pen = ImageDraw.Draw(image)
    for number in range(int((h / letters - 7) // 5)):
        y = letters * (3 + 5 * number)
        frame = (letters, y, w - letters, y + letters * 4.4)
        pen.rounded_rectangle(frame, radius=letters * 0.6, fill=card)
        name = f"{dice.choice(_WORDS)} {dice.choice(_WORDS)}"
        pen.text((letters * 2, y + letters * 0.7), name, fill=ink, font=_font(letters * 1.2))
        count = dice.randrange(5, 15) + (change == "digit" and number == 2)
        text = f"{count} reps x {dice.randrange(2, 5)} sets"
        pen.text((letters * 2, y + letters * 2.5), text, fill="#888", font=_font(letters))
        on = (dice.random() < 0.5) ^ (change == "switch" and number == 1)
        x = w - letters * 5
        box = (x, y + letters * 1.4, x + letters * 2.6, y + letters * 2.9)
        pen.rounded_rectangle(box, radius=letters * 0.75, fill="#34c759" if on else "#aaa")
        knob, reach = x + letters * (1.9 if on else 0.7), letters * 0.6
        top = y + letters * 1.55
        pen.ellipse((knob - reach, top, knob + reach, top + 2 * reach), fill="white")
    return image


KINDS = (
    Kind("page", _page, ("digit", "word", "line", "no line"), (
        (1280, 800, 14), (1920, 1080, 16), (1000, 1400, 20), (800, 500, 14),
    )),
    Kind("chart", _chart, ("bar", "label"), ((1280, 800, 14), (800, 500, 13))),
    Kind("timer", _timer, ("digit", "set", "clock"), ((1080, 2340, 40), (720, 1280, 26))),
    Kind("table", _table, ("row", "digit", "cell"), ((1280, 800, 14), (800, 500, 14))),
    Kind("app", _app, ("digit", "switch"), ((1080, 2340, 40), (390, 844, 14))),
)  # fmt: skip

FORMS: dict[str, Callable[[Image.Image], bytes]] = {
    "PNG": lambda i: encoded(i, "PNG"),
    "JPEG 90": lambda i: encoded(i, "JPEG", quality=90),
    "JPEG 70": lambda i: encoded(i, "JPEG", quality=70),
    "JPEG 50": lambda i: encoded(i, "JPEG", quality=50),
    "WebP 75": lambda i: encoded(i, "WEBP", quality=75),
    "64 colours": lambda i: encoded(i.quantize(64, dither=Image.Dither.NONE), "PNG"),
    "0.75 of the size": lambda i: encoded(_scaled(i, 0.75), "PNG"),
    "half the size": lambda i: encoded(_scaled(i, 0.5), "PNG"),
    "half, JPEG 80": lambda i: encoded(_scaled(i, 0.5), "JPEG", quality=80),
}


def encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    """Return a picture's file."""
    out = io.BytesIO()
    image.save(out, kind, **({"compress_level": 0} if kind == "PNG" else {}) | options)
    return out.getvalue()


def _scaled(image: Image.Image, share: float) -> Image.Image:
    return image.resize((round(image.width * share), round(image.height * share)))
