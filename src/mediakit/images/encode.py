"""A raster to a file's bytes, bare but for credits; the name's ending decides the format."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mediakit.images.colour import flatten
from mediakit.images.formats import format_of

if TYPE_CHECKING:
    from PIL import Image

    from mediakit.images.preset import Preset

_WITH_EXIF = frozenset({"JPEG", "PNG", "WEBP", "AVIF"})
_OPAQUE = frozenset({"JPEG", "BMP"})


def output_format(name: str) -> str | None:
    """Return the format that a file's ending stands for, None for one that is not written."""
    found = format_of(name)
    return found.name if found is not None and found.written else None


def encode(image: Image.Image, name: str, preset: Preset, exif: bytes = b"") -> bytes:
    """Encode for a file called `name`, with an EXIF block where there is one to keep.

    Raises:
        OSError, ValueError: the format cannot hold the picture.
    """
    kind = output_format(name)
    if kind is None:
        raise ValueError(f"no encoder for {PurePosixPath(name).suffix or 'a name without ending'}")
    if kind in _OPAQUE:
        image = flatten(image, preset.background)
    bare = image.copy()
    bare.info = {}  # Pillow carries comments and profiles over from there
    out = io.BytesIO()
    options = _options(kind, preset)
    if exif and kind in _WITH_EXIF:
        options["exif"] = exif
    bare.save(out, kind, **options)
    return out.getvalue()


def _options(kind: str, preset: Preset) -> dict[str, Any]:
    if kind == "JPEG":
        return {"quality": preset.quality, "progressive": True, "optimize": True}
    if kind in {"WEBP", "AVIF"}:
        return {"quality": preset.quality}
    return {"optimize": True} if kind == "PNG" else {}
