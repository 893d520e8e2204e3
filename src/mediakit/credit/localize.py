"""`mediakit localize`: bring the pictures of other hosts into the site, page by page.

Of each page the ledger is written first, then its pictures, then the page. So a run that was cut
off is taken up where it was: what the ledger knows and the disk has is not fetched again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.redaction import redacted
from mediakit.base.writer import hint_of
from mediakit.credit.arrivals import Arrival, Missed, fetch
from mediakit.credit.elsewhere import remote_pictures
from mediakit.credit.homes import Homes
from mediakit.credit.polite import PoliteClient
from mediakit.edit.homecoming import Homecoming
from mediakit.edit.pages import read_bytes
from mediakit.edit.style import picture_names
from mediakit.report.documents import Count, Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import counted
from mediakit.sync.content import problem_of, read_content, settings_of
from mediakit.sync.credits import Provenance
from mediakit.sync.exercise import find_pages
from mediakit.sync.quarantine import Creation, Edit, Quarantine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mediakit.base.model import Manifest
    from mediakit.edit.style import PictureName
    from mediakit.images.ingest import Ingested
    from mediakit.sync.content import Content
    from mediakit.sync.session import Session


class LocalizedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that came into the site, or with `--dry-run` would come."""

    url: Annotated[str, Meta(min_length=1, description="Where it was.")]
    path: Annotated[
        str | None, Meta(description="Site path of the file; null where it is not fetched yet.")
    ]
    is_new: Annotated[bool, Meta(description="Whether the file is new, or was there.")]
    author: Annotated[str, Meta(description="Who made it; empty where nothing says it.")]
    licence: Annotated[str, Meta(description="Its licence; empty where nothing says it.")]
    pages: Annotated[list[Path], Meta(description="Site paths of the pages that show it.")]

    def line(self) -> str:
        """Return it in words."""
        whose = ", ".join(filter(None, (self.author, self.licence)))
        what = f"becomes {self.path}" if self.path else "would be fetched"
        return f"{self.url} {what}" + (f" ({whose})" if whose else "")


class LocalizeDocument(Document, frozen=True, kw_only=True):
    """What `localize` brought into the site, or with `--dry-run` would."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was fetched and written.")]
    pictures: Annotated[list[LocalizedEntry], Meta(description="The pictures.")]
    written: Annotated[list[Path], Meta(description="Site paths of the pages that changed.")]
    left: Annotated[Count, Meta(description="How many pictures stay on other hosts.")]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder with the pages as they were.")
    ]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class LocalizeJob:
    """The pages, all if none is named; `allow_private` also asks hosts of one's own network."""

    pages: tuple[str, ...] = ()
    allow_private: bool = False
    dry_run: bool = False


@dataclass
class Localized:
    """What has come so far; a run that is cut off tells this much."""

    dry_run: bool = False
    pictures: dict[str, LocalizedEntry] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    folder: str | None = None

    def document(self) -> LocalizeDocument:
        """Return it as JSON."""
        return LocalizeDocument(
            dry_run=self.dry_run, pictures=list(self.pictures.values()), written=self.written,
            left=len(self.left), quarantine=self.folder, problems=problem_entries(self.problems),
        )  # fmt: skip

    def summary(self) -> str:
        """Return it in a line."""
        if self.dry_run:
            pages = {page for each in self.pictures.values() for page in each.pages}
            what = counted(len(self.pictures), "picture")
            return f"{what} of other hosts on {counted(len(pages), 'page')} to bring in"
        new = sum(each.is_new for each in self.pictures.values())
        line = f"{counted(new, 'picture')} brought in, {counted(len(self.written), 'page')} changed"
        return line + (f"; {self.left_words()}" if self.left else "")

    def left_words(self) -> str:
        """Return how many pictures stay elsewhere."""
        return f"{counted(len(self.left), 'picture')} left on other hosts"

    def note(self, entry: LocalizedEntry) -> None:
        """Add a picture, or a page to those that show it."""
        known = self.pictures.get(entry.url)
        if known is not None:
            entry = replace(entry, pages=[*known.pages, *entry.pages], is_new=known.is_new)
        self.pictures[entry.url] = entry


