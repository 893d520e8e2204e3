"""Jekyll 4: content files, defaults and the site's address by `_config.yml`.

Collections are folders `_NAME`, pages are all other files with front matter, and `defaults`
adds front matter by path and type, the most specific scope last.
"""

from __future__ import annotations

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, ClassVar

from mediakit.site.kinds.jekyll_files import (
    Defaults,
    JekyllFiles,
    defaults_of,
    read_defaults,
    unplaced,
)
from mediakit.site.kinds.kind import (
    Folders,
    FrontMatterFormat,
    KindWords,
    Markup,
    Showing,
    SiteKind,
)
from mediakit.site.kinds.settings import (
    ALWAYS,
    deep_merge,
    first_text,
    folder_at,
    folders_of,
    is_true,
    language_in,
    read_mapping,
    since,
    texts_of,
)
from mediakit.site.kinds.theme_keys import JEKYLL_KEYS, pictures_of_site, with_pictures_of_site
from mediakit.site.paths import SiteAddress, below, has_extension
from mediakit.site.trees.yaml import Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections import abc

    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.templates.expanded import Expanded

CONFIG_NAME = "_config.yml"
_MARKDOWN_EXTENSIONS = "markdown,mkdown,mkdn,mkd,md"
_INCLUDED = (".htaccess",)
_EXCLUDED = (
    ".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "Gemfile.lock", "node_modules",
    "vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/",
)  # fmt: skip
_READ_ELSEWHERE = frozenset({"collections", "defaults", "exclude", "include", "plugins"})
_NOTHING = Mapping({}, 0)


class JekyllConfig(SiteKind, frozen=True, dict=True):
    """A site's settings, with Jekyll's defaults; all but `output_folder` is below `source`."""

    name: ClassVar[str] = "jekyll"
    markdown: Markup = Markup.KRAMDOWN
    label: ClassVar[str] = "a Jekyll site"
    words: ClassVar[KindWords] = KindWords(
        "files with front matter, see [below](#what-_configyml-gives)",
        "the site root (`source`)",
        "the site root; in texts the page's address",
    )
    formats: ClassVar[frozenset[FrontMatterFormat]] = frozenset({FrontMatterFormat.YAML})
    has_theme: ClassVar[bool] = True
    picture_keys: ClassVar[tuple[PictureKey, ...]] = JEKYLL_KEYS
    source: str = ""
    data_folder: str = "_data"
    pictures_folder: str = "assets/images"
    pages_folder: str = "_exercises"
    """The collection that pages are in where there are none yet."""
    tags_folder: str = "_includes"
    output_folder: str = "_site"
    markdown_extensions: frozenset[str] = frozenset(
        "." + extension for extension in _MARKDOWN_EXTENSIONS.split(",")
    )
    files: JekyllFiles = JekyllFiles(None, "", _INCLUDED, _EXCLUDED)
    defaults: tuple[Defaults, ...] = ()
    pictures: Mapping = _NOTHING
    permalink: str = "date"
    collections: Mapping = _NOTHING
    values: Mapping = _NOTHING
    """What `site.KEY` is on pages."""

    @classmethod
    def read(cls, files: abc.Sequence[tuple[str, bytes]]) -> JekyllConfig:
        """Read the settings from the first of the files."""
        name, data = files[0]
        return read_config(data, name)

    @cached_property
    def _content_extensions(self) -> frozenset[str]:
        return self.markdown_extensions | {".html", ".htm"}

    def _in_source(self, path: str) -> str:
        return f"{self.source}/{path}".strip("/")

    def _inside(self, path: str) -> str | None:
        """Return a path below the source, None for what is not there."""
        inside = below(path, (self.source,))
        return None if self.source and inside == path else inside

    def needs_front_matter(self, kind: str) -> bool:
        """Return whether a file of this type without front matter is no page: not for posts."""
        return kind not in {"posts", "drafts"}

    def is_excluded(self, path: str) -> bool:
        """Return whether Jekyll finds no content in this folder."""
        if path == self.output_folder:
            return True
        inside = self._inside(path)
        if inside is None:
            return not f"{self.source}/".startswith(f"{path}/")
        return self.files.is_excluded(inside)

    def hidden_name(self, path: str) -> str:
        """Return the first special name on a path; files of collections are on the site."""
        return self.files.hidden_name(below(path, (self.source,)))

    def content_type(self, path: str) -> str | None:
        """Return the type of a path (a collection's name, posts, drafts, pages), or None."""
        if not has_extension(path, self._content_extensions):
            return None
        if path.startswith(f"{self.output_folder}/"):
            return None
        inside = self._inside(path)
        return None if inside is None else self.files.type_of(inside)

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:
        """Return the front matter with the defaults of all scopes of this file."""
        inside = below(path, (self.source,))
        if kind != "pages":
            inside = below(inside, (self.files.collections_dir,))
        fields = front_matter
        if self.defaults:
            fields = deep_merge(defaults_of(self.defaults, inside, kind), front_matter)
        is_home = inside.startswith("index.") or fields.text("permalink") == "/"
        if not self.pictures.entries:
            return fields
        return with_pictures_of_site(fields, self.pictures, is_home=is_home)

    def is_published(self, kind: str, fields: Mapping) -> bool:
        """Return whether Jekyll shows the page: no drafts, no `published: false`."""
        if kind == "drafts" and not self.showing.drafts:
            return False
        said = fields.entries.get("published")
        is_hidden = isinstance(said, Scalar) and (said.is_false or said.is_null)
        return self.showing.past or not is_hidden

    def shown_between(self, path: str, kind: str, fields: Mapping) -> tuple[float, float]:
        """Return from when on a post is shown; layouts may show all others before."""
        if kind != "posts" or self.showing.future:
            return ALWAYS
        name = Scalar(path.rpartition("/")[2], 0)
        return since(first_text((fields.get("date"), name))), inf

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:
        """Return where addresses count from: front matter from the root, the body as a browser."""
        own = tuple(map(self._in_source, _media_folders(fields)))
        if not in_body:
            return Folders((*own, *self.roots), (*own, self.source or None))
        permalink = fields.text("permalink") or ""
        is_address = permalink.startswith("/") and ":" not in permalink
        shown = permalink if is_address else below(page, (self.source,))
        folder = self._in_source(shown.rpartition("/")[0])
        return Folders((*own, *self.roots), (*own, folder))

    def spelling(self, path: str, page: str) -> str:  # noqa: ARG002 - other kinds look at the page
        """Return how front matter names a file: from the root of the site."""
        return f"/{self.key(path)}"

    def folders_in_tag(self, text: str) -> abc.Iterator[tuple[str, str]]:
        """Yield the arguments in the text of an include, each with a folder put before it."""
        from mediakit.site.templates.jekyll import of_include  # noqa: PLC0415 - few have them

        return of_include(text, self.values, self.address)

    def page_address(self, path: str, kind: str, fields: Mapping) -> str:
        """Return the address of a page below the site's, empty where it is not known."""
        from mediakit.site.kinds.jekyll_addresses import address_of  # noqa: PLC0415 - few ask

        return address_of(self, path, kind, fields)

    def tag_folders(self, page: str, fields: Mapping) -> Folders:
        """Return the root before the page's address: includes of themes add a folder."""
        front, text = (self.folders(page, fields, in_body=each) for each in (False, True))
        return Folders(front.absolute, (*front.relative, *text.relative))

    def expand(self, text: str, page: str, fields: Mapping) -> Expanded | None:
        """Return a text with the values that its Liquid puts in."""
        if "{{" not in text and "{%" not in text:
            return None
        from mediakit.site.templates.jekyll import expand_page  # noqa: PLC0415 - few have Liquid

        return expand_page(text, self, page, fields)


