"""Which pictures of a site lack an alt text, page by page, and how far the site is."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.files import FileTree
from mediakit.report.documents import Count, Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import counted, printable
from mediakit.site.alts import alt_faults, pictures_with_alt
from mediakit.sync.content import read_content
from mediakit.sync.exercise import find_pages
from mediakit.sync.pictures import with_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mediakit.base.model import ImageRef, Manifest, Problem
    from mediakit.sync.content import Content
    from mediakit.sync.session import Session


class AltEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a page whose alt text is missing, or says nothing."""

    page: Annotated[Path, Meta(description="Site path of the page or data file.")]
    line: Annotated[int, Meta(ge=1, description="The line there.")]
    title: Annotated[str, Meta(description="Title of the page.")]
    picture: Annotated[Path, Meta(description="Site path of the picture, or its address.")]
    code: Annotated[str, Meta(description="Code of the problem, as `check` has it.")]
    why: Annotated[str, Meta(description="What is wrong, in words.")]
    now: Annotated[str, Meta(description="The alt text that is there.")]
    also: Annotated[list[Path], Meta(description="Other pages that lack one for this picture.")]
    alt: Annotated[
        str, Meta(description="Empty: for the answer, `-` for decoration; read by `--from`.")
    ] = ""


class AltDocument(Document, frozen=True, kw_only=True):
    """The worklist of `alt`, which `alt --from` reads when the answers are filled in."""

    described: Annotated[Count, Meta(description="How many pictures have an alt text.")]
    pictures: Annotated[Count, Meta(description="How many need one; decoration does not.")]
    percent: Annotated[Count, Meta(description="How many of a hundred have one.")]
    entries: Annotated[list[AltEntry], Meta(description="Those that lack one.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class Worklist:
    """The pictures that lack an alt text, and how many of all pictures have one."""

    entries: tuple[AltEntry, ...]
    described: int
    pictures: int
    unread: tuple[Problem, ...]

    @property
    def percent(self) -> int:
        """How many of a hundred pictures have an alt text: 100 only if all do."""
        return self.described * 100 // self.pictures if self.pictures else 100

    def document(self) -> AltDocument:
        """Return it as JSON."""
        return AltDocument(
            described=self.described, pictures=self.pictures, percent=self.percent,
            entries=list(self.entries), problems=problem_entries(self.unread),
        )  # fmt: skip

    def summary(self) -> str:
        """Return how far the site is, in a line."""
        if not self.pictures:
            return "no picture needs an alt text"
        have = "has" if self.described == 1 else "have"
        total = f"{self.described:,} of {counted(self.pictures, 'picture')}"
        return f"{total} {have} an alt text, {self.percent} %"

    def once(self) -> Iterator[AltEntry]:
        """Yield each picture once, where it is missing first."""
        seen: set[str] = set()
        for each in self.entries:
            if each.picture not in seen:
                seen.add(each.picture)
                yield each


def picture_of(image: ImageRef) -> str:
    """Return what a picture is called: its site path, or its address."""
    return image.source or image.path or image.url or ""


def find_worklist(
    session: Session, pages: Sequence[str] = (), content: Content | None = None
) -> Worklist:
    """Return the pictures without an alt text on the pages that are named, of all without a name.

    Raises:
        UsageError: there is no such page.
    """
    config, tree = session.config, FileTree(session.config.root)
    content = content or read_content(config, tree, cache=session.cache)
    entries: list[AltEntry] = []
    chosen = {each.place for each in find_pages(config, tree, pages, content)}
    counts = [0, 0]
    for manifest in (with_sources(each, tree) for each in content.manifests):
        found = list(_entries(manifest, (*config.check.ignore, *manifest.text.ignored)))
        entries += found
        if not pages or manifest.place in chosen:
            total = len(pictures_with_alt(manifest))
            counts = [counts[0] + total - len(found), counts[1] + total]
    wanted = _merged(entries)
    if pages:
        files = {each.rpartition(":")[0] or each for each in chosen} | chosen
        wanted = [each for each in wanted if each.page in files]
    return Worklist(tuple(wanted), counts[0], counts[1], content.unread)


def _entries(manifest: Manifest, ignored: tuple[str, ...]) -> Iterator[AltEntry]:
    for image, code, why in alt_faults(manifest):
        if code not in ignored:
            yield AltEntry(
                page=manifest.path, line=max(image.line, 1), title=manifest.title,
                picture=picture_of(image), code=code, why=why, now=image.alt or "", also=[],
            )  # fmt: skip


def _merged(entries: Sequence[AltEntry]) -> list[AltEntry]:
    """Return one entry for a picture on a page, each with the other pages."""
    first: dict[tuple[str, str], AltEntry] = {}
    pages: dict[str, list[str]] = {}
    for each in entries:
        if first.setdefault((each.page, each.picture), each) is each:
            pages.setdefault(each.picture, []).append(each.page)
    return [
        replace(each, also=[page for page in pages[each.picture] if page != each.page])
        for each in first.values()
    ]


def worklist_lines(
    worklist: Worklist, width: int, shown: Callable[[str], str] = str
) -> Iterator[str]:
    """Yield the worklist below the names of its pages, wrapped to `width` columns.

    `shown` makes the path of a picture one that can be clicked.
    """
    page = ""
    for each in worklist.entries:
        if each.page != page:
            yield from [""] if page else []
            page = each.page
            yield printable(f"{each.page}  {each.title}")
        yield f"  {printable(f'{each.page}:{each.line}')}"
        yield f"    {shown(printable(each.picture))}"
        words = each.why if each.code != "missing-alt" else "no alt text"
        if each.also:
            words += f" (also on {', '.join(each.also[:3])}{'…' if each.also[3:] else ''})"
        yield from textwrap.wrap(
            printable(words), max(width, 40), initial_indent="    ", subsequent_indent="    ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    if worklist.entries:
        yield ""
