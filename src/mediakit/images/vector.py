"""What an SVG holds beside its drawing: it is copied as it is, and browsers run and load it."""

from __future__ import annotations

import re

_LONGEST = 4_000_000
"""Bytes that are looked through."""

_PARTS = (
    ("a script", rb"<(?:[\w.-]{1,40}:)?script[\s>/]|\bhref\s{0,9}=\s{0,9}.javascript:"),
    ("an event handler", rb"[\s\"'/]on[a-z]{3,30}\s{0,9}=\s{0,9}[\"']"),
    ("HTML", rb"<(?:[\w.-]{1,40}:)?(?:foreignObject|iframe|embed|object)[\s/>]"),
    ("an address on another host",
     rb"""(?:\b(?:href|src)\s{0,9}=\s{0,9}["']|\burl\(\s{0,9}["']?)\s{0,9}(?:https?:)?//|@import\b"""),
    ("entities", rb"<!ENTITY\b"),
    ("notes of the drawing program",
     rb"<(?:[\w.-]{1,40}:)?metadata[\s/>]|[\s<](?:sodipodi|inkscape):[\w-]{1,40}[\s=>]|<i:pgf\b"),
)  # fmt: skip
_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PARTS]


def active_parts(data: bytes) -> tuple[str, ...]:
    """Return in words what an SVG holds that runs, that loads from elsewhere, or that is a note."""
    text = data[:_LONGEST]
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = text.decode("utf-16", "replace").encode()
    first, *others = text.split(b"<!--")  # no comment counts
    text = first + b"".join(each.partition(b"-->")[2] for each in others)
    return tuple(name for name, pattern in _PATTERNS if pattern.search(text))
