"""Write alt texts into the pages that show a picture, so that all of it can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mediakit.alts.answers import AltAnswer
from mediakit.alts.worklist import find_worklist, picture_of
from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.model import Problem, Role, Severity
from mediakit.base.writer import hint_of
from mediakit.edit.alts import AltWriter, plain
from mediakit.edit.pages import PageChange, read_bytes
from mediakit.report.documents import Count, Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import counted
from mediakit.site.alts import alt_faults, pictures_taking_alt, pictures_with_alt
from mediakit.sync.content import problem_of, read_content, settings_of
from mediakit.sync.exercise import find_page
from mediakit.sync.pictures import resolver, with_sources
from mediakit.sync.quarantine import Edit, Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mediakit.alts.worklist import Worklist
    from mediakit.base.model import ImageRef, Manifest
    from mediakit.edit.alts import Place
    from mediakit.sync.session import Session

BY = "alt"


class AltWrittenDocument(Document, frozen=True, kw_only=True):
    """What `alt` wrote, or with `--dry-run` would write."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was written.")]
    answers: Annotated[Count, Meta(description="How many answers changed a page.")]
    written: Annotated[list[Path], Meta(description="Site paths of the pages that changed.")]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder with the pages as they were.")
    ]
    problems: list[ProblemEntry]


@dataclass
class Answered:
    """What has been written so far; a run that is cut off tells this much."""

    dry_run: bool = False
    answers: int = 0
    changes: dict[str, PageChange] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    folder: str | None = None

    def document(self) -> AltWrittenDocument:
        """Return it as JSON."""
        return AltWrittenDocument(
            dry_run=self.dry_run, answers=self.answers, written=list(self.changes),
            quarantine=self.folder, problems=problem_entries(self.problems),
        )  # fmt: skip

    def summary(self) -> str:
        """Return it in a line."""
        if not self.answers:
            return "no alt text was written" if self.problems else "nothing to do"
        said, pages = counted(self.answers, "alt text"), counted(len(self.changes), "page")
        if self.dry_run:
            return f"would write {said} into {pages}"
        return f"{said} written into {pages}; mediakit alt --undo takes it back"


