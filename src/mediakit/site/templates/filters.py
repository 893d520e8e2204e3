"""Filters of Liquid, Jekyll and Nunjucks that addresses are made with."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from mediakit.site.templates.expanded import Unknown, Value
from mediakit.site.templates.expressions import LONGEST, as_text
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.site.paths import SiteAddress

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_SIGNS = "/%:?#[]@!$&'()*+,;=~"
"""Characters of an address that stay as they are."""

_TEXT: dict[str, tuple[int, Callable[..., str | Unknown]]] = {
    "append": (1, lambda text, more: text + more),
    "capitalize": (0, lambda text: text[:1].upper() + text[1:].lower()),
    "cgi_escape": (0, lambda text: quote(text, safe="", errors="replace")),
    "downcase": (0, str.lower),
    "escape": (0, html.escape),
    "escape_once": (0, lambda text: html.escape(html.unescape(text))),
    "h": (0, html.escape),
    "lower": (0, str.lower),
    "lstrip": (0, str.lstrip),
    "normalize_whitespace": (0, lambda text: " ".join(text.split())),
    "prepend": (1, lambda text, more: more + text),
    "remove": (1, lambda text, part: text.replace(part, "") if part else text),
    "remove_first": (1, lambda text, part: text.replace(part, "", 1)),
    "replace_first": (2, lambda text, old, new: text.replace(old, new, 1)),
    "rstrip": (0, str.rstrip),
    "safe": (0, str),
    "size": (0, lambda text: str(len(text))),
    "strip": (0, str.strip),
    "strip_newlines": (0, lambda text: text.replace("\r", "").replace("\n", "")),
    "trim": (0, str.strip),
    "upcase": (0, str.upper),
    "upper": (0, str.upper),
    "uri_escape": (0, lambda text: quote(text, safe=_SIGNS, errors="replace")),
    "url_decode": (0, unquote),
    "url_encode": (0, lambda text: quote(text, safe="", errors="replace")),
    "xml_escape": (0, html.escape),
}
"""Filters from text to text, with the number of their arguments."""

_OF_LISTS = frozenset({"first", "join", "last"})
_NOT_FOR_ADDRESSES = frozenset({
    "abs", "array_to_sentence_string", "at_least", "at_most", "ceil", "compact", "concat", "date",
    "date_to_long_string", "date_to_rfc822", "date_to_string", "date_to_xmlschema", "divided_by",
    "dump", "find", "find_exp", "floor", "group_by", "group_by_exp", "inspect", "jsonify", "map",
    "markdownify", "minus", "modulo", "newline_to_br", "number_of_words", "plus", "pop", "push",
    "reverse", "round", "sample", "sassify", "scssify", "shift", "slice", "slugify", "smartify",
    "sort", "sort_natural", "strip_html", "strip_index", "times", "to_integer", "truncate",
    "truncatewords", "uniq", "unshift", "where", "where_exp",
})  # fmt: skip


def apply_filter(name: str, value: Value, arguments: list[Value], address: SiteAddress) -> Value:
    """Return what a filter makes of a value."""
    if name in _NOT_FOR_ADDRESSES or value is Unknown.GENERATOR:
        return Unknown.GENERATOR
    if name == "default":
        return arguments[0] if arguments and _is_empty(value) else value
    if name in _OF_LISTS and isinstance(value, Sequence):
        return _of_list(name, value, as_text(arguments[0]) if arguments else " ")
    texts = [as_text(each) for each in (value, *arguments)]
    known = [each or "" for each in texts if not isinstance(each, Unknown)]
    if len(known) < len(texts):
        return next(each for each in texts if isinstance(each, Unknown))
    made = _of_texts(name, known, address)
    return None if value is None and not made else made


def _of_list(name: str, value: Sequence, separator: str | Unknown | None) -> Value:
    if name == "join":
        items = [each.text for each in value.items if isinstance(each, Scalar)]
        return separator if isinstance(separator, Unknown) else (separator or "").join(items)
    return value.items[0 if name == "first" else -1] if value.items else None


def _of_texts(name: str, texts: list[str], address: SiteAddress) -> Value:
    text, *more = texts
    if name in {"relative_url", "absolute_url", "url"}:
        return _placed(name, text, address) if text else ""
    if name == "split" and more:
        parts = text.split(more[0]) if more[0] else list(text)
        return Sequence(tuple(Scalar(each, 0) for each in parts), 0)
    if name == "replace" and len(more) == 2:
        return _replaced(text, *more)
    count, change = _TEXT.get(name, (-1, str))
    return change(text, *more) if count == len(more) else Unknown.UNREAD


def _replaced(text: str, old: str, new: str) -> str | Unknown:
    if not old:
        return text
    is_short = len(text) + text.count(old) * len(new) <= LONGEST
    return text.replace(old, new) if is_short else Unknown.GENERATOR


def _is_empty(value: Value) -> bool:
    if isinstance(value, Sequence):
        return not value.items
    if isinstance(value, Mapping):
        return not value.entries
    if isinstance(value, Scalar):
        return value.is_null or value.is_false or not value.text
    return value in {None, "", "false"}


def _placed(name: str, text: str, address: SiteAddress) -> str:
    """Return an address below the site's own, as the generator writes it."""
    if _ABSOLUTE.match(text) or (name == "url" and not text.startswith("/")):
        return text
    base = address.baseurl.strip("/")
    path = ("/" + base if base else "") + "/" + text.lstrip("/")
    host = address.url.rstrip("/") if name == "absolute_url" else ""
    return host + quote(path, safe=_SIGNS, errors="replace")
