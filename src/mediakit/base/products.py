"""What is made of pictures and texts."""

from __future__ import annotations

import msgspec


class VariantRecord(msgspec.Struct, frozen=True, gc=False):
    """What mediakit knows of a variant that it made or adopted.

    `source_sha256` and `fingerprint` say what it was made from and how, `sha256` which bytes
    came out; `width` and `height` are pixels.
    """

    path: str
    source: str
    preset: str
    source_sha256: str
    fingerprint: str
    sha256: str
    bytes: int
    width: int
    height: int
