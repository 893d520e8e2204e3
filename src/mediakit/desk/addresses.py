"""Where the desk has the files of the site."""

from __future__ import annotations

from urllib.parse import quote


def desk_address(path: str, version: str) -> str:
    """Return the address of a file of the site, below that of the desk."""
    name = quote(path, errors="surrogateescape")
    return f"site/{name}?v={version[:12]}" if version else f"site/{name}"
