"""The formats of pictures: by the ending of a name, with what each can hold. Loads no codec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Format:
    """A format by Pillow's name, its endings (the first is what mediakit writes), and its talents.

    `shown`: browsers show it; `written`: variants can be in it; `palette`: fewer colours make it
    lighter, since it has no quality to lower.
    """

    name: str
    mime: str
    endings: tuple[str, ...]
    shown: bool = True
    written: bool = True
    alpha: bool = True
    animated: bool = False
    palette: bool = False


FORMATS = (
    Format("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif", ".jpe"), alpha=False),
    Format("PNG", "image/png", (".png", ".apng"), animated=True, palette=True),
    Format("GIF", "image/gif", (".gif",), animated=True, palette=True),
    Format("WEBP", "image/webp", (".webp",), animated=True),
    Format("AVIF", "image/avif", (".avif",), animated=True),
    Format("BMP", "image/bmp", (".bmp",), alpha=False),
    Format("TIFF", "image/tiff", (".tif", ".tiff"), shown=False),
    Format("HEIF", "image/heic", (".heic", ".heif"), shown=False, written=False),
    Format("SVG", "image/svg+xml", (".svg",), written=False),
)
_OWN_TYPES = {".apng": "image/apng", ".heif": "image/heif"}
"""Endings whose media type is not that of their format's first one."""
_VECTOR = "SVG"
_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}
_BY_NAME = {each.name: each for each in FORMATS}


def format_of(name: str) -> Format | None:
    """Return the format that the ending of a file's name stands for, None for an unknown one."""
    stem, dot, ending = name.rpartition(".")  # PurePosixPath takes ten times as long
    if not dot or not stem or stem.endswith("/"):
        return None
    return _BY_ENDING.get(f".{ending.lower()}")


def like_named(path: str) -> tuple[str, ...]:
    """Return the paths that differ from this one only in a picture's ending, likely ones first."""
    pure = PurePosixPath(path)
    endings = [ending for each in FORMATS for ending in each.endings]
    return tuple(
        str(pure.with_suffix(case(ending)))
        for case in (str.lower, str.upper)
        for ending in endings
        if case(ending) != pure.suffix
    )


def media_type(name: str, found: str = "") -> str:
    """Return the media type of a picture called `name` whose bytes are in the format `found`.

    The bytes decide, but a vector picture, which can run scripts, is only what is called so.
    Where nobody looked at the bytes the ending decides, and "" is for an unknown one.
    """
    if found != _VECTOR and contradicts(name, found):
        return _BY_NAME[found].mime
    kind = format_of(name)
    own = _OWN_TYPES.get(name[name.rfind(".") :].lower())
    return own or (kind.mime if kind else "")


def ending_of(name: str) -> str:
    """Return the ending that mediakit writes for a format of this name."""
    return _BY_NAME[name].endings[0]


def contradicts(name: str, found: str) -> bool:
    """Return whether a file's ending stands for another format than was `found` in its bytes."""
    named = format_of(name)
    return named is not None and found in _BY_NAME and named.name != found
