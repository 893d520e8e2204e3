"""What all our pages need: escaped texts, addresses of pictures, and a policy for scripts."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from pathlib import Path
from urllib.parse import quote

from mediakit.report.text import printable

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PLACEHOLDER = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+")

POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="'
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'"
)
"""How the policy of our pages begins: they are known by it too."""


def escaped(text: str) -> str:
    """Return a text for HTML, also within an attribute's quotes."""
    return html.escape(printable(text))


def policy(script: str) -> str:
    """Return the element that keeps a page from all but its pictures, films and this script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rest = "media-src 'self' file:; base-uri 'none'; form-action 'none'"
    return f"{POLICY}; script-src 'sha256-{digest}'; {rest}\">"


def ground(colour: str, placeholder: str) -> str:
    """Return a `style` that stands in for a picture; a catalog may hold what is neither."""
    if not _PLACEHOLDER.fullmatch(placeholder):
        return ""
    below = f"background-color:{colour};" if _COLOUR.fullmatch(colour) else ""
    return f" style=\"{below}background-image:url('{placeholder}')\""


def address_from(folder: Path, file: Path) -> str:
    """Return how a page in `folder` names a file: relative, or whole if it is on another drive."""
    try:
        relative = os.path.relpath(file.resolve(), folder)
    except ValueError:
        return file.resolve().as_uri()
    return quote(Path(relative).as_posix(), errors="surrogateescape")
