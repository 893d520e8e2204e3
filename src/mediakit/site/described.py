"""What a text says of its page: the first heading, and a few words about it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from mediakit.base.model import Manifest
    from mediakit.site.reader import ReaderSettings
    from mediakit.site.trees.yaml import Mapping

_KEYS = ("description", "excerpt", "summary", "abstract", "seo_description", "tagline")
_MOST = 300
"""Letters; search engines show some 160 of them."""

_LONGEST = 20_000
"""Letters of a text in which sentences are looked for."""

_HEADING = re.compile(r"^#[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\](?:\([^()\s]{0,2000}[^()]{0,300}\)|\[[^\[\]]{0,200}\])")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MARKS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])")
_ATTRIBUTES = re.compile(r"\{:[^{}]{0,500}\}")
_SENTENCE = re.compile(r"[^\W_]|[\"'\u201c\u2018\u00bf\u00a1(\[]|[*_`]+\w")
"""What a paragraph begins with, not a heading, a list, a table, a picture or a tag."""
_STEP = re.compile(r"\d{1,9}[.)]\s")
_UNDERLINED = re.compile(r"^(?:=+|-+)\s*$", re.MULTILINE)
_TEMPLATE = re.compile(r"\{[{%]")


def title_of(path: str, body: str) -> str:
    """Return the title of a page that says none: its first heading, else its name."""
    heading = _HEADING.search(body)
    if heading is not None:
        return heading[1]
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem in {"index", "_index"} else pure.stem


def described(
    manifest: Manifest, body: str, type_: str, fields: Mapping, settings: ReaderSettings
) -> Manifest:
    """Return a manifest with what search engines are told of the page, and what sheets show."""
    path, kind = manifest.path, settings.kind
    address = kind.page_address(path, type_, fields)
    words = description_of(fields, body) if manifest.videos and settings.for_search else ""
    blocks: tuple[tuple[str, str], ...] = ()
    if settings.for_sheets:
        from mediakit.site.sheet_text import text_blocks  # noqa: PLC0415 - few sites ask

        found = text_blocks(body, kind.markup(path), lambda text: kind.expand(text, path, fields))
        said = description_of(fields, "")
        blocks = tuple(found) or ((("", said),) if said else ())
    return replace(manifest, description=words, address=address, blocks=blocks)


def description_of(fields: Mapping, body: str) -> str:
    """Return a few words about a page as plain text, empty where it has none."""
    said = (plain_text(fields.text(key) or "") for key in _KEYS)
    return next(filter(None, said), "") or _first_sentences(body)


def _first_sentences(body: str) -> str:
    """Return the first paragraph that is neither a template nor anything but sentences."""
    for paragraph in body[:_LONGEST].replace("\r\n", "\n").split("\n\n"):
        text = paragraph.strip()
        is_code = paragraph.startswith(("    ", "\t"))
        if is_code or not _SENTENCE.match(text) or _STEP.match(text) or _UNDERLINED.search(text):
            continue
        plain = "" if _TEMPLATE.search(text) else plain_text(text)
        if plain:
            return plain
    return ""


def plain_text(text: str) -> str:
    """Return a text without Markdown and HTML, on one line, cut after a word where it is long."""
    if _TEMPLATE.search(text):
        return ""
    text = _TAG.sub("", _ATTRIBUTES.sub("", _LINK.sub(r"\1", text[:_LONGEST])))
    words = " ".join(_MARKS.sub("", text).split())
    if len(words) <= _MOST:
        return words
    return f"{words[:_MOST].rsplit(' ', 1)[0].rstrip(',;:')} …"
