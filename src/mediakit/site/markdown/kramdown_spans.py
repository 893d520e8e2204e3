"""The spans of kramdown's Markdown: pictures, links and HTML in a text, as HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from mediakit.site.markdown.kramdown_text import (
    BLANKS,
    BLOCKS,
    CLOSING,
    EMPTY,
    START,
    TAG,
    Definition,
    attributes_html,
    code_end,
    link_name,
    usual_content,
)

if TYPE_CHECKING:
    from mediakit.site.markdown.kramdown_text import KramdownText

_SIGN = re.compile(r"[\\`<!\[$\{]")
_ESCAPE = re.compile(r"\\[\\.*_+`<>()\[\]{}#!:|\"'$=~-]")
_TICKS = re.compile(r"`+")
_MAIL_OR_WEB = re.compile(r"<((?:mailto|https?|ftps?):[^>\n]{1,2000}|[\w.-]{1,200}@[\w.-]{1,200})>")
_FOOTNOTE = re.compile(r"\[\^(\w[\w-]*)\]")
_LINK = re.compile(r"!?\[(?!\^)")
_LABEL_SIGN = re.compile(r"[\\`<\[\]]")
_NAME = re.compile(r"\s{0,99}\[([^\]]{0,2000})\]", re.ASCII)
_TITLE = re.compile(r"\s{0,99}([\"'])(.{1,2000}?)\1\s{0,99}\)", re.DOTALL | re.ASCII)
_ANGLED = re.compile(r"\(<([^>\n]{0,2000}+)>(\))?")
_STOP = re.compile(r"[()]|\s(?=[\"'])", re.ASCII)
_ATTRIBUTES = re.compile(r"\{:(?![:/])((?:\\\}|[^{}]){1,2000})\}")
_EXTENSION = re.compile(r"\{::(comment|nomarkdown|options)(?:\s[^{}]{0,2000}?)?(/)?\}")
_AMPERSAND = re.compile(r"&(?![\w#][\w.:-]{0,99};)")
_DEEPEST = 8
"""Levels of brackets in a label or an address."""
_LONGEST_ADDRESS = 4_000


class SpanReader:
    """Reads one text; `footnotes` are the names of those that it refers to."""

    def __init__(self, text: str, document: KramdownText, *, in_link: bool = False) -> None:
        self.footnotes: list[str] = []
        self._text = text
        self._document = document
        self._in_link = in_link
        self._position = 0
        self._parts: list[str] = []
        self._element_end = -1
        self._missing: set[str] = set()

    def read(self) -> str:
        """Return the HTML of the text."""
        while sign := _SIGN.search(self._text, self._position):
            self._write(self._text[self._position : sign.start()])
            self._position = sign.start()
            if not _READERS[sign[0]](self):
                self._write(sign[0])
                self._position += 1
        self._write(self._text[self._position :])
        return "".join(self._parts)

    def _write(self, text: str) -> None:
        if text:
            self._parts.append(escape(text, quote=False))

    def _find(self, sign: str, start: int) -> int:
        """Return where a sign comes next, -1 for none; then it is not looked for again."""
        found = -1 if sign in self._missing else self._text.find(sign, start)
        if found < 0:
            self._missing.add(sign)
        return found

    def _element(self, html: str, end: int) -> bool:
        """Add an element that is written up to `end`."""
        self._parts.append(html)
        self._position = self._element_end = end
        return True

    def escaped(self) -> bool:
        """Read a sign that means itself."""
        match = _ESCAPE.match(self._text, self._position)
        if match is None:
            return False
        self._write(match[0][1])
        self._position = match.end()
        return True

    def code(self) -> bool:
        """Leave code out."""
        end = code_end(self._text, self._position)
        if end < 0:
            ticks = _TICKS.match(self._text, self._position)
            self._position = ticks.end() if ticks else self._position + 1
            return True
        return self._element("", end)

    def tag(self) -> bool:
        """Read a comment, an address in angle brackets, or a tag."""
        text, start = self._text, self._position
        if text.startswith("<!--", start):
            end = self._find("-->", start + 4)
            return end >= 0 and self._element("", end + 3)
        address = _MAIL_OR_WEB.match(text, start)
        if address is not None:
            target = address[1] if ":" in address[1] else f"mailto:{address[1]}"
            return self._element(f'<a href="{_quoted(target)}"></a>', address.end())
        tag = TAG.match(text, start)
        if tag is None or tag[1].lower() in BLOCKS:
            match = tag or CLOSING.match(text, start)
            end = match.end() if match else start + 1
            self._write(text[start:end])
            self._position = end
            return True
        return self._html(tag)

    def _html(self, tag: re.Match[str]) -> bool:
        name, end = tag[1].lower(), tag.end()
        self._parts.append(tag[0])
        is_raw = usual_content(name) == "raw" or 'markdown="0"' in tag[2]
        if not is_raw or tag[3] or name in EMPTY:
            return self._element("", end)
        closing = re.compile(rf"</{re.escape(name)}\s*+>", re.IGNORECASE).search(self._text, end)
        inner = self._text[end : closing.start() if closing else len(self._text)]
        return self._element(
            _only_tags(inner) + f"</{name}>", closing.end() if closing else len(self._text)
        )

    def link(self) -> bool:
        """Read a link, a picture or the mark of a footnote."""
        text, start = self._text, self._position
        footnote = _FOOTNOTE.match(text, start)
        if footnote is not None and footnote[1] in self._document.footnotes:
            self.footnotes.append(footnote[1])
            return self._element("", footnote.end())
        opening = _LINK.match(text, start)
        is_picture = text[start] == "!"
        if opening is None or (self._in_link and not is_picture):
            return False
        label_end = _label_end(text, opening.end())
        label = text[opening.end() : label_end]
        target = self._target(label_end + 1, label) if label_end >= 0 else None
        if target is None:
            return False
        found, end = target
        title = f' title="{_quoted(found.title)}"' if found.title else ""
        address = _quoted(found.address)
        if is_picture:
            # an empty one is forgotten in Markdown, and on purpose in HTML
            alt = f' alt="{_quoted(_unescaped(label))}"' if label.strip() else ""
            return self._element(f'<img src="{address}"{alt}{title}>', end)
        inner = SpanReader(label, self._document, in_link=True)
        shown = inner.read()
        self.footnotes += inner.footnotes
        return self._element(f'<a href="{address}"{title}>{shown}</a>', end)

    def _target(self, start: int, label: str) -> tuple[Definition, int] | None:
        """Return where a link leads whose label ends before `start`, and its own end."""
        text = self._text
        name = _NAME.match(text, start)
        if name is not None or not text.startswith("(", start):
            written = name[1] if name and name[1] else _unescaped(label)
            found = self._document.definitions.get(link_name(written))
            return (found, name.end() if name else start) if found else None
        angled = _ANGLED.match(text, start)
        if angled is not None:
            address, position, is_whole = angled[1], angled.end(), bool(angled[2])
        else:
            address, position, is_whole = _bare_address(text, start)
        if is_whole:
            return Definition(address), position
        title = _TITLE.match(text, position)
        return (Definition(address, title[2]), title.end()) if title else None

    def formula(self) -> bool:
        """Leave a formula out."""
        if not self._text.startswith("$$", self._position):
            return False
        end = self._find("$$", self._position + 2)
        return end >= 0 and self._element("", end + 2)

    def extension(self) -> bool:
        """Read what braces say of the element before them, or a text to leave out or as it is."""
        extension = _EXTENSION.match(self._text, self._position)
        if extension is not None:
            return self._extension(extension)
        is_behind = self._element_end == self._position
        attributes = _ATTRIBUTES.match(self._text, self._position) if is_behind else None
        if attributes is None:
            return False
        html, before = attributes_html(attributes[1]), self._parts[-1]
        if not before.startswith("<img "):
            return self._element(html, attributes.end())
        self._parts[-1] = html[:-1] + before.removeprefix("<img")  # they win over its own
        self._position = self._element_end = attributes.end()
        return True

    def _extension(self, opening: re.Match[str]) -> bool:
        if opening[2]:
            return self._element("", opening.end())
        start, name = self._find("{:/", opening.end()), opening[1]
        closing = (
            re.compile(rf"\{{:/(?:{name})?\}}").match(self._text, start) if start >= 0 else None
        )
        if closing is None:
            return False
        inner = self._text[opening.end() : closing.start()]
        return self._element(inner if name == "nomarkdown" else "", closing.end())


_READERS = {
    "\\": SpanReader.escaped,
    "`": SpanReader.code,
    "<": SpanReader.tag,
    "!": SpanReader.link,
    "[": SpanReader.link,
    "$": SpanReader.formula,
    "{": SpanReader.extension,
}


def _quoted(text: str) -> str:
    """Return a text as the value of an attribute; its entities stay."""
    return _AMPERSAND.sub("&amp;", text).replace('"', "&quot;").replace("<", "&lt;")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: match[0][1], text)


def _label_end(text: str, start: int) -> int:
    """Return the offset of the bracket that closes a label, -1 without one."""
    depth, position = 1, start
    while sign := _LABEL_SIGN.search(text, position):
        position = sign.end()
        if sign[0] == "\\":
            position += 1
        elif sign[0] == "`":
            ticks = _TICKS.match(text, sign.start())
            position = max(code_end(text, sign.start()), ticks.end() if ticks else position)
        elif sign[0] == "<":
            tag = _MAIL_OR_WEB.match(text, sign.start()) or TAG.match(text, sign.start())
            position = tag.end() if tag else position
        else:
            depth += 1 if sign[0] == "[" else -1
            if not depth:
                return sign.start()
            if depth > _DEEPEST:
                return -1
    return -1


def _bare_address(text: str, start: int) -> tuple[str, int, bool]:
    """Return the address in brackets at `start`, where it ends, and whether the link does too."""
    depth = 0
    for stop in _STOP.finditer(text, start, start + _LONGEST_ADDRESS):
        depth += {"(": 1, ")": -1}.get(stop[0], 0)
        if depth > _DEEPEST:
            break
        if not depth or stop[0] not in "()":
            return text[start + 1 : stop.start()].strip(BLANKS), stop.end(), not depth
    return "", start, False


def _only_tags(text: str) -> str:
    """Return a text in which nothing but tags is read."""
    parts, position = [], 0
    for start in START.finditer(text):
        tag = TAG.match(text, start.start()) or CLOSING.match(text, start.start())
        if tag is None or start.start() < position or tag[1].lower() in BLOCKS:
            continue
        parts += [escape(text[position : tag.start()], quote=False), tag[0]]
        position = tag.end()
    return "".join([*parts, escape(text[position:], quote=False)])
