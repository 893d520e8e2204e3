"""The quarantine: files as they were before a command changed or moved them.

Before anything changes, the record is there: whenever a command is cut off, `undo` (`sync/undo.py`)
knows what it may have done.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.errors import UsageError
from mediakit.base.files import sha256_bytes
from mediakit.base.own_files import QUARANTINE
from mediakit.base.regular_file import is_inside
from mediakit.report.documents import Document, ProblemEntry, problem_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mediakit.base.files import FileTree
    from mediakit.base.model import Problem
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


class Creation(msgspec.Struct, frozen=True):
    """A file to write where none is, with its digest."""

    path: str
    sha256: str


class Record(msgspec.Struct, frozen=True):
    """The edits, moves and new files of a fix, and the command that made it."""

    version: int
    edits: list[Edit]
    moves: list[Move]
    by: str = "dupes"
    created: list[Creation] = []


class Step(msgspec.Struct, frozen=True):
    """An edited, moved or new file; `keeper` is the copy that stays of one that is moved."""

    kind: Annotated[
        Literal["edit", "move", "create", "edit back", "move back", "remove"],
        Meta(description="A file that is edited, moved or new; `back` and `remove` undo that."),
    ]
    path: Annotated[str, Meta(min_length=1, description="Site path of the page or file.")]
    keeper: Annotated[
        str | None, Meta(description="For `move`: site path of the copy that stays.")
    ] = None

    def line(self) -> str:
        """Return the step in words."""
        kept = f" (kept: {self.keeper})" if self.keeper is not None else ""
        verb = "restore" if self.kind == "edit back" else self.kind
        return f"{verb} {self.path}{kept}"


class DupesFixDocument(Document, frozen=True, kw_only=True):
    """What a fix or an `--undo` did, or would do."""

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
        known = self._record
        if not (known.edits or known.moves or known.created):
            return None
        return self.folder.relative_to(self._session.config.root).as_posix()

    def note(
        self,
        edits: Iterable[Edit] = (),
        moves: Iterable[Move] = (),
        created: Iterable[Creation] = (),
    ) -> None:
        """Keep what is going to be edited, then note the edits, moves and new files.

        Of a file that is edited or created more than once the first state is kept.
        """
        edits, writer = list(edits), self._session.writer
        # what is kept is for this user only
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        writer.write(self.folder.parent / ".gitignore", b"*\n")
        known = self._record
        kept = {each.path for each in known.edits} | {each.path for each in known.created}
        for edit in edits:
            if edit.path not in kept:
                writer.write(self._kept(edit), self._tree.read(edit.path), durable=True)
        self._record = replace(
            known,
            edits=[*known.edits, *edits],
            moves=[*known.moves, *moves],
            created=[*known.created, *created],
        )
        writer.write(self.folder / RECORD, msgspec.json.encode(self._record), durable=True)

    def carry_out(self, files: Mapping[Edit | Creation, bytes], moves: Sequence[Move] = ()) -> None:
        """Note what changes, write `files` in their order, then move; UsageError as `edit`."""
        edits = [each for each in files if isinstance(each, Edit)]
        self.note(edits, moves, [each for each in files if isinstance(each, Creation)])
        for each, data in files.items():
            if isinstance(each, Edit):
                self.edit(each, data)
            else:
                self.create(each, data)
        for move in moves:
            self.move(move)

    def edit(self, edit: Edit, data: bytes) -> None:
        """Write a file anew; raises UsageError if it is not what was noted."""
        if sha256_bytes(self._tree.read(edit.path)) != edit.before:
            raise UsageError(f"{edit.path} changed while mediakit ran", "run again")
        self._session.writer.write(self._tree.disk_path(edit.path), data, durable=True)

    def create(self, made: Creation, data: bytes) -> None:
        """Write a new file; raises UsageError if there is one already."""
        place = self._tree.disk_path(made.path)
        if os.path.lexists(place):
            raise UsageError(f"{made.path} is there already", "run again")
        self._session.writer.write(place, data, durable=True)
        self._tree.forget()

    def move(self, move: Move) -> None:
        """Move a file here."""
        move_file(self._tree.disk_path(move.path), self.folder / "files" / move.path)

    def _kept(self, edit: Edit) -> Path:
        return self.folder / "pages" / edit.path


def move_file(file: Path, place: Path) -> None:
    """Move a file into a folder, which is made if it is missing."""
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