class Localizer:
    """Brings pictures in; `done` is what has come so far."""

    def __init__(
        self, session: Session, job: LocalizeJob, client: PoliteClient | None = None
    ) -> None:
        """Read the ledger; raises UsageError if it is broken."""
        self._config = session.config
        self._job = job
        self._client = client or PoliteClient.of_the_web(allow_private=job.allow_private)
        self._tree = FileTree(session.config.root)
        self._settings = settings_of(session.config)
        self._homes = Homes(self._config, self._tree)
        self._quarantine = Quarantine(session, self._tree, "localize")
        self._missed: dict[str, Missed] = {}
        self._site: Sequence[Manifest] = ()
        self.done = Localized(job.dry_run)

    def run(self, show: Callable[[int, int], None] = lambda _number, _total: None) -> Localized:
        """Bring in the pictures of the chosen pages; `show` is told how many are done.

        Raises:
            UsageError: there is no such page, or a file cannot be written.
        """
        content = read_content(self._config, self._tree)
        self._site = content.manifests
        self.done.problems += content.unread
        files: dict[str, list[Manifest]] = {}
        for each in self._chosen(content):
            files.setdefault(each.path, []).append(each)
        wanted = {path: self._remote(records) for path, records in files.items()}
        names = picture_names(self._config, self._site)
        total, number = sum(map(len, wanted.values())), 0
        for path, lines in wanted.items():
            batch = _Batch(path, names.of(files[path][0]), lines)
            for url in lines:
                self._bring(batch, url)
                number += 1
                show(number, total)
            if batch.homes and not self._job.dry_run:
                self._finish(batch)
        return self.done

    def _remote(self, records: Sequence[Manifest]) -> dict[str, int]:
        data = read_bytes(self._tree, records[0].path)
        return remote_pictures(records, data, self._config.kind)

    def _chosen(self, content: Content) -> Sequence[Manifest]:
        if not self._job.pages:
            return content.manifests
        found = find_pages(self._config, self._tree, self._job.pages, content)
        return tuple(dict.fromkeys(found))

    def _bring(self, batch: _Batch, url: str) -> None:
        """Find a picture in the site, or fetch it, and note in the batch where it is."""
        home = self._homes.of_address(url)
        if self._job.dry_run:
            self.done.note(self._entry(url, home, batch.page, is_new=home is None))
        elif home is not None:
            batch.homes[url] = home
        elif self._may_change(batch, url):
            got = self._missed.get(url) or fetch(url, self._client, self._config.sources.max_width)
            if isinstance(got, Missed):
                self._missed[url] = got
                self._leave(url, got.problem(batch.page, batch.lines[url], url))
            else:
                batch.homes[url] = self._homes.place(got, batch.name, self._site, batch.fresh)
                batch.arrived[url] = got

    def _may_change(self, batch: _Batch, url: str) -> bool:
        """Return whether the page can be pointed elsewhere; what it cannot is not fetched."""
        before = read_bytes(self._tree, batch.page)
        try:
            after, _ = self._pointed(batch.page, before, url, batch.name.path(9999, ".jpg"))
        except ManifestError as error:
            self._leave(url, problem_of(batch.page, error))
            return False
        if after == before:
            self._leave(url, _put_together(batch, url))
        return after != before

    def _pointed(self, page: str, data: bytes, url: str, home: str) -> tuple[bytes, int]:
        return Homecoming(self._settings, url, home).apply(page, data)

    def _leave(self, url: str, problem: Problem) -> None:
        self.done.left.add(url)
        self.done.problems.append(problem)

    def _finish(self, batch: _Batch) -> None:
        """Edit a page, then write the ledger, the pictures and the page."""
        before = after = read_bytes(self._tree, batch.page)
        for url, home in list(batch.homes.items()):
            changed, left = self._pointed(batch.page, after, url, home)
            if left or changed == after:
                self._leave(url, _put_together(batch, url))
            if changed == after:
                batch.drop(url)
            after = changed
        if after == before:
            return
        try:
            self._write(batch, before, after)
        except OSError as error:
            what = f"{error.filename or batch.page}: cannot be written: {error.strerror}"
            raise UsageError(what, hint_of(error)) from error

    def _write(self, batch: _Batch, before: bytes, after: bytes) -> None:
        edit = Edit(batch.page, sha256_bytes(before), sha256_bytes(after))
        created = [Creation(path, sha256_bytes(each.data)) for path, each in batch.fresh.items()]
        ledger = self._homes.ledger
        old, new = ledger.data, self._homes.noted(batch.homes, batch.arrived)
        note = Creation(ledger.path, sha256_bytes(new))
        change = Edit(ledger.path, sha256_bytes(old), sha256_bytes(new))
        written: dict[Edit | Creation, bytes] = {change if old else note: new} if old != new else {}
        written |= {made: batch.fresh[made.path].data for made in created}
        self._quarantine.carry_out({**written, edit: after})
        self.done.folder = self._quarantine.path
        self.done.written.append(batch.page)
        for url, home in batch.homes.items():
            self.done.note(self._entry(url, home, batch.page, is_new=home in batch.fresh))

    def _entry(self, url: str, home: str | None, page: str, *, is_new: bool) -> LocalizedEntry:
        known = self._homes.ledger.pictures.get(home or "", Provenance())
        return LocalizedEntry(
            url=url, path=home, is_new=is_new, author=known.author, licence=known.licence,
            pages=[page],
        )  # fmt: skip


class _Batch:
    """The pictures of a content file: where each address is in the site, and what is new."""

    def __init__(self, page: str, name: PictureName, lines: dict[str, int]) -> None:
        self.page = page
        self.name = name
        self.lines = lines
        self.homes: dict[str, str] = {}
        self.arrived: dict[str, Arrival] = {}
        self.fresh: dict[str, Ingested] = {}

    def drop(self, url: str) -> None:
        """Leave out a picture that the page cannot be pointed to."""
        home = self.homes.pop(url)
        self.arrived.pop(url, None)
        if home not in self.homes.values():
            self.fresh.pop(home, None)


def _put_together(batch: _Batch, url: str) -> Problem:
    what = redacted(f"{url} is not written out here, or in a way that mediakit does not change")
    hint = "write the address as a whole, then run again"
    line = batch.lines[url]
    return Problem(batch.page, line, "not-localized", Severity.ERROR, what, hint)
