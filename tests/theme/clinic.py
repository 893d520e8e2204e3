"""A small site in the shape of Minimal Mistakes: its includes and styles are our own words."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import SiteBuilder
from scenes import scene

if TYPE_CHECKING:
    from PIL.Image import Image

FILES = Path(__file__).parent / "site"

SETTINGS = """\
[videos]
fetch = false

[presets.teaser]
roles = ["teaser", "gallery", "video", "header", "overlay", "feature_row", "og_image", "body"]
formats = ["source", "webp"]

[presets.overlay-768]
roles = ["overlay", "header", "gallery", "feature_row", "video", "body"]
formats = ["source", "webp"]

[presets.overlay-1280]
formats = ["source", "webp"]
"""
"""The recipe of docs/how-to/theme.md."""

PICTURES = {
    "squat-0.jpg": (1600, 1000), "squat-1.jpg": (1200, 900), "squat-2.jpg": (900, 1200),
    "squat wide.jpg": (1400, 700), "row-0.png": (1000, 700), "videos/aIZuK2cX4FA.jpg": (1280, 720),
    "videos/76979871.jpg": (960, 540),
}  # fmt: skip


def clinic(root: Path) -> SiteBuilder:
    """Write the site with its pictures, and return it."""
    shutil.copytree(FILES, root)
    site = SiteBuilder(root)
    site.write("mediakit.toml", SETTINGS)
    for number, (name, size) in enumerate(PICTURES.items()):
        site.write(f"assets/images/{name}", saved(scene(number, number % 2, size), name))
    return site


def saved(image: Image, name: str) -> bytes:
    """Return a picture as a file of this name."""
    out = io.BytesIO()
    image.save(out, "PNG" if name.endswith("png") else "JPEG", quality=80)
    return out.getvalue()
