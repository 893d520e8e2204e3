"""`mediakit dupes --undo`: bring back what the last fix changed and moved."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree
from mediakit.base.model import Problem, Severity
from mediakit.base.own_files import QUARANTINE
from mediakit.base.regular_file import is_inside, read_regular, sha256_file
from mediakit.duplicates.quarantine import (
    RECORD,
    Edit,
    Fix,
    Move,
    Record,
    Step,
    move_file,
    quarantines,
)
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.base.writer import Writer
    from mediakit.sync.session import Session


_RECORD = TypedReader(Record)


def undo(session: Session, *, dry_run: bool) -> Fix:
    """Bring back what the last fix did; what has changed since is left, and said.

    Raises:
        UsageError: there is nothing to take back.
    """
    config = session.config
    folders = quarantines(config)
    if not folders:
        raise UsageError("there is no fix to take back", f"{QUARANTINE} is empty")
    folder = folders[-1]
    try:
        record = _RECORD.from_json(read_regular(folder / RECORD))
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"{folder.name}/{RECORD}: {what}", "move the files back by hand"
        ) from error
    back = _Back(FileTree(config.root), folder, None if dry_run else session.writer)
    for move in record.moves:
        back.file(move)
    for edit in record.edits:
        back.page(edit)
    if not dry_run and not back.problems:
        shutil.rmtree(folder)
        if not quarantines(config):
            shutil.rmtree(folder.parent)
    return Fix(tuple(back.steps), tuple(back.problems))


class _Back:
    """Brings single files and pages back; what is back already is passed over.

    Without a writer it only says what it would do.
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
            self.problems.append(_changed(move.path, "it is not inside of the site"))
            return
        if not kept.is_file():
            return
        if place.exists():
            self.problems.append(_changed(move.path, "there is another file now"))
            return
        self.steps.append(Step("move back", move.path))
        if self._writer is not None:
            move_file(kept, place)

    def page(self, edit: Edit) -> None:
        """Write a page as it was, if it is as the fix left it."""
        place = self._tree.disk_path(edit.path)
        if not self._is_safe(edit.path, self._folder / "pages" / edit.path):
            self.problems.append(_changed(edit.path, "it is not inside of the site"))
            return
        now = sha256_file(place) if place.is_file() else ""
        if now == edit.before:
            return
        if now != edit.after:
            self.problems.append(_changed(edit.path, "it was changed since"))
            return
        self.steps.append(Step("edit back", edit.path))
        if self._writer is not None:
            old = read_regular(self._folder / "pages" / edit.path)
            self._writer.write(place, old, durable=True)

    def _is_safe(self, path: str, kept: Path) -> bool:
        """Return whether both places are inside: the record may come from anybody."""
        return self._tree.is_safe(path) and is_inside(kept, os.path.realpath(self._folder))


def _changed(path: str, message: str) -> Problem:
    return Problem(path, 0, "not-taken-back", Severity.ERROR, message, "compare the two by hand")
