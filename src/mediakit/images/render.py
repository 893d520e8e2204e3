"""One source to all its variants: decoded once, the smaller cut from the larger raster."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.images.decode import UnreadableError, decode
from mediakit.images.encode import encode
from mediakit.images.resize import resize
from mediakit.model import Failure

if TYPE_CHECKING:
    from mediakit.images.preset import Preset


@dataclass(frozen=True, slots=True)
class Rendered:
    """A variant's bytes, their SHA-256, and its size in pixels."""

    path: str
    data: bytes
    sha256: str
    width: int
    height: int


def render(data: bytes, outputs: tuple[tuple[str, Preset], ...]) -> tuple[Rendered | Failure, ...]:
    """Make the variants `outputs` (site path, preset) of the source `data`, in their order.

    Never raises: what cannot be made is a Failure, so that it travels between machines.
    """
    try:
        widest = max(preset.width for _, preset in outputs)
        raster, size = decode(data, widest, min(preset.max_pixels for _, preset in outputs))
    except UnreadableError as error:
        failure = Failure("unreadable-picture", str(error), "replace the file with a whole one")
        return (failure,) * len(outputs)
    made: dict[str, Rendered | Failure] = {}
    for path, preset in sorted(outputs, key=lambda output: -output[1].width):
        try:
            raster = resize(raster, preset.size(size.width, size.height))
            encoded = encode(raster, path, preset)
        except Exception as error:  # noqa: BLE001 - an encoder's failure is one picture's
            made[path] = Failure("cannot-write-picture", f"{type(error).__name__}: {error}")
            continue
        digest = hashlib.sha256(encoded).hexdigest()
        made[path] = Rendered(path, encoded, digest, raster.width, raster.height)
    return tuple(made[path] for path, _ in outputs)
