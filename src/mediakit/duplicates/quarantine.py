"""The quarantine: where a fix of duplicates keeps what it moved, and the record of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from mediakit.base.errors import UsageError
from mediakit.base.own_files import QUARANTINE
from mediakit.base.regular_file import is_inside

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.base.model import Problem
    from mediakit.config.config import Config

RECORD = "record.json"


class Move(msgspec.Struct, frozen=True):
    """A file to move away, and the copy that stays, each with its digest."""

    path: str
    sha256: str
    keeper: str
    keeper_sha256: str


class Edit(msgspec.Struct, frozen=True):
    """A page that is changed: the digests of what it was and is."""

    path: str
    before: str
    after: str


class Record(msgspec.Struct, frozen=True):
    """What a fix was about to do."""

    version: int
    edits: list[Edit]
    moves: list[Move]


@dataclass(frozen=True, slots=True)
class Step:
    """A page that is edited, or a file that is moved: `keeper` is the copy that stays."""

    kind: Literal["edit", "move", "edit back", "move back"]
    path: str
    keeper: str | None = None

    def line(self) -> str:
        """Return it in words."""
        kept = f" (kept: {self.keeper})" if self.keeper is not None else ""
        return f"{self.kind} {self.path}{kept}"


@dataclass(frozen=True, slots=True)
class Fix:
    """What was or would be done, and what could not; `folder` is where moved files are."""

    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: str | None = None


def move_file(file: Path, place: Path) -> None:
    """Move a file, into folders that are made if need be."""
    place.parent.mkdir(parents=True, exist_ok=True)
    file.replace(place)


def quarantines(config: Config) -> list[Path]:
    """Return the folders of the fixes, the last one last; raises UsageError for links."""
    root = os.path.realpath(config.root)
    folders = (config.root / QUARANTINE).glob("*")
    if not all(is_inside(each, root) for each in (config.root / QUARANTINE, *folders)):
        raise UsageError(f"{QUARANTINE} has a link that leads outside", "take the link away")
    found = [each for each in (config.root / QUARANTINE).glob("*") if each.name.isdecimal()]
    return sorted(found, key=lambda each: int(each.name))


def next_quarantine(config: Config) -> Path:
    """Return the folder for another fix; it is not made."""
    folders = quarantines(config)
    number = int(folders[-1].name) + 1 if folders else 1
    return config.root / QUARANTINE / f"{number:04}"
