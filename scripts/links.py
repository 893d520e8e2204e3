"""Checks the links of all pages: `python scripts/links.py`; exit code 1 where one leads nowhere.

Links within the repository must lead to a file, and those with a fragment to a heading, both as
GitHub understands them. With `--offline FOLDER` the pages of a built site are read instead: what
they load must be in it.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = ("*.md", "docs/**/*.md", "scripts/*.md", ".github/**/*.md")
MARKDOWN = MarkdownIt("commonmark").enable("table")

_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_LOADED_RELS = {"stylesheet", "icon", "preload", "preconnect", "modulepreload"}


def main() -> int:
    """Check, print what is wrong, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offline", type=Path, metavar="FOLDER", help="a built site to check")
    site: Path | None = parser.parse_args().offline
    pages = [page for pattern in PATTERNS for page in sorted(ROOT.glob(pattern))]
    faults = list(loaded_from_elsewhere(site) if site else dead_links(pages))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def dead_links(pages: Iterable[Path]) -> Iterator[str]:
    """Yield a line for each link of a page to a file or a heading that is not there."""
    headings: dict[Path, set[str]] = {}
    for page in pages:
        for line, link in links(page.read_text("utf-8")):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not there.exists():
                yield f"{page}:{line}: {link} is not there"
            elif parts.fragment and there.suffix == ".md":
                if there not in headings:
                    headings[there] = anchors(there.read_text("utf-8"))
                if unquote(parts.fragment) not in headings[there]:
                    yield f"{page}:{line}: {link} is no heading there"


def links(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and address of each link and picture of a page."""
    for block in MARKDOWN.parse(text):
        for token in _all(block.children or ()):
            link = token.attrGet("href") or token.attrGet("src")
            if isinstance(link, str):
                yield (block.map or [0])[0] + 1, link


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def anchors(text: str) -> set[str]:
    """Return the fragments of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    tokens = MARKDOWN.parse(text)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type != "heading_open":
            continue
        shown = "".join(each.content for each in inline.children or ())
        name = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        number = found.get(name, 0)
        found[name] = number + 1
        if number:
            found[f"{name}-{number}"] = 1
    return set(found)


class _Loads(HTMLParser):
    """Collects the addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag loads."""
        given = dict(attrs)
        if tag == "link" and _LOADED_RELS & set((given.get("rel") or "").split()):
            self.found.append(given.get("href") or "")
        elif tag in _LOADS:
            self.found.append(given.get(_LOADS[tag]) or "")


def loaded_from_elsewhere(site: Path) -> Iterator[str]:
    """Yield a line for each thing that a page or a style of a built site loads from outside."""
    pages = sorted(site.rglob("*.html"))
    if not pages:
        yield f"{site}: no pages"
    for page in pages:
        parser = _Loads()
        parser.feed(page.read_text("utf-8"))
        for address in parser.found:
            if urlsplit(address).scheme not in {"", "data"} or address.startswith("//"):
                yield f"{page}: loads {address}"
    for style in sorted(site.rglob("*.css")):
        for address in re.findall(r"url\(['\"]?(https?:|//)", style.read_text("utf-8")):
            yield f"{style}: loads from {address}"


if __name__ == "__main__":
    sys.exit(main())
