"""Awkward sources as Chromium shows them: what is decoded is the same to the eye."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawn import chunk, gif, gif_frame, oriented, png, quarters, saved, smooth
from PIL import Image
from test_bmp import bmp
from test_short_form import short
from test_signalled import P3, avif, cicp
from test_vector import INKSCAPE

from mediakit.images.bare import without_metadata
from mediakit.images.decode import decode
from mediakit.images.vector import plain_svg

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DRAW = """async ([type, data]) => {
  const bytes = Uint8Array.from(atob(data), each => each.charCodeAt(0));
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([bytes], {type}));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


def beside(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of all colours with some chunks behind its header."""
    plain = saved(smooth(), "PNG")
    return plain[:33] + b"".join(chunk(*each) for each in chunks) + plain[33:]


def clear() -> Image.Image:
    image = quarters().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def apng() -> bytes:
    red, lime = Image.new("RGB", (40, 20), "red"), Image.new("RGB", (40, 20), "lime")
    return saved(red, "PNG", save_all=True, default_image=True, append_images=[lime])


DEEP = struct.pack(">6H", 0x8000, 0x8000, 0x8000, 0x80FF, 0x80FF, 0x80FF)
SOURCES = {
    "gamma.png": beside((b"gAMA", struct.pack(">I", 100_000))),
    "primaries.png": beside((b"gAMA", struct.pack(">I", 45_455)), (b"cHRM", P3)),
    "p3.png": beside(cicp(12, 13)),
    "bt2020.png": beside(cicp(9, 13), (b"sRGB", b"\0")),
    "text.png": beside((b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(3_000_000)))),
    "no-end.png": saved(smooth(), "PNG")[:-12],
    "deep.png": png((2, 1), 16, 2, DEEP, (b"tRNS", DEEP[:6])),
    "turned.png": saved(quarters(), "PNG", exif=oriented(6)),
    "default-apart.png": apng(),
    "p3.avif": avif(12, 13),
    "clear.avif": saved(clear(), "AVIF", quality=95, subsampling="4:4:4"),
    "short.avif": short(clear(), turned=5),
    "short-p3.avif": short(smooth(), points=(12, 13, 6)),
    "turned.webp": saved(quarters(), "WEBP", lossless=True, exif=oriented(6)),
    "small-frame.gif": gif((40, 20), gif_frame((20, 0, 20, 20), 1)),
    "over-the-edge.gif": gif((40, 20), gif_frame((30, 10, 20, 20), 1)),
    "fields.bmp": bmp((2, 1), 16, b"\0\x0f\xf8\0", 3, rest=struct.pack("<III", 0xF00, 0xF0, 0xF)),
    "alpha.bmp": bmp((2, 1), 16, b"\0\x7c\0\xfc", 0, 108,
                     struct.pack("<IIII", 0x7C00, 0x3E0, 0x1F, 0x8000)),
}  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page()


def premultiplied(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image.convert("RGBA"), float)
    return np.dstack((pixels[..., :3] * pixels[..., 3:] / 255, pixels[..., 3]))


@pytest.mark.parametrize("name", SOURCES)
def test_as_a_browser_shows_it(name: str, page: Page) -> None:
    """Size, colours and transparency are those that visitors would see of the source itself."""
    kind = name.rpartition(".")[2].replace("jpg", "jpeg")
    drawn = page.evaluate(DRAW, [f"image/{kind}", base64.b64encode(SOURCES[name]).decode()])
    expected = Image.open(io.BytesIO(base64.b64decode(drawn)))
    made = decode(SOURCES[name])
    assert made.size == expected.size
    difference = np.abs(premultiplied(made) - premultiplied(expected))
    assert difference.mean() < 2
    assert difference.max() <= 12


def test_a_plain_svg_is_drawn_the_same(page: Page) -> None:
    """What is taken out of an SVG is nothing that visitors see."""
    source = INKSCAPE.decode("latin-1").replace("ISO-8859-1", "utf-8")
    source = re.sub("<foreignObject.*</foreignObject>", "", source)  # no script may read its pixels
    made = plain_svg(source.encode())
    assert made is not None
    drawn = [
        page.evaluate(DRAW, ["image/svg+xml", base64.b64encode(data).decode()])
        for data in (source.encode(), made)
    ]
    assert drawn[0] == drawn[1]
    picture = Image.open(io.BytesIO(base64.b64decode(drawn[1]))).convert("RGB")
    assert (picture.size, picture.getpixel((9, 9))) == ((40, 20), (0, 170, 0))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_without_its_metadata_it_is_shown_as_before(kind: str, page: Page) -> None:
    """A picture that was taken sideways, at a resolution of its own, does not turn or grow."""
    exif = oriented(6)
    exif[0x011A], exif[0x011B], exif[0x0128] = 144.0, 144.0, 2
    exif.get_ifd(0x8769).update({0xA002: 32, 0xA003: 16})
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 12.0)})
    data = saved(quarters(), kind, exif=exif)
    bare = without_metadata(data)
    assert bare is not None
    before, after = (
        page.evaluate(DRAW, [f"image/{kind}", base64.b64encode(each).decode()])
        for each in (data, bare)
    )
    assert before == after
