"""Take a change back, as its record in the quarantine tells it, with the variants it led to."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Kind, Reason, Status
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import QUARANTINE
from mediakit.base.regular_file import is_inside, read_regular, sha256_file
from mediakit.base.writer import remove_empty_folders
from mediakit.state.documents import TypedReader
from mediakit.sync.observe import observe
from mediakit.sync.private import tell_of_restored
from mediakit.sync.quarantine import (
    RECORD,
    Creation,
    Fix,
    Record,
    Step,
    move_file,
    quarantines,
)
from mediakit.sync.run import Job, Run
from mediakit.sync.selection import Selection
from mediakit.sync.session import Unseen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from mediakit.base.actions import Action, Result
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config
    from mediakit.sync.quarantine import Edit, Move, Quarantine
    from mediakit.sync.session import Progress, Session

_RECORD = TypedReader(Record)


@dataclass(frozen=True, slots=True)
class Change:
    """One change in the quarantine: its folder, and the digest of its record.

    A folder that is taken back makes room for another change of the same number.
    """

    folder: Path
    digest: str

    @property
    def is_kept(self) -> bool:
        """Whether it can be taken back: nobody has done that yet."""
        return _digest(self.folder) == self.digest


def last_change(config: Config) -> Change | None:
    """Return the change that was made last, if there is one."""
    folder = next(reversed(quarantines(config)), None)
    return None if folder is None else Change(folder, _digest(folder))


def take_back(session: Session, which: str | tuple[str, ...] | Change, *, dry_run: bool) -> Fix:
    """Undo a change, and make the variants that pages name again; raises UsageError as `undo`.

    Variants that no page needs any more go too, also those that another command has made since.
    """
    if dry_run:
        return undo(session, which, dry_run=True)
    needed = frozenset(observe(session).known.products)
    done = undo(session, which, dry_run=False)
    if done.problems:
        return done
    _forget(session, {each.path for each in done.steps if each.kind == "remove"})
    made = Run(session, Job(prune=needed), Unseen()).generate()
    pruned = [Step("remove", each.path) for each in _done(made, Kind.PRUNE)]
    tree = FileTree(session.config.root)
    steps = [each for each in done.steps if each.kind != "remove" or not tree.has(each.path)]
    return replace(done, steps=(*steps, *pruned))


def _forget(session: Session, paths: set[str]) -> None:
    """Take the records of variants out of the catalog: a site that has had some made goes on."""
    file = session.config.catalog_file
    catalog = file.read()
    left = {path: each for path, each in catalog.records.items() if path not in paths}
    if len(left) < len(catalog.records):
        with suppress(UsageError):  # the run that follows says that it cannot be written
            file.write(replace(catalog, records=left), session.writer)


def make_noted(
    session: Session, quarantine: Quarantine, pages: Iterable[str], progress: Progress
) -> Result:
    """Make the variants that changed pages need, and note them as a part of the change.

    Those that are made before an interrupt are noted too; those that were there before are not:
    an undo does not remove them, and they are made again of what the pages then show.
    """
    run = Run(session, Job(Selection(only=tuple(pages))), progress)
    try:
        return run.generate()
    finally:
        tree = FileTree(session.config.root)
        created = [
            Creation(each.path, sha256_bytes(tree.read(each.path)))
            for each in _done(run.result, Kind.MAKE)
            if each.reason is Reason.NEW
        ]
        with suppress(OSError):  # a disk that is full by now: `take_back` finds them all the same
            quarantine.note(created=created)


def _done(result: Result, kind: Kind) -> Iterator[Action]:
    """Yield what was done of one kind."""
    for each in result.outcomes:
        if each.action.kind is kind and each.status is Status.DONE:
            yield each.action


def undo(session: Session, which: str | tuple[str, ...] | Change, *, dry_run: bool) -> Fix:
    """Take one change back, or the last of a command or of several, but for what changed since.

    Raises:
        UsageError: there is no change to take back, or its record cannot be read.
    """
    config = session.config
    folder, record = _found(config, which)
    undoing = _Undoing(FileTree(config.root), folder, None if dry_run else session.writer)
    for move in record.moves:
        undoing.file(move)
    made = {each.path: {each.sha256} for each in record.created}
    for path, edits in _by_path(record.edits).items():
        if path in made:
            made[path] |= {each.after for each in edits}
        else:
            undoing.page(edits)
    if not undoing.problems:  # a page that changed since may show a new picture
        for path, digests in made.items():
            undoing.created(path, digests)
    if not dry_run and not undoing.problems:
        shutil.rmtree(folder)
        if not quarantines(config):
            shutil.rmtree(folder.parent)
        with suppress(OSError, UsageError):  # all that is lost is work
            edited = [each.path for each in undoing.steps if each.kind == "edit back"]
            tell_of_restored(session, edited)
    return Fix(tuple(undoing.steps), tuple(undoing.problems))


def _found(config: Config, which: str | tuple[str, ...] | Change) -> tuple[Path, Record]:
    if isinstance(which, Change):
        if not which.is_kept:
            raise UsageError("that was taken back already", "look at the page as it is now")
        return which.folder, _read_record(which.folder)
    commands = (which,) if isinstance(which, str) else which
    kept = quarantines(config)
    for folder in reversed(kept):
        record = _read_record(folder)
        if record.by in commands:
            return folder, record
    *some, last = commands
    what = f"{', '.join(some)} or {last}" if some else last
    others = f"what other commands changed is in {QUARANTINE}; " if kept else ""
    raise UsageError(
        f"nothing to undo: no change of mediakit {what} was kept",
        f"{others}what a page said before, Git can tell",
    )


def _digest(folder: Path) -> str:
    """Return the digest of a record, empty where there is none."""
    try:
        return sha256_bytes(read_regular(folder / RECORD))
    except OSError:
        return ""


def _read_record(folder: Path) -> Record:
    try:
        return _RECORD.from_json(read_regular(folder / RECORD))
    except FileNotFoundError:
        return Record(1, [], [], by="")  # a command was cut off before it changed anything
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"{folder.name}/{RECORD}: {what}", "move the files back by hand"
        ) from error


class _Undoing:
    """Brings files and pages back, and skips those that are back already.

    Without a writer it only lists the steps.
    """

    def __init__(self, tree: FileTree, folder: Path, writer: Writer | None) -> None:
        self._tree = tree
        self._folder = folder
        self._writer = writer
        self.steps: list[Step] = []
        self.problems: list[Problem] = []

    def file(self, move: Move) -> None:
        """Move a file back, if it was moved."""
        kept, place = self._folder / "files" / move.path, self._tree.disk_path(move.path)
        if not self._is_safe(move.path, kept):
            self.problems.append(_changed(move.path, "it is outside of the site"))
            return
        if not kept.is_file():
            return
        if place.exists():
            self.problems.append(_changed(move.path, "another file has its place now"))
            return
        self.steps.append(Step("move back", move.path))
        if self._writer is not None:
            move_file(kept, place)

    def page(self, edits: Sequence[Edit]) -> None:
        """Write a page as it was before its first edit, if it is as one of them left it."""
        edit = edits[0]
        place = self._tree.disk_path(edit.path)
        if not self._is_safe(edit.path, self._folder / "pages" / edit.path):
            self.problems.append(_changed(edit.path, "it is outside of the site"))
            return
        now = sha256_file(place) if place.is_file() else ""
        if now == edit.before:
            return
        if now not in {each.after for each in edits}:
            self.problems.append(_changed(edit.path, "it has changed since"))
            return
        self.steps.append(Step("edit back", edit.path))
        if self._writer is not None:
            old = read_regular(self._folder / "pages" / edit.path)
            self._writer.write(place, old, durable=True)

    def created(self, path: str, digests: Collection[str]) -> None:
        """Remove a file that the fix wrote, if it is as it left it."""
        place = self._tree.disk_path(path)
        if not self._is_safe(path, self._folder):
            self.problems.append(_changed(path, "it is outside of the site"))
            return
        if not place.is_file():
            return
        if sha256_file(place) not in digests:
            self.problems.append(_changed(path, "it has changed since"))
            return
        self.steps.append(Step("remove", path))
        if self._writer is not None:
            place.unlink()
            remove_empty_folders(place.parent, self._tree.root)

    def _is_safe(self, path: str, kept: Path) -> bool:
        """Return whether both places are inside: anybody may have written the record."""
        is_git = ".git" in path.casefold().split("/")
        inside = is_inside(kept, os.path.realpath(self._folder))
        return inside and not is_git and self._tree.is_safe(path)


def _by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for each in edits:
        found.setdefault(each.path, []).append(each)
    return found


def _changed(path: str, message: str) -> Problem:
    return Problem(path, 0, "not-taken-back", Severity.ERROR, message, "compare the two by hand")
