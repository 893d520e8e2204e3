"""The names that Jekyll gives to the Liquid of pages and includes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.templates.expanded import Unknown
from mediakit.site.templates.expressions import Names, Scope
from mediakit.site.templates.liquid import expand_liquid
from mediakit.site.templates.shortcodes import WORD, prefixes
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.kinds.jekyll import JekyllConfig
    from mediakit.site.paths import SiteAddress
    from mediakit.site.templates.expanded import Expanded

_INCLUDE_KEY = re.compile(r"\binclude\.([\w-]{1,99})")
_OF_SITE = frozenset({
    "categories", "collections", "data", "documents", "drafts", "github", "html_files",
    "html_pages", "pages", "posts", "related_posts", "static_files", "tags", "theme", "time",
})  # fmt: skip
_OF_PAGE = frozenset({
    "categories", "collection", "content", "date", "dir", "draft", "excerpt", "ext", "id", "next",
    "output", "previous", "relative_path", "slug", "tags", "title", "url",
})  # fmt: skip
_OF_OTHERS = (
    "content", "forloop", "include", "jekyll", "layout", "paginator", "post", "tablerowloop",
    "theme",
)  # fmt: skip


def expand_page(text: str, config: JekyllConfig, page: str, fields: Mapping) -> Expanded | None:
    """Return a text of a page with what Jekyll puts in, None for a page without Liquid."""
    rendered = fields.entries.get("render_with_liquid")
    if isinstance(rendered, Scalar) and rendered.is_false:
        return None
    return expand_liquid(text, _names(config, page, fields))


def of_include(text: str, settings: Mapping, address: SiteAddress) -> Iterator[tuple[str, str]]:
    """Yield the arguments of an include of Jekyll, each with a folder put before it."""
    keys = dict.fromkeys(_INCLUDE_KEY.findall(text))
    words: dict[str, Scalar] = {key: Scalar(WORD.format(key), 0) for key in keys}
    names = Names({"site": Scope(settings), "include": Mapping({**words}, 0)}, None, address)
    yield from prefixes(expand_liquid(text, names).text, address)


def _names(config: JekyllConfig, page: str, fields: Mapping) -> Names:
    shown = config.key(page)
    path = {"path": Scalar(shown, 0), "name": Scalar(page.rpartition("/")[2], 0)}
    return Names(
        {
            **dict.fromkeys(_OF_OTHERS, Unknown.GENERATOR),
            "site": Scope(config.values, _OF_SITE | (config.files.collections or frozenset())),
            "page": Scope(Mapping({**fields.entries, **path}, 0), _OF_PAGE),
        },
        None,
        config.address,
    )
