"""Addresses of pictures in pages that are opened from their file."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


def address_from(folder: Path, file: Path) -> str:
    """Return how a page in `folder` names a file: relative, or whole if it is on another drive."""
    try:
        relative = os.path.relpath(file.resolve(), folder)
    except ValueError:
        return file.resolve().as_uri()
    return quote(Path(relative).as_posix(), errors="surrogateescape")
