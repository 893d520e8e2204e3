"""Content files that commands change: which one is meant, and how a change is shown and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import UsageError, did_you_mean
from mediakit.base.files import DiskFile, FileTree, read_observed
from mediakit.sync.content import read_content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Manifest, Problem
    from mediakit.config.config import Config
    from mediakit.sync.session import Session


@dataclass(frozen=True, slots=True)
class PageChange:
    """A content file, as it is and as it is to be."""

    path: str
    before: bytes
    after: bytes

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


def choose(config: Config, tree: FileTree, exercise: str) -> tuple[Manifest, tuple[Problem, ...]]:
    """Return the exercise that is meant by a path, a file name or a title.

    With it, what is wrong with the pages that were looked through and cannot be read.

    Raises:
        UsageError: there is none, or there are several.
    """
    path = Path(exercise)
    if path.is_file():
        content = read_content(config, tree, (path,))
        if not content.manifests:
            said = "; ".join(problem.message for problem in content.problems)
            raise UsageError(f"{exercise}: {said or 'is no exercise, or an unpublished one'}")
        return content.manifests[0], ()
    content = read_content(config, tree)
    manifests = content.manifests
    wanted = exercise.casefold()
    named = [each for each in manifests if wanted in _names(each)]
    if len(named) == 1:
        return named[0], content.unread
    if not named:
        meant = did_you_mean(exercise, [PurePosixPath(each.path).stem for each in manifests])
        raise UsageError(
            f"there is no exercise {exercise!r}",
            meant or "give its path, file name or title: mediakit list",
        )
    raise UsageError(
        f"{exercise!r} may be {', '.join(each.path for each in named)}", "give the path"
    )


def read_bytes(tree: FileTree, path: str) -> bytes:
    """Return a content file of the site; raises UsageError for one that is elsewhere."""
    found = tree.find(path)
    if not isinstance(found, DiskFile):
        raise UsageError(f"{path} is outside of the site", "change it by hand")
    return read_observed(found)


def write_pages(session: Session, changes: Iterable[PageChange]) -> list[str]:
    """Write the pages that change, and return their paths.

    Raises:
        UsageError: one of them is no longer as it was read; those before it are written.
    """
    tree = FileTree(session.config.root)
    written = []
    for change in changes:
        if not change.changes:
            continue
        place = tree.disk_path(change.path)
        if change.before and tree.read(change.path) != change.before:
            raise UsageError(f"{change.path} changed while mediakit ran", "run again")
        session.writer.write(place, change.after, durable=True)
        written.append(change.path)
    return written


def _names(manifest: Manifest) -> set[str]:
    pure = PurePosixPath(manifest.path)
    named = pure.parent if pure.stem in {"index", "_index"} else pure
    return {each.casefold() for each in (manifest.path, pure.name, named.stem, manifest.title)}
