"""Pictures that somebody put into the site by hand: `gallery fill` makes of them what `add` does.

What browsers do not show becomes what they show, what is too wide becomes smaller, and what tells
where it was taken loses its metadata. The originals go to the quarantine of that command.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.actions import Failure
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.formats import film_of
from mediakit.base.model import Problem, Severity
from mediakit.base.writer import writing
from mediakit.edit.entries import is_shown
from mediakit.images.bare import without_metadata
from mediakit.images.ingest import Ingested, ingest, slim
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import CAP
from mediakit.images.private import told_by
from mediakit.images.render import unreadable
from mediakit.pages.slim import LINK, left, put_slim
from mediakit.report.documents import Path
from mediakit.sync.picture_problems import not_published
from mediakit.sync.quarantine import Creation, Move, Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.config.tables import LocationPolicy


class IntakeEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that becomes one that browsers show, or a smaller one."""

    path: Annotated[Path, Meta(description="Site path of the picture as it was found.")]
    to: Annotated[Path, Meta(description="Site path of what it becomes.")]


@dataclass(frozen=True, slots=True)
class Intake:
    """A picture at `path` with a digest, and the bytes that it becomes at `to`.

    One that only loses its metadata has no size.
    """

    path: str
    sha256: str
    to: str
    data: bytes
    width: int
    height: int

    def line(self) -> str:
        """Return it in words."""
        size = f"{self.width} x {self.height}, {len(self.data) / 1000:,.0f} kB"
        what = f"becomes {self.to}" if self.to != self.path else "becomes smaller"
        return f"{self.path} {what} ({size})" if self.width else f"{self.path} loses its metadata"


def take_in(
    tree: FileTree, paths: Iterable[str], max_width: int | None, policy: LocationPolicy
) -> tuple[list[Intake | str], list[Problem]]:
    """Return what pictures become, or their paths where they stay as they are.

    The problems are those of pictures that are left out, since they cannot be read, or that stay.
    """
    taken: list[Intake | str] = []
    problems = []
    for path in paths:
        found: Intake | Failure | Problem | None = _taken_in(tree, path, max_width)
        if isinstance(found, Failure):
            problems.append(left(path, found))
            if problems[-1].severity is Severity.ERROR:
                continue
        if not isinstance(found, Intake) and policy != "allow":
            found = _without_place(tree, path, policy)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        taken.append(found if isinstance(found, Intake) else path)
    return taken, problems


def _taken_in(tree: FileTree, path: str, max_width: int | None) -> Intake | Failure | None:
    """Return what a picture becomes, why it does not, or None where all is well."""
    shown = is_shown(path)
    if film_of(path) is not None or (shown and max_width is None):
        return None
    if tree.disk_path(path).is_symlink():
        return LINK if shown else Failure("refused-file", "it is a link", "copy the picture there")
    try:
        data = tree.read(path)
        made = slim(data, path, max_width or CAP) if shown else ingest(data, CAP, max_width)
    except OSError as error:
        return Failure("unreadable-file", f"cannot be read: {error.strerror}", "run again")
    except UnreadableError as error:
        return unreadable(error)
    if made is None or isinstance(made, Failure):
        return made
    ending = made.ending if isinstance(made, Ingested) else PurePosixPath(path).suffix
    to = str(PurePosixPath(path).with_suffix(ending))
    return Intake(path, sha256_bytes(data), to, made.data, made.width, made.height)


def _without_place(tree: FileTree, path: str, policy: LocationPolicy) -> Intake | Problem | None:
    """Return a picture without its metadata where they tell a place, None where they tell none."""
    data = tree.read(path)
    told = told_by(data)
    if told is None or not told.place:
        return None
    bare = without_metadata(data)
    if bare is None or policy == "refuse":
        return not_published(path, 0, path, stays=bare is None)
    return Intake(path, sha256_bytes(data), path, bare, 0, 0)


def carry_out(tree: FileTree, quarantine: Quarantine, intakes: Iterable[Intake]) -> None:
    """Write what pictures become, and keep the originals.

    Raises:
        UsageError: a picture changed meanwhile, or a file cannot be written.
    """
    for each in intakes:
        if each.to == each.path:
            put_slim(quarantine, each.path, each.sha256, each.data)
        else:
            _convert(tree, quarantine, each)


def _convert(tree: FileTree, quarantine: Quarantine, made: Intake) -> None:
    if tree.has(made.to) or not tree.is_safe(made.to):
        raise UsageError(f"{made.to} is there already", "run again")
    digest = sha256_bytes(made.data)
    move = Move(made.path, made.sha256, made.to, digest)
    with writing(made.to):
        if sha256_bytes(tree.read(made.path)) != made.sha256:
            raise UsageError(f"{made.path} changed while mediakit ran", "run again")
        quarantine.carry_out({Creation(made.to, digest): made.data}, [move])
