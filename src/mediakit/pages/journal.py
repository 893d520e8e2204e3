"""Write what a command changes so that it can be taken back whole: in the quarantine's journal."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.base.errors import MediakitError, UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.writer import hint_of
from mediakit.sync.quarantine import Creation, Edit, Quarantine
from mediakit.sync.undo import make_noted, undo

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from mediakit.base.actions import Result
    from mediakit.edit.pages import PageChange
    from mediakit.sync.quarantine import Move
    from mediakit.sync.session import Progress, Session


COMMANDS = ("gallery", "add", "new")
"""The commands that write their changes by this module, as the quarantine names them."""

_HINT = "mediakit generate makes the rest; mediakit gallery undo takes all of it back"


@dataclass(frozen=True, slots=True)
class Changes:
    """A page that changes (new where it was empty), new pictures by site path, and moves away."""

    page: PageChange
    pictures: tuple[tuple[str, bytes], ...] = ()
    moves: tuple[Move, ...] = ()


def write_changes(session: Session, changes: Changes, by: str, progress: Progress) -> Result:
    """Write the pictures, then the page that shows them, then move files, then make variants.

    What cannot be written whole is taken back at once.

    Raises:
        MediakitError: a file cannot be written, or changed meanwhile; all is as it was.
        KeyboardInterrupt: with words for what stands, if variants were being made.
    """
    tree = FileTree(session.config.root)
    quarantine = Quarantine(session, tree, by)
    with all_or_nothing(session, quarantine, by, changes.page.path):
        _write(changes, tree, quarantine)
    try:
        return make_noted(session, quarantine, (changes.page.path,), progress)
    except KeyboardInterrupt as error:
        what = f"{changes.page.path} is written" + (" with its pictures" * bool(changes.pictures))
        raise KeyboardInterrupt(f"{what}, but not all variants are made", _HINT) from error


@contextmanager
def all_or_nothing(session: Session, quarantine: Quarantine, by: str, path: str) -> Generator[None]:
    """Take back at once what cannot be written whole; `path` is told where the system names none.

    Raises:
        MediakitError: a file cannot be written, or changed meanwhile; all is as it was.
    """
    try:
        yield
    except OSError as error:
        _take_back(session, quarantine, by)
        what = f"{error.filename or path}: cannot be written: {error.strerror}"
        raise MediakitError(what, f"nothing was changed; {hint_of(error)}") from error
    except UsageError:
        _take_back(session, quarantine, by)
        raise


def edits_of(tree: FileTree, changes: Iterable[PageChange]) -> dict[Edit | Creation, bytes]:
    """Return the edits of pages with their new texts; raises UsageError if one changed since."""
    edits: dict[Edit | Creation, bytes] = {}
    for each in changes:
        if tree.read(each.path) != each.before:
            raise UsageError(f"{each.path} changed while mediakit ran", "run again")
        edits[Edit(each.path, sha256_bytes(each.before), sha256_bytes(each.after))] = each.after
    return edits


def _write(changes: Changes, tree: FileTree, quarantine: Quarantine) -> None:
    page = changes.page
    data = dict(changes.pictures)
    if not page.before:
        data[page.path] = page.after
    for path in data:
        if not tree.is_safe(path):
            raise UsageError(f"{path} is behind a link that leaves the site")
    files: dict[Edit | Creation, bytes] = {
        Creation(path, sha256_bytes(each)): each for path, each in data.items()
    }
    if page.before and page.changes:
        edit = Edit(page.path, sha256_bytes(page.before), sha256_bytes(page.after))
        files[edit] = page.after
    quarantine.carry_out(files, changes.moves)


def _take_back(session: Session, quarantine: Quarantine, by: str) -> None:
    if quarantine.path is not None and quarantine.folder.is_dir():
        undo(session, by, dry_run=False)
