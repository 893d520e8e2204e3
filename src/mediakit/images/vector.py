"""What an SVG holds beside its drawing: browsers run and load it, so it is told, or taken out."""

from __future__ import annotations

import io
import re
import xml.sax
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

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


def plain_svg(data: bytes) -> bytes | None:
    """Return an SVG without what `active_parts` tells, drawn the same as an `<img>`.

    None where that is not sure: it is no XML, its entities make it much larger, or something
    is left. Comments and the document type go too; entities are written out.
    """
    out = io.StringIO()
    # expat refuses entities that grow, and loads none from outside
    reader = xml.sax.make_parser()  # noqa: S317
    reader.setContentHandler(_Plain(out, len(data)))
    try:
        reader.parse(io.BytesIO(data))
    except (xml.sax.SAXException, UnicodeError, ValueError, LookupError):
        return None
    made = out.getvalue().encode()
    return None if active_parts(made) else made


_SVG = "http://www.w3.org/2000/svg"
_KEPT_SPACES = frozenset({"", _SVG, "http://www.w3.org/1999/xlink"})
_TAKEN = frozenset({"script", "foreignobject", "iframe", "embed", "object", "metadata", "handler"})
_MOVING = frozenset({"set", "animate"})
_LINKS = frozenset({"href", "src"})
_OUTSIDE = re.compile(
    r"\s*(?:(?:https?:)?//|[a-z]{2,9}script:|data:(?!image/|font/))", re.IGNORECASE
)
_LOADING = re.compile(
    r"@import\b[^;]{0,4000};?|\burl\(\s{0,9}[\"']?\s{0,9}(?:https?:)?//[^)]{0,4000}\)?",
    re.IGNORECASE,
)
_GROWTH = 4
"""How many times its bytes an SVG may have once its entities are written out."""


def _without_loads(style: str) -> str:
    return _LOADING.sub(lambda found: "" if found[0][0] == "@" else "none", style)


class _Plain(XMLGenerator):
    """Writes the events of a parser, without elements and attributes that are no drawing."""

    def __init__(self, out: io.StringIO, size: int) -> None:
        super().__init__(out, "utf-8", short_empty_elements=True)
        self._file, self._most, self._read = out, _GROWTH * size + 10_000, 0
        self._spaces: list[dict[str, str]] = [{"xml": ""}]
        self._inside = 0  # levels below what is taken out
        self._style: list[str] | None = None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's
        """Write an element with its attributes, or begin to leave out."""
        spaces = dict(self._spaces[-1])
        for key, value in attrs.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                spaces[key.partition(":")[2]] = value
        self._spaces.append(spaces)
        local = name.rpartition(":")[2].lower()
        target = attrs.get("attributeName", "").rpartition(":")[2].lower()
        acts = local in _MOVING and (target in _LINKS or target.startswith("on"))
        if self._inside or local in _TAKEN or acts or not self._is_kept(name, spaces):
            self._inside += 1
            return
        self._style = [] if local == "style" else None
        kept = {key: _without_loads(value) for key, value in attrs.items()
                if self._says_looks(key, value, spaces)}  # fmt: skip
        super().startElement(name, AttributesImpl(kept))

    def endElement(self, name: str) -> None:  # noqa: N802
        """Write the end of an element that was written."""
        self._spaces.pop()
        if self._inside:
            self._inside -= 1
        else:
            if self._style is not None:
                super().characters(_without_loads("".join(self._style)))
                self._style = None
            super().endElement(name)

    def characters(self, content: str) -> None:
        """Write a text, or keep it for the end of a style: it may come in pieces."""
        self._read += len(content)
        if self._file.tell() + self._read > self._most:
            raise ValueError("its entities make it too large")
        if self._style is not None:
            self._style.append(content)
        elif not self._inside:
            super().characters(content)

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: N802
        """Leave out what names style sheets."""

    def _is_kept(self, name: str, spaces: dict[str, str]) -> bool:
        prefix, colon, _ = name.partition(":")
        return spaces.get(prefix if colon else "", "" if not colon else "?") in _KEPT_SPACES

    def _says_looks(self, key: str, value: str, spaces: dict[str, str]) -> bool:
        prefix, colon, local = key.rpartition(":")
        if key == "xmlns" or prefix == "xmlns":
            return value in _KEPT_SPACES
        if colon and not self._is_kept(key, spaces):
            return False
        if local.lower() in _LINKS:
            return _OUTSIDE.match(value) is None
        return not local.lower().startswith("on")
