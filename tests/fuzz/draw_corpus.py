"""Draw the pictures of the corpus: `python tests/fuzz/draw_corpus.py`. One a format and a kind."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

FOLDER = Path(__file__).with_name("corpus") / "image"
SIZE = (48, 32)


def drawn(shift: int = 0, mode: str = "RGB") -> Image.Image:
    """Return a small picture with edges, and a gradient."""
    image = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((4 + shift, 6, 24 + shift, 26), fill="#cc3333")
    pen.line((0, 31, 47, 0), fill="#3366cc", width=3)
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture's bytes."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pictures() -> dict[str, bytes]:
    """Return the pictures by name."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    exif = Image.Exif()
    exif[0x0112], exif[0x8298], exif[0x013B] = 6, "© somebody", "anybody"
    text = PngImagePlugin.PngInfo()
    text.add_text("Title", "ä" * 40)
    text.add_itxt("Comment", "text", zip=True)
    more = [drawn(shift) for shift in (6, 12, 18)]
    clear = drawn(mode="RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(SIZE))
    header = struct.pack(">IIBBBBB", 8, 8, 16, 4, 0, 0, 0)
    deep = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    deep += chunk(b"IDAT", zlib.compress((b"\0" + bytes(range(32))) * 8)) + chunk(b"IEND", b"")
    moving: dict[str, Any] = {"save_all": True, "append_images": more, "duration": 80, "loop": 0}
    return {
        "plain.jpg": saved(drawn(), "JPEG", quality=60),
        "progressive.jpg": saved(drawn(), "JPEG", progressive=True, exif=exif),
        "cmyk.jpg": saved(drawn(mode="CMYK"), "JPEG", quality=40),
        "grey.jpg": saved(drawn(mode="L"), "JPEG", icc_profile=profile),
        "plain.png": saved(drawn(), "PNG", pnginfo=text, exif=exif),
        "palette.png": saved(drawn(mode="P"), "PNG", transparency=3, bits=4),
        "bit.png": saved(drawn(mode="1"), "PNG", transparency=0),
        "deep.png": deep,
        "profile.png": saved(clear, "PNG", icc_profile=profile),
        "moving.png": saved(drawn(), "PNG", disposal=2, blend=1, **moving),
        "plain.gif": saved(drawn(mode="P"), "GIF", interlace=1),
        "moving.gif": saved(drawn(mode="P"), "GIF", disposal=[0, 1, 2, 3], **moving),
        "plain.webp": saved(drawn(), "WEBP", quality=40, exif=exif),
        "clear.webp": saved(clear, "WEBP", lossless=True),
        "moving.webp": saved(drawn(), "WEBP", quality=30, **moving),
        "plain.avif": saved(drawn(), "AVIF", quality=40),
        "plain.tif": saved(drawn(), "TIFF", compression="tiff_lzw"),
        "pages.tif": saved(drawn(), "TIFF", compression="tiff_deflate", **moving),
        "jpeg.tif": saved(drawn(), "TIFF", compression="jpeg"),
        "big.tif": saved(drawn(mode="I;16"), "TIFF", big_tiff=True),
        "plain.bmp": saved(drawn(mode="P"), "BMP"),
        "drawing.svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="4"/>',
    }


if __name__ == "__main__":
    for name, data in pictures().items():
        (FOLDER / name).write_bytes(data)
