"""The elements of HTML between the blocks of kramdown's Markdown, and what is read in them."""

from __future__ import annotations

import re

from mediakit.site.markdown.kramdown_text import (
    BLANK_REST,
    CLOSING,
    DEEPEST,
    EMPTY,
    SPANS,
    START,
    TAG,
    Scanner,
    content_of,
)

_TAG_START = re.compile(r" {0,3}(?=</?[A-Za-z_])")
_COMMENT_END = re.compile("-->")
_PROGRAMS = frozenset({"script", "style"})


class ElementReader(Scanner):
    """Reads the elements of a text; a subclass reads the blocks in them."""

    def html(self) -> bool:
        """Read a comment or an element."""
        if self._skip_comment():
            self.scan(BLANK_REST)
            return self.done()
        space = _TAG_START.match(self.text, self.position)
        tag = TAG.match(self.text, space.end()) if space else None
        if tag is None or tag[1].lower() in SPANS:
            return False
        self.position = tag.end()
        self._read_element(tag)
        self.scan(BLANK_REST)
        return self.done()

    def closes(self, name: str) -> bool:
        """Return whether the tag that closes an element is here, and go behind it."""
        space = _TAG_START.match(self.text, self.position)
        closing = CLOSING.match(self.text, space.end()) if space else None
        if closing is None or closing[1].lower() != name:
            return False
        self.position = closing.end()
        return True

    def _skip_comment(self) -> bool:
        if not self.text.startswith("<!--", self.position):
            return False
        end = self.search(_COMMENT_END, self.position + 4)
        self.position = end.end() if end else self.position
        return end is not None

    def _read_element(self, tag: re.Match[str]) -> None:
        """Read an element whose first tag is behind us."""
        name, content = tag[1].lower(), content_of(tag, parsed=self.document.parsed)
        self.add(tag[0], is_html=True)
        if tag[3] or name in EMPTY:
            return
        if name in _PROGRAMS:
            self._keep(self._closing(name)[1])
        elif content == "raw" or self.depth >= DEEPEST:
            self._read_raw(name)
        elif content == "block":
            self.scan(BLANK_REST)
            self.done(blank=True)
            self.depth += 1
            self.read(name)
            self.depth -= 1
        else:
            start, end = self._closing(name)
            self.add(self.text[self.position : start])
            self.position = end
        self.add(f"</{name}>", is_html=True)

    def _read_raw(self, name: str) -> None:
        """Keep HTML up to the tag that closes an element, or to the end."""
        names = [name]
        while names and (start := START.search(self.text, self.position)):
            self._keep(start.start())
            if self._skip_comment():
                continue
            tag = self.scan(TAG)
            closing = self.scan(CLOSING) if tag is None else None
            if tag is not None and self._is_read(tag):
                self._read_element(tag)
            elif tag is not None:
                self.add(tag[0], is_html=True)
                if not tag[3] and tag[1].lower() not in EMPTY:
                    names.append(tag[1].lower())
            elif closing is not None:
                self.add(closing[0], is_html=True)
                if closing[1].lower() == names[-1]:
                    names.pop()
            else:
                self.position += 1  # a sign that begins no tag
        if names:
            self._keep(len(self.text))

    def _is_read(self, tag: re.Match[str]) -> bool:
        """Return whether the content of an element in raw HTML is not as raw."""
        is_deep = self.depth >= DEEPEST
        return tag[1].lower() in _PROGRAMS or (content_of(tag) != "raw" and not is_deep)

    def _keep(self, end: int) -> None:
        self.add(self.text[self.position : end], is_html=True)
        self.position = end

    def _closing(self, name: str) -> tuple[int, int]:
        """Return where the next tag that closes an element is; the end of the text without one."""
        closing = re.compile(rf"</{re.escape(name)}\s*+>", re.IGNORECASE)
        found = closing.search(self.text, self.position)
        return found.span() if found else (len(self.text), len(self.text))
