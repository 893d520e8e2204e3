"""What the pages of a folder have in common: the model of a new one without a template."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from mediakit.base.slug import spellings_of, split_number
from mediakit.edit.yaml_write import quoted, scalar
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.site.trees.yaml import Node

_MOST = 0.8
"""The share of pages that makes something a custom of the site."""

_FEWEST = 3
"""Pages from which on there are customs."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True)
class Sibling:
    """A page: the stem of its file, its title and its front matter."""

    stem: str
    title: str
    fields: Mapping


@dataclass(frozen=True, slots=True)
class Model:
    """The stem of a new page's file, and lines of front matter besides its title."""

    stem: str
    lines: tuple[str, ...] = ()


def model_for(slug: str, siblings: Iterable[Sibling]) -> Model:
    """Return the model of a new page.

    It has the keys that most pages have: with their value where that is the same on most, with
    the next number where each page has its own, with the page's name where that is a part of the
    value, and empty lists. Keys of mappings, dates and other texts are left out.
    """
    pages = list(siblings)
    if len(pages) < _FEWEST:
        return Model(slug)
    keys = dict.fromkeys(chain.from_iterable(each.fields.entries for each in pages))
    values = {key: [each.fields.entries.get(key) for each in pages] for key in keys}
    made = {key: _value(slug, pages, values[key]) for key in keys if key != "title"}
    lines = tuple(f"{scalar(key)}: {value}" for key, value in made.items() if value is not None)
    return Model(_stem(slug, pages, made), lines)


def _stem(slug: str, pages: list[Sibling], made: dict[str, str | None]) -> str:
    """Return the stem with a number behind it where most pages have one of their own.

    Pages of one name that are counted, such as `test-1` and `test-2`, number no others.
    """
    names, numbers = zip(*(split_number(each.stem) for each in pages), strict=True)
    for key, value in made.items():
        own = [_text(each.fields.entries.get(key)) for each in pages]
        if value and _is_most(sum(map(_same_number, numbers, own)), pages):
            return f"{slug}-{value}"
    if _is_most(min(len({*names}), len({*numbers} - {""})), pages):
        return f"{slug}-{1 + max(int(each) for each in numbers if each)}"
    return slug


def _same_number(number: str, value: str) -> bool:
    return number != "" and number == value


def _value(slug: str, pages: list[Sibling], nodes: list[Node | None]) -> str | None:
    """Return the value of a key as a page writes it, None where it has no common one."""
    if _is_most(sum(_is_plain_list(each) for each in nodes), pages):
        return "[]"
    written = [_written(each) for each in nodes]
    if _is_most(most := max(map(written.count, written)), pages):
        return next(each for each in written if written.count(each) == most)
    texts = [_text(each) for each in nodes]
    numbers = [int(each) for each in texts if _NUMBER.fullmatch(each)]
    if _is_most(len(set(numbers)), pages):
        return str(1 + max(numbers))
    named = [_with_name(each, text) for each, text in zip(pages, texts, strict=True)]
    most = max((named.count(each) for each in named if each), default=0)
    if not _is_most(most, pages):
        return None
    before, after = next(each for each in named if each and named.count(each) == most)
    return scalar(f"{before}{slug}{after}")


def _is_most(number: int, pages: list[Sibling]) -> bool:
    return number >= _MOST * len(pages)


def _is_plain_list(node: Node | None) -> bool:
    return isinstance(node, Sequence) and all(isinstance(each, Scalar) for each in node.items)


def _written(node: Node | None) -> str | None:
    """Return a scalar in YAML as its page has it: text stays text."""
    if not isinstance(node, Scalar) or _DATE.match(node.text):
        return None
    return node.text if node.plain and "\n" not in node.text else quoted(node.text)


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _with_name(page: Sibling, text: str) -> tuple[str, str] | None:
    """Return what stands before and after the page's name in a text, None if it is not in it."""
    names = {page.stem, split_number(page.stem)[0], *spellings_of(page.title)}
    for name in sorted(names, key=len, reverse=True):
        before, found, after = text.rpartition(name)
        if found:
            return before, after
    return None
