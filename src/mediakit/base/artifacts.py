"""Pictures as they are on disk or at a target."""

from __future__ import annotations

import msgspec


class PixelSize(msgspec.Struct, frozen=True, gc=False):
    """A displayed size in pixels (0 x 0: no raster), and Pillow's name of the bytes' format."""

    width: int
    height: int
    format: str = ""


class Picture(msgspec.Struct, frozen=True, gc=False):
    """A source as found on disk: SHA-256 of its bytes, displayed size in pixels, size in bytes.

    `format` is Pillow's name of the bytes' format. `colour` is the dominant one as `#rrggbb`
    and `placeholder` a `data:` address of a tiny copy, both empty while unknown.
    """

    path: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str = ""
    colour: str = ""
    placeholder: str = ""
