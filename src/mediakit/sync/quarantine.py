"""The quarantine: files as they were before a command changed or moved them, and how to undo it.

Before anything changes, the record is there: whenever a command is cut off, `undo` knows what it
may have done.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import QUARANTINE
from mediakit.base.regular_file import is_inside, read_regular, sha256_file
from mediakit.report.documents import Document, ProblemEntry, problem_entries
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mediakit.base.writer import Writer
    from mediakit.config.config import Config
    from mediakit.sync.session import Session

RECORD = "record.json"


class Move(msgspec.Struct, frozen=True):
    """A file to move away and the copy that stays, with their digests."""

    path: str
    sha256: str
    keeper: str
    keeper_sha256: str


class Edit(msgspec.Struct, frozen=True):
    """A page or picture to change, with its digests before and after."""

    path: str
    before: str
    after: str


class Record(msgspec.Struct, frozen=True):
    """The edits and moves of a fix, and the command that made it."""

    version: int
    edits: list[Edit]
    moves: list[Move]
    by: str = "dupes"


class Step(msgspec.Struct, frozen=True):
    """An edited page or picture, or a moved file; `keeper` is the copy that stays."""

    kind: Annotated[
        Literal["edit", "move", "edit back", "move back"],
        Meta(description="A page or picture that is edited or a file that is moved, or `back`."),
    ]
    path: Annotated[str, Meta(min_length=1, description="Site path of the page or file.")]
    keeper: Annotated[
        str | None, Meta(description="For `move`: site path of the copy that stays.")
    ] = None

    def line(self) -> str:
        """Return the step in words."""
        kept = f" (kept: {self.keeper})" if self.keeper is not None else ""
        return f"{self.kind} {self.path}{kept}"


class DupesFixDocument(Document, frozen=True, kw_only=True):
    """What `dupes --fix`, `dupes --undo` or `slim --undo` did, or would do."""

    dry_run: Annotated[bool, Meta(description="Whether nothing was changed.")]
    steps: Annotated[list[Step], Meta(description="The steps, in their order.")]
    quarantine: Annotated[
        str | None, Meta(description="Site path of the folder with what was moved; else null.")
    ]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class Fix:
    """The steps of a fix or of an undo, and its problems; `folder` holds the moved files."""

    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: str | None = None

    def document(self, *, dry_run: bool) -> DupesFixDocument:
        """Return the fix as a JSON document."""
        return DupesFixDocument(
            dry_run=dry_run,
            steps=list(self.steps),
            quarantine=self.folder,
            problems=problem_entries(self.problems),
        )


_RECORD = TypedReader(Record)


class Quarantine:
    """The next folder of the quarantine, for what one command changes and moves.

    Its methods raise OSError. The folder is made by the first `note`.
    """

    def __init__(self, session: Session, tree: FileTree, by: str) -> None:
        self._session = session
        self._tree = tree
        self._record = Record(1, [], [], by)
        self.folder = next_quarantine(session.config)

    @property
    def path(self) -> str | None:
        """The site path of the folder, None while nothing is noted."""
        if not self._record.edits and not self._record.moves:
            return None
        return self.folder.relative_to(self._session.config.root).as_posix()

    def note(self, edits: Iterable[Edit] = (), moves: Iterable[Move] = ()) -> None:
        """Keep what is going to be edited, then note the edits and moves."""
        edits, writer = list(edits), self._session.writer
        # what is kept is for this user only
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        writer.write(self.folder.parent / ".gitignore", b"*\n")
        for edit in edits:
            writer.write(self._kept(edit), self._tree.read(edit.path), durable=True)
        known = self._record
        self._record = replace(known, edits=[*known.edits, *edits], moves=[*known.moves, *moves])
        writer.write(self.folder / RECORD, msgspec.json.encode(self._record), durable=True)

    def edit(self, edit: Edit, data: bytes) -> None:
        """Write a file anew; raises UsageError if it is not what was noted."""
        if sha256_bytes(self._tree.read(edit.path)) != edit.before:
            raise UsageError(f"{edit.path} changed while mediakit ran", "run again")
        self._session.writer.write(self._tree.disk_path(edit.path), data, durable=True)

    def move(self, move: Move) -> None:
        """Move a file here."""
        _move_file(self._tree.disk_path(move.path), self.folder / "files" / move.path)

    def _kept(self, edit: Edit) -> Path:
        return self.folder / "pages" / edit.path


def _move_file(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    file.replace(place)


def quarantines(config: Config) -> list[Path]:
    """Return the folders of the fixes, the latest last; raises UsageError for links."""
    root = os.path.realpath(config.root)
    folders = (config.root / QUARANTINE).glob("*")
    if not all(is_inside(each, root) for each in (config.root / QUARANTINE, *folders)):
        raise UsageError(f"{QUARANTINE} has a link that leads outside", "remove the link")
    found = [each for each in (config.root / QUARANTINE).glob("*") if each.name.isdecimal()]
    return sorted(found, key=lambda each: int(each.name))


def next_quarantine(config: Config) -> Path:
    """Return the folder of the next fix, without making it."""
    folders = quarantines(config)
    number = int(folders[-1].name) + 1 if folders else 1
    return config.root / QUARANTINE / f"{number:04}"


def undo(session: Session, by: str, *, dry_run: bool) -> Fix:
    """Take the last fix of a command back, but for what has changed since.

    Raises:
        UsageError: there is no fix to take back, or its record cannot be read.
    """
    config = session.config
    records = ((each, _read_record(each)) for each in reversed(quarantines(config)))
    folder, record = next((each for each in records if each[1].by == by), (None, None))
    if folder is None or record is None:
        raise UsageError(
            f"nothing to undo: no change of mediakit {by} was kept",
            f"originals are in {QUARANTINE}; what a page said before, Git can tell",
        )
    undoing = _Undoing(FileTree(config.root), folder, None if dry_run else session.writer)
    for move in record.moves:
        undoing.file(move)
    for edit in record.edits:
        undoing.page(edit)
    if not dry_run and not undoing.problems:
        shutil.rmtree(folder)
        if not quarantines(config):
            shutil.rmtree(folder.parent)
    return Fix(tuple(undoing.steps), tuple(undoing.problems))


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
            _move_file(kept, place)

    def page(self, edit: Edit) -> None:
        """Write a page as it was, if it is as the fix left it."""
        place = self._tree.disk_path(edit.path)
        if not self._is_safe(edit.path, self._folder / "pages" / edit.path):
            self.problems.append(_changed(edit.path, "it is outside of the site"))
            return
        now = sha256_file(place) if place.is_file() else ""
        if now == edit.before:
            return
        if now != edit.after:
            self.problems.append(_changed(edit.path, "it has changed since"))
            return
        self.steps.append(Step("edit back", edit.path))
        if self._writer is not None:
            old = read_regular(self._folder / "pages" / edit.path)
            self._writer.write(place, old, durable=True)

    def _is_safe(self, path: str, kept: Path) -> bool:
        """Return whether both places are inside: anybody may have written the record."""
        return self._tree.is_safe(path) and is_inside(kept, os.path.realpath(self._folder))


def _changed(path: str, message: str) -> Problem:
    return Problem(path, 0, "not-taken-back", Severity.ERROR, message, "compare the two by hand")
