"""What all our pages need: texts that stay texts, and a policy that lets only our script run."""

from __future__ import annotations

import base64
import hashlib
import html
import re

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
    """Return the element that keeps a page from all but its pictures and this script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"{POLICY}; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">"


def ground(colour: str, placeholder: str) -> str:
    """Return a `style` that stands in for a picture; a catalog may hold what is neither."""
    if not _PLACEHOLDER.fullmatch(placeholder):
        return ""
    below = f"background-color:{colour};" if _COLOUR.fullmatch(colour) else ""
    return f" style=\"{below}background-image:url('{placeholder}')\""
