"""The front matter and the body of a content file, and what addresses in them mean.

YAML follows Jekyll's rules: it starts in the first line, and ends at `---` or `...`. TOML stands
between lines of `+++`, JSON is an object at the start of the file, and `---toml` and `---json` are
Eleventy's. Each format is a handler of python-frontmatter, which detects the one of a file. The
handlers load trees that keep lines and raw scalars (see `trees/yaml.py`).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import frontmatter
import msgspec
from frontmatter.default_handlers import BaseHandler
from msgspec.structs import replace

from mediakit.base.errors import ManifestError
from mediakit.base.formats import FILMS
from mediakit.base.regular_file import decode
from mediakit.site.kinds.kind import Folders, FrontMatterFormat
from mediakit.site.kinds.settings import parser_of, texts_of
from mediakit.site.paths import Location, has_extension, locate_among
from mediakit.site.providers import PROVIDERS
from mediakit.site.trees.yaml import Mapping, Oddity, Scalar, parse_yaml

if TYPE_CHECKING:
    from mediakit.site.kinds.kind import SiteKind
    from mediakit.site.templates.expanded import Expanded, Unknown

MAX_BYTES = 4_000_000
"""The largest content file; nobody wrote a larger one as a page."""

_IGNORE_KEY = "mediakit_ignore"
_BREAK = r"(?P<newline>\r\n|\r|\n)"
_DOCUMENTS = frozenset({".pdf", ".zip", ".mp3", ".docx", ".xlsx", ".csv"}).union(
    *(each.endings for each in FILMS)
)


class Page(msgspec.Struct, frozen=True):
    """A content file; `body_line` is the line in the file where `body` starts."""

    front_matter: Mapping
    body: str
    body_line: int
    oddities: tuple[Oddity, ...] = ()
    format: FrontMatterFormat = FrontMatterFormat.YAML

    @property
    def ignored(self) -> tuple[str, ...]:
        """The codes of problems that are not reported for it, in a list or in one text."""
        said = self.front_matter.get(_IGNORE_KEY)
        if isinstance(said, Scalar):
            return tuple(said.text.replace(",", " ").split())
        return texts_of(said) if said is not None else ()


def video_keys() -> dict[str, str | None]:
    """Return the keys of front matter that hold videos, with the provider that a key implies."""
    implied = {key: row.name for row in PROVIDERS.values() for key in row.keys}
    return {"video": None, "videos": None, **implied}


class Parts(msgspec.Struct, frozen=True):
    """The texts of a content file: `head + block + tail` is the file.

    `block` is the front matter, without the opening line (`head`) and the closing line, which
    begins `tail`; `body` is the end of `tail`.
    """

    format: FrontMatterFormat
    language: str
    head: str
    block: str
    tail: str
    body: str
    newline: str = "\n"


class MarkedHandler(BaseHandler):
    """Front matter between an opening and a closing line."""

    def __init__(self, format_: FrontMatterFormat, opening: str, closing: str, mark: str) -> None:
        super().__init__(re.compile(rf"{opening}[ \t]*{_BREAK}"))
        self.kind = format_
        self._closing = re.compile(rf"[\r\n](?:{closing})[ \t]*(?:\r\n|\r|\n|\Z)")
        self._mark = mark

    def take_apart(self, text: str) -> Parts:
        """Split a text that `detect` accepts; raises ManifestError without a closing line."""
        opening = self.FM_BOUNDARY.match(text) if self.FM_BOUNDARY else None
        closing = self._closing.search(text, opening.end() - 1) if opening else None
        if opening is None or closing is None:
            raise ManifestError(
                "unclosed-front-matter", "the front matter is never closed", 1,
                f"end it with a line that holds only {self._mark}",
            )  # fmt: skip
        start, end = opening.end(), closing.start() + 1
        language = opening.groupdict().get("language") or self.kind.value
        return Parts(
            self.kind, language, text[:start], text[start:end], text[end:],
            text[closing.end() :], opening["newline"],
        )  # fmt: skip

    def split(self, text: str) -> tuple[str, str]:
        """Return front matter and body, for python-frontmatter."""
        parts = self.take_apart(text)
        return parts.block, parts.body

    def load(self, fm: str, **_kwargs: object) -> Any:  # noqa: ANN401 - the base class's type
        """Parse front matter, for python-frontmatter; its first line is line 2 of the file."""
        return parser_of(self.kind.value)(fm, 2)


class ObjectHandler(MarkedHandler):
    """Front matter that is a JSON object at the start of the file."""

    def __init__(self) -> None:
        BaseHandler.__init__(self, re.compile(r"\{\s*[\"}]"))
        self.kind = FrontMatterFormat.JSON

    def take_apart(self, text: str) -> Parts:
        """Split a text that `detect` accepts."""
        from mediakit.site.trees.json import end_of_json  # noqa: PLC0415 - few sites have it

        end = end_of_json(text, 0)
        tail = text[end:]
        return Parts(self.kind, "json", "", text[:end], tail, tail.removeprefix("\n"))

    def load(self, fm: str, **_kwargs: object) -> Any:  # noqa: ANN401 - the base class's type
        """Parse front matter, for python-frontmatter."""
        return parser_of("json")(fm, 1)


JEKYLL = MarkedHandler(FrontMatterFormat.YAML, "---", r"---|\.\.\.", "---")
HANDLERS = (
    JEKYLL,
    ObjectHandler(),
    MarkedHandler(FrontMatterFormat.TOML, r"\+\+\+", r"\+\+\+", "+++"),
    MarkedHandler(FrontMatterFormat.NAMED, r"---[ \t]*(?P<language>[a-z]+)", "---", "---"),
)


def take_apart(text: str) -> Parts | None:
    """Split the text of a content file, with any line ends; None if it has no front matter.

    Raises:
        ManifestError: the front matter is not closed.
    """
    handler = frontmatter.detect_format(text, HANDLERS)
    return handler.take_apart(text) if isinstance(handler, MarkedHandler) else None


def starts_front_matter(head: bytes) -> bool:
    """Return whether a file that begins with these bytes has YAML or TOML as front matter."""
    line = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").partition(b"\n")
    return line[0].rstrip() in {b"---", b"+++"} and bool(line[1])


def read_page(data: bytes) -> Page | None:
    """Read a content file; None if it has no front matter.

    Raises:
        ManifestError: it is too large, not UTF-8, its front matter is not closed, not in its
            format, or not a mapping.
    """
    if len(data) > MAX_BYTES:
        raise ManifestError(
            "too-large",
            f"{len(data):,} bytes are too many for a content file",
            hint=f"it may have {MAX_BYTES:,}: leave out what is no page",
        )
    text = decode(data)
    parts = take_apart(text)
    if parts is None:
        return None
    if parts.format is FrontMatterFormat.YAML:  # its opening line is part of the document
        document = parse_yaml(parts.head + parts.block)
    else:
        document = parser_of(parts.language)(parts.block, 2 if parts.head else 1)
    root = document.root
    if isinstance(root, Scalar) and root.is_null:
        root = Mapping({}, 2)
    if not isinstance(root, Mapping):
        raise ManifestError(
            "not-a-mapping", "the front matter is not a mapping", root.line,
            "write it as `key: value` lines",
        )  # fmt: skip
    body_line = 1 + text.count("\n", 0, len(text) - len(parts.body))
    return Page(root, parts.body, body_line, document.oddities, parts.format)


def bare_page(data: bytes) -> Page:
    """Return a content file without front matter as a page that is all body."""
    return Page(Mapping({}, 1), decode(data), 1)


class PageAddresses:
    """Resolves the addresses of a page, and remembers where else a file may be.

    `front` are the folders that addresses in front matter count from.
    """

    def __init__(self, path: str, fields: Mapping, kind: SiteKind) -> None:
        self._path = path
        self._fields = fields
        self._kind = kind
        self._elsewhere: dict[str, tuple[str, ...]] = {}
        self.front = kind.folders(path, fields, in_body=False)

    @cached_property
    def body(self) -> Folders:
        """The folders that addresses in the text count from."""
        return self._kind.folders(self._path, self._fields, in_body=True)

    @cached_property
    def tags(self) -> Folders:
        """The folders that addresses in includes and shortcodes count from."""
        return self._kind.tag_folders(self._path, self._fields)

    @property
    def permalink(self) -> str:
        """The address that the front matter gives to the page itself, empty without one."""
        return self._fields.text("permalink") or self._fields.text("url") or ""

    @property
    def elsewhere(self) -> tuple[tuple[str, ...], ...]:
        """The site paths that may mean other files, with these."""
        return tuple((first, *others) for first, others in self._elsewhere.items())

    def expand(self, text: str) -> Expanded | None:
        """Return a text with what templates put into it, None where nothing is put in."""
        return self._kind.expand(text, self._path, self._fields)

    def render(self, text: str) -> str | Unknown:
        """Return an address as the page shows it, or why it cannot be known."""
        expanded = self.expand(text)
        if expanded is None:
            return text
        return expanded.doubt(expanded.text) or expanded.without_marks(expanded.text)

    def front_with(self, names: tuple[str, ...]) -> Folders:
        """Return the folders for front matter with these, below each root."""
        more = (f"{root}/{each}".lstrip("/") for root in self._kind.roots for each in names)
        return Folders(self.front.absolute, (*self.front.relative, *more))

    def tags_with(self, names: tuple[str, ...]) -> Folders:
        """Return the folders for a tag that puts these before what it is given."""
        more = (f"{root}/{each}".lstrip("/") for root in self._kind.roots for each in names)
        return Folders(self.tags.absolute, (*more, *self.tags.relative))

    def document(self, text: str) -> tuple[str, ...]:
        """Return the site paths that a link may mean, none if it leads to no document."""
        folders = self.front if self._kind.has_theme else self.body
        try:
            place = locate_among(
                text.partition("#")[0], self._kind.address, folders.absolute, folders.relative
            )
        except ManifestError:
            return ()
        if place.path is None or place.url is not None or not has_extension(place.path, _DOCUMENTS):
            return ()
        return (place.path, *place.others)

    def place(self, rendered: str, folders: Folders) -> Location:
        """Return the place that an address means; raises ManifestError where it can mean none."""
        place = locate_among(rendered, self._kind.address, folders.absolute, folders.relative)
        if place.path is not None and place.others:
            known = self._elsewhere.get(place.path, ())
            self._elsewhere[place.path] = tuple(dict.fromkeys((*known, *place.others)))
        if place.path is not None and place.url is None and self._kind.media_url:
            return replace(place, url=f"{self._kind.media_url}/{place.path}")
        return place
