"""kramdown's Markdown to HTML, as far as that can name pictures, links and videos."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mediakit.site.markdown.kramdown_blocks import BlockReader
from mediakit.site.markdown.kramdown_spans import SpanReader
from mediakit.site.markdown.kramdown_text import KramdownText

if TYPE_CHECKING:
    from mediakit.site.markdown.kramdown_text import Piece


def kramdown_to_html(text: str, *, in_html: bool = False) -> str:
    """Return the HTML of a text, with the footnotes that it refers to at its end.

    `in_html` if Markdown is read in all HTML (kramdown's `parse_block_html`).
    """
    document = KramdownText(parsed=in_html)
    pieces: deque[Piece] = deque(BlockReader(text, document).read())
    parts: list[str] = []
    noted: set[str] = set()
    while pieces:
        piece = pieces.popleft()
        if piece.is_html:
            parts.append(piece.text)
            continue
        texts = [piece.text]
        while pieces and pieces[0].goes_on:
            texts.append(pieces.popleft().text)
        reader = SpanReader("".join(texts), document)
        parts.append(reader.read())
        for name in reader.footnotes:
            if name not in noted:
                noted.add(name)
                pieces.extend(document.footnotes[name])
    return "\n".join(parts)
