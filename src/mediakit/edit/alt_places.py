"""Where the body of a page may hold the alt text of a picture, and how a text is written there.

Each place is a guess: what the reader then finds decides (`alts.py`). Pure text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from mediakit.site.galleries import DECORATION

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATE = re.compile(r"\{\{[\s\S]{0,2000}?\}\}|\{%[\s\S]{0,2000}?%\}")
_HTML = re.compile(r"<img\b(?:\"[^\"]*\"|'[^']*'|[^\"'<>])*+>", re.IGNORECASE)
_HTML_PART = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_MARKDOWN = re.compile(
    r"!\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*+\])*+)\]"
    r"(\((?:\\.|[^()\\]|\((?:\\.|[^()\\])*+\))*+\)|\s?\[[^\[\]]*\])?",
    re.DOTALL,
)
_TAG = re.compile(r"\{\{[<%][\s\S]{0,2000}?[>%]\}\}|\{%[\s\S]{0,2000}?%\}|\{\{[\s\S]{0,2000}?\}\}")
_TAG_PART = re.compile(
    r"(?:([\w-]+)\s*([=:])\s*)?(\"(?:\\.|[^\"\\])*+\"|'(?:\\.|[^'\\])*+'|[^\s\"',={}()%<>|]+)"
)
_TAG_END = re.compile(r"\s*(?:/?[>%]\}\}|-?%\}|\)?\s*-?\}\})\Z")
_SPECIAL = re.compile(r"[\\`*_\[\]{}<>|$\"]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_IN_HTML = {"|": "&#124;", "`": "&#96;", "{": "&#123;", "$": "&#36;"}
_ROLE = f'{DECORATION[0]}="{DECORATION[1][0]}"'


@dataclass(frozen=True, slots=True)
class AltSplice:
    """A piece of a body, and what takes its place."""

    start: int
    end: int
    new: str


def splices(body: str, text: str | None) -> Iterator[AltSplice]:
    """Yield all ways to write an alt text into a body; None makes decoration."""
    plain = _TEMPLATE.sub(_masked, body)
    for match in _HTML.finditer(plain):
        yield from _in_html(match, text)
    for match in _MARKDOWN.finditer(plain):
        yield _in_markdown(match, body, text)
    for match in _TAG.finditer(body):
        yield from _in_tag(match, text)


def typographic(text: str) -> str:
    """Return a text without straight quotation marks, which would end an attribute of HTML."""
    opened = re.sub(r'(?:(?<=[\s(\[{–—-])|(?<=\A))"(?=\S)', "“", text)  # noqa: RUF001 - dashes
    return opened.replace('"', "”")


def _masked(template: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "x", template[0])


def _in_html(tag: re.Match[str], text: str | None) -> Iterator[AltSplice]:
    new = f'alt="{_for_html(text or "")}"'
    for part in _HTML_PART.finditer(tag[0], len("<img")):
        if part[1].casefold() == "alt":
            yield AltSplice(tag.start() + part.start(), tag.start() + part.end(), new)
            return
    closing = re.compile(r"\s*/?>\Z").search(tag[0])
    if closing is not None:
        at = tag.start() + closing.start()
        yield AltSplice(at, at, f" {new}")


def _for_html(text: str) -> str:
    """Return a text for an attribute; Markdown around it reads nothing else into it either."""
    return "".join(_IN_HTML.get(sign, sign) for sign in escape(text))


def _in_markdown(match: re.Match[str], body: str, text: str | None) -> AltSplice:
    """Return the picture with another text; one that is found by its text keeps that as a name."""
    old, target = body[match.start(1) : match.end(1)], body[match.end(1) + 1 : match.end()]
    if text is None:
        return AltSplice(match.end(), match.end(), f"{{: {_ROLE}}}")
    if target.strip() in {"", "[]"}:
        target = f"[{old}]"
    new = _ENTITY.sub("&amp;", _SPECIAL.sub(r"\\\g<0>", text)).replace("^", "&#94;")
    return AltSplice(match.start(), match.end(), f"![{new}]{target}")


def _in_tag(match: re.Match[str], text: str | None) -> Iterator[AltSplice]:
    """Yield the tag of a template with another text: at its name, or second without names."""
    end = _TAG_END.search(match[0])
    if end is None:
        return
    parts = list(_TAG_PART.finditer(match[0], 0, end.start()))
    named = [each for each in parts if each[1]]
    alt = next((each for each in named if each[1] == "alt"), None)
    bare = [each for each in parts if not each[1] and each[3][0] in "\"'"]
    is_shortcode = match[0][:3] in {"{{<", "{{%"}
    new = _quoted(text or "", escapes=is_shortcode)
    at, to = end.start(), end.start()
    if alt is not None:
        at, to = alt.span(3)
        new += _with_sign(named, _ROLE) if text is None else ""
    elif text is None or named or not bare:
        new = _with_sign(named, _ROLE if text is None else f"alt={new}")
    elif len(bare) > 1:
        at, to = bare[1].span()
    else:
        at = to = bare[0].end()
        new = f"{' ' if is_shortcode else ', '}{new}"
    yield AltSplice(match.start() + at, match.start() + to, new)


def _quoted(text: str, *, escapes: bool) -> str:
    shown = re.sub(r'[\\"]', r"\\\g<0>", text) if escapes else typographic(text)
    return f'"{shown}"'


def _with_sign(named: list[re.Match[str]], argument: str) -> str:
    """Return another argument of a tag, such as `alt="x"`, written as the last one."""
    is_colon = bool(named) and named[-1][2] == ":"
    name, _, value = argument.partition("=")
    return f", {name}: {value}" if is_colon else f" {argument}"