def read_config(data: bytes, name: str = CONFIG_NAME) -> JekyllConfig:
    """Read the settings in `_config.yml`, or in the file called `name`.

    Raises:
        ConfigError: the file is not valid; the message has its line.
    """
    root = read_mapping(data, name)
    if not root.entries:
        return JekyllConfig()
    extensions = (root.text("markdown_ext") or _MARKDOWN_EXTENSIONS).split(",")
    source, above = _source(texts_of(root.get("source"))), folder_at(root, "collections_dir")
    data_folder = folder_at(root, "data_dir", "_data")
    collections = root.get("collections")
    return JekyllConfig(
        address=SiteAddress(root.text("url") or "", root.text("baseurl") or ""),
        roots=(source,),
        title=root.text("title") or root.text("name") or "",
        media_url=_web_address(root.text("cdn") or root.text("img_cdn") or ""),
        source=source,
        data_folder=f"{source}/{data_folder}".lstrip("/"),
        pictures_folder=f"{source}/assets/images".lstrip("/"),
        pages_folder="/".join(filter(None, (source, above, "_exercises"))),
        tags_folder=f"{source}/{root.text('includes_dir') or '_includes'}".strip("/"),
        output_folder=folder_at(root, "destination", "_site"),
        markdown_extensions=frozenset("." + each.strip().lower() for each in extensions),
        files=JekyllFiles(
            collections=_collections(collections),
            collections_dir=above,
            include=_INCLUDED + texts_of(root.get("include")),
            exclude=_EXCLUDED + texts_of(root.get("exclude")),
        ),
        defaults=read_defaults(root.get("defaults"), above),
        pictures=pictures_of_site(root),
        showing=Showing(
            drafts=is_true(root.get("show_drafts")),
            future=is_true(root.get("future")),
            past=is_true(root.get("unpublished")),
        ),
        values=unplaced(root, _READ_ELSEWHERE),
        language=language_in(root),
        permalink=root.text("permalink") or "date",
        collections=collections if isinstance(collections, Mapping) else _NOTHING,
        markdown=_markup(root.text("markdown"), root.get("kramdown")),
    )


def _source(texts: abc.Iterable[str]) -> str:
    """Return the folder of the site's files; where that is a copy in a hidden one, the original."""
    parts = [part for text in texts for part in text.split("/") if part not in {"", "."}]
    hidden = [at for at, part in enumerate(parts) if part.startswith(".") and part != ".."]
    return next(iter(folders_of(["/".join(parts[hidden[-1] + 1 if hidden else 0 :])])), "")


def _collections(node: Node | None) -> frozenset[str]:
    names = node.entries if isinstance(node, Mapping) else texts_of(node)
    return frozenset(names) | {"posts"}


def _web_address(text: str) -> str:
    return text.rstrip("/") if text.startswith(("https://", "http://")) else ""


def _media_folders(fields: Mapping) -> tuple[str, ...]:
    """Return the folder that Chirpy puts before each address of a page, none without one."""
    text = fields.text("media_subpath") or fields.text("img_path") or ""
    parts = [part for part in text.split("/") if part not in {"", ".", ".."}]
    return ("/".join(parts),) if parts and "://" not in text else ()


def _markup(engine: str | None, kramdown: Node | None) -> Markup:
    """Return what reads the Markdown of a site, by the settings `markdown` and `kramdown`."""
    if (engine or "").casefold().startswith("commonmark"):
        return Markup.COMMONMARK
    in_html = isinstance(kramdown, Mapping) and is_true(kramdown.get("parse_block_html"))
    return Markup.KRAMDOWN_IN_HTML if in_html else Markup.KRAMDOWN
