"""The blocks of kramdown's Markdown, as Jekyll reads it (`input: GFM`).

Only that is kept which can name a picture: the texts of paragraphs, headings and cells, and HTML.
Code, comments and formulas are left out.
"""

from __future__ import annotations

import re

from mediakit.site.markdown.kramdown_elements import ElementReader
from mediakit.site.markdown.kramdown_lists import DEFINITION, LIST, RULE, read_items
from mediakit.site.markdown.kramdown_text import (
    BLANK,
    BLANK_REST,
    CLOSING,
    DEEPEST,
    END_MARK,
    TAG,
    Definition,
    Piece,
    attributes_html,
    code_end,
    link_name,
)

_INDENTED = re.compile(r"(?:\t| {4})[^\n]*?\S[^\n]*\n")
_INDENT = re.compile(r"^(?:\t| {4})", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(~{3,}|`{3,})[ \t]*[^\s`]*[ \t]*\n")
_FENCE_LINE = re.compile(r" {0,3}[~`]{3,}")
_QUOTE = re.compile(r" {0,3}> ?")
_HEADING = re.compile(r"#{1,6}[\t ]+([^\n]*)\n")
_UNDERLINED = re.compile(r" {0,3}([^ \t\n][^\n]*)\n(?:-+|=+)[ \t]*\n")
_NAMED_ATTRIBUTES = re.compile(r" {0,3}\{:[\w-]+:(?:\\\}|[^}\n])+\}[ \t]*\n")
_EXTENSION = re.compile(r" {0,3}\{::(\w+)(?:\s([^}\n]*?))?(/)?\}[ \t]*\n")
_PARSED = re.compile(r"\bparse_block_html=[\"'](\w+)[\"']")
_FOOTNOTE = re.compile(r" {0,3}\[\^(\w[\w-]*)\]:[ \t]*([^\n]*\n)")
_DEFINED = re.compile(r" {0,3}\[([^\n\]]+)\]:[ \t]*([^\n]*)\n")
_TITLE = re.compile(r"(?<![ \t])[ \t]+([\"'])")
_TITLE_LINE = re.compile(r"[ \t]*([\"'])([^\n]+)\1[ \t]*\n")
_ABBREVIATION = re.compile(r" {0,3}\*\[[^\n]+?\]:[^\n]*\n")
_FORMULA = re.compile(r" {0,3}\$\$")
_FORMULA_END = re.compile(r"\$\$")
_ROW = re.compile(r"[^\n|]*\|[^\n]*\n")
_CELL_SIGN = re.compile(r"[\\|`<]")


class BlockReader(ElementReader):
    """Reads a text from block to block; each rule returns whether a block of its kind was here."""

    def read(self, closing: str = "") -> list[Piece]:
        """Read all blocks, or those up to the tag that closes an element at a block's start."""
        while not self.at_end and not (closing and self.closes(closing)):
            any(rule(self) for rule in _RULES)
        return self.pieces

    def blank(self) -> bool:
        """Read blank lines."""
        if self.scan(BLANK) is None:
            return False
        self.after_blank = True
        return True

    def code(self) -> bool:
        """Read indented lines, and those that go on with them."""
        if not self.is_at(_INDENTED):
            return False
        while True:
            if self.scan(_INDENTED):
                while self.is_lazy() and not self.is_at(_INDENTED):
                    self.line()
                continue
            blank = BLANK.match(self.text, self.position)
            if blank is None or not _INDENTED.match(self.text, blank.end()):
                return self.done()
            self.position = blank.end()

    def fence(self) -> bool:
        """Read code between fences; without its end it is text."""
        opening = _FENCE.match(self.text, self.position)
        if opening is None:
            return False
        mark = opening[1]
        closing = re.compile(rf"^ {{0,3}}{mark}{mark[0]}*[ \t]*\n", re.MULTILINE)
        end = self.search(closing, opening.end())
        if end is None:
            return False
        self.position = end.end()
        return self.done()

    def quotation(self) -> bool:
        """Read a quotation."""
        if not self.is_at(_QUOTE):
            return False
        lines = [self.line()]
        while self.is_lazy():
            lines.append(self.line())
        marks = (_QUOTE.match(line) for line in lines)
        pairs = zip(lines, marks, strict=True)
        self.inside("".join(line[mark.end() :] if mark else line for line, mark in pairs))
        return self.done()

    def heading(self) -> bool:
        """Read a heading after number signs."""
        match = _HEADING.match(self.text, self.position)
        if match is None or not match[1].strip():
            return False
        self.position = match.end()
        return self.add(match[1].strip())

    def rule(self) -> bool:
        """Read a line across the page."""
        return self.scan(RULE) is not None and self.done()

    def listing(self) -> bool:
        """Read a list."""
        match = LIST.match(self.text, self.position)
        if match is None:
            return False
        begin = len(self.pieces)
        marker = r"\d+\." if match[1].strip()[0].isdigit() else "[+*-]"
        read_items(self, re.compile(rf"( {{0,3}}{marker})([\t ][^\n]*\n)"), marker)
        self.done()
        self.list_begin = begin
        return True

    def definitions(self) -> bool:
        """Read what a paragraph of terms means."""
        if not self.after_paragraph or not self.is_at(DEFINITION):
            return False
        read_items(self, DEFINITION, ":")
        return self.done()

    def underlined(self) -> bool:
        """Read a heading with a line below it."""
        match = _UNDERLINED.match(self.text, self.position)
        if match is None or not self.after_blank:
            return False
        self.position = match.end()
        return self.add(match[1])

    def formula(self) -> bool:
        """Read a formula that stands alone."""
        opening = _FORMULA.match(self.text, self.position)
        end = self.search(_FORMULA_END, opening.end()) if opening and self.after_blank else None
        if end is None:
            return False
        start, self.position = self.position, end.end()
        self.scan(BLANK_REST)
        if not self.ends():
            self.position = start
            return False
        return self.done()

    def table(self) -> bool:
        """Read a table: lines with pipes, of which none is in code or a tag."""
        if not self.after_blank or not self.is_at(_ROW):
            return False
        start, cells = self.position, []
        while self.is_at(_ROW):
            row = _cells(self.line())
            if len(row) < 2:
                break
            cells += row
        else:
            if self.ends():
                return all(self.add(cell) for cell in cells)
        self.position = start
        return False

    def footnote(self) -> bool:
        """Read a footnote; it is shown if a text refers to it."""
        match = self.scan(_FOOTNOTE)
        if match is None:
            return False
        start = self.position
        blank = BLANK.match(self.text, start)
        self.position = blank.end() if blank else start
        if not self.code():
            self.position = start
        text = match[2] + _INDENT.sub("", self.text[start : self.position])
        if self.depth < DEEPEST:
            reader = BlockReader(text, self.document, depth=self.depth + 1)
            self.document.footnotes[match[1]] = reader.read()
        return self.done(blank=True)

    def link(self) -> bool:
        """Read where the links with a name lead; the last line for a name counts."""
        match = _DEFINED.match(self.text, self.position)
        found = _definition(match[2]) if match else None
        if match is None or found is None:
            return False
        self.position = match.end()
        title = None if found.title else self.scan(_TITLE_LINE)
        if title is not None:
            found = Definition(found.address, title[2])
        self.document.definitions[link_name(match[1])] = found
        return self.done(blank=True)

    def abbreviation(self) -> bool:
        """Read what an abbreviation stands for."""
        return self.scan(_ABBREVIATION) is not None and self.done(blank=True)

    def extension(self) -> bool:
        """Read what braces say of blocks: attributes, and texts to leave out or as they are."""
        text = self.attributes()
        if text is not None:
            if "toc" in text.split() and self.list_begin >= 0:
                del self.pieces[self.list_begin :]  # a table of contents stands in its place
            self.pieces.append(Piece(attributes_html(text), is_html=True))
            return True
        if self.scan(_NAMED_ATTRIBUTES):
            return self.done(blank=True)
        opening = _EXTENSION.match(self.text, self.position)
        if opening is None or opening[1] not in {"comment", "nomarkdown", "options"}:
            return False
        closing = re.compile(rf"^ {{0,3}}\{{:/(?:{opening[1]})?\}}[ \t]*\n", re.MULTILINE)
        end = opening if opening[3] else self.search(closing, opening.end())
        if end is None:
            return False
        parsed = _PARSED.search(opening[2] or "")
        if opening[1] == "options" and parsed:
            self.document.parsed = parsed[1] == "true"
        if opening[1] == "nomarkdown":
            self.add(self.text[opening.end() : end.start()], is_html=True)
        self.position = end.end()
        return self.done(blank=True)

    def end_mark(self) -> bool:
        """Read a sign that ends a block."""
        return self.scan(END_MARK) is not None and self.done(blank=True)

    def paragraph(self) -> bool:
        """Read a paragraph: all that is nothing else."""
        lines = [self.line()]
        while self.is_lazy() and not self.is_at(LIST, _HEADING, DEFINITION, _QUOTE, _FENCE_LINE):
            lines.append(self.line())
        goes_on = self.after_paragraph and not self.after_blank and not self.pieces[-1].is_html
        self.pieces.append(Piece("".join(lines), goes_on=goes_on))
        return self.done(paragraph=True)


_RULES = (
    BlockReader.blank, BlockReader.code, BlockReader.fence, BlockReader.quotation,
    BlockReader.heading, BlockReader.rule, BlockReader.listing, BlockReader.definitions,
    BlockReader.html, BlockReader.underlined, BlockReader.formula, BlockReader.table,
    BlockReader.footnote, BlockReader.link, BlockReader.abbreviation, BlockReader.extension,
    BlockReader.end_mark, BlockReader.paragraph,
)  # fmt: skip


def _definition(text: str) -> Definition | None:
    """Return what a line defines behind the name of a link."""
    text = text.strip()
    gap = _TITLE.search(text)
    title = ""
    if gap is not None:
        title = text[gap.end() :]
        if len(title) < 2 or not title.endswith(gap[1]):
            return None
        text, title = text[: gap.start()], title[:-1]
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    return Definition(text, title) if text else None


def _cells(line: str) -> list[str]:
    """Return the texts between the pipes of a line."""
    cells, start, position = [], 0, 0
    while sign := _CELL_SIGN.search(line, position):
        position = sign.end()
        if sign[0] == "\\":
            position += 1
        elif sign[0] == "`":
            position = max(code_end(line, sign.start()), position)
        elif sign[0] == "<":
            tag = TAG.match(line, sign.start()) or CLOSING.match(line, sign.start())
            position = tag.end() if tag else position
        else:
            cells.append(line[start : sign.start()])
            start = position
    return [*cells, line[start:]]
