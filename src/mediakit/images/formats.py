"""The formats of pictures, by the ending of a file's name. Loads no codec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Format:
    """A format by Pillow's name, with its endings; `written`: variants can be in it."""

    name: str
    endings: tuple[str, ...]
    written: bool = True


FORMATS = (
    Format("JPEG", (".jpg", ".jpeg", ".jfif", ".jpe")),
    Format("PNG", (".png", ".apng")),
    Format("GIF", (".gif",)),
    Format("WEBP", (".webp",)),
    Format("AVIF", (".avif",)),
    Format("BMP", (".bmp",)),
    Format("TIFF", (".tif", ".tiff")),
    Format("HEIF", (".heic", ".heif"), written=False),
)
_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}


def format_of(name: str) -> Format | None:
    """Return the format that the ending of a file's name stands for, None for an unknown one."""
    return _BY_ENDING.get(PurePosixPath(name).suffix.lower())