class AltAnswering:
    """Takes answers, and writes each into its page at once; `done` is what has been written."""

    def __init__(
        self, session: Session, *, everywhere: bool = False, dry_run: bool = False
    ) -> None:
        self._config = session.config
        self._tree = FileTree(session.config.root)
        self._quarantine = Quarantine(session, self._tree, BY)
        self._content = read_content(session.config, self._tree, cache=session.cache)
        self._session = session
        self._everywhere = everywhere
        self.done = Answered(dry_run)

    def worklist(self, pages: Sequence[str] = ()) -> Worklist:
        """Return the pictures that lack an alt text, as they were before the answers."""
        return find_worklist(self._session, pages, self._content)

    def take(self, answers: Iterable[AltAnswer], file: str = "") -> None:
        """Write answers, which may stand in a file; of a picture that has two, none.

        Raises:
            UsageError: a page cannot be written.
        """
        known = {each.path for each in self._content.manifests}
        for each in self._agreed([*answers], file):
            page = each.page.removeprefix("/")
            if page not in known:
                hint = "give it as `mediakit alt` lists it"
                self._tell(Problem(page, 0, "no-content", Severity.ERROR, "is no page", hint))
                continue
            others = self._others(each.picture, page) if self._everywhere else ()
            changed = [self._write(path, each) for path in (page, *others)]
            self.done.answers += any(changed)

    def _agreed(self, answers: Sequence[AltAnswer], file: str) -> list[AltAnswer]:
        """Return the answers but for those that differ; everywhere, a picture has one text."""
        said: dict[tuple[str, str], dict[str | None, AltAnswer]] = {}
        for each in answers:
            said.setdefault(self._about(each), {}).setdefault(each.text, each)
        for first, *others in (found.values() for found in said.values()):
            for each in others:
                what = f"{each.picture} has another alt text here than in line {first.line}"
                hint = "leave one of them: neither was written"
                self._tell(Problem(file, each.line, "two-alt-texts", Severity.ERROR, what, hint))
        return [each for each in answers if len(said[self._about(each)]) == 1]

    def _about(self, answer: AltAnswer) -> tuple[str, str]:
        return "" if self._everywhere else answer.page.removeprefix("/"), answer.picture

    def named(self, page: str, picture: str, text: str | None) -> AltAnswer:
        """Return the answer for a page and a picture as somebody calls them; raises UsageError."""
        manifest, _ = find_page(self._config, self._tree, page, self._content)
        records = [each for each in self._content.manifests if each.path == manifest.path]
        return AltAnswer(manifest.path, self._meant(records or [manifest], picture), text)

    def _meant(self, records: Sequence[Manifest], picture: str) -> str:
        images = [
            image
            for each in records
            for image in with_sources(each, self._tree).images
            if image.role is not Role.VIDEO
        ]
        gallery = [picture_of(each) for each in images if each.role is Role.GALLERY]
        if picture.isdecimal() and 0 < int(picture) <= len(gallery):
            return gallery[int(picture) - 1]
        wanted = picture.removeprefix("/")
        found = {picture_of(each) for each in images if wanted in _names(each)}
        if len(found) == 1:
            return found.pop()
        names = (
            ", ".join(dict.fromkeys(PurePosixPath(picture_of(e)).name for e in images)) or "none"
        )
        what = f"{records[0].path} has {'several pictures' if found else 'no picture'} {picture}"
        raise UsageError(what, f"give its path; the page has: {names}")

    def _others(self, picture: str, page: str) -> list[str]:
        """Return the other pages on which a picture lacks a text."""
        return [path for path in self._lacking.get(picture, ()) if path != page]

    @cached_property
    def _lacking(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self.worklist().entries:
            found.setdefault(each.picture, []).append(each.page)
        return found

    def _write(self, path: str, answer: AltAnswer) -> bool:
        """Write an answer into a page; returns whether that changes it."""
        text = None if answer.text is None else plain(answer.text)
        settings, resolve = settings_of(self._config), resolver(self._tree, self._config)
        writer = AltWriter(settings, resolve, text)
        known = self.done.changes.get(path)
        before = known.after if known is not None else read_bytes(self._tree, path)
        try:
            after = writer.apply(path, before, lambda all_: _chosen(all_, answer.picture, writer))
        except ManifestError as error:
            self._tell(problem_of(path, error))
            return False
        if after == before:
            return False
        if not self.done.dry_run:
            self._carry_out(path, before, after)
        self.done.changes[path] = PageChange(path, known.before if known else before, after)
        return True

    def _carry_out(self, path: str, before: bytes, after: bytes) -> None:
        edit = Edit(path, sha256_bytes(before), sha256_bytes(after))
        try:
            self._quarantine.carry_out({edit: after})
        except OSError as error:
            what = f"{error.filename or path}: cannot be written: {error.strerror}"
            raise UsageError(what, hint_of(error)) from error
        self._tree.forget()
        self.done.folder = self._quarantine.path

    def _tell(self, problem: Problem) -> None:
        self.done.problems.append(problem)


def _names(image: ImageRef) -> set[str]:
    names = {image.source or "", image.path or "", image.url or ""}
    return names | {PurePosixPath(each).name for each in names}


def _chosen(records: Sequence[Manifest], picture: str, writer: AltWriter) -> list[Place]:
    """Return where a content file shows a picture that lacks a text; without such, all places.

    None where one of them has this text already. Raises ManifestError where it is not shown.
    """
    faulty = {id(each.image) for record in records for each in alt_faults(record)}
    needing = {id(image) for record in records for image in pictures_with_alt(record)}
    taking = {id(image) for record in records for image in pictures_taking_alt(record)}
    shown = [
        ((number, index), image)
        for number, record in enumerate(records)
        for index, image in enumerate(record.images)
        if picture_of(image) == picture and id(image) in taking
    ]
    if not shown:
        what = f"{picture} is not shown here where it can have an alt text"
        raise ManifestError("cannot-edit", what, 0, "give it as `mediakit alt` lists it")
    lacking = [place for place, image in shown if id(image) in faulty]
    if lacking or any(writer.says(image) for _, image in shown):
        return lacking
    asking = [place for place, image in shown if id(image) in needing]
    return asking or [place for place, _ in shown]
