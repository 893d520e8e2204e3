"""The addresses of Jekyll's pages, as far as the settings and the front matter tell them.

Nothing is guessed: an address with the moment of a build in it, or with a value that a plugin
may change, is not known. Names are those of Jekyll 4 (`Jekyll::URL`, `Drops::UrlDrop`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from mediakit.site.kinds.settings import is_true, texts_of
from mediakit.site.paths import below
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from mediakit.site.kinds.jekyll import JekyllConfig

_STYLES = {
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title:output_ext",
    "date": "/:categories/:year/:month/:day/:title:output_ext",
}
_ENDLESS = frozenset({"none", "date", "ordinal", "weekdate"})
_WORD = re.compile(r":([a-z_]+)")
_SAFE = "/:@!$&'()*+,;=~-._"
_DATED = re.compile(r"(\d{2,4})-(\d{1,2})-(\d{1,2})-(.+)", re.DOTALL)
_DAY = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_SLUG = re.compile(r"[\W_]+")
_PRETTY_SLUG = re.compile(r"[^\w.~!$&'()+,;=@]+")


class _Rules(NamedTuple):
    """How pages of one type get their addresses; without a template they have none."""

    template: str
    relative: str
    """The path of the page from the folder of its type."""


def address_of(kind: JekyllConfig, path: str, type_: str, fields: Mapping) -> str:
    """Return the address of a page below the site's, with a first slash; empty if not known."""
    inside = below(path, (kind.source,))
    if type_ == "posts":
        inside = below(inside, (kind.files.collections_dir,))
    rules = _rules(kind, inside, type_)
    template = fields.text("permalink") or rules.template
    if not rules.template:
        return ""
    name = PurePosixPath(inside)
    words = _words_of_page(name) if type_ == "pages" else _words(rules, name, type_, fields)
    if not all(_starting(word, words) for word in _WORD.findall(template)):
        return ""
    filled = _WORD.sub(lambda found: _fill(found[1], words), template)
    return re.sub(r"/{2,}", "/", f"/{filled}".replace("..", "/"))


def _rules(kind: JekyllConfig, inside: str, type_: str) -> _Rules:
    style = kind.permalink
    if type_ == "pages":
        pure = PurePosixPath(inside)
        return _Rules("/:path/" if pure.stem == "index" else _ended("/:path/:basename", style), "")
    about = kind.collections.get(type_)
    own = about.text("permalink") if isinstance(about, Mapping) else None
    if type_ in {"posts", "drafts"}:
        return _Rules(own or _STYLES.get(style, style), "")
    if not isinstance(about, Mapping) or not is_true(about.get("output")):
        return _Rules("", "")
    folder = f"{kind.files.collections_dir}/_{type_}".lstrip("/")
    return _Rules(own or _ended("/:collection/:path", style), below(inside, (folder,)))


def _ended(template: str, style: str) -> str:
    if style == "pretty" or style.endswith("/"):
        return f"{template}/"
    is_named = style in _ENDLESS or style.endswith(":output_ext")
    return f"{template}:output_ext" if is_named else template


def _words_of_page(name: PurePosixPath) -> dict[str, str]:
    folder = "" if str(name.parent) == "." else str(name.parent)
    return {"path": folder, "basename": name.stem, "output_ext": ".html"}


def _words(rules: _Rules, name: PurePosixPath, type_: str, fields: Mapping) -> dict[str, str]:
    """Return what the words of a template mean for a document; those that are not known miss."""
    dated = _DATED.fullmatch(name.stem)
    slug = fields.text("slug") or (dated[4] if dated else name.stem)
    found = {
        "collection": type_,
        "path": rules.relative.rpartition(".")[0].rstrip("."),
        "name": _slug(name.stem),
        "slug": _slug(slug),
        "title": _PRETTY_SLUG.sub("-", slug).strip("-"),
        "output_ext": ".html",
        "categories": "/".join(_categories(name, type_, fields)),
    }
    day = _day(fields, dated)
    if day is not None:
        year, month, date = day
        found |= {
            "year": f"{year:04}", "month": f"{month:02}", "day": f"{date:02}",
            "i_month": f"{month}", "i_day": f"{date}", "short_year": f"{year % 100:02}",
        }  # fmt: skip
    return found


def _slug(text: str) -> str:
    return _SLUG.sub("-", text).strip("-").lower()


def _categories(name: PurePosixPath, type_: str, fields: Mapping) -> list[str]:
    folders = name.parts[: name.parts.index("_posts")] if type_ == "posts" else ()
    said = fields.get("categories")
    plural = said.text.split() if isinstance(said, Scalar) else texts_of(said)
    found = (*folders, *texts_of(fields.get("category")), *plural)
    return list(dict.fromkeys(each.lower() for each in found))


def _day(fields: Mapping, dated: re.Match[str] | None) -> tuple[int, int, int] | None:
    """Return the day of a document; that of a moment depends on the zone of the build."""
    said = fields.text("date")
    found = _DAY.fullmatch(said) if said else dated
    if found is None:
        return None
    year, month, day = (int(each) for each in found.groups()[:3])
    return (year + 2000 if year < 100 else year), month, day


def _starting(word: str, words: dict[str, str]) -> str:
    """Return the longest known word that a word begins with."""
    return max((each for each in words if word.startswith(each)), key=len, default="")


def _fill(word: str, words: dict[str, str]) -> str:
    known = _starting(word, words)
    return quote(words[known], safe=_SAFE) + word.removeprefix(known)
