"""`mediakit sheet`: pages as PDFs to print, one each, or many in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.artifacts import SourcePicture
from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import FileTree
from mediakit.base.formats import is_vector
from mediakit.base.model import Problem, Severity
from mediakit.base.writer import write_output, writing
from mediakit.config.presets import recipe_site
from mediakit.edit.pages import read_bytes
from mediakit.images.opening import UnreadableError
from mediakit.images.recipes.card import Pages
from mediakit.images.recipes.sheet import PageSheet
from mediakit.images.render import PictureSource
from mediakit.report.documents import Count, Document, ProblemEntry, problem_entries
from mediakit.report.text import counted
from mediakit.site.reader import parse_file
from mediakit.sync.content import problem_of, read_content, settings_of
from mediakit.sync.exercise import find_pages
from mediakit.sync.pictures import resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mediakit.base.artifacts import Product
    from mediakit.base.model import Manifest
    from mediakit.images.sheets.sheet import SheetContent
    from mediakit.sync.session import Session

FOLDER = Path(".mediakit/sheets")


class SheetDocument(Document, frozen=True, kw_only=True):
    """What `sheet` wrote."""

    written: Annotated[list[str], Meta(description="Paths of the PDFs.")]
    pages: Annotated[Count, Meta(description="How many pages of the site are in them.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class SheetJob:
    """The exercises, all if none is named; a folder for PDFs, or the one PDF for all."""

    exercises: tuple[str, ...] = ()
    folder: Path | None = None
    together: Path | None = None


@dataclass
class SheetsMade:
    """The PDFs that were written so far."""

    written: list[str] = field(default_factory=list)
    pages: int = 0
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> SheetDocument:
        """Return them as JSON."""
        problems = problem_entries(self.problems)
        return SheetDocument(written=self.written, pages=self.pages, problems=problems)

    def summary(self) -> str:
        """Return them in a line."""
        if len(self.written) == 1:
            return f"{counted(self.pages, 'page')} in {self.written[0]}"
        folder = Path(self.written[0]).parent if self.written else ""
        return f"{counted(len(self.written), 'sheet')}" + (f" in {folder}" if folder else "")


def make_sheets(
    session: Session, job: SheetJob, show: Callable[[int, int], None] = lambda _n, _all: None
) -> SheetsMade:
    """Write PDFs of pages; `show` is told how many are done.

    Raises:
        UsageError: there is no such page, a PDF cannot be written, or the extra is missing.
    """
    return _SheetMaker(session, job).run(show)


class _SheetMaker:
    def __init__(self, session: Session, job: SheetJob) -> None:
        config = session.config
        self._config = config
        self._job = job
        self._tree = FileTree(config.root)
        self._resolve = resolver(self._tree, config)
        given = config.made_by.get("sheets", ())
        known = next((each for each in given if isinstance(each, PageSheet)), None)
        if known is None:
            known = PageSheet("a4").for_site(recipe_site(config.file, config.root, config.kind))
        self._recipe = known
        self._content = read_content(config, self._tree, cache=session.cache)
        self._done = SheetsMade()

    def run(self, show: Callable[[int, int], None]) -> SheetsMade:
        products = list(self._products())
        bound: list[SheetContent] = []
        for number, product in enumerate(products, start=1):
            content = self._read(product)
            if content is not None and self._job.together is not None:
                bound.append(content)
            elif content is not None:
                self._write(self._place(product), [content])
            show(number, len(products))
        if self._job.together is not None and bound:
            self._write(self._job.together, bound)
        if not self._done.written and not self._done.problems:
            raise UsageError("no page has a picture or a text to print", "name another page")
        return self._done

    def _products(self) -> Iterator[Product]:
        """Yield the sheets of the pages that were named, whatever these show, or of all."""
        recipe = self._recipe
        chosen: Sequence[Manifest] = self._content.manifests
        if self._job.exercises:
            recipe = _of_all(recipe)
            chosen = find_pages(self._config, self._tree, self._job.exercises, self._content)
        places = dict.fromkeys(each.place for each in chosen)
        records: dict[str, Manifest] = {}
        for path in dict.fromkeys(each.path for each in chosen):
            records |= self._parsed(path)
        pages = [records[each] for each in places if each in records]
        sources = {image.source for page in pages for image in page.images if image.source}
        pictures = {
            path: SourcePicture(path, "", 0, int(not is_vector(path)), 1)
            for path in sources
            if self._tree.has(path)
        }
        yield from recipe.products(pages, pictures)

    def _parsed(self, path: str) -> dict[str, Manifest]:
        """Return the records of a content file with their texts, by their places."""
        settings = replace(settings_of(self._config), for_sheets=True)
        try:
            found = parse_file(path, read_bytes(self._tree, path), settings)
        except ManifestError as error:
            self._done.problems.append(problem_of(path, error))
            return {}
        return {each.manifest.place: self._resolve(each.manifest) for each in found}

    def _read(self, product: Product) -> SheetContent | None:
        """Return what is on a sheet; None, with a problem, where a picture cannot be read."""
        try:
            return self._recipe.content([
                PictureSource(self._tree.read(each.path)) if each.path else each.text
                for each in product.inputs
            ])  # fmt: skip
        except (OSError, UnreadableError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            what = f"the sheet cannot be made: {why}"
            hint = "mediakit check says which picture"
            self._done.problems.append(
                Problem(
                    product.page, product.line, "unreadable-picture", Severity.ERROR, what, hint
                )
            )
            return None

    def _place(self, product: Product) -> Path:
        folder = self._job.folder or self._config.root / FOLDER
        return folder / PurePosixPath(product.path).relative_to(self._recipe.place)

    def _write(self, file: Path, sheets: list[SheetContent]) -> None:
        data, missing = self._recipe.drawn(sheets)
        with writing(file):
            write_output(file, data, self._config.root)
        if missing:
            what = f"the sheet lacks the letters {missing}, which its font does not have"
            hint = "give a font that has them: font of [sheets.a4]"
            self._done.problems.append(
                Problem(str(file), 0, "missing-letters", Severity.WARNING, what, hint)
            )
        self._done.written.append(str(file))
        self._done.pages += len(sheets)


def _of_all(recipe: PageSheet) -> PageSheet:
    return replace(recipe, pages=Pages.ALL)
